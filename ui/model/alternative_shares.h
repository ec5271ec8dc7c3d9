// Shares of right rollouts by the token that stands at a position, as the inspector and the outline
// of branches show them.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

#include <map>
#include <vector>

namespace crux::ui {

using AlternativeShares = std::map<std::int32_t, store::ShareCount>; ///< by token id

/// Of the set shown; without one, of the newest set that knows something here. `position` is
/// absolute; `tokens`: those of whose own rollouts it asks too. Any thread.
Result<AlternativeShares> sharesAt(const store::Project& project, TrajectoryId trajectory,
                                   RolloutSetId set, std::int32_t position,
                                   const std::vector<std::int32_t>& tokens);

/// What a row of the outline of branches says.
struct BranchShares {
    store::ShareCount share;  ///< after the forced token; the root: of the bare prompt
    store::ShareCount before; ///< of its parent before the place where it leaves it
};
/// By child path, the root under its own. `branches` are of one tree; any thread.
Result<std::map<std::int64_t, BranchShares>>
sharesOfBranches(const store::Project& project, TrajectoryId root, std::int32_t promptTokens,
                 const std::vector<store::BranchRecord>& branches, RolloutSetId set);

} // namespace crux::ui
