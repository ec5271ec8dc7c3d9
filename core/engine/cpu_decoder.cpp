#include "core/engine/cpu_decoder.h"

#include "core/engine/weights.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

namespace crux::engine {

namespace {

constexpr std::size_t kMaxRows = 256; // rows computed at once; more run in turn, with equal results
constexpr std::size_t kAlignment = 64;
constexpr std::int64_t kTileQueries = 24; // queries that read shared keys and values together

bool isNarrow(const at::Tensor& tensor) {
    return tensor.scalar_type() == at::kBFloat16;
}

std::vector<float> floats(const at::Tensor& tensor) {
    if (!tensor.defined())
        return {};
    std::vector<float> values(static_cast<std::size_t>(tensor.numel()));
    const void* data = tensor.const_data_ptr();
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = isNarrow(tensor) ? fromBfloat16(static_cast<const Bfloat16*>(data)[i])
                                     : static_cast<const float*>(data)[i];
    return values;
}

} // namespace

CpuDecoder::CpuDecoder(const LoadedModel& model, int threads, const RowKernels& kernels)
    : m_model(model)
    , m_kernels(kernels)
    , m_team(threads > 0 ? threads : model.threads())
    , m_scratch(static_cast<std::size_t>(m_team.size())) {
    const ModelConfig& config = model.config();
    m_narrow = model.activations() == at::kBFloat16;
    m_hidden = config.hiddenSize;
    m_intermediate = config.intermediateSize;
    m_vocabulary = config.vocabularySize;
    m_heads = config.heads;
    m_kvHeads = config.kvHeads;
    m_headDim = config.headDim;
    m_group = m_heads / m_kvHeads;
    m_tileRows = static_cast<std::size_t>(std::max<std::int64_t>(1, kTileQueries / m_group));
    m_eps = static_cast<float>(config.rmsNormEps);
    m_elementBytes = m_narrow ? 2 : 4;
    m_headBytes = kKvBlockTokens * m_headDim * m_elementBytes;
    m_blockBytes = config.layers * m_kvHeads * 2 * m_headBytes;
    readLayers();
}

CpuDecoder::~CpuDecoder() {
    for (std::byte* block : m_blocks)
        std::free(block);
}

void CpuDecoder::readLayers() {
    const LlamaWeights& weights = m_model.weights();
    const auto view = [](const LinearWeight& linear) {
        return Linear{linear.weight.const_data_ptr(), isNarrow(linear.weight), floats(linear.bias),
                      linear.weight.size(1), linear.weight.size(0)};
    };
    for (const LayerWeights& layer : weights.layers) {
        Layer made;
        made.inputNorm = layer.inputNorm.const_data_ptr<float>();
        made.postNorm = layer.postNorm.const_data_ptr<float>();
        const auto linears = linearsOf(layer);
        for (std::size_t i = 0; i < kLinears; ++i)
            made.linears[i] = view(*linears[i]);
        m_layers.push_back(std::move(made));
    }
    m_embedding = weights.embedding.const_data_ptr();
    m_finalNorm = weights.finalNorm.const_data_ptr<float>();
    m_narrowEmbedding = isNarrow(weights.embedding);
    m_head = {weights.head.const_data_ptr(), isNarrow(weights.head), {}, m_hidden, m_vocabulary};
}

const CpuDecoder::AdapterPairs& CpuDecoder::pairs(int adapter) {
    const auto [entry, isNew] = m_pairs.try_emplace(adapter);
    if (!isNew)
        return entry->second;
    for (const LayerWeights& layer : m_model.weights().layers) {
        std::vector<Pair> made(kLinears);
        const auto linears = linearsOf(layer);
        for (std::size_t i = 0; i < kLinears; ++i)
            if (const LoraPair* pair = linears[i]->pair(adapter))
                made[i] = {pair->a.const_data_ptr(), pair->b.const_data_ptr(), pair->a.size(0),
                           static_cast<float>(pair->scale)};
        entry->second.push_back(std::move(made));
    }
    return entry->second;
}

bool CpuDecoder::growTo(std::int32_t count) {
    while (m_blocks.size() < static_cast<std::size_t>(count)) {
        const auto bytes = (static_cast<std::size_t>(m_blockBytes) + kAlignment - 1) / kAlignment;
        void* block = std::aligned_alloc(kAlignment, bytes * kAlignment);
        if (!block)
            return false;
        std::memset(block, 0, bytes * kAlignment); // unwritten keys are masked, but must be finite
        m_blocks.push_back(static_cast<std::byte*>(block));
    }
    return true;
}

void CpuDecoder::copyBlock(std::int32_t from, std::int32_t to) {
    std::memcpy(m_blocks[static_cast<std::size_t>(to)], m_blocks[static_cast<std::size_t>(from)],
                static_cast<std::size_t>(m_blockBytes));
}

void CpuDecoder::forEach(std::size_t count,
                         const std::function<void(std::size_t index, int thread)>& work) {
    m_team.run(static_cast<std::int64_t>(count),
               [&](std::int64_t i, int thread) { work(static_cast<std::size_t>(i), thread); });
}

void CpuDecoder::listRows(std::span<const DecodeSegment> segments) {
    m_rows.clear();
    m_blockPointers.clear();
    m_severalRowsASequence = false;
    for (const DecodeSegment& segment : segments) {
        const std::size_t firstBlock = m_blockPointers.size();
        for (const std::int32_t block : segment.blocks)
            m_blockPointers.push_back(m_blocks[static_cast<std::size_t>(block)]);
        for (std::size_t i = 0; i < segment.ids.size(); ++i)
            m_rows.push_back({segment.ids[i], segment.start + static_cast<std::int64_t>(i),
                              firstBlock, i >= segment.firstLogits});
        m_severalRowsASequence |= segment.ids.size() > 1;
    }
}

/// First blocks that two rows share, as far as both may look at all of their keys.
int CpuDecoder::commonBlocks(const Row& a, const Row& b) const {
    const auto most =
        static_cast<std::size_t>((std::min(a.position, b.position) + 1) / kKvBlockTokens);
    std::size_t common = 0;
    while (common < most &&
           m_blockPointers[a.firstBlock + common] == m_blockPointers[b.firstBlock + common])
        ++common;
    return static_cast<int>(common);
}

void CpuDecoder::sizeActivation(Activation& activation, std::size_t rows, std::int64_t width) {
    const auto size = rows * static_cast<std::size_t>(width);
    activation.width = width;
    if (activation.wide.size() < size)
        activation.wide.resize(size);
    if (m_narrow && activation.narrow.size() < size)
        activation.narrow.resize(size);
}

void CpuDecoder::reserve(std::size_t rows, std::int64_t rank, std::size_t longest) {
    const auto grow = [rows](std::vector<float>& buffer, std::int64_t width) {
        const auto size = rows * static_cast<std::size_t>(width);
        if (buffer.size() < size)
            buffer.resize(size);
    };
    grow(m_residual, m_hidden);
    grow(m_queries, m_heads * m_headDim);
    grow(m_keys, m_kvHeads * m_headDim);
    grow(m_values, m_kvHeads * m_headDim);
    grow(m_up, m_intermediate);
    sizeActivation(m_normed, rows, m_hidden);
    sizeActivation(m_attended, rows, m_heads * m_headDim);
    sizeActivation(m_gate, rows, m_intermediate);
    for (Activation& low : m_low)
        sizeActivation(low, rows, rank);
    const std::size_t queries = static_cast<std::size_t>(m_group) * m_tileRows;
    m_scoreStride = (longest / kKvBlockTokens + 1) * kKvBlockTokens;
    for (AttentionScratch& scratch : m_scratch) {
        scratch.queries.resize(queries);
        if (scratch.scores.size() < queries * m_scoreStride)
            scratch.scores.resize(queries * m_scoreStride);
    }
}

const float* CpuDecoder::forward(std::span<const DecodeSegment> segments, int adapter) {
    listRows(segments);
    const AdapterPairs* low = adapter >= 0 ? &pairs(adapter) : nullptr;
    std::int64_t rank = 0;
    if (low)
        for (const auto& layer : *low)
            for (const Pair& pair : layer)
                rank = std::max(rank, pair.rank);
    std::size_t longest = 0, wanted = 0;
    for (const Row& row : m_rows) {
        longest = std::max(longest, static_cast<std::size_t>(row.position) + 1);
        wanted += row.logits ? 1 : 0;
    }
    reserve(std::min(kMaxRows, m_rows.size()), rank, longest);
    if (m_logits.size() < wanted * static_cast<std::size_t>(m_vocabulary))
        m_logits.resize(wanted * static_cast<std::size_t>(m_vocabulary));
    const RopeTables rope = m_model.ropeTables(static_cast<std::int64_t>(longest));
    m_cos = rope.cos.const_data_ptr<float>();
    m_sin = rope.sin.const_data_ptr<float>();
    m_logitsDone = 0;
    for (std::size_t begin = 0; begin < m_rows.size(); begin += kMaxRows) {
        const std::size_t end = std::min(m_rows.size(), begin + kMaxRows);
        compute(begin, end, low);
    }
    return m_logits.data();
}

} // namespace crux::engine
