// The phases of one forward pass. Threads split output columns or rows, never a sum.
#include "core/engine/cpu_decoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace crux::engine {

namespace {

// Products that are worth handing to another thread: some ten microseconds of work.
constexpr std::int64_t kPieceCost = 1 << 18;
constexpr std::int64_t kPiecesAThread = 4;
constexpr std::int64_t kPieceTiles = 3;     // fewer would prepare the rows' inputs too often
constexpr std::int64_t kSliceColumns = 256; // of the gate, while they are in a core's cache

} // namespace

void CpuDecoder::splitColumns(
    const Pass& pass, std::int64_t columns, std::int64_t costPerColumn,
    const std::function<void(std::int64_t begin, std::int64_t end)>& work) {
    if (pass.thread != kAllThreads)
        return work(0, columns);
    const std::int64_t tiles = (columns + kColumnTile - 1) / kColumnTile;
    const std::int64_t most =
        std::min({tiles, kPiecesAThread * m_team.size(),
                  std::max<std::int64_t>(m_team.size(), tiles / kPieceTiles)});
    const std::int64_t pieces =
        std::clamp<std::int64_t>(columns * costPerColumn / kPieceCost, 1, most);
    m_team.run(pieces, [&](std::int64_t piece, int) {
        work(tiles * piece / pieces * kColumnTile,
             std::min(columns, tiles * (piece + 1) / pieces * kColumnTile));
    });
}

const void* CpuDecoder::input(const Activation& activation) const {
    return m_narrow ? static_cast<const void*>(activation.narrow.data())
                    : static_cast<const void*>(activation.wide.data());
}

void CpuDecoder::runLinear(const LinearArgs& args, bool narrowWeight, std::int64_t begin,
                           std::int64_t end) const {
    const auto linear = m_narrow       ? m_kernels.linearBfloat16
                        : narrowWeight ? m_kernels.linearWidened
                                       : m_kernels.linearFloat;
    linear(args, begin, end);
}

void CpuDecoder::narrowSlice(Activation& activation, std::size_t row, std::int64_t begin,
                             std::int64_t size) const {
    if (!m_narrow)
        return;
    const auto offset =
        row * static_cast<std::size_t>(activation.width) + static_cast<std::size_t>(begin);
    m_kernels.toBfloat16(activation.wide.data() + offset, size, activation.narrow.data() + offset);
}

void CpuDecoder::normRows(const Pass& pass, const float* weight) {
    Workspace& w = *pass.work;
    const auto work = [&](std::int64_t begin, std::int64_t end) {
        for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end);
             ++row) {
            const auto offset = row * static_cast<std::size_t>(m_hidden);
            m_kernels.rmsNorm(w.residual.data() + offset, weight, m_eps, m_hidden,
                              w.normed.wide.data() + offset);
            narrowSlice(w.normed, row, 0, m_hidden);
        }
    };
    splitColumns(pass, static_cast<std::int64_t>(pass.rows()), m_hidden * 4, work);
}

void CpuDecoder::lowRank(const Pass& pass, const Activation& x, std::size_t layer,
                         std::initializer_list<int> linears) {
    if (!pass.adapter)
        return;
    int slot = 0;
    for (const int linear : linears) {
        const Pair& pair = (*pass.adapter)[layer][static_cast<std::size_t>(linear)];
        Activation& low = pass.work->low[slot++];
        if (!pair.a)
            continue;
        LinearArgs args;
        args.x = input(x);
        args.xStride = x.width;
        args.rows = static_cast<std::int64_t>(pass.rows());
        args.w = pair.a;
        args.k = x.width;
        args.out = low.wide.data();
        args.outStride = low.width;
        args.columns = pair.rank;
        splitColumns(pass, pair.rank, args.rows * args.k,
                     [&](std::int64_t begin, std::int64_t end) {
                         runLinear(args, m_narrow, begin, end);
                         for (std::size_t row = 0; row < pass.rows(); ++row)
                             narrowSlice(low, row, begin, end - begin);
                     });
    }
}

