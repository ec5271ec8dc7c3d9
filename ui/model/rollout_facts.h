// What is stored of the rollouts of one trajectory, as the window draws it: the curve of right
// rollouts by position and what searches found. Immutable values made by the loader thread.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"
#include "core/store/records.h"

#include <memory>
#include <vector>

namespace crux::ui {

struct RolloutFacts {
    std::vector<store::RolloutSetRecord> sets; ///< that have rollouts here, newest first
    RolloutSetId set; ///< the one shown; none: no rollouts, perhaps verdicts on imported shares
    std::int64_t rollouts = 0;                        ///< stored of that set
    std::vector<store::RolloutEstimate> curve;        ///< by position
    std::vector<store::SearchFindingRecord> findings; ///< of the set, by position; -1: found none
    std::int32_t firstAllWrong = -1; ///< first position with n rollouts or more, none of them right

    /// The newest verdict of a search for critical tokens; nullptr: not searched.
    const store::SearchFindingRecord* verdict() const;
    /// That verdict where it found a token that fresh rollouts did not refute; nullptr: none.
    const store::SearchFindingRecord* critical() const;
    const store::RolloutEstimate* at(std::int32_t position) const; ///< nullptr: none there
    /// Most rollouts of one position that a search asked for: "n".
    std::int32_t n() const;
};
using RolloutFactsPtr = std::shared_ptr<const RolloutFacts>;

/// Nothing is in it, or nullptr.
bool isEmpty(const RolloutFactsPtr& facts);

/// `wanted`: the set to show; none, or one without rollouts here: that of the newest verdict, else
/// the newest. What did not change since the last call is the same pointer.
Result<RolloutFactsPtr> loadRolloutFacts(const store::Project& project, TrajectoryId trajectory,
                                         RolloutSetId wanted);

} // namespace crux::ui
