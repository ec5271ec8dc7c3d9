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
constexpr std::size_t kSlabBytes = std::size_t{32} << 20; // of keys and values, reserved at once
// Weights of at most so much (as float32) are kept turned, and each thread runs through all of them
// with rows of its own: nobody waits for anybody inside a step, and the rows stay in a core's
// cache.
constexpr std::size_t kSmallModelBytes = std::size_t{32} << 20;
constexpr std::size_t kFewestOwnRows = 8, kMostOwnRows = 72; // a thread
constexpr std::size_t kRowTile = 6; // products take so many rows at once, or a multiple

bool isNarrow(const at::Tensor& tensor) {
    return tensor.scalar_type() == at::kBFloat16;
}

float element(const void* data, bool narrow, std::int64_t index) {
    return narrow ? fromBfloat16(static_cast<const Bfloat16*>(data)[index])
                  : static_cast<const float*>(data)[index];
}

std::vector<float> floats(const at::Tensor& tensor) {
    if (!tensor.defined())
        return {};
    std::vector<float> values(static_cast<std::size_t>(tensor.numel()));
    const void* data = tensor.const_data_ptr();
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = element(data, isNarrow(tensor), static_cast<std::int64_t>(i));
    return values;
}

} // namespace

CpuDecoder::CpuDecoder(const LoadedModel& model, int threads, const RowKernels& kernels)
    : m_model(model)
    , m_kernels(kernels)
    , m_team(threads > 0 ? threads : model.threads())
    , m_work(static_cast<std::size_t>(m_team.size()))
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
    turnWeights();
}

CpuDecoder::~CpuDecoder() = default;