void CpuDecoder::applyLinear(const Pass& pass, const Activation& x, std::size_t layer, int linear,
                             float* out, bool add, std::int64_t begin, std::int64_t end) const {
    const Linear& weights = m_layers[layer].linears[linear];
    LinearArgs args;
    args.x = input(x);
    args.xStride = x.width;
    args.rows = static_cast<std::int64_t>(pass.rows());
    args.w = weights.weight;
    args.panels = weights.panels;
    args.k = weights.in;
    args.bias = weights.bias.empty() ? nullptr : weights.bias.data();
    args.out = out;
    args.outStride = weights.out;
    args.columns = weights.out;
    args.add = add;
    runLinear(args, weights.narrow, begin, end);
    if (!pass.adapter)
        return;
    const Pair& pair = (*pass.adapter)[layer][static_cast<std::size_t>(linear)];
    if (!pair.a)
        return;
    const Activation& low = pass.work->low[linear == kK || linear == kUp ? 1
                                           : linear == kV                ? 2
                                                                         : 0];
    args.x = input(low);
    args.xStride = low.width;
    args.w = pair.b;
    args.panels = nullptr;
    args.k = pair.rank;
    args.bias = nullptr;
    args.scale = pair.scale;
    args.add = true;
    runLinear(args, m_narrow, begin, end);
}

void CpuDecoder::addToResidual(const Pass& pass, const Activation& x, std::size_t layer,
                               int linear) {
    lowRank(pass, x, layer, {linear});
    splitColumns(pass, m_hidden, static_cast<std::int64_t>(pass.rows()) * x.width,
                 [&](std::int64_t begin, std::int64_t end) {
                     applyLinear(pass, x, layer, linear, pass.work->residual.data(), true, begin,
                                 end);
                 });
}

/// Queries, keys and values of all rows; their columns are split as one range.
void CpuDecoder::project(const Pass& pass, std::size_t layer) {
    Workspace& w = *pass.work;
    lowRank(pass, w.normed, layer, {kQ, kK, kV});
    float* outs[] = {w.queries.data(), w.keys.data(), w.values.data()};
    const std::int64_t widths[] = {m_heads * m_headDim, m_kvHeads * m_headDim,
                                   m_kvHeads * m_headDim};
    splitColumns(pass, widths[0] + widths[1] + widths[2],
                 static_cast<std::int64_t>(pass.rows()) * m_hidden,
                 [&](std::int64_t begin, std::int64_t end) {
                     std::int64_t first = 0;
                     for (int i = 0; i < 3; first += widths[i++]) {
                         const std::int64_t from = std::max(begin, first) - first;
                         const std::int64_t to = std::min(end, first + widths[i]) - first;
                         if (from < to)
                             applyLinear(pass, w.normed, layer, kQ + i, outs[i], false, from, to);
                     }
                 });
}

void CpuDecoder::rotateAndStore(Workspace& work, std::size_t layer, std::size_t row,
                                const Row& info, std::int64_t kvHead) {
    const std::int64_t half = m_headDim / 2;
    const float* cosines = m_cos + info.position * half;
    const float* sines = m_sin + info.position * half;
    const auto rowIndex = static_cast<std::int64_t>(row);
    for (std::int64_t g = 0; g < m_group; ++g)
        m_kernels.rotate(work.queries.data() +
                             (rowIndex * m_heads + kvHead * m_group + g) * m_headDim,
                         cosines, sines, half);
    float* key = work.keys.data() + (rowIndex * m_kvHeads + kvHead) * m_headDim;
    const float* value = work.values.data() + (rowIndex * m_kvHeads + kvHead) * m_headDim;
    m_kernels.rotate(key, cosines, sines, half);

    const auto position = static_cast<std::size_t>(info.position);
    const auto slot = static_cast<std::int64_t>(position % kKvBlockTokens);
    auto* block = static_cast<std::byte*>(
        const_cast<void*>(m_blockPointers[info.firstBlock + position / kKvBlockTokens]));
    std::byte* keys =
        block + (static_cast<std::int64_t>(layer) * m_kvHeads + kvHead) * 2 * m_headBytes;
    std::byte* values = keys + m_headBytes;
    if (m_narrow) {
        for (std::int64_t d = 0; d < m_headDim; ++d)
            reinterpret_cast<Bfloat16*>(keys)[d * kKvBlockTokens + slot] = toBfloat16(key[d]);
        m_kernels.toBfloat16(value, m_headDim,
                             reinterpret_cast<Bfloat16*>(values) + slot * m_headDim);
    } else {
        for (std::int64_t d = 0; d < m_headDim; ++d)
            reinterpret_cast<float*>(keys)[d * kKvBlockTokens + slot] = key[d];
        std::memcpy(reinterpret_cast<float*>(values) + slot * m_headDim, value,
                    static_cast<std::size_t>(m_headDim) * sizeof(float));
    }
}

