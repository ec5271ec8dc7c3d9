#include "core/engine/torch_decoder.h"

#include "core/engine/cpu_decoder.h"
#include "core/engine/row_groups.h"
#include "core/engine/row_kernels.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <tuple>

namespace crux::engine {

namespace {

constexpr int kMostSamplingThreads = 16;
constexpr int kFewestShared = 64 / kKvBlockTokens; // blocks worth three more products a layer

/// Slots of keys [begin, end) of a sequence.
void addSlots(const DecodeSegment& segment, std::int64_t begin, std::int64_t end,
              std::vector<std::int64_t>& out) {
    for (std::int64_t at = begin; at < end; ++at)
        out.push_back(std::int64_t{segment.blocks[static_cast<std::size_t>(at / kKvBlockTokens)]} *
                          kKvBlockTokens +
                      at % kKvBlockTokens);
}

at::Tensor rotate(const at::Tensor& heads, const at::Tensor& cos, const at::Tensor& sin) {
    const std::int64_t half = heads.size(-1) / 2;
    const at::Tensor first = heads.narrow(-1, 0, half), second = heads.narrow(-1, half, half);
    return at::cat({first * cos - second * sin, second * cos + first * sin}, -1);
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

void TorchDecoder::growTo(std::int32_t count) {
    if (count <= m_blocks)
        return;
    const at::InferenceMode guard;
    const ModelConfig& config = m_model.config();
    const std::int32_t capacity = std::max({count, m_blocks * 2, 64});
    const auto options = at::TensorOptions().dtype(m_model.activations()).device(m_model.device());
    for (auto* tensors : {&m_keys, &m_values}) {
        for (at::Tensor& tensor : *tensors) {
            at::Tensor larger =
                at::zeros({capacity, kKvBlockTokens, config.kvHeads, config.headDim}, options);
            if (tensor.defined())
                larger.narrow(0, 0, m_blocks).copy_(tensor);
            tensor = larger;
        }
    }
    m_blocks = capacity;
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
    return at::tensor(values, at::kLong).to(m_model.device());
}

TorchDecoder::Plan TorchDecoder::plan(std::span<const DecodeSegment> segments) const {
    std::vector<std::int64_t> ids, positions, slots, wanted, singles;
    std::vector<const DecodeSegment*> singleSegments;
    Plan made;
    for (const DecodeSegment& segment : segments) {
        const auto firstRow = static_cast<std::int64_t>(ids.size());
        const auto rows = static_cast<std::int64_t>(segment.ids.size());
        const std::int64_t keys = segment.start + rows;
        addSlots(segment, segment.start, keys, slots);
        for (std::int64_t i = 0; i < rows; ++i) {
            ids.push_back(segment.ids[static_cast<std::size_t>(i)]);
            positions.push_back(segment.start + i);
            if (static_cast<std::size_t>(i) >= segment.firstLogits)
                wanted.push_back(firstRow + i);
        }
        if (rows == 1) {
            singles.push_back(firstRow);
            singleSegments.push_back(&segment);
            continue;
        }
        std::vector<std::int64_t> all;
        addSlots(segment, 0, keys, all);
        const at::Tensor at =
            at::arange(keys, at::TensorOptions(at::kLong).device(m_model.device()));
        const at::Tensor mask = at.unsqueeze(0) <= at.narrow(0, segment.start, rows).unsqueeze(1);
        made.runs.push_back({firstRow, rows, keys, indices(all), mask});
    }
    made.ids = indices(ids);
    made.positions = indices(positions);
    made.slots = indices(slots);
    made.wanted = indices(wanted);
    planSingles(made, singleSegments, singles);
    return made;
}

/// Rows that share a long beginning with a neighbour apart from those that do not.
void TorchDecoder::planSingles(Plan& made, const std::vector<const DecodeSegment*>& segments,
                               const std::vector<std::int64_t>& rows) const {
    const auto common = [&](std::size_t a, std::size_t b) {
        // Never the block that a row is about to write.
        const auto most = static_cast<std::ptrdiff_t>(
            std::min(segments[a]->start, segments[b]->start) / kKvBlockTokens);
        const auto& first = segments[a]->blocks;
        const auto differs =
            std::mismatch(first.begin(), first.begin() + most, segments[b]->blocks.begin());
        return static_cast<int>(differs.first - first.begin());
    };
    std::vector<const DecodeSegment*> alone, sharing;
    std::vector<std::int64_t> aloneRows, sharingRows;
    for (const RowGroup& group : groupRows(0, segments.size(), segments.size(), common)) {
        const bool shares = group.end - group.begin > 1 && group.blocks >= kFewestShared;
        if (shares) {
            std::vector<std::int64_t> slots;
            addSlots(*segments[group.begin], 0, std::int64_t{group.blocks} * kKvBlockTokens, slots);
            made.groups.push_back({std::ssize(sharing),
                                   static_cast<std::int64_t>(group.end - group.begin),
                                   indices(slots)});
        }
        for (std::size_t i = group.begin; i < group.end; ++i) {
            (shares ? sharing : alone).push_back(segments[i]);
            (shares ? sharingRows : aloneRows).push_back(rows[i]);
        }
    }
    if (!sharing.empty())
        planSharing(made, sharing, sharingRows);
    if (alone.empty())
        return;
    std::vector<std::int64_t> begins(alone.size(), 0);
    made.singleRows = indices(aloneRows);
    std::tie(made.singleSlots, made.singleMask) = ownKeys(alone, begins);
}

void TorchDecoder::planSharing(Plan& made, const std::vector<const DecodeSegment*>& segments,
                               const std::vector<std::int64_t>& rows) const {
    std::vector<std::int64_t> begins;
    for (const Plan::Group& group : made.groups)
        begins.resize(begins.size() + static_cast<std::size_t>(group.rows), group.slots.size(0));
    made.sharingRows = indices(rows);
    std::tie(made.sharingSlots, made.sharingMask) = ownKeys(segments, begins);
}

/// Slots [S*T] and mask [S,1,1,T] of the keys of single rows from begins[i] on, padded to the
/// longest.
std::pair<at::Tensor, at::Tensor>
TorchDecoder::ownKeys(const std::vector<const DecodeSegment*>& segments,
                      const std::vector<std::int64_t>& begins) const {
    std::int64_t longest = 0;
    for (std::size_t i = 0; i < segments.size(); ++i)
        longest = std::max(longest, segments[i]->start + 1 - begins[i]);
    std::vector<std::int64_t> all, lengths;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        addSlots(*segments[i], begins[i], segments[i]->start + 1, all);
        lengths.push_back(segments[i]->start + 1 - begins[i]);
        all.resize(lengths.size() * static_cast<std::size_t>(longest), 0);
    }
    const at::Tensor at =
        at::arange(longest, at::TensorOptions(at::kLong).device(m_model.device()));
    return {indices(all),
            (at.unsqueeze(0) < indices(lengths).unsqueeze(1)).view({-1, 1, 1, longest})};
}

at::Tensor TorchDecoder::linear(const at::Tensor& x, const LinearWeight& weight,
                                int adapter) const {
    at::Tensor y = at::linear(x, weight.weight.to(x.scalar_type()), weight.bias);
    if (const LoraPair* pair = weight.pair(adapter))
        y = y + at::linear(at::linear(x, pair->a), pair->b) * pair->scale;
    return y;
}

at::Tensor TorchDecoder::norm(const at::Tensor& x, const at::Tensor& weight) const {
    const at::Tensor scale = at::rsqrt(x.square().mean(-1, true) + m_model.config().rmsNormEps);
    return (x * scale * weight).to(m_model.activations());
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

/// queries [batch, heads, rows, headDim] over the keys in `slots`, batch after batch.
at::Tensor TorchDecoder::look(const at::Tensor& queries, const at::Tensor& slots,
                              std::int64_t batch, const at::Tensor& mask, std::size_t layer) const {
    const std::int64_t repeats = m_model.config().heads / m_model.config().kvHeads;
    return at::scaled_dot_product_attention(
        queries, cached(m_keys[layer], slots, batch).repeat_interleave(repeats, 1),
        cached(m_values[layer], slots, batch).repeat_interleave(repeats, 1), mask);
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
                                   const at::Tensor& x, const at::Tensor& cos,
                                   const at::Tensor& sin, int adapter) {
    const ModelConfig& config = m_model.config();
    const at::Tensor queries =
        rotate(linear(x, layer.q, adapter).view({-1, config.heads, config.headDim}).to(at::kFloat),
               cos, sin)
            .to(m_model.activations());
    const at::Tensor keys =
        rotate(
            linear(x, layer.k, adapter).view({-1, config.kvHeads, config.headDim}).to(at::kFloat),
            cos, sin)
            .to(m_model.activations());
    const at::Tensor values =
        linear(x, layer.v, adapter).view({-1, config.kvHeads, config.headDim});
    m_keys[index].view({-1, config.kvHeads, config.headDim}).index_copy_(0, plan.slots, keys);
    m_values[index].view({-1, config.kvHeads, config.headDim}).index_copy_(0, plan.slots, values);
    at::Tensor out = at::empty_like(queries); // [R, heads, headDim]
    for (const Plan::Run& run : plan.runs) {
        const at::Tensor q = queries.narrow(0, run.firstRow, run.rows).transpose(0, 1).unsqueeze(0);
        out.narrow(0, run.firstRow, run.rows)
            .copy_(look(q, run.slots, 1, run.mask, index).squeeze(0).transpose(0, 1));
    }
    if (plan.singleRows.defined()) {
        const at::Tensor q = queries.index_select(0, plan.singleRows).unsqueeze(2);
        out.index_copy_(0, plan.singleRows,
                        look(q, plan.singleSlots, q.size(0), plan.singleMask, index).squeeze(2));
    }
    if (plan.sharingRows.defined())
        out.index_copy_(0, plan.sharingRows,
                        lookSharing(plan, queries.index_select(0, plan.sharingRows), index));
    return linear(out.reshape({-1, config.heads * config.headDim}), layer.o, adapter);
}

const float* TorchDecoder::forward(std::span<const DecodeSegment> segments, int adapter) {
    const at::InferenceMode guard;
    const LlamaWeights& weights = m_model.weights();
    const Plan rows = plan(segments);
    std::int64_t longest = 0;
    for (const DecodeSegment& segment : segments)
        longest = std::max(longest, segment.start + static_cast<std::int64_t>(segment.ids.size()));
    const RopeTables rope = m_model.ropeTables(longest);
    const at::Tensor cos = rope.cos.index_select(0, rows.positions).unsqueeze(1); // [R,1,headDim/2]
    const at::Tensor sin = rope.sin.index_select(0, rows.positions).unsqueeze(1);
    at::Tensor x = weights.embedding.index_select(0, rows.ids).to(at::kFloat); // [R,hidden]
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        const LayerWeights& layer = weights.layers[i];
        x = x + attention(rows, layer, i, norm(x, layer.inputNorm), cos, sin, adapter);
        const at::Tensor normed = norm(x, layer.postNorm);
        const at::Tensor gated =
            at::silu(linear(normed, layer.gate, adapter)) * linear(normed, layer.up, adapter);
        x = x + linear(gated, layer.down, adapter);
    }
    if (rows.wanted.numel() == 0)
        return nullptr;
    const at::Tensor last = norm(x.index_select(0, rows.wanted), weights.finalNorm);
    m_logits = at::linear(last, weights.head.to(last.scalar_type()))
                   .to(at::kFloat)
                   .to(at::kCPU)
                   .contiguous();
    return m_logits.const_data_ptr<float>();
}

} // namespace crux::engine
