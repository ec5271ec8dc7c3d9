#include "core/engine/critical/curve.h"

#include <algorithm>
#include <cmath>

namespace crux::critical {

CurveDetector::CurveDetector(CurveOptions options, std::unique_ptr<Detector> inner)
    : m_options(std::move(options))
    , m_inner(std::move(inner)) {}

std::vector<int> CurveDetector::positionsIn(const Outcomes& outcomes) const {
    std::vector<int> positions;
    const int first = outcomes.first(), last = outcomes.last();
    if (!m_options.positions.empty()) {
        for (const int position : m_options.positions)
            if (position >= -1 && first + 1 + position <= last)
                positions.push_back(first + 1 + position);
    } else if (m_options.points == 0 || m_options.points > last - first) {
        for (int position = first; position <= last; ++position)
            positions.push_back(position);
    } else if (m_options.points == 1) {
        positions.push_back(first);
    } else {
        for (int i = 0; i < m_options.points; ++i)
            positions.push_back(first +
                                static_cast<int>(std::lround(static_cast<double>(last - first) * i /
                                                             (m_options.points - 1))));
    }
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

std::vector<Want> CurveDetector::wants(const Outcomes& outcomes) const {
    std::vector<int> counts(static_cast<std::size_t>(outcomes.last() - outcomes.first() + 1), 0);
    const auto raise = [&](int position, int count) {
        int& wanted = counts[static_cast<std::size_t>(position - outcomes.first())];
        wanted = std::max(wanted, count);
    };
    for (const int position : positionsIn(outcomes))
        raise(position, m_options.n);
    if (m_inner)
        for (const Want& want : m_inner->wants(outcomes))
            raise(want.position, want.count);
    return wantsOf(outcomes.first(), counts);
}

Decision CurveDetector::decide(const Outcomes& outcomes) const {
    if (m_inner)
        return m_inner->decide(outcomes);
    return {{}, false, "Only the shares were asked for; no token is looked for."};
}

} // namespace crux::critical
