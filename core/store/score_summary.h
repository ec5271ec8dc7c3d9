// What the table of trajectories shows of a score row. Internal to the room.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace crux::store {

/// Number of lowest scores kept beside the summary, so that candidates are counted without the
/// array.
inline constexpr std::size_t kLowestKept = 32;
inline constexpr std::size_t kStripBuckets = 64;

struct ScoreSummary {
    float minS = 0;
    std::int32_t minPosition = -1;             ///< absolute; -1: no response token has a score
    std::vector<float> lowest;                 ///< ascending, at most kLowestKept
    std::vector<std::int32_t> lowestPositions; ///< absolute, of `lowest`; equal scores in order
    std::string strip; ///< kStripBuckets bytes: (1 - lowest s of the bucket) * 255
};

/// Response tokens only: `scores` from index `promptTokens` on. NaN is no score.
ScoreSummary summarise(std::span<const float> scores, std::int32_t promptTokens);

/// Quantile q in [0,1] by linear interpolation; reorders `values`, which must not be empty.
double quantile(std::vector<float>& values, double q);

} // namespace crux::store
