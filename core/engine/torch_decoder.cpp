#include "core/engine/torch_decoder.h"

#include "core/engine/cpu_decoder.h"
#include "core/engine/row_groups.h"
#include "core/engine/row_kernels.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

namespace crux::engine {

namespace {

constexpr int kMostSamplingThreads = 16;
/// From a vocabulary of this size on, rows of logits stay on a GPU: 64 of 152,064 are 39 MB a step.
constexpr std::int64_t kLongRow = 8192;
constexpr std::size_t kHeadTokens = 512; ///< of a trained model's next tokens nearly all the weight
/// Blocks that rows must share before their keys are read once for all of them: that takes some
/// thirty operations more a layer, whose calls alone cost a GPU more than reading short prompts.
constexpr int kFewestShared = 64 / kKvBlockTokens, kFewestSharedOnDevice = 1024 / kKvBlockTokens;

/// Slots of keys [begin, end) of a sequence.
void addSlots(const DecodeSegment& segment, std::int64_t begin, std::int64_t end,
              std::vector<std::int64_t>& out) {
    for (std::int64_t at = begin; at < end; ++at)
        out.push_back(std::int64_t{segment.blocks[static_cast<std::size_t>(at / kKvBlockTokens)]} *
                          kKvBlockTokens +
                      at % kKvBlockTokens);
}

/// Of equal logits the lower id first.
void orderTies(std::span<const float> logits, std::span<std::int32_t> ids) {
    for (std::size_t begin = 0; begin < logits.size();) {
        std::size_t end = begin + 1;
        while (end < logits.size() && logits[end] == logits[begin])
            ++end;
        std::sort(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                  ids.begin() + static_cast<std::ptrdiff_t>(end));
        begin = end;
    }
}

} // namespace

std::unique_ptr<DecodeBackend> makeDecodeBackend(const LoadedModel& model) {
    if (model.device().is_cpu())
        return std::make_unique<CpuDecoder>(model);
    return std::make_unique<TorchDecoder>(model);
}

TorchDecoder::TorchDecoder(const LoadedModel& model)
    : m_model(model)
    , m_team(std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1,
                        kMostSamplingThreads))
    , m_keys(static_cast<std::size_t>(model.config().layers))
    , m_values(static_cast<std::size_t>(model.config().layers)) {}

std::int64_t TorchDecoder::blockBytes() const {
    const ModelConfig& config = m_model.config();
    return config.layers * 2 * kKvBlockTokens * config.kvHeads * config.headDim *
           static_cast<std::int64_t>(at::elementSize(m_model.activations()));
}

bool TorchDecoder::growTo(std::int32_t count) {
    if (count <= m_blocks)
        return true;
    const at::InferenceMode guard;
    const ModelConfig& config = m_model.config();
    const auto options = at::TensorOptions().dtype(m_model.activations()).device(m_model.device());
    for (const std::int32_t capacity : {std::max({count, m_blocks * 2, 64}), count}) {
        try {
            for (auto* tensors : {&m_keys, &m_values})
                for (at::Tensor& tensor : *tensors) {
                    if (tensor.defined() && tensor.size(0) >= capacity)
                        continue; // of an attempt that ended half-way
                    at::Tensor larger = at::zeros(
                        {capacity, kKvBlockTokens, config.kvHeads, config.headDim}, options);
                    if (m_blocks > 0)
                        larger.narrow(0, 0, m_blocks).copy_(tensor.narrow(0, 0, m_blocks));
                    tensor = larger;
                }
            m_blocks = capacity;
            return true;
        } catch (const c10::OutOfMemoryError&) { // then just what is needed
        }
    }
    return false;
}

void TorchDecoder::copyBlock(std::int32_t from, std::int32_t to) {
    const at::InferenceMode guard;
    for (auto* tensors : {&m_keys, &m_values})
        for (at::Tensor& tensor : *tensors)
            tensor.select(0, to).copy_(tensor.select(0, from));
}

void TorchDecoder::forEach(std::size_t count,
                           const std::function<void(std::size_t index, int thread)>& work) {
    m_team.run(static_cast<std::int64_t>(count),
               [&](std::int64_t i, int thread) { work(static_cast<std::size_t>(i), thread); });
}

at::Tensor TorchDecoder::indices(const std::vector<std::int64_t>& values) const {
    return onDevice(values, m_model.device());
}

