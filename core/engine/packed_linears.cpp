#include "core/engine/packed_linears.h"

#include "core/engine/wide_products.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace crux::engine {

namespace {

at::Tensor product(const LinearWeight& linear, const at::Tensor& x) {
    if (!isWideProduct(x, linear.weight))
        return at::linear(x, linear.weight, linear.bias);
    at::Tensor y = wideProduct(x, linear.weight);
    return linear.bias.defined() ? y.add_(linear.bias) : y;
}

void addLowRank(const LinearWeight& linear, const at::Tensor& x, const at::Tensor& y,
                const std::vector<AdapterRows>& adapters, std::int64_t firstRow) {
    for (const AdapterRows& range : adapters) {
        const LoraPair* pair = linear.pair(range.adapter);
        const std::int64_t begin = std::max<std::int64_t>(range.rows.begin - firstRow, 0);
        const std::int64_t end = std::min(range.rows.end - firstRow, x.size(0));
        if (pair == nullptr || begin >= end)
            continue;
        at::Tensor low = at::mm(x.slice(0, begin, end), pair->a.t()); // [rows, r]
        if (pair->scale != 1)
            low.mul_(pair->scale);
        y.slice(0, begin, end).addmm_(low, pair->b.t());
    }
}

/// Columns [begin, end) of a merged product, with the low-rank term of the linear they belong to.
at::Tensor columns(const at::Tensor& all, std::int64_t begin, const LinearWeight& linear,
                   const at::Tensor& x, const std::vector<AdapterRows>& adapters,
                   std::int64_t firstRow) {
    const at::Tensor y = all.slice(1, begin, begin + linear.weight.size(0));
    addLowRank(linear, x, y, adapters, firstRow);
    return y;
}

} // namespace

at::Tensor applyLinear(const LinearWeight& linear, const at::Tensor& x,
                       const std::vector<AdapterRows>& adapters, std::int64_t firstRow) {
    at::Tensor y = product(linear, x);
    addLowRank(linear, x, y, adapters, firstRow);
    return y;
}

std::array<at::Tensor, 2> gateAndUp(const LayerWeights& layer, const at::Tensor& x,
                                    const std::vector<AdapterRows>& adapters,
                                    std::int64_t firstRow) {
    if (!layer.gateUp.present())
        return {applyLinear(layer.gate, x, adapters, firstRow),
                applyLinear(layer.up, x, adapters, firstRow)};
    const at::Tensor all = at::linear(x, layer.gateUp.weight, layer.gateUp.bias);
    return {columns(all, 0, layer.gate, x, adapters, firstRow),
            columns(all, layer.gate.weight.size(0), layer.up, x, adapters, firstRow)};
}

TurnedHeads turnedHeads(const LayerWeights& layer, const at::Tensor& x, const ModelConfig& config,
                        const Turns& turns, const std::vector<AdapterRows>& adapters) {
    const std::int64_t rows = x.size(0), dim = config.headDim;
    const auto heads = [&](const at::Tensor& y, std::int64_t count) {
        return y.view({rows, count, dim});
    };
    if (!layer.qkv.present())
        return {rotateHalves(heads(applyLinear(layer.q, x, adapters), config.heads), turns),
                rotateHalves(heads(applyLinear(layer.k, x, adapters), config.kvHeads), turns),
                heads(applyLinear(layer.v, x, adapters), config.kvHeads)};
    const at::Tensor all = at::linear(x, layer.qkv.weight, layer.qkv.bias);
    const std::int64_t queries = config.heads * dim, keys = config.kvHeads * dim;
    columns(all, 0, layer.q, x, adapters, 0);
    columns(all, queries, layer.k, x, adapters, 0);
    const at::Tensor v = columns(all, queries + keys, layer.v, x, adapters, 0);
    const at::Tensor turned = // both at once: they lie side by side
        rotateHalves(heads(all.slice(1, 0, queries + keys), config.heads + config.kvHeads), turns);
    return {turned.slice(1, 0, config.heads), turned.slice(1, config.heads),
            heads(v, config.kvHeads)};
}

} // namespace crux::engine
