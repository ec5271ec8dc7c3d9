#include "core/engine/llama_forward.h"

#include "core/engine/device_attention.h"
#include "core/engine/device_ops.h"
#include "core/engine/fused_ops.h"
#include "core/engine/packed_linears.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace crux::engine {

namespace {

/// Linears whose outputs are wider than this many elements are computed in row chunks, so that one
/// very long sequence does not need its whole MLP at once.
constexpr std::int64_t kRowsAtOnce = 4096, kRowsAtOnceOnDevice = 32768;

template <typename T> T* pointer(const at::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}

/// Calls body(tag) with a value of the element type the fused operations know.
template <typename Body> void byElement(at::ScalarType type, Body&& body) {
    if (type == at::kBFloat16)
        body(fused::Half{});
    else
        body(float{});
}

/// residual += delta (when defined), then its RMS norm in `dtype`.
at::Tensor addRmsNorm(at::Tensor& residual, const at::Tensor& delta, const at::Tensor& weight,
                      double eps, at::ScalarType dtype, bool stock) {
    if (stock) {
        if (delta.defined())
            residual.add_(delta);
        return normRows(residual, weight, eps, dtype);
    }
    const std::int64_t rows = residual.size(0);
    const std::int64_t size = residual.size(1);
    at::Tensor out = at::empty({rows, size}, dtype);
    byElement(dtype, [&](auto tag) {
        using T = decltype(tag);
        at::parallel_for(0, rows, 16, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                fused::addRmsNormRow(pointer<float>(residual) + i * size,
                                     delta.defined() ? pointer<T>(delta) + i * size : nullptr,
                                     pointer<float>(weight), eps, size, pointer<T>(out) + i * size);
        });
    });
    return out;
}

/// gate becomes silu(gate) * up.
void siluMultiply(at::Tensor& gate, const at::Tensor& up, bool stock) {
    if (stock) {
        gate = at::silu(gate).mul_(up);
        return;
    }
    byElement(gate.scalar_type(), [&](auto tag) {
        using T = decltype(tag);
        at::parallel_for(0, gate.numel(), 1 << 14, [&](std::int64_t begin, std::int64_t end) {
            fused::siluMultiply(pointer<T>(gate) + begin, pointer<T>(up) + begin, end - begin);
        });
    });
}

/// One forward pass; holds what all blocks share.
class PackedForward {
public:
    PackedForward(const LoadedModel& model, const PackedBatch& batch, bool stock)
        : m_model(model)
        , m_config(model.config())
        , m_batch(batch)
        , m_stock(stock) {
        std::int64_t longest = 1;
        for (const PackedSequence& sequence : batch.sequences) {
            longest = std::max(longest, sequence.firstPosition + sequence.rows.size());
            for (std::int64_t i = 0; i < sequence.rows.size(); ++i)
                m_positions.push_back(sequence.firstPosition + i);
            if (!stock)
                m_masks.push_back(sequence.context.empty() || sequence.rows.size() == 0
                                      ? at::Tensor()
                                      : causalMask(sequence));
        }
        m_rope = model.ropeTables(longest);
        if (stock) {
            const at::Tensor index = onDevice(m_positions, model.device());
            m_turns = turnsOf(m_rope.cos.index_select(0, index), m_rope.sin.index_select(0, index));
            m_attention.emplace(spansOf(batch), m_config, model.activations(), model.device());
        }
    }

    Result<at::Tensor> run(const CancelToken& cancel, const Breath& breathe) {
        const at::Tensor ids = at::tensor(m_batch.tokens, at::kInt).to(m_model.device(), at::kLong);
        at::Tensor residual =
            m_model.weights().embedding.index_select(0, ids).to(at::kFloat); // [rows, hidden] fp32
        at::Tensor delta;
        for (const LayerWeights& layer : m_model.weights().layers) {
            if (cancel.cancelled())
                return fail(ErrorCode::Cancelled, "cancelled");
            if (breathe)
                breathe();
            const at::Tensor normed =
                addRmsNorm(residual, delta, layer.inputNorm, m_config.rmsNormEps,
                           m_model.activations(), m_stock);
            delta = m_stock ? stockAttention(layer, normed) : attention(layer, normed);
            const at::Tensor after =
                addRmsNorm(residual, delta, layer.postNorm, m_config.rmsNormEps,
                           m_model.activations(), m_stock);
            delta = mlp(layer, after);
        }
        residual.add_(delta);
        return residual;
    }

private:
    at::Tensor linear(const LinearWeight& weight, const at::Tensor& x) const {
        return applyLinear(weight, x, m_batch.adapters);
    }