TorchDecoder::Plan TorchDecoder::plan(std::span<const DecodeSegment> segments) const {
    std::vector<std::int64_t> ids, positions, slots, wanted;
    std::vector<Placed> placed;
    for (const DecodeSegment& segment : segments) {
        const auto rows = static_cast<std::int64_t>(segment.ids.size());
        placed.push_back({&segment, std::ssize(ids)});
        addSlots(segment, segment.start, segment.start + rows, slots);
        for (std::int64_t i = 0; i < rows; ++i) {
            if (static_cast<std::size_t>(i) >= segment.firstLogits)
                wanted.push_back(std::ssize(ids));
            ids.push_back(segment.ids[static_cast<std::size_t>(i)]);
            positions.push_back(segment.start + i);
        }
    }
    const auto rows = std::ssize(ids);
    for (const auto* more : {&positions, &slots, &wanted}) // one copy
        ids.insert(ids.end(), more->begin(), more->end());
    const at::Tensor all = indices(ids);
    Plan made;
    made.ids = all.slice(0, 0, rows);
    made.positions = all.slice(0, rows, 2 * rows);
    made.slots = all.slice(0, 2 * rows, 3 * rows);
    made.wanted = all.slice(0, 3 * rows);
    planAttention(made, placed);
    return made;
}

/// Rows that share a long beginning with a neighbour apart from those that do not.
void TorchDecoder::planAttention(Plan& made, const std::vector<Placed>& segments) const {
    const auto common = [&](std::size_t a, std::size_t b) {
        const DecodeSegment &first = *segments[a].segment, &second = *segments[b].segment;
        if (first.ids.size() != 1 || second.ids.size() != 1)
            return 0;
        // Never the block that a row is about to write.
        const auto most =
            static_cast<std::ptrdiff_t>(std::min(first.start, second.start) / kKvBlockTokens);
        const auto differs =
            std::mismatch(first.blocks.begin(), first.blocks.begin() + most, second.blocks.begin());
        return static_cast<int>(differs.first - first.blocks.begin());
    };
    const int fewest = m_model.device().is_cpu() ? kFewestShared : kFewestSharedOnDevice;
    std::vector<Placed> sharing;
    std::vector<AttentionSpan> spans;
    std::vector<std::int64_t> plainRows, begins;
    for (const RowGroup& group : groupRows(0, segments.size(), segments.size(), common)) {
        const bool shares = group.end - group.begin > 1 && group.blocks >= fewest;
        const std::int64_t shared = std::int64_t{group.blocks} * kKvBlockTokens;
        if (shares) {
            std::vector<std::int64_t> slots;
            addSlots(*segments[group.begin].segment, 0, shared, slots);
            made.groups.push_back({std::ssize(sharing),
                                   static_cast<std::int64_t>(group.end - group.begin),
                                   indices(slots)});
        }
        for (std::size_t i = group.begin; i < group.end; ++i) {
            if (shares) {
                sharing.push_back(segments[i]);
                begins.push_back(shared);
                continue;
            }
            const DecodeSegment& segment = *segments[i].segment;
            AttentionSpan& span = spans.emplace_back();
            span.rows = std::ssize(segment.ids);
            addSlots(segment, 0, segment.start + span.rows, span.keys);
            for (std::int64_t row = 0; row < span.rows; ++row)
                plainRows.push_back(segments[i].row + row);
        }
    }
    if (!spans.empty())
        made.plain.emplace(spans, m_model.config(), m_model.activations(), m_model.device());
    if (sharing.empty())
        return;
    made.plainRows = indices(plainRows);
    planSharing(made, sharing, begins);
}

/// Slots and mask of the keys of single rows from begins[i] on, padded to the longest.
void TorchDecoder::planSharing(Plan& made, const std::vector<Placed>& segments,
                               const std::vector<std::int64_t>& begins) const {
    std::int64_t longest = 0;
    for (std::size_t i = 0; i < segments.size(); ++i)
        longest = std::max(longest, segments[i].segment->start + 1 - begins[i]);
    std::vector<std::int64_t> rows, slots, lengths;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const DecodeSegment& segment = *segments[i].segment;
        rows.push_back(segments[i].row);
        addSlots(segment, begins[i], segment.start + 1, slots);
        lengths.push_back(segment.start + 1 - begins[i]);
        slots.resize(lengths.size() * static_cast<std::size_t>(longest), 0);
    }
    made.sharingRows = indices(rows);
    made.sharingSlots = indices(slots);
    const at::Tensor at =
        at::arange(longest, at::TensorOptions(at::kLong).device(m_model.device()));
    made.sharingMask = (at.unsqueeze(0) < indices(lengths).unsqueeze(1)).view({-1, 1, 1, longest});
}