void CpuDecoder::attend(const Pass& pass, int thread, std::size_t layer, const RowGroup& tile,
                        std::int64_t kvHead) {
    Workspace& work = *pass.work;
    AttentionScratch& scratch = m_scratch[static_cast<std::size_t>(thread)];
    AttentionArgs args;
    args.queries = scratch.queries.data();
    for (std::size_t row = tile.begin; row < tile.end; ++row)
        for (std::int64_t g = 0; g < m_group; ++g) {
            const std::int64_t offset =
                (static_cast<std::int64_t>(row - pass.begin) * m_heads + kvHead * m_group + g) *
                m_headDim;
            args.queries[args.count] = {work.queries.data() + offset,
                                        m_blockPointers.data() + m_rows[row].firstBlock,
                                        scratch.scores.data() +
                                            static_cast<std::size_t>(args.count) * m_scoreStride,
                                        work.attended.wide.data() + offset,
                                        static_cast<int>(m_rows[row].position + 1),
                                        0};
            ++args.count;
        }
    args.sharedBlocks = args.count > 1 ? tile.blocks : 0;
    args.headDim = static_cast<int>(m_headDim);
    args.scale = 1.0f / std::sqrt(static_cast<float>(m_headDim));
    args.keyOffset = (static_cast<std::int64_t>(layer) * m_kvHeads + kvHead) * 2 * m_headBytes;
    args.valueOffset = args.keyOffset + m_headBytes;
    (m_narrow ? m_kernels.attentionBfloat16 : m_kernels.attentionFloat)(args);
    for (std::size_t row = tile.begin; row < tile.end; ++row)
        narrowSlice(work.attended, row - pass.begin, kvHead * m_group * m_headDim,
                    m_group * m_headDim);
}

void CpuDecoder::attentionPhase(const Pass& pass, std::size_t layer) {
    const auto heads = static_cast<std::size_t>(m_kvHeads);
    // Small pieces: later rows of a prefix have more keys to look at.
    const auto each = [&](std::size_t count, const auto& work) {
        const std::size_t items = count * heads;
        if (pass.thread != kAllThreads) {
            for (std::size_t item = 0; item < items; ++item)
                work(item / heads, static_cast<std::int64_t>(item % heads), pass.thread);
            return;
        }
        const std::size_t pieces = pass.rows() * heads * static_cast<std::size_t>(m_headDim) < 4096
                                       ? 1
                                       : std::min<std::size_t>(items, 64);
        m_team.run(static_cast<std::int64_t>(pieces), [&](std::int64_t piece, int thread) {
            const auto index = static_cast<std::size_t>(piece);
            for (std::size_t item = items * index / pieces; item < items * (index + 1) / pieces;
                 ++item)
                work(item / heads, static_cast<std::int64_t>(item % heads), thread);
        });
    };
    if (m_severalRowsASequence) // a row looks at keys that other rows store
        each(pass.rows(), [&](std::size_t row, std::int64_t head, int) {
            rotateAndStore(*pass.work, layer, row, m_rows[pass.begin + row], head);
        });
    each(pass.tiles.size(), [&](std::size_t index, std::int64_t head, int thread) {
        const RowGroup& tile = pass.tiles[index];
        if (!m_severalRowsASequence)
            for (std::size_t row = tile.begin; row < tile.end; ++row)
                rotateAndStore(*pass.work, layer, row - pass.begin, m_rows[row], head);
        attend(pass, thread, layer, tile, head);
    });
}

