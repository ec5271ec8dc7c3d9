// Trajectory rows shared by the trajectory and branch repositories. Internal to the room; functions
// throw SQLite::Exception, use inside guarded() or writing().
#pragma once

#include "core/store/repositories.h"
#include "core/store/sql.h"

namespace crux::store {

/// Arrays that fit each other: offsets two an id, promptTokens within the ids, no negative id.
Status checkTokens(const std::vector<std::int32_t>& ids, const std::vector<std::int32_t>& offsets,
                   std::int32_t promptTokens);

/// Inserts row, text and tokens. `root` none: the new row is a root.
TrajectoryId insertTrajectory(const Project& project, const TrajectoryRecord& record,
                              TrajectoryId root);

/// Replaces ids, offsets and the token counts.
void replaceTokens(const Project& project, TrajectoryId id, const std::vector<std::int32_t>& ids,
                   const std::vector<std::int32_t>& offsets, std::int32_t promptTokens,
                   const std::string& tokenizerHash);

void replaceVerdict(const Project& project, TrajectoryId id, Verdict verdict,
                    const std::string& reason, const std::string& extracted, std::int32_t begin,
                    std::int32_t end, const std::vector<std::int32_t>& spans);

/// Drops scores, alternatives, layers and search verdicts of a trajectory whose tokens change.
void dropTokenValues(const Project& project, TrajectoryId id);

} // namespace crux::store