/// Keys or values in `slots`, batch after batch: [batch, kvHeads, keys, headDim].
at::Tensor TorchDecoder::cached(const at::Tensor& cache, const at::Tensor& slots,
                                std::int64_t batch) const {
    const ModelConfig& config = m_model.config();
    return cache.view({-1, config.kvHeads, config.headDim})
        .index_select(0, slots)
        .view({batch, -1, config.kvHeads, config.headDim})
        .transpose(1, 2);
}

/// queries [batch, kvHeads, rows, headDim] float32 over the keys in `slots`; no mask: all of them.
TorchDecoder::Part TorchDecoder::lookPart(const at::Tensor& queries, const at::Tensor& slots,
                                          const at::Tensor& mask, std::size_t layer) const {
    const std::int64_t batch = queries.size(0);
    const double scale = 1 / std::sqrt(static_cast<double>(m_model.config().headDim));
    at::Tensor scores = at::matmul(
        queries * scale, cached(m_keys[layer], slots, batch).to(at::kFloat).transpose(2, 3));
    if (mask.defined())
        scores = scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
    const at::Tensor lse = at::logsumexp(scores, -1, true);
    return {at::matmul(at::exp(scores - lse), cached(m_values[layer], slots, batch).to(at::kFloat)),
            lse};
}

/// Rows with a common beginning: one product for all of a group, another for what is their own,
/// merged by their log-sum-exp (Hydragen, arXiv 2402.05099, section 3). queries [N, heads,
/// headDim].
at::Tensor TorchDecoder::lookSharing(const Plan& plan, const at::Tensor& queries,
                                     std::size_t layer) const {
    const ModelConfig& config = m_model.config();
    const std::int64_t count = queries.size(0), repeats = config.heads / config.kvHeads;
    const at::Tensor q =
        queries.view({count, config.kvHeads, repeats, config.headDim}).to(at::kFloat);
    const Part own = lookPart(q, plan.sharingSlots, plan.sharingMask, layer);
    std::vector<at::Tensor> outs, sums;
    for (const Plan::Group& group : plan.groups) {
        // [1, kvHeads, rows * repeats, headDim]: the group's rows are one long row of queries
        const at::Tensor together = q.narrow(0, group.first, group.rows)
                                        .transpose(0, 1)
                                        .reshape({1, config.kvHeads, -1, config.headDim});
        const Part shared = lookPart(together, group.slots, {}, layer);
        const auto apart = [&](const at::Tensor& x) {
            return x.view({config.kvHeads, group.rows, repeats, -1}).transpose(0, 1);
        };
        outs.push_back(apart(shared.out));
        sums.push_back(apart(shared.lse));
    }
    const at::Tensor sharedOut = at::cat(outs), sharedLse = at::cat(sums);
    const at::Tensor largest = at::maximum(own.lse, sharedLse);
    const at::Tensor ownWeight = at::exp(own.lse - largest),
                     sharedWeight = at::exp(sharedLse - largest);
    return ((own.out * ownWeight + sharedOut * sharedWeight) / (ownWeight + sharedWeight))
        .reshape({count, config.heads, config.headDim})
        .to(queries.scalar_type());
}

at::Tensor TorchDecoder::attention(const Plan& plan, const LayerWeights& layer, std::size_t index,
                                   const at::Tensor& x, const Turns& turns,
                                   const std::vector<AdapterRows>& adapters) {
    const ModelConfig& config = m_model.config();
    const TurnedHeads heads = turnedHeads(layer, x, config, turns, adapters);
    const auto cacheRows = [&](const at::Tensor& cache) {
        return cache.view({-1, config.kvHeads, config.headDim});
    };
    at::Tensor keys = cacheRows(m_keys[index]), values = cacheRows(m_values[index]);
    keys.index_copy_(0, plan.slots, heads.k);
    values.index_copy_(0, plan.slots, heads.v);
    at::Tensor out; // [R, heads, headDim]
    if (!plan.sharingRows.defined()) {
        out = plan.plain->forward(heads.q, keys, values);
    } else {
        out = at::empty(heads.q.sizes(), heads.q.options());
        if (plan.plain)
            out.index_copy_(
                0, plan.plainRows,
                plan.plain->forward(heads.q.index_select(0, plan.plainRows), keys, values));
        out.index_copy_(0, plan.sharingRows,
                        lookSharing(plan, heads.q.index_select(0, plan.sharingRows), index));
    }
    return applyLinear(layer.o, out.reshape({-1, config.heads * config.headDim}), adapters);
}

