// Where each rollout leaves the trajectory. A random number belongs to a rollout's index and to an
// absolute position, not to the prefix it started from; so one pass over the trajectory tells for
// every index the positions at which it would draw another token. Between two of them all prefixes
// share one and the same rollout: that is the exact reuse of REFERENCE.md B.1, and a position whose
// next token has probability 1 (point mass) costs nothing.
#pragma once

#include "core/engine/critical/outcomes.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace crux::critical {

/// A token drawn in place of the trajectory's own.
struct Departure {
    int position = 0;
    std::int32_t token = -1;
};

/// Departures of rollouts 0 .. streams-1 in positions first+1 .. last.
class Departures {
public:
    /// `drawn`: [position - first - 1][stream], the token drawn after ids[0..position).
    Departures(std::span<const std::int32_t> ids, int first, int last,
               std::span<const std::int32_t> drawn, int streams);

    int first() const { return m_first; }
    int last() const { return m_last; }
    int streams() const { return static_cast<int>(m_byStream.size()); }
    /// The departure that ends the rollout of `position`; none: it follows to the last position.
    std::optional<Departure> next(int stream, int position) const;
    /// First position that shares the rollout of `position`.
    int start(int stream, int position) const;

private:
    int m_first, m_last;
    std::vector<std::vector<Departure>> m_byStream; ///< ascending positions
};

/// A continuation to draw: rollout `stream` of position `start`. It is known to follow the
/// trajectory up to `departs` - 1 and to draw `token` there.
struct Draw {
    int stream = 0;
    int start = 0;           ///< the prefix ends here
    int departs = 0;         ///< last+1: follows to the last position
    std::int32_t token = -1; ///< at `departs`; -1: not known, to be drawn
    bool operator==(const Draw&) const = default;
};

/// Continuations that still lack for rollouts from .. of the wanted positions, each once, in the
/// order of the wants. With `departures` prefixes share them; without (brute force) every position
/// draws its own and `departs` is start + 1.
std::vector<Draw> missingDraws(const OutcomeTable& table, std::span<const Want> wants, int from,
                               const Departures* departures);

} // namespace crux::critical