void CpuDecoder::readLayers() {
    const LlamaWeights& weights = m_model.weights();
    const auto view = [](const LinearWeight& linear) {
        return Linear{linear.weight.const_data_ptr(), nullptr,
                      isNarrow(linear.weight),        floats(linear.bias),
                      linear.weight.size(1),          linear.weight.size(0)};
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
    m_head = {
        weights.head.const_data_ptr(), nullptr, isNarrow(weights.head), {}, m_hidden, m_vocabulary};
}

void CpuDecoder::turnWeights() {
    std::vector<Linear*> all{&m_head};
    for (Layer& layer : m_layers)
        for (Linear& linear : layer.linears)
            all.push_back(&linear);
    const auto panelsOf = [](const Linear& linear) {
        return (linear.out + kColumnTile - 1) / kColumnTile;
    };
    std::size_t bytes = 0;
    for (const Linear* linear : all)
        bytes +=
            static_cast<std::size_t>(panelsOf(*linear) * kColumnTile * linear->in) * sizeof(float);
    m_small = bytes <= kSmallModelBytes;
    if (!m_small || (m_narrow && m_kernels.nativeBfloat16))
        return;
    m_panels = allocateHuge(bytes);
    auto* out = reinterpret_cast<float*>(m_panels.get());
    for (Linear* linear : all) {
        linear->panels = out;
        for (std::int64_t panel = 0; panel < panelsOf(*linear); ++panel)
            for (std::int64_t k = 0; k < linear->in; ++k)
                for (std::int64_t lane = 0; lane < kColumnTile; ++lane) {
                    const std::int64_t column = panel * kColumnTile + lane;
                    *out++ = column < linear->out
                                 ? element(linear->weight, linear->narrow, column * linear->in + k)
                                 : 0.0f;
                }
    }
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
    const std::size_t bytes =
        (static_cast<std::size_t>(m_blockBytes) + kAlignment - 1) / kAlignment * kAlignment;
    const std::size_t blocks = std::max<std::size_t>(1, kSlabBytes / bytes);
    while (m_blocks.size() < static_cast<std::size_t>(count)) {
        if (m_slabLeft == 0) {
            try {
                m_slabs.push_back(allocateHuge(blocks * bytes));
            } catch (const std::bad_alloc&) {
                return false;
            }
            m_slabLeft = blocks;
        }
        std::byte* block = m_slabs.back().get() + (blocks - m_slabLeft) * bytes;
        std::memset(block, 0, bytes); // unwritten keys are masked, but must be finite
        m_blocks.push_back(block);
        --m_slabLeft;
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
        for (std::size_t i = 0; i < segment.ids.size(); ++i) {
            const std::size_t before =
                m_rows.empty() ? 0 : m_rows.back().logitsBefore + (m_rows.back().logits ? 1 : 0);
            m_rows.push_back({segment.ids[i], segment.start + static_cast<std::int64_t>(i),
                              firstBlock, i >= segment.firstLogits, before});
        }
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

/// Rows that go through the layers together; more follow in further passes, with equal results.
std::size_t CpuDecoder::rowsAPass() const {
    const auto threads = static_cast<std::size_t>(m_team.size());
    const std::size_t rows = m_rows.size();
    // Rows of one sequence look at keys that the others store: all of them go layer by layer.
    if (!m_small || m_severalRowsASequence || rows < threads * kFewestOwnRows)
        return kMaxRows;
    const std::size_t passes =
        threads * ((rows + threads * kMostOwnRows - 1) / (threads * kMostOwnRows));
    return ((rows + passes - 1) / passes + kRowTile - 1) / kRowTile * kRowTile;
}

void CpuDecoder::sizeActivation(Activation& activation, std::size_t rows,
                                std::int64_t width) const {
    const auto size = rows * static_cast<std::size_t>(width);
    activation.width = width;
    if (activation.wide.size() < size)
        activation.wide.resize(size);
    if (m_narrow && activation.narrow.size() < size)
        activation.narrow.resize(size);
}

void CpuDecoder::reserve(Workspace& work, std::size_t rows, std::int64_t rank) const {
    const auto grow = [rows](std::vector<float>& buffer, std::int64_t width) {
        const auto size = rows * static_cast<std::size_t>(width);
        if (buffer.size() < size)
            buffer.resize(size);
    };
    grow(work.residual, m_hidden);
    grow(work.queries, m_heads * m_headDim);
    grow(work.keys, m_kvHeads * m_headDim);
    grow(work.values, m_kvHeads * m_headDim);
    grow(work.up, m_intermediate);
    sizeActivation(work.normed, rows, m_hidden);
    sizeActivation(work.attended, rows, m_heads * m_headDim);
    sizeActivation(work.gate, rows, m_intermediate);
    for (Activation& low : work.low)
        sizeActivation(low, rows, rank);
}

void CpuDecoder::reserveScores(std::size_t longest) {
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
    if (m_logits.size() < wanted * static_cast<std::size_t>(m_vocabulary))
        m_logits.resize(wanted * static_cast<std::size_t>(m_vocabulary));
    const RopeTables rope = m_model.ropeTables(static_cast<std::int64_t>(longest));
    m_cos = rope.cos.const_data_ptr<float>();
    m_sin = rope.sin.const_data_ptr<float>();
    reserveScores(longest);

    const std::size_t most = rowsAPass();
    const bool alone = most < kMaxRows; // each thread with passes of its own
    std::vector<Pass> passes;
    for (std::size_t begin = 0; begin < m_rows.size(); begin += most) {
        const std::size_t end = std::min(m_rows.size(), begin + most);
        passes.push_back({begin, end, low,
                          groupRows(begin, end, m_tileRows, [this](std::size_t a, std::size_t b) {
                              return commonBlocks(m_rows[a], m_rows[b]);
                          })});
    }
    for (std::size_t i = 0; i < (alone ? m_work.size() : 1); ++i)
        reserve(m_work[i], std::min(most, m_rows.size()), rank);
    const auto run = [&](std::int64_t index, int thread) {
        Pass& pass = passes[static_cast<std::size_t>(index)];
        pass.work = &m_work[static_cast<std::size_t>(alone ? thread : 0)];
        pass.thread = alone ? thread : kAllThreads;
        compute(pass);
    };
    if (alone)
        m_team.run(std::ssize(passes), run);
    else
        for (std::int64_t i = 0; i < std::ssize(passes); ++i)
            run(i, 0);
    return m_logits.data();
}

} // namespace crux::engine