/// Pinned memory on the host, used again: a GPU's logits come several times as fast into it.
const float* TorchDecoder::onHost(const at::Tensor& logits) {
    if (logits.is_cpu()) {
        m_logits = logits.contiguous();
        return m_logits.const_data_ptr<float>();
    }
    const std::int64_t rows = logits.size(0), columns = logits.size(1);
    if (!m_logits.defined() || m_logits.size(0) < rows)
        m_logits =
            at::empty({rows, columns}, at::TensorOptions().dtype(at::kFloat).pinned_memory(true));
    m_logits.narrow(0, 0, rows).copy_(logits); // waits for it
    return m_logits.const_data_ptr<float>();
}

/// Undefined where none are wanted.
at::Tensor TorchDecoder::logitsOf(std::span<const DecodeSegment> segments, int adapter) {
    const LlamaWeights& weights = m_model.weights();
    const double eps = m_model.config().rmsNormEps;
    const at::ScalarType dtype = m_model.activations();
    const Plan rows = plan(segments);
    std::int64_t longest = 0;
    for (const DecodeSegment& segment : segments)
        longest = std::max(longest, segment.start + static_cast<std::int64_t>(segment.ids.size()));
    const RopeTables rope = m_model.ropeTables(longest);
    const Turns turns =
        turnsOf(rope.cos.index_select(0, rows.positions), rope.sin.index_select(0, rows.positions));
    const std::vector<AdapterRows> adapters{{{0, rows.ids.size(0)}, adapter}};
    at::Tensor x = weights.embedding.index_select(0, rows.ids).to(at::kFloat); // [R,hidden]
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        const LayerWeights& layer = weights.layers[i];
        x.add_(
            attention(rows, layer, i, normRows(x, layer.inputNorm, eps, dtype), turns, adapters));
        const auto [gate, up] = gateAndUp(layer, normRows(x, layer.postNorm, eps, dtype), adapters);
        x.add_(applyLinear(layer.down, at::silu(gate).mul_(up), adapters));
    }
    if (rows.wanted.numel() == 0)
        return {};
    const at::Tensor last = normRows(x.index_select(0, rows.wanted), weights.finalNorm, eps, dtype);
    return wideLogits(last, weights.head);
}

const float* TorchDecoder::forward(std::span<const DecodeSegment> segments, int adapter) {
    const at::InferenceMode guard;
    m_rows.reset();
    const at::Tensor logits = logitsOf(segments, adapter);
    return logits.defined() ? onHost(logits) : nullptr;
}

bool TorchDecoder::forwardHeads(std::span<const DecodeSegment> segments, int adapter,
                                double temperature, LogitHeads& heads) {
    const std::int64_t vocabulary = m_model.config().vocabularySize;
    if (m_model.device().is_cpu() || vocabulary < kLongRow)
        return false;
    const at::InferenceMode guard;
    m_rows = logitsOf(segments, adapter); // [W, vocabulary]
    auto [best, ids] = m_rows.topk(static_cast<std::int64_t>(kHeadTokens), -1);
    std::vector<at::Tensor> parts{best, ids.to(at::kFloat), // exact: ids are far below 2^24
                                  m_rows.logsumexp(-1, true)};
    const bool tempered = temperature > 0 && temperature != 1;
    if (tempered)
        parts.push_back((m_rows - best.narrow(1, 0, 1)).mul_(1 / temperature).exp_().sum(-1, true));
    const auto rows = static_cast<std::size_t>(m_rows.size(0));
    const std::size_t width = 2 * kHeadTokens + (tempered ? 2 : 1);
    const auto all = toHost<float>(at::cat(parts, 1), at::kFloat); // the step's one wait
    heads.count = kHeadTokens;
    heads.logits.clear();
    heads.ids.clear();
    heads.logSum.clear();
    heads.mass.clear();
    for (std::size_t row = 0; row < rows; ++row) {
        const float* from = all.data() + row * width;
        heads.logits.insert(heads.logits.end(), from, from + kHeadTokens);
        for (const float* id = from + kHeadTokens; id < from + 2 * kHeadTokens; ++id)
            heads.ids.push_back(static_cast<std::int32_t>(*id));
        heads.logSum.push_back(double{from[2 * kHeadTokens]});
        heads.mass.push_back(tempered ? double{from[2 * kHeadTokens + 1]}
                                      : std::exp(heads.logSum.back() - double{from[0]}));
        orderTies(std::span(heads.logits).last(kHeadTokens),
                  std::span(heads.ids).last(kHeadTokens));
    }
    return true;
}

const float* TorchDecoder::rowsOfHeads(std::span<const std::size_t> rows) {
    const at::InferenceMode guard;
    const std::vector<std::int64_t> index(rows.begin(), rows.end());
    return onHost(m_rows.index_select(0, indices(index)));
}

} // namespace crux::engine