    /// Rotates every head of [rows, heads, headDim] in place by its row's position.
    void rotate(at::Tensor& x) const {
        const std::int64_t heads = x.size(1);
        const std::int64_t dim = x.size(2);
        const float* cos = pointer<float>(m_rope.cos);
        const float* sin = pointer<float>(m_rope.sin);
        byElement(x.scalar_type(), [&](auto tag) {
            using T = decltype(tag);
            at::parallel_for(0, x.size(0), 16, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t i = begin; i < end; ++i) {
                    const std::int64_t at = m_positions[static_cast<std::size_t>(i)] * (dim / 2);
                    for (std::int64_t h = 0; h < heads; ++h)
                        fused::rotateHead(pointer<T>(x) + (i * heads + h) * dim, cos + at, sin + at,
                                          dim);
                }
            });
        });
    }

    /// What is added to the scores of a sequence with a context: [T, context + T], 0 or -infinity.
    at::Tensor causalMask(const PackedSequence& sequence) const {
        const std::int64_t own = sequence.rows.size();
        return at::full({own, sequence.firstPosition + own},
                        -std::numeric_limits<float>::infinity(),
                        at::dtype(m_model.activations()).device(m_model.device()))
            .triu_(sequence.firstPosition + 1);
    }

    /// Rows of a sequence with those of its context before them: [context + T, heads, headDim].
    static at::Tensor withContext(const at::Tensor& all, const PackedSequence& sequence) {
        const at::Tensor own = all.slice(0, sequence.rows.begin, sequence.rows.end);
        if (sequence.context.empty())
            return own;
        std::vector<at::Tensor> parts;
        for (const RowRange& rows : sequence.context)
            parts.push_back(all.slice(0, rows.begin, rows.end));
        parts.push_back(own);
        return at::cat(parts, 0);
    }

    /// Attention of all sequences in one call.
    at::Tensor stockAttention(const LayerWeights& layer, const at::Tensor& x) const {
        const TurnedHeads heads = turnedHeads(layer, x, m_config, m_turns, m_batch.adapters);
        const at::Tensor mixed = m_attention->forward(heads.q, heads.k, heads.v);
        return linear(layer.o, mixed.reshape({x.size(0), m_config.heads * m_config.headDim}));
    }

    at::Tensor attention(const LayerWeights& layer, const at::Tensor& x) const {
        const std::int64_t rows = x.size(0);
        at::Tensor q = linear(layer.q, x).view({rows, m_config.heads, m_config.headDim});
        at::Tensor k = linear(layer.k, x).view({rows, m_config.kvHeads, m_config.headDim});
        const at::Tensor v = linear(layer.v, x).view({rows, m_config.kvHeads, m_config.headDim});
        rotate(q);
        rotate(k);
        at::Tensor mixed = at::empty_like(q); // [rows, heads, headDim]
        const bool grouped = m_config.heads != m_config.kvHeads;
        // [rows, heads, dim] -> [1, heads, T, dim]
        const auto headsFirst = [](const at::Tensor& all) {
            return all.transpose(0, 1).unsqueeze(0);
        };
        for (std::size_t i = 0; i < m_batch.sequences.size(); ++i) {
            const PackedSequence& sequence = m_batch.sequences[i];
            if (sequence.rows.size() == 0)
                continue;
            std::optional<at::Tensor> mask;
            if (m_masks[i].defined())
                mask = m_masks[i];
            const at::Tensor out = at::scaled_dot_product_attention(
                headsFirst(q.slice(0, sequence.rows.begin, sequence.rows.end)),
                headsFirst(withContext(k, sequence)), headsFirst(withContext(v, sequence)), mask,
                0.0, !mask.has_value(), {}, grouped);
            mixed.slice(0, sequence.rows.begin, sequence.rows.end)
                .copy_(out.squeeze(0).transpose(0, 1));
        }
        return linear(layer.o, mixed.view({rows, m_config.heads * m_config.headDim}));
    }

    at::Tensor mlp(const LayerWeights& layer, const at::Tensor& x) const {
        const std::int64_t rows = x.size(0);
        const auto part = [&](std::int64_t begin, std::int64_t end) {
            const at::Tensor some = x.slice(0, begin, end);
            auto [gate, up] = gateAndUp(layer, some, m_batch.adapters, begin);
            siluMultiply(gate, up, m_stock);
            return applyLinear(layer.down, gate, m_batch.adapters, begin);
        };
        const std::int64_t most = x.is_cpu() ? kRowsAtOnce : kRowsAtOnceOnDevice;
        if (rows <= most)
            return part(0, rows);
        at::Tensor out = at::empty_like(x);
        for (std::int64_t begin = 0; begin < rows; begin += most) {
            const std::int64_t end = std::min(begin + most, rows);
            out.slice(0, begin, end).copy_(part(begin, end));
        }
        return out;
    }

    const LoadedModel& m_model;
    const ModelConfig& m_config;
    const PackedBatch& m_batch;
    const bool m_stock;
    RopeTables m_rope;
    std::vector<std::int64_t> m_positions; ///< of every row
    // the CPU's own operations
    std::vector<at::Tensor> m_masks; ///< [sequence], undefined where plainly causal
    // stock operations
    Turns m_turns;
    std::optional<DeviceAttention> m_attention;
};

} // namespace

