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
constexpr std::int64_t kPieceTiles = 3; // fewer would prepare the rows' inputs too often

} // namespace

void CpuDecoder::splitColumns(
    std::int64_t columns, std::int64_t costPerColumn,
    const std::function<void(std::int64_t begin, std::int64_t end)>& work) {
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
                             std::int64_t size) {
    if (!m_narrow)
        return;
    const auto offset =
        row * static_cast<std::size_t>(activation.width) + static_cast<std::size_t>(begin);
    m_kernels.toBfloat16(activation.wide.data() + offset, size, activation.narrow.data() + offset);
}

void CpuDecoder::normRows(std::size_t rows, const float* weight) {
    const auto work = [&](std::int64_t begin, std::int64_t end) {
        for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end);
             ++row) {
            const auto offset = row * static_cast<std::size_t>(m_hidden);
            m_kernels.rmsNorm(m_residual.data() + offset, weight, m_eps, m_hidden,
                              m_normed.wide.data() + offset);
            narrowSlice(m_normed, row, 0, m_hidden);
        }
    };
    splitColumns(static_cast<std::int64_t>(rows), m_hidden * 4, work);
}

void CpuDecoder::lowRank(const Activation& x, std::size_t rows, std::size_t layer,
                         std::initializer_list<int> linears, const AdapterPairs* adapter) {
    if (!adapter)
        return;
    int slot = 0;
    for (const int linear : linears) {
        const Pair& pair = (*adapter)[layer][static_cast<std::size_t>(linear)];
        Activation& low = m_low[slot++];
        if (!pair.a)
            continue;
        LinearArgs args;
        args.x = input(x);
        args.xStride = x.width;
        args.rows = static_cast<std::int64_t>(rows);
        args.w = pair.a;
        args.k = x.width;
        args.out = low.wide.data();
        args.outStride = low.width;
        args.columns = pair.rank;
        splitColumns(pair.rank, args.rows * args.k, [&](std::int64_t begin, std::int64_t end) {
            runLinear(args, m_narrow, begin, end);
            for (std::size_t row = 0; row < rows; ++row)
                narrowSlice(low, row, begin, end - begin);
        });
    }
}

void CpuDecoder::applyLinear(const Activation& x, std::size_t rows, std::size_t layer, int linear,
                             const AdapterPairs* adapter, float* out, bool add, std::int64_t begin,
                             std::int64_t end) {
    const Linear& weights = m_layers[layer].linears[linear];
    LinearArgs args;
    args.x = input(x);
    args.xStride = x.width;
    args.rows = static_cast<std::int64_t>(rows);
    args.w = weights.weight;
    args.k = weights.in;
    args.bias = weights.bias.empty() ? nullptr : weights.bias.data();
    args.out = out;
    args.outStride = weights.out;
    args.columns = weights.out;
    args.add = add;
    runLinear(args, weights.narrow, begin, end);
    if (!adapter)
        return;
    const Pair& pair = (*adapter)[layer][static_cast<std::size_t>(linear)];
    if (!pair.a)
        return;
    const Activation& low = m_low[linear == kK || linear == kUp ? 1 : linear == kV ? 2 : 0];
    args.x = input(low);
    args.xStride = low.width;
    args.w = pair.b;
    args.k = pair.rank;
    args.bias = nullptr;
    args.scale = pair.scale;
    args.add = true;
    runLinear(args, m_narrow, begin, end);
}

void CpuDecoder::addToResidual(const Activation& x, std::size_t rows, std::size_t layer, int linear,
                               const AdapterPairs* adapter) {
    lowRank(x, rows, layer, {linear}, adapter);
    splitColumns(m_hidden, static_cast<std::int64_t>(rows) * x.width,
                 [&](std::int64_t begin, std::int64_t end) {
                     applyLinear(x, rows, layer, linear, adapter, m_residual.data(), true, begin,
                                 end);
                 });
}

/// Queries, keys and values of all rows; their columns are split as one range.
void CpuDecoder::project(std::size_t rows, std::size_t layer, const AdapterPairs* adapter) {
    lowRank(m_normed, rows, layer, {kQ, kK, kV}, adapter);
    float* outs[] = {m_queries.data(), m_keys.data(), m_values.data()};
    const std::int64_t widths[] = {m_heads * m_headDim, m_kvHeads * m_headDim,
                                   m_kvHeads * m_headDim};
    splitColumns(widths[0] + widths[1] + widths[2], static_cast<std::int64_t>(rows) * m_hidden,
                 [&](std::int64_t begin, std::int64_t end) {
                     std::int64_t first = 0;
                     for (int i = 0; i < 3; first += widths[i++]) {
                         const std::int64_t from = std::max(begin, first) - first;
                         const std::int64_t to = std::min(end, first + widths[i]) - first;
                         if (from < to)
                             applyLinear(m_normed, rows, layer, kQ + i, adapter, outs[i], false,
                                         from, to);
                     }
                 });
}

