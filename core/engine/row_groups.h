// Rows of a batch that look at the same first KV blocks: rollouts of one prefix, tokens of one
// prompt. Both decoders read those blocks once for a whole group.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace crux::engine {

/// Rows begin .. end-1 share their first `blocks` blocks, all of whose keys each may look at.
struct RowGroup {
    std::size_t begin = 0, end = 0;
    int blocks = 0;
};

/// Cuts rows [begin, end) into groups of at most `most` neighbours. `common(a, b)`: blocks that two
/// rows share; `common(a, a)` those of a row alone. A row that would halve what a group shares
/// begins a new one.
template <typename Common>
std::vector<RowGroup> groupRows(std::size_t begin, std::size_t end, std::size_t most,
                                const Common& common) {
    std::vector<RowGroup> groups;
    for (std::size_t row = begin; row < end; ++row) {
        if (!groups.empty() && row - groups.back().begin < most) {
            RowGroup& group = groups.back();
            const int blocks = std::min(group.blocks, common(group.begin, row));
            if (blocks > 0 && 2 * blocks > group.blocks) {
                group.blocks = blocks;
                group.end = row + 1;
                continue;
            }
        }
        groups.push_back({row, row + 1, common(row, row)});
    }
    return groups;
}

} // namespace crux::engine
