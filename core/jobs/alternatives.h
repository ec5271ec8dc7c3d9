// The most likely tokens at a position: from stored scores where they are there, else computed.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

struct AlternativesRequest {
    TrajectoryId trajectory;
    std::int32_t position = 0; ///< absolute; may be the length: the token after the last
    int topK = 20;             ///< 1 to 200
    ScoreSetId scoreSet;       ///< none: the newest set
    bool compute = false;      ///< do not look at stored rows
    /// Tokens put after the prefix instead of the trajectory's own: the rows are of what follows
    /// them. Nothing is stored for these, so they are always computed.
    std::vector<std::int32_t> appendIds;
};

struct AlternativeRow {
    std::int32_t id = 0;
    std::string piece;                                ///< raw bytes
    float p = 0, pPositive = 0, pNegative = 0, s = 0; ///< NaN where unknown
    std::int32_t rank = 0;
};

struct Alternatives {
    std::int32_t position = 0, originalId = -1; ///< -1: past the end
    ScoreSetId scoreSet;
    std::vector<AlternativeRow> rows; ///< best first; the original's row is always among them
};

Result<Alternatives> alternativesAt(store::Project& project, ModelCache& models,
                                    const AlternativesRequest& request);

} // namespace crux::jobs
