// What sequences of one batch have in common: samples of one question begin with the same prompt,
// and its rows need to be computed once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace crux::engine {

/// The beginning that a sequence shares with an earlier one of its batch.
struct SharedPrefix {
    int leader = -1;         ///< index of the earlier sequence; -1: none
    std::int64_t length = 0; ///< tokens shared, 0 without a leader
};

/// Finds them for sequences that come one after the other. Looks back at the latest sequences only
/// (samples of a question lie together) and leaves out beginnings too short to be worth it.
class SharedPrefixes {
public:
    /// The longest beginning of `ids` that an earlier sequence has. The ids must outlive this.
    SharedPrefix add(std::span<const std::int32_t> ids);
    void clear() { m_sequences.clear(); }

private:
    std::vector<std::span<const std::int32_t>> m_sequences;
};

} // namespace crux::engine
