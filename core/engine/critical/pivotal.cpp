#include "core/engine/critical/pivotal.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace crux::critical {

/// What one walk over the known outcomes found and misses.
struct PivotalDetector::Search {
    const Outcomes& outcomes;
    std::vector<int> counts; ///< asked for, by position - first
    Decision decision;

    std::optional<double> share(int position, int n) {
        counts[static_cast<std::size_t>(position - outcomes.first())] = n;
        const Tally tally = outcomes.tally(position, n);
        if (tally.known < n)
            return std::nullopt;
        return static_cast<double>(tally.right) / tally.known;
    }
};

PivotalDetector::PivotalDetector(const PivotalOptions& options, std::vector<float> logp)
    : m_options(options) {
    double sum = 0;
    for (const float value : logp) {
        sum += std::isfinite(value) ? -static_cast<double>(value) : 0;
        m_surprise.push_back(sum);
    }
}

int PivotalDetector::split(int low, int high) const {
    const auto surprise = [&](int position) {
        return m_surprise[static_cast<std::size_t>(position)];
    };
    const double wanted = (surprise(low) + surprise(high)) / 2;
    if (!(surprise(high) > surprise(low)))
        return low + (high - low) / 2;
    int best = low + 1;
    for (int position = low + 1; position < high; ++position)
        if (std::fabs(surprise(position) - wanted) < std::fabs(surprise(best) - wanted))
            best = position;
    return best;
}

void PivotalDetector::subdivide(Search& search, int low, int high) const {
    const auto left = search.share(low, m_options.n);
    const auto right = search.share(high, m_options.n);
    if (!left || !right || std::fabs(*left - *right) < m_options.gap)
        return;
    if (high - low > 1) {
        const int middle = split(low, high);
        subdivide(search, low, middle);
        subdivide(search, middle, high);
        return;
    }
    Finding finding;
    finding.position = high;
    finding.sign = *right > *left ? 1 : -1;
    countFinding(search.outcomes, m_options.n, finding);
    search.decision.found.push_back(finding);
}

PivotalDetector::Search PivotalDetector::search(const Outcomes& outcomes) const {
    Search search{outcomes, {}, {}};
    search.counts.assign(static_cast<std::size_t>(outcomes.last() - outcomes.first() + 1), 0);
    const auto start = search.share(outcomes.first(), m_options.n);
    if (!start)
        return search;
    if (*start < m_options.minimum || *start > m_options.maximum) {
        search.decision.note = "The bare prompt's share of right rollouts lies outside the range "
                               "that is searched.";
        return search;
    }
    if (outcomes.last() > outcomes.first())
        subdivide(search, outcomes.first(), outcomes.last());
    return search;
}

std::vector<Want> PivotalDetector::wants(const Outcomes& outcomes) const {
    const Search found = search(outcomes);
    if (!m_options.economical && found.decision.note.empty())
        return wantAll(outcomes.first(), outcomes.last(), m_options.n);
    return wantsOf(outcomes.first(), found.counts);
}

Decision PivotalDetector::decide(const Outcomes& outcomes) const {
    return search(outcomes).decision;
}

} // namespace crux::critical
