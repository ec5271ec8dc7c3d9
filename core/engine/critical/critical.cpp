#include "core/engine/critical/critical.h"

#include <algorithm>

namespace crux::critical {

namespace {

/// Positions looked at together: enough to fill a batch, few enough that those before the last high
/// position, which nobody needs, cost little.
constexpr int kBlock = 32;

/// The authors' scan over all counts: candidates, resets, and the last one reset.
struct Scan {
    int candidate = -1, lastReset = -1;
};

Scan scan(const Outcomes& outcomes, int n, int tolerance) {
    Scan state;
    for (int position = outcomes.first() + 1; position <= outcomes.last(); ++position) {
        const int right = outcomes.tally(position, n).right;
        if (right == 0 && state.candidate < 0)
            state.candidate = position;
        if (right > tolerance && state.candidate >= 0) {
            state.lastReset = state.candidate;
            state.candidate = -1;
        }
    }
    return state;
}

/// Looks at one block stage by stage, dropping what lies before its last high position. Returns
/// false while outcomes are missing; `counts` says what is asked for, `lastHigh` what was found.
bool searchBlock(const Outcomes& outcomes, int begin, int end, int n, int tolerance,
                 std::vector<int>& counts, int& lastHigh) {
    const auto countOf = [&](int position) -> int& {
        return counts[static_cast<std::size_t>(position - outcomes.first())];
    };
    for (const int count : stageCounts(n)) {
        bool complete = true;
        for (int position = std::max(begin, lastHigh + 1); position <= end; ++position) {
            countOf(position) = count;
            complete = complete && outcomes.tally(position, count).known >= count;
        }
        if (!complete)
            return false;
        for (int position = std::max(begin, lastHigh + 1); position <= end; ++position)
            if (outcomes.tally(position, count).right > tolerance)
                lastHigh = position;
    }
    return true;
}

} // namespace

int firstZeroAfter(const Outcomes& outcomes, int lastHigh, int n) {
    for (int position = lastHigh + 1; position <= outcomes.last(); ++position)
        if (outcomes.tally(position, n).right == 0)
            return position;
    return -1;
}

CriticalDetector::CriticalDetector(const CriticalOptions& options)
    : m_options(options)
    , m_tolerance(toleranceOf(options.n, options.lowShare)) {}

std::vector<Want> CriticalDetector::wants(const Outcomes& outcomes) const {
    const int first = outcomes.first() + 1;
    const auto everything = [&] { return wantAll(first, outcomes.last(), m_options.n); };
    if (!m_options.economical)
        return everything();
    std::vector<int> counts(static_cast<std::size_t>(outcomes.last() - outcomes.first() + 1), 0);
    int lastHigh = outcomes.first();
    for (int end = outcomes.last(); end >= first && lastHigh == outcomes.first(); end -= kBlock)
        if (!searchBlock(outcomes, std::max(first, end - kBlock + 1), end, m_options.n, m_tolerance,
                         counts, lastHigh))
            return wantsOf(outcomes.first(), counts);
    // The fall-back needs the counts before the last high position too.
    if (m_options.rule == CriticalRule::Authors &&
        firstZeroAfter(outcomes, lastHigh, m_options.n) < 0)
        return everything();
    return wantsOf(outcomes.first(), counts);
}

int CriticalDetector::lastHigh(const Outcomes& outcomes) const {
    int position = outcomes.last();
    while (position > outcomes.first() &&
           outcomes.tally(position, m_options.n).right <= m_tolerance)
        --position;
    return position;
}

Decision CriticalDetector::decide(const Outcomes& outcomes) const {
    Finding finding;
    finding.position = firstZeroAfter(outcomes, lastHigh(outcomes), m_options.n);
    if (finding.position < 0 && m_options.rule == CriticalRule::Authors) {
        finding.position = scan(outcomes, m_options.n, m_tolerance).lastReset;
        finding.fallback = true;
    }
    if (finding.position < 0)
        return {};
    countFinding(outcomes, m_options.n, finding);
    return {{finding}, false, {}};
}

} // namespace crux::critical
