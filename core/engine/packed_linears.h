// Linears on packed rows, each row with the low-rank term of its own adapter: one base product
// serves all of them. Internal to core/engine.
#pragma once

#include "core/engine/device_ops.h"
#include "core/engine/weights.h"

#include <array>
#include <vector>

namespace crux::engine {

struct RowRange {
    std::int64_t begin = 0, end = 0;
    std::int64_t size() const { return end - begin; }
};

/// Rows that are computed with one adapter (-1: bare). One base linear serves all ranges at once.
struct AdapterRows {
    RowRange rows;
    int adapter = -1;
};

/// y = W x + bias + scale B (A x), the low-rank term on the rows of each adapter. Row 0 of x is row
/// `firstRow` of the ranges.
at::Tensor applyLinear(const LinearWeight& linear, const at::Tensor& x,
                       const std::vector<AdapterRows>& adapters, std::int64_t firstRow = 0);

/// The gate's and the up projection's outputs, by one product where their matrices lie together.
std::array<at::Tensor, 2> gateAndUp(const LayerWeights& layer, const at::Tensor& x,
                                    const std::vector<AdapterRows>& adapters,
                                    std::int64_t firstRow = 0);

/// Queries and keys rotated, and values: [rows, heads or kvHeads, headDim], in stock operations.
struct TurnedHeads {
    at::Tensor q, k, v;
};
TurnedHeads turnedHeads(const LayerWeights& layer, const at::Tensor& x, const ModelConfig& config,
                        const Turns& turns, const std::vector<AdapterRows>& adapters);

} // namespace crux::engine
