#include "core/store/score_summary.h"

#include <algorithm>
#include <cmath>

namespace crux::store {

namespace {

char criticalityByte(float lowest) {
    if (std::isnan(lowest))
        return 0;
    const double criticality = std::clamp(1.0 - static_cast<double>(lowest), 0.0, 1.0);
    return static_cast<char>(static_cast<unsigned char>(std::lround(criticality * 255.0)));
}

/// Each bucket shows the most critical of its tokens; a short response repeats its tokens.
std::string stripOf(std::span<const float> scores) {
    if (scores.empty())
        return {};
    std::string strip(kStripBuckets, '\0');
    for (std::size_t bucket = 0; bucket < kStripBuckets; ++bucket) {
        const std::size_t begin = bucket * scores.size() / kStripBuckets;
        const std::size_t end = std::max(begin + 1, (bucket + 1) * scores.size() / kStripBuckets);
        float lowest = std::nanf("");
        for (std::size_t i = begin; i < end; ++i)
            lowest = std::fmin(lowest, scores[i]);
        strip[bucket] = criticalityByte(lowest);
    }
    return strip;
}

} // namespace

ScoreSummary summarise(std::span<const float> scores, std::int32_t promptTokens) {
    const auto first = std::min(static_cast<std::size_t>(std::max(promptTokens, 0)), scores.size());
    const std::span<const float> response = scores.subspan(first);
    ScoreSummary summary;
    summary.strip = stripOf(response);
    std::vector<std::pair<float, std::int32_t>> lowest;
    for (std::size_t i = 0; i < response.size(); ++i)
        if (!std::isnan(response[i]))
            lowest.emplace_back(response[i], static_cast<std::int32_t>(first + i));
    const auto kept = std::min(lowest.size(), kLowestKept);
    std::partial_sort(lowest.begin(), lowest.begin() + static_cast<std::ptrdiff_t>(kept),
                      lowest.end());
    lowest.resize(kept);
    for (const auto& [value, position] : lowest) {
        summary.lowest.push_back(value);
        summary.lowestPositions.push_back(position);
    }
    if (!lowest.empty()) {
        summary.minS = lowest.front().first;
        summary.minPosition = lowest.front().second;
    }
    return summary;
}

double quantile(std::vector<float>& values, double q) {
    const double at = q * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(std::floor(at));
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(low);
    std::nth_element(values.begin(), middle, values.end());
    const auto below = static_cast<double>(*middle);
    if (low + 1 >= values.size())
        return below;
    const auto above = static_cast<double>(*std::min_element(middle + 1, values.end()));
    return below + (at - static_cast<double>(low)) * (above - below);
}

} // namespace crux::store
