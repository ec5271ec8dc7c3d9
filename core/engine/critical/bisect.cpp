#include "core/engine/critical/bisect.h"

#include <algorithm>

namespace crux::critical {

BisectDetector::BisectDetector(const BisectOptions& options)
    : m_options(options)
    , m_tolerance(toleranceOf(options.n, options.lowShare)) {}

/// Narrows (high, low) until they are neighbours; false while an outcome is missing.
bool BisectDetector::bisect(const Outcomes& outcomes, State& state) const {
    int high = outcomes.first(); // the bare prompt stands for "not lost yet", unseen
    int low = outcomes.last() + 1;
    while (low - high > 1) {
        const int middle = high + (low - high) / 2;
        const Stage stage = stageOf(outcomes, middle, m_options.n, m_tolerance);
        state.counts[static_cast<std::size_t>(middle - outcomes.first())] = stage.count;
        if (stage.state == Stage::Open)
            return false;
        (stage.state == Stage::High ? high : low) = middle;
    }
    state.lastHigh = high;
    return true;
}

/// Every position after the last high one, stage by stage; a high one among them takes its place.
bool BisectDetector::verifyLater(const Outcomes& outcomes, State& state) const {
    for (const int count : stageCounts(m_options.n)) {
        bool complete = true;
        for (int position = state.lastHigh + 1; position <= outcomes.last(); ++position) {
            int& asked = state.counts[static_cast<std::size_t>(position - outcomes.first())];
            asked = std::max(asked, count);
            complete = complete && outcomes.tally(position, count).known >= count;
        }
        if (!complete)
            return false;
        for (int position = state.lastHigh + 1; position <= outcomes.last(); ++position)
            if (outcomes.tally(position, count).right > m_tolerance)
                state.lastHigh = position;
    }
    return true;
}

BisectDetector::State BisectDetector::search(const Outcomes& outcomes) const {
    State state;
    state.counts.assign(static_cast<std::size_t>(outcomes.last() - outcomes.first() + 1), 0);
    if (!bisect(outcomes, state))
        return state;
    if (m_options.verify && !verifyLater(outcomes, state))
        return state;
    for (int position = state.lastHigh + 1; position <= outcomes.last(); ++position) {
        int& asked = state.counts[static_cast<std::size_t>(position - outcomes.first())];
        asked = m_options.n;
        const Tally tally = outcomes.tally(position, m_options.n);
        if (tally.known < m_options.n)
            return state;
        if (tally.right == 0) {
            state.found = position;
            break;
        }
    }
    state.open = false;
    return state;
}

std::vector<Want> BisectDetector::wants(const Outcomes& outcomes) const {
    return wantsOf(outcomes.first(), search(outcomes).counts);
}

Decision BisectDetector::decide(const Outcomes& outcomes) const {
    const State state = search(outcomes);
    Decision decision;
    decision.assumedMonotone = !m_options.verify;
    if (state.open || state.found < 0)
        return decision;
    Finding finding;
    finding.position = state.found;
    countFinding(outcomes, m_options.n, finding);
    decision.found.push_back(finding);
    return decision;
}

} // namespace crux::critical
