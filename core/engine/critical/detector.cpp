#include "core/engine/critical/detector.h"

#include <algorithm>
#include <cmath>

namespace crux::critical {

namespace {

constexpr int kFirstStage = 8;

} // namespace

int toleranceOf(int n, double lowShare) {
    // The largest whole number below lowShare * n; what floats make of .05 * 60 must not count.
    return std::max(0, static_cast<int>(std::ceil(lowShare * n - 1e-9)) - 1);
}

std::vector<int> stageCounts(int n) {
    std::vector<int> counts;
    for (int count = kFirstStage; count < n; count *= 2)
        counts.push_back(count);
    counts.push_back(n);
    return counts;
}

Stage stageOf(const Outcomes& outcomes, int position, int n, int tolerance) {
    for (const int count : stageCounts(n)) {
        const Tally tally = outcomes.tally(position, count);
        if (tally.known < count)
            return {Stage::Open, count};
        if (tally.right > tolerance)
            return {Stage::High, count};
    }
    return {Stage::Low, n};
}

bool allKnown(const Outcomes& outcomes, const std::vector<Want>& wants) {
    return std::all_of(wants.begin(), wants.end(), [&](const Want& want) {
        return outcomes.tally(want.position, want.count).known >= want.count;
    });
}

void countFinding(const Outcomes& outcomes, int n, Finding& finding) {
    const auto whole = [&](int position) {
        const Tally tally = position < outcomes.first() ? Tally() : outcomes.tally(position, n);
        return tally.known < n ? Tally() : tally;
    };
    finding.before = whole(finding.position - 1);
    finding.at = whole(finding.position);
}

std::vector<Want> wantAll(int begin, int end, int n) {
    std::vector<Want> wants;
    for (int position = begin; position <= end; ++position)
        wants.push_back({position, n});
    return wants;
}

std::vector<Want> wantsOf(int first, const std::vector<int>& counts) {
    std::vector<Want> wants;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0)
            wants.push_back({first + static_cast<int>(i), counts[i]});
    return wants;
}

} // namespace crux::critical
