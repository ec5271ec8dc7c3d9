// Attention of many sequences at once, without a loop over them, for devices where every call costs
// more than its work: flash attention over packed rows (arXiv 2307.08691) in bfloat16 on CUDA, and
// a padded form of plain products for everything else, in any dtype and on any device. With the way
// back, written out. Internal to core/engine.
#pragma once

#include "core/engine/llama_forward.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace crux::engine {

/// Consecutive rows of queries of one sequence and the rows of the keys they look at, in order of
/// position: query i sees the first `keys.size() - rows + i + 1` of them.
struct AttentionSpan {
    std::int64_t rows = 0;
    std::vector<std::int64_t> keys;
};

/// The spans of a packed batch: its rows are all queries, one span after the other.
std::vector<AttentionSpan> spansOf(const PackedBatch& batch);

/// Where everything lies, made once for all layers of a pass. Immutable; throws what LibTorch
/// throws.
class DeviceAttention {
public:
    /// Spans in the order of the rows of queries, which they cover.
    DeviceAttention(std::span<const AttentionSpan> spans, const ModelConfig& config,
                    at::ScalarType dtype, at::Device device);

    /// What the way back needs of flash attention; the padded form computes it again.
    struct Kept {
        at::Tensor out, logSumExp, seed, unused;
    };
    struct Gradients {
        at::Tensor q, k, v; ///< shapes and dtype of the inputs
    };
    /// q [rows, heads, headDim]; k, v [.., kvHeads, headDim], rows that the spans name.
    /// [rows, heads, headDim].
    at::Tensor forward(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                       Kept* kept = nullptr) const;
    Gradients backward(const at::Tensor& dOut, const at::Tensor& q, const at::Tensor& k,
                       const at::Tensor& v, const Kept& kept) const;

private:
    /// Spans computed together, padded to the longest: B of them, Tq rows and Tk keys each.
    struct Piece {
        std::int64_t count = 0, rows = 0, keys = 0;
        at::Tensor queries;  ///< [B*Tq] rows, the first one where there is none
        at::Tensor keyHeads; ///< [B*kvHeads*Tk] rows of k seen as [rows*kvHeads, headDim]
        at::Tensor hidden;   ///< [B,1,1,Tq,Tk] bool, true: not seen; undefined: all are
        at::Tensor real;     ///< [..] of B*Tq that are rows, undefined: all are
        at::Tensor padding;  ///< [B,1,1,Tq,1] 1 or 0; undefined without padding
        at::Tensor target;   ///< [..] the rows that they are
    };
    void planFlash(std::span<const AttentionSpan> spans);
    void planPadded(std::span<const AttentionSpan> spans);
    Piece pieceOf(std::span<const AttentionSpan> spans, std::int64_t firstRow) const;
    at::Tensor queriesOf(const Piece& piece, const at::Tensor& rows) const;
    at::Tensor keysOf(const Piece& piece, const at::Tensor& all) const;
    at::Tensor shares(const Piece& piece, const at::Tensor& queries, const at::Tensor& keys) const;
    void putRows(const Piece& piece, const at::Tensor& from, at::Tensor& all) const;
    at::Tensor gathered(const at::Tensor& all) const;

    std::int64_t m_heads, m_kvHeads, m_dim;
    at::ScalarType m_wide;
    at::Device m_device;
    double m_scale;
    bool m_flash = false;
    // flash
    at::Tensor m_keyRows; ///< [keys] int64; undefined: the keys are the rows as they lie
    at::Tensor m_queryEnds, m_keyEnds; ///< [spans + 1] int32
    std::int64_t m_mostRows = 0, m_mostKeys = 0;
    // padded
    std::vector<Piece> m_pieces;
};

} // namespace crux::engine