void CpuDecoder::mlpPhase(const Pass& pass, std::size_t layer) {
    Workspace& w = *pass.work;
    lowRank(pass, w.normed, layer, {kGate, kUp});
    const auto slice = [&](std::int64_t begin, std::int64_t end) {
        applyLinear(pass, w.normed, layer, kGate, w.gate.wide.data(), false, begin, end);
        applyLinear(pass, w.normed, layer, kUp, w.up.data(), false, begin, end);
        for (std::size_t row = 0; row < pass.rows(); ++row) {
            const auto offset =
                row * static_cast<std::size_t>(m_intermediate) + static_cast<std::size_t>(begin);
            m_kernels.siluMultiply(w.gate.wide.data() + offset, w.up.data() + offset, end - begin,
                                   w.gate.wide.data() + offset);
            narrowSlice(w.gate, row, begin, end - begin);
        }
    };
    splitColumns(pass, m_intermediate, static_cast<std::int64_t>(pass.rows()) * m_hidden * 2,
                 [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t from = begin; from < end; from += kSliceColumns)
                         slice(from, std::min(end, from + kSliceColumns));
                 });
    addToResidual(pass, w.gate, layer, kDown);
}

void CpuDecoder::embed(const Pass& pass) {
    const auto hidden = static_cast<std::size_t>(m_hidden);
    for (std::size_t row = 0; row < pass.rows(); ++row) {
        const auto source = static_cast<std::size_t>(m_rows[pass.begin + row].id) * hidden;
        for (std::size_t i = 0; i < hidden; ++i)
            pass.work->residual[row * hidden + i] =
                m_narrowEmbedding
                    ? fromBfloat16(static_cast<const Bfloat16*>(m_embedding)[source + i])
                    : static_cast<const float*>(m_embedding)[source + i];
    }
}

void CpuDecoder::compute(const Pass& pass) {
    embed(pass);
    for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
        normRows(pass, m_layers[layer].inputNorm);
        project(pass, layer);
        attentionPhase(pass, layer);
        addToResidual(pass, pass.work->attended, layer, kO);
        normRows(pass, m_layers[layer].postNorm);
        mlpPhase(pass, layer);
    }
    head(pass);
}

/// Logits of the wanted rows only, which are packed to the front of `normed`.
void CpuDecoder::head(const Pass& pass) {
    const auto hidden = static_cast<std::size_t>(m_hidden);
    Workspace& w = *pass.work;
    std::size_t wanted = 0;
    for (std::size_t row = pass.begin; row < pass.end; ++row) {
        if (!m_rows[row].logits)
            continue;
        m_kernels.rmsNorm(w.residual.data() + (row - pass.begin) * hidden, m_finalNorm, m_eps,
                          m_hidden, w.normed.wide.data() + wanted * hidden);
        narrowSlice(w.normed, wanted, 0, m_hidden);
        ++wanted;
    }
    LinearArgs args;
    args.x = input(w.normed);
    args.xStride = m_hidden;
    args.rows = static_cast<std::int64_t>(wanted);
    args.w = m_head.weight;
    args.panels = m_head.panels;
    args.k = m_hidden;
    args.out =
        m_logits.data() + m_rows[pass.begin].logitsBefore * static_cast<std::size_t>(m_vocabulary);
    args.outStride = m_vocabulary;
    args.columns = m_vocabulary;
    splitColumns(pass, m_vocabulary, args.rows * m_hidden,
                 [&](std::int64_t first, std::int64_t last) {
                     runLinear(args, m_head.narrow, first, last);
                 });
}

} // namespace crux::engine
