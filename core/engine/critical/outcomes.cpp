#include "core/engine/critical/outcomes.h"

#include <algorithm>
#include <cmath>

namespace crux::critical {

OutcomeTable::OutcomeTable(int first, int last, int streams)
    : m_first(first)
    , m_last(last)
    , m_streams(streams)
    , m_cells(static_cast<std::size_t>(std::max(0, last - first + 1)) *
                  static_cast<std::size_t>(streams),
              kUnknown) {}

Tally OutcomeTable::tally(int position, int from, int count) const {
    Tally tally;
    const int end = std::min(m_streams, from + count);
    for (int stream = from; stream < end; ++stream) {
        const std::uint8_t outcome = at(position, stream);
        tally.known += outcome != kUnknown ? 1 : 0;
        tally.right += outcome == kRight ? 1 : 0;
    }
    return tally;
}

void OutcomeTable::record(int stream, int begin, int end, bool right) {
    if (stream < 0 || stream >= m_streams)
        return;
    for (int position = std::max(begin, m_first); position <= std::min(end, m_last); ++position) {
        std::uint8_t& outcome = m_cells[cell(position, stream)];
        if (outcome == kUnknown)
            outcome = right ? kRight : kWrong;
    }
}

void OutcomeTable::close(int position, bool right) {
    for (int stream = 0; stream < m_streams; ++stream)
        record(stream, position, position, right);
}

PotentialTable::PotentialTable(int first, std::vector<float> potentials, int rollouts)
    : m_first(first)
    , m_rollouts(rollouts) {
    for (const float potential : potentials)
        m_right.push_back(std::clamp(
            static_cast<int>(std::lround(static_cast<double>(potential) * rollouts)), 0, rollouts));
}

Tally PotentialTable::tally(int position, int count) const {
    if (position < first() || position > last() || count > m_rollouts)
        return {};
    return {m_right[static_cast<std::size_t>(position - m_first)], m_rollouts};
}

std::vector<PositionCount> countsOf(const OutcomeTable& table, const std::vector<Want>& wants,
                                    int full, int tolerance) {
    std::vector<PositionCount> counts;
    for (const Want& want : wants) {
        const Tally tally = table.tally(want.position, 0, want.count);
        PositionCount count{want.position, tally.right, tally.known, false};
        if (tally.right > tolerance && want.count < full) {
            count.right = 0;
            for (count.total = 0; count.right <= tolerance; ++count.total)
                count.right += table.right(want.position, count.total) ? 1 : 0;
            count.curtailed = true;
        }
        counts.push_back(count);
    }
    return counts;
}

} // namespace crux::critical
