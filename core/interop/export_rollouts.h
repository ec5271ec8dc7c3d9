// Rollouts and search verdicts of one trajectory as JSON Lines: two of the export kinds.
#pragma once

#include "core/store/project.h"

#include <iosfwd>

namespace crux::interop {

/// Every rollout of the trajectory's prefixes, a line each: which prefix (`position` is its last
/// token, absolute; `prefix_ids`), index, seed path, banned token, drawn ids and their text,
/// answer, verdict, and what drew it. Returns the lines written.
Result<std::int64_t> writeRollouts(const store::Project& project, TrajectoryId id,
                                   std::ostream& out);

/// Every token that a search found, a line each, with its counts and the search's parameters.
Result<std::int64_t> writeFindings(const store::Project& project, TrajectoryId id,
                                   std::ostream& out);

} // namespace crux::interop