void PackedBatch::add(std::span<const std::int32_t> ids, int adapter, SharedPrefix shared) {
    PackedSequence sequence;
    sequence.firstPosition = shared.length;
    if (shared.leader >= 0) { // the leader's rows, its own context first, up to the shared length
        const PackedSequence& leader = sequences[static_cast<std::size_t>(shared.leader)];
        std::int64_t left = shared.length;
        const auto take = [&](RowRange rows) {
            const std::int64_t count = std::min(left, rows.size());
            if (count > 0)
                sequence.context.push_back({rows.begin, rows.begin + count});
            left -= count;
        };
        for (const RowRange& rows : leader.context)
            take(rows);
        take(leader.rows);
    }
    const std::int64_t begin = rows();
    tokens.insert(tokens.end(), ids.begin() + shared.length, ids.end());
    sequence.rows = {begin, rows()};
    sequences.push_back(std::move(sequence));
    if (!adapters.empty() && adapters.back().adapter == adapter)
        adapters.back().rows.end = rows();
    else
        adapters.push_back({{begin, rows()}, adapter});
}

std::int64_t PackedBatch::row(std::size_t sequence, std::int64_t position) const {
    const PackedSequence& found = sequences[sequence];
    if (position >= found.firstPosition)
        return found.rows.begin + position - found.firstPosition;
    for (const RowRange& rows : found.context) {
        if (position < rows.size())
            return rows.begin + position;
        position -= rows.size();
    }
    return -1; // not reached: the context covers all positions before the first own one
}

Result<at::Tensor> forwardPacked(const LoadedModel& model, const PackedBatch& batch,
                                 const CancelToken& cancel, const Breath& breathe,
                                 Operations operations) {
    const bool stock = operations == Operations::Stock || !model.device().is_cpu();
    return PackedForward(model, batch, stock).run(cancel, breathe);
}

at::Tensor finalNormRows(const LoadedModel& model, const at::Tensor& residual,
                         const std::vector<std::int64_t>& rows) {
    at::Tensor some = residual.index_select(0, onDevice(rows, residual.device()));
    return addRmsNorm(some, {}, model.weights().finalNorm, model.config().rmsNormEps,
                      model.activations(), !residual.is_cpu());
}

} // namespace crux::engine
