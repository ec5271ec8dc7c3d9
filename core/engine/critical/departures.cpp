#include "core/engine/critical/departures.h"

#include <algorithm>
#include <set>
#include <utility>

namespace crux::critical {

namespace {

bool before(const Departure& departure, int position) {
    return departure.position <= position;
}

} // namespace

Departures::Departures(std::span<const std::int32_t> ids, int first, int last,
                       std::span<const std::int32_t> drawn, int streams)
    : m_first(first)
    , m_last(last)
    , m_byStream(static_cast<std::size_t>(streams)) {
    std::size_t at = 0;
    for (int position = first + 1; position <= last; ++position)
        for (std::vector<Departure>& stream : m_byStream) {
            const std::int32_t token = drawn[at++];
            if (token != ids[static_cast<std::size_t>(position)])
                stream.push_back({position, token});
        }
}

std::optional<Departure> Departures::next(int stream, int position) const {
    const auto& all = m_byStream[static_cast<std::size_t>(stream)];
    const auto found = std::partition_point(
        all.begin(), all.end(), [&](const Departure& one) { return before(one, position); });
    return found == all.end() ? std::nullopt : std::optional<Departure>(*found);
}

int Departures::start(int stream, int position) const {
    const auto& all = m_byStream[static_cast<std::size_t>(stream)];
    const auto found = std::partition_point(
        all.begin(), all.end(), [&](const Departure& one) { return before(one, position); });
    return found == all.begin() ? m_first : std::prev(found)->position;
}

std::vector<Draw> missingDraws(const OutcomeTable& table, std::span<const Want> wants, int from,
                               const Departures* departures) {
    std::vector<Draw> draws;
    std::set<std::pair<int, int>> planned; // stream, start
    for (const Want& want : wants)
        for (int stream = from; stream < from + want.count; ++stream) {
            if (table.known(want.position, stream))
                continue;
            Draw draw{stream, want.position, want.position + 1, -1};
            if (departures != nullptr) {
                const auto next = departures->next(stream, want.position);
                draw.start = departures->start(stream, want.position);
                draw.departs = next ? next->position : departures->last() + 1;
                draw.token = next ? next->token : -1;
            }
            if (planned.insert({stream, draw.start}).second)
                draws.push_back(draw);
        }
    return draws;
}

} // namespace crux::critical