void CpuDecoder::rotateAndStore(std::size_t layer, std::size_t row, const Row& info,
                                std::int64_t kvHead) {
    const std::int64_t half = m_headDim / 2;
    const float* cosines = m_cos + info.position * half;
    const float* sines = m_sin + info.position * half;
    const auto rowIndex = static_cast<std::int64_t>(row);
    for (std::int64_t g = 0; g < m_group; ++g)
        m_kernels.rotate(m_queries.data() + (rowIndex * m_heads + kvHead * m_group + g) * m_headDim,
                         cosines, sines, half);
    float* key = m_keys.data() + (rowIndex * m_kvHeads + kvHead) * m_headDim;
    const float* value = m_values.data() + (rowIndex * m_kvHeads + kvHead) * m_headDim;
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

void CpuDecoder::attend(int thread, std::size_t layer, std::size_t begin, const RowGroup& tile,
                        std::int64_t kvHead) {
    AttentionScratch& scratch = m_scratch[static_cast<std::size_t>(thread)];
    AttentionArgs args;
    args.queries = scratch.queries.data();
    for (std::size_t row = tile.begin; row < tile.end; ++row)
        for (std::int64_t g = 0; g < m_group; ++g) {
            const std::int64_t offset =
                (static_cast<std::int64_t>(row - begin) * m_heads + kvHead * m_group + g) *
                m_headDim;
            args.queries[args.count] = {m_queries.data() + offset,
                                        m_blockPointers.data() + m_rows[row].firstBlock,
                                        scratch.scores.data() +
                                            static_cast<std::size_t>(args.count) * m_scoreStride,
                                        m_attended.wide.data() + offset,
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
        narrowSlice(m_attended, row - begin, kvHead * m_group * m_headDim, m_group * m_headDim);
}

void CpuDecoder::attentionPhase(std::size_t layer, std::size_t begin, std::size_t end) {
    const auto heads = static_cast<std::size_t>(m_kvHeads);
    // Small pieces: later rows of a prefix have more keys to look at.
    const auto each = [&](std::size_t count, const auto& work) {
        const std::size_t items = count * heads;
        const std::size_t pieces =
            (end - begin) * heads * static_cast<std::size_t>(m_headDim) < 4096
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
        each(end - begin, [&](std::size_t row, std::int64_t head, int) {
            rotateAndStore(layer, row, m_rows[begin + row], head);
        });
    each(m_tiles.size(), [&](std::size_t index, std::int64_t head, int thread) {
        const RowGroup& tile = m_tiles[index];
        if (!m_severalRowsASequence)
            for (std::size_t row = tile.begin; row < tile.end; ++row)
                rotateAndStore(layer, row - begin, m_rows[row], head);
        attend(thread, layer, begin, tile, head);
    });
}

void CpuDecoder::mlpPhase(std::size_t rows, std::size_t layer, const AdapterPairs* adapter) {
    lowRank(m_normed, rows, layer, {kGate, kUp}, adapter);
    splitColumns(m_intermediate, static_cast<std::int64_t>(rows) * m_hidden * 2,
                 [&](std::int64_t begin, std::int64_t end) {
                     applyLinear(m_normed, rows, layer, kGate, adapter, m_gate.wide.data(), false,
                                 begin, end);
                     applyLinear(m_normed, rows, layer, kUp, adapter, m_up.data(), false, begin,
                                 end);
                     for (std::size_t row = 0; row < rows; ++row) {
                         const auto offset = row * static_cast<std::size_t>(m_intermediate) +
                                             static_cast<std::size_t>(begin);
                         m_kernels.siluMultiply(m_gate.wide.data() + offset, m_up.data() + offset,
                                                end - begin, m_gate.wide.data() + offset);
                         narrowSlice(m_gate, row, begin, end - begin);
                     }
                 });
    addToResidual(m_gate, rows, layer, kDown, adapter);
}

void CpuDecoder::embed(std::size_t begin, std::size_t end) {
    const auto hidden = static_cast<std::size_t>(m_hidden);
    for (std::size_t row = 0; row < end - begin; ++row) {
        const auto source = static_cast<std::size_t>(m_rows[begin + row].id) * hidden;
        for (std::size_t i = 0; i < hidden; ++i)
            m_residual[row * hidden + i] =
                m_narrowEmbedding
                    ? fromBfloat16(static_cast<const Bfloat16*>(m_embedding)[source + i])
                    : static_cast<const float*>(m_embedding)[source + i];
    }
}

void CpuDecoder::compute(std::size_t begin, std::size_t end, const AdapterPairs* adapter) {
    const std::size_t rows = end - begin;
    m_tiles = groupRows(begin, end, m_tileRows, [this](std::size_t a, std::size_t b) {
        return commonBlocks(m_rows[a], m_rows[b]);
    });
    embed(begin, end);
    for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
        normRows(rows, m_layers[layer].inputNorm);
        project(rows, layer, adapter);
        attentionPhase(layer, begin, end);
        addToResidual(m_attended, rows, layer, kO, adapter);
        normRows(rows, m_layers[layer].postNorm);
        mlpPhase(rows, layer, adapter);
    }
    head(begin, end);
}

/// Logits of the wanted rows only, which are packed to the front of m_normed.
void CpuDecoder::head(std::size_t begin, std::size_t end) {
    const auto hidden = static_cast<std::size_t>(m_hidden);
    std::size_t wanted = 0;
    for (std::size_t row = begin; row < end; ++row) {
        if (!m_rows[row].logits)
            continue;
        m_kernels.rmsNorm(m_residual.data() + (row - begin) * hidden, m_finalNorm, m_eps, m_hidden,
                          m_normed.wide.data() + wanted * hidden);
        narrowSlice(m_normed, wanted, 0, m_hidden);
        ++wanted;
    }
    LinearArgs args;
    args.x = input(m_normed);
    args.xStride = m_hidden;
    args.rows = static_cast<std::int64_t>(wanted);
    args.w = m_head.weight;
    args.k = m_hidden;
    args.out = m_logits.data() + m_logitsDone * static_cast<std::size_t>(m_vocabulary);
    args.outStride = m_vocabulary;
    args.columns = m_vocabulary;
    splitColumns(m_vocabulary, args.rows * m_hidden, [&](std::int64_t first, std::int64_t last) {
        runLinear(args, m_head.narrow, first, last);
    });
    m_logitsDone += wanted;
}

} // namespace crux::engine
