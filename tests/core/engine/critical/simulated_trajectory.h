// A trajectory without a model: at every position the sampler keeps the trajectory's token with a
// known probability, and a rollout that leaves it ends right with a known probability. Random
// numbers are keyed as in the engine, so brute force and exact reuse can be compared draw by draw.
#pragma once

#include "core/base/rng.h"
#include "core/base/text_util.h"
#include "core/engine/critical/departures.h"
#include "core/engine/critical/detector.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

namespace crux::test {

class SimulatedTrajectory {
public:
    /// keep[t], rightAfter[t]: of position t = 1 .. size-1; position 0 is the prompt. Whoever
    /// follows to the end ends wrong there: the last position is closed.
    SimulatedTrajectory(std::vector<double> keep, std::vector<double> rightAfter, int streams,
                        std::uint64_t seed)
        : m_keep(std::move(keep))
        , m_rightAfter(std::move(rightAfter))
        , m_seed(seed) {
        for (int stream = 0; stream < streams; ++stream)
            m_streams.emplace_back(cat("r", stream), seed);
    }

    int last() const { return static_cast<int>(m_keep.size()) - 1; }
    int streams() const { return static_cast<int>(m_streams.size()); }

    /// One rollout token by token from the prefix that ends at `position`, as brute force draws it.
    bool endsRight(int stream, int position, int* tokens = nullptr) const {
        for (int next = position + 1; next <= last(); ++next) {
            if (tokens != nullptr)
                ++*tokens;
            if (!keeps(stream, next)) {
                if (tokens != nullptr)
                    *tokens += tailTokens(next);
                return uniform(stream, next, 1) < m_rightAfter[static_cast<std::size_t>(next)];
            }
        }
        return false;
    }
    /// Tokens of a rollout after it left at `position`: about as many as the trajectory has left.
    int tailTokens(int position) const { return last() - position; }

    /// Exact chance of ending right from every position, by recursion from the end.
    std::vector<double> chances() const {
        std::vector<double> chance(m_keep.size(), 0.0);
        for (int position = last() - 1; position >= 0; --position) {
            const auto next = static_cast<std::size_t>(position) + 1;
            chance[next - 1] =
                m_keep[next] * chance[next] + (1 - m_keep[next]) * m_rightAfter[next];
        }
        return chance;
    }

    critical::Departures departures() const {
        std::vector<std::int32_t> ids(m_keep.size(), 7), drawn;
        for (int position = 1; position <= last(); ++position)
            for (int stream = 0; stream < streams(); ++stream)
                drawn.push_back(keeps(stream, position) ? 7 : 8);
        return critical::Departures(ids, 0, last(), drawn, streams());
    }

    critical::OutcomeTable emptyTable() const {
        critical::OutcomeTable table(0, last(), streams());
        table.close(last(), false);
        return table;
    }

private:
    double uniform(int stream, int position, std::uint32_t draw) const {
        return m_streams[static_cast<std::size_t>(stream)].uniform(
            static_cast<std::uint64_t>(position), draw);
    }
    bool keeps(int stream, int position) const {
        return uniform(stream, position, 0) < m_keep[static_cast<std::size_t>(position)];
    }

    std::vector<double> m_keep, m_rightAfter;
    std::uint64_t m_seed;
    std::vector<RandomStream> m_streams;
};

/// What a finished search drew.
struct SimulatedSearch {
    critical::Decision decision;
    int rollouts = 0, tokens = 0;
};

/// Draws what the detector asks for until it decides, `chunk` continuations at a time. With
/// `departures` prefixes share rollouts; without, every position draws its own.
inline SimulatedSearch runSearch(const SimulatedTrajectory& trajectory,
                                 const critical::Detector& detector, critical::OutcomeTable& table,
                                 const critical::Departures* departures,
                                 std::size_t chunk = 1u << 30, int mostChunks = 1 << 30) {
    SimulatedSearch search;
    for (int chunks = 0; chunks < mostChunks; ++chunks) {
        const auto wants = detector.wants(table);
        auto draws = critical::missingDraws(table, wants, 0, departures);
        if (draws.empty()) {
            search.decision = detector.decide(table);
            break;
        }
        draws.resize(std::min(draws.size(), chunk));
        for (const critical::Draw& draw : draws) {
            ++search.rollouts;
            if (departures == nullptr) {
                const bool right = trajectory.endsRight(draw.stream, draw.start, &search.tokens);
                table.record(draw.stream, draw.start, draw.start, right);
                continue;
            }
            search.tokens += draw.token < 0 ? 0 : trajectory.tailTokens(draw.departs);
            table.record(draw.stream, draw.start, draw.departs - 1,
                         trajectory.endsRight(draw.stream, draw.departs - 1));
        }
    }
    return search;
}

/// A trajectory of random shape: mostly likely tokens, some forks, hopeless after a point (and now
/// and then not quite).
inline SimulatedTrajectory randomTrajectory(std::uint64_t number, int streams = 64,
                                            int shortest = 5, int longest = 120) {
    const RandomStream random(cat("shape/", number));
    const int size = shortest + static_cast<int>(random.uniform(0) * (longest - shortest));
    const int lost = static_cast<int>(random.uniform(1) * size);
    const double chance = random.uniform(2);
    const double leak = random.uniform(3) < 0.3 ? 0.03 : 0;
    std::vector<double> keep(static_cast<std::size_t>(size)), right(keep.size());
    for (int i = 0; i < size; ++i) {
        const auto at = static_cast<std::uint64_t>(i + 10);
        const double kind = random.uniform(at);
        keep[static_cast<std::size_t>(i)] = kind < 0.3   ? 1.0
                                            : kind < 0.8 ? 0.9 + 0.1 * random.uniform(at, 1)
                                                         : random.uniform(at, 1);
        right[static_cast<std::size_t>(i)] =
            i < lost ? chance * random.uniform(at, 2) : leak * random.uniform(at, 2);
    }
    return SimulatedTrajectory(std::move(keep), std::move(right), streams, number);
}

} // namespace crux::test
