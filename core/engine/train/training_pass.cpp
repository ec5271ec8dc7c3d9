#include "core/engine/train/training_pass.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>

namespace crux::engine::train {

namespace {

// The order of linearsOf().
enum Linear : std::size_t { kQ, kK, kV, kO, kGate, kUp, kDown };

void addTo(at::Tensor& sum, const at::Tensor& part) {
    if (sum.defined())
        sum.add_(part);
    else
        sum = part;
}

std::int64_t positionsOf(const PackedBatch& batch, std::vector<std::int64_t>& positions) {
    std::int64_t longest = 1;
    for (const PackedSequence& sequence : batch.sequences) {
        longest = std::max(longest, sequence.firstPosition + sequence.rows.size());
        for (std::int64_t i = 0; i < sequence.rows.size(); ++i)
            positions.push_back(sequence.firstPosition + i);
    }
    return longest;
}

} // namespace

TrainingPass::TrainingPass(TrainableModel& model, const PackedBatch& batch,
                           const PassOptions& options)
    : m_model(model)
    , m_batch(batch)
    , m_options(options) {
    const LoadedModel& base = model.base();
    std::vector<std::int64_t> positions;
    const std::int64_t longest = positionsOf(batch, positions);
    const RopeTables rope = base.ropeTables(longest);
    const at::Tensor index = onDevice(positions, base.device());
    // float64 is for finite differences: they look at the operations of devices, on the CPU too.
    const bool stock = !base.device().is_cpu() || model.dtype() == at::kDouble;
    const at::ScalarType wide = wideType(model.dtype());
    m_cos = rope.cos.index_select(0, index).unsqueeze(1).to(wide);
    m_sin = rope.sin.index_select(0, index).unsqueeze(1).to(wide);
    m_tokens = at::tensor(batch.tokens, at::kInt).to(base.device(), at::kLong);
    if (stock) {
        m_together.emplace(spansOf(batch), base.config(), model.dtype(), base.device());
        m_turns = turnsOf(m_cos.squeeze(1), m_sin.squeeze(1));
        m_turnsBack = {m_turns.cos, -m_turns.sin};
    }
    for (const PackedSequence& sequence : batch.sequences) {
        if (stock)
            break;
        const std::int64_t own = sequence.rows.size();
        m_masks.push_back(sequence.context.empty() || own == 0
                              ? at::Tensor()
                              : at::full({own, sequence.firstPosition + own},
                                         -std::numeric_limits<float>::infinity(),
                                         at::dtype(model.dtype()).device(base.device()))
                                    .triu_(sequence.firstPosition + 1));
    }
    if (options.dropout > 0)
        m_rowKeys = onDevice(options.rowKeys, base.device());
}

const LinearWeight& TrainingPass::weightOf(std::size_t layer, std::size_t which) const {
    return *linearsOf(m_model.base().weights().layers[layer])[which];
}

at::Tensor TrainingPass::linear(std::size_t layer, std::size_t which, const at::Tensor& x,
                                BlockState& state) {
    const LinearWeight& weight = weightOf(layer, which);
    at::Tensor y = at::linear(x, m_model.widened(weight.weight), weight.bias);
    if (m_options.side == Side::Reference) {
        if (const LoraPair* pair = weight.pair(m_model.referenceAdapter()))
            y.addmm_(at::mm(x, pair->a.t()), pair->b.t(), 1, pair->scale);
        return y;
    }
    const LinearParameters& lora = m_model.layer(layer).linears[which];
    if (lora.loraA == kNotTrained)
        return y;
    LoraState& kept = state.lora[which];
    kept.dropped = x;
    if (m_options.dropout > 0) {
        const std::uint64_t salt = m_options.dropoutKey + 8 * layer + which;
        kept.mask = dropoutMask(m_rowKeys, salt * 0x9E3779B97F4A7C15ull, x.size(1),
                                m_options.dropout, x.scalar_type());
        kept.dropped = x * kept.mask;
    }
    kept.low = at::mm(kept.dropped, lora.a.t());
    y.addmm_(kept.low, lora.b.t(), 1, m_model.loraScale());
    return y;
}

void TrainingPass::loraBackward(std::size_t layer, std::size_t which, const at::Tensor& dy,
                                LoraState& state, at::Tensor* dx) {
    const LinearParameters& lora = m_model.layer(layer).linears[which];
    const double scale = m_model.loraScale();
    at::Tensor gradientA = m_model.gradient(lora.loraA), gradientB = m_model.gradient(lora.loraB);
    const at::Tensor dLow = at::mm(dy, lora.b).mul_(scale); // [rows, r]
    gradientB.add_(at::mm(dy.t(), state.low), scale);
    gradientA.add_(at::mm(dLow.t(), state.dropped));
    if (dx == nullptr)
        return;
    if (!state.mask.defined() && dx->defined()) {
        dx->addmm_(dLow, lora.a);
        return;
    }
    at::Tensor part = at::mm(dLow, lora.a);
    if (state.mask.defined())
        part.mul_(state.mask);
    addTo(*dx, part);
}

void TrainingPass::linearBackward(std::size_t layer, std::size_t which, const at::Tensor& x,
                                  const at::Tensor& dy, BlockState& state, at::Tensor* dx) {
    const LinearParameters& trained = m_model.layer(layer).linears[which];
    if (dx != nullptr) {
        const at::Tensor weight = m_model.widened(weightOf(layer, which).weight);
        if (dx->defined())
            dx->addmm_(dy, weight);
        else
            *dx = at::mm(dy, weight);
    }
    if (trained.loraA != kNotTrained)
        loraBackward(layer, which, dy, state.lora[which], dx);
    if (trained.weight != kNotTrained)
        m_model.gradient(trained.weight).add_(at::mm(dy.t(), x));
    if (trained.bias != kNotTrained) {
        at::Tensor gradient = m_model.gradient(trained.bias);
        gradient.add_(dy.sum(0, false, gradient.scalar_type()));
    }
}

at::Tensor TrainingPass::withContext(const at::Tensor& all, const PackedSequence& sequence) const {
    const at::Tensor own = all.slice(0, sequence.rows.begin, sequence.rows.end);
    if (sequence.context.empty())
        return own;
    std::vector<at::Tensor> parts;
    for (const RowRange& rows : sequence.context)
        parts.push_back(all.slice(0, rows.begin, rows.end));
    parts.push_back(own);
    return at::cat(parts, 0);
}

/// Heads turned by their rows' positions, or back.
at::Tensor TrainingPass::turned(const at::Tensor& heads, int sign) const {
    return m_together ? rotateHalves(heads, sign > 0 ? m_turns : m_turnsBack)
                      : rotate(heads, m_cos, m_sin, sign);
}

at::Tensor TrainingPass::attention(std::size_t layer, BlockState& state) {
    const ModelConfig& config = m_model.base().config();
    const std::int64_t rows = state.normed.size(0);
    state.q = turned(
        linear(layer, kQ, state.normed, state).view({rows, config.heads, config.headDim}), 1);
    state.k = turned(
        linear(layer, kK, state.normed, state).view({rows, config.kvHeads, config.headDim}), 1);
    state.v = linear(layer, kV, state.normed, state).view({rows, config.kvHeads, config.headDim});
    const at::Tensor mixed = m_together
                                 ? m_together->forward(state.q, state.k, state.v, &state.together)
                                 : mixedBySequence(state);
    state.mixed = mixed.reshape({rows, config.heads * config.headDim});
    return linear(layer, kO, state.mixed, state);
}

at::Tensor TrainingPass::mixedBySequence(BlockState& state) const {
    at::Tensor mixed = at::empty_like(state.q);
    state.attention.resize(m_batch.sequences.size());
    for (std::size_t i = 0; i < m_batch.sequences.size(); ++i) {
        const PackedSequence& sequence = m_batch.sequences[i];
        if (sequence.rows.size() == 0)
            continue;
        mixed.slice(0, sequence.rows.begin, sequence.rows.end)
            .copy_(attend(state.q.slice(0, sequence.rows.begin, sequence.rows.end),
                          withContext(state.k, sequence), withContext(state.v, sequence),
                          m_masks[i], state.attention[i]));
    }
    return mixed;
}

void TrainingPass::attentionBackward(BlockState& state, const at::Tensor& dMixed, at::Tensor& dq,
                                     at::Tensor& dk, at::Tensor& dv) {
    const at::Tensor incoming = dMixed.view(state.q.sizes());
    if (m_together) {
        const DeviceAttention::Gradients made =
            m_together->backward(incoming, state.q, state.k, state.v, state.together);
        dq = turned(made.q, -1);
        dk = turned(made.k, -1);
        dv = made.v;
        return;
    }
    dq = at::empty_like(state.q);
    dk = at::zeros_like(state.k);
    dv = at::zeros_like(state.v);
    for (std::size_t i = 0; i < m_batch.sequences.size(); ++i) {
        const PackedSequence& sequence = m_batch.sequences[i];
        if (sequence.rows.size() == 0)
            continue;
        const auto own = [&](const at::Tensor& all) {
            return all.slice(0, sequence.rows.begin, sequence.rows.end);
        };
        const AttentionGradients made =
            attendBackward(own(incoming), own(state.q), withContext(state.k, sequence),
                           withContext(state.v, sequence), m_masks[i], state.attention[i]);
        own(dq).copy_(made.q);
        std::int64_t at = 0;
        const auto give = [&](const RowRange& rows) {
            dk.slice(0, rows.begin, rows.end).add_(made.k.slice(0, at, at + rows.size()));
            dv.slice(0, rows.begin, rows.end).add_(made.v.slice(0, at, at + rows.size()));
            at += rows.size();
        };
        for (const RowRange& rows : sequence.context)
            give(rows);
        give(sequence.rows);
    }
    dq = turned(dq, -1);
    dk = turned(dk, -1);
}

at::Tensor TrainingPass::block(std::size_t layer, const at::Tensor& input, BlockState& state) {
    const LayerWeights& weights = m_model.base().weights().layers[layer];
    const double eps = m_model.base().config().rmsNormEps;
    const at::ScalarType dtype = m_model.dtype();
    state.input = input;
    state.normed = rmsNorm(input, weights.inputNorm, eps, dtype, state.inputInverse);
    state.middle = input + attention(layer, state);
    state.normedMiddle = rmsNorm(state.middle, weights.postNorm, eps, dtype, state.middleInverse);
    state.gate = linear(layer, kGate, state.normedMiddle, state);
    state.up = linear(layer, kUp, state.normedMiddle, state);
    state.product = siluMultiply(state.gate, state.up);
    return state.middle + linear(layer, kDown, state.product, state);
}

at::Tensor TrainingPass::blockBackward(std::size_t layer, BlockState& state,
                                       const at::Tensor& dOut) {
    const LayerWeights& weights = m_model.base().weights().layers[layer];
    const LayerParameters& trained = m_model.layer(layer);
    const at::ScalarType dtype = m_model.dtype();
    at::Tensor dProduct;
    linearBackward(layer, kDown, state.product, dOut.to(dtype), state, &dProduct);
    const GateGradients gates = siluMultiplyBackward(dProduct, state.gate, state.up);
    at::Tensor dNormed;
    linearBackward(layer, kGate, state.normedMiddle, gates.gate, state, &dNormed);
    linearBackward(layer, kUp, state.normedMiddle, gates.up, state, &dNormed);
    const at::Tensor dMiddle =
        rmsNormBackward(dNormed, state.middle, weights.postNorm, state.middleInverse,
                        m_model.gradient(trained.postNorm))
            .add_(dOut);
    at::Tensor dMixed, dq, dk, dv;
    linearBackward(layer, kO, state.mixed, dMiddle.to(dtype), state, &dMixed);
    attentionBackward(state, dMixed, dq, dk, dv);
    // The first block's input is trained only with the embedding.
    const bool needInput = layer > 0 || m_model.trainsAll();
    at::Tensor dInputNormed;
    at::Tensor* wanted = needInput ? &dInputNormed : nullptr;
    const std::int64_t rows = state.normed.size(0);
    linearBackward(layer, kQ, state.normed, dq.reshape({rows, -1}), state, wanted);
    linearBackward(layer, kK, state.normed, dk.reshape({rows, -1}), state, wanted);
    linearBackward(layer, kV, state.normed, dv.reshape({rows, -1}), state, wanted);
    if (!needInput)
        return {};
    return rmsNormBackward(dInputNormed, state.input, weights.inputNorm, state.inputInverse,
                           m_model.gradient(trained.inputNorm))
        .add_(dMiddle);
}

Result<at::Tensor> TrainingPass::forward(const CancelToken& cancel) {
    const LoadedModel& base = m_model.base();
    at::Tensor residual =
        base.weights().embedding.index_select(0, m_tokens).to(wideType(m_model.dtype()));
    const std::size_t layers = base.weights().layers.size();
    if (m_options.backward)
        m_states.resize(layers);
    for (std::size_t i = 0; i < layers; ++i) {
        if (cancel.cancelled())
            return fail(ErrorCode::Cancelled, "cancelled");
        BlockState passing;
        const bool keep = m_options.backward && !m_options.recompute;
        if (m_options.backward)
            m_states[i].input = residual;
        residual = block(i, residual, keep ? m_states[i] : passing);
    }
    return residual;
}

at::Tensor TrainingPass::finalNorm(const at::Tensor& residual, const at::Tensor& rows) {
    m_residual = residual;
    m_finalRows = rows;
    m_finalInput = residual.index_select(0, rows);
    return rmsNorm(m_finalInput, m_model.base().weights().finalNorm,
                   m_model.base().config().rmsNormEps, m_model.dtype(), m_finalInverse);
}

void TrainingPass::backward(const at::Tensor& dHidden) {
    const at::Tensor dRows =
        rmsNormBackward(dHidden, m_finalInput, m_model.base().weights().finalNorm, m_finalInverse,
                        m_model.gradient(m_model.finalNorm()));
    at::Tensor flow = at::zeros_like(m_residual);
    flow.index_add_(0, m_finalRows, dRows);
    m_residual.reset();
    for (std::size_t i = m_states.size(); i-- > 0;) {
        BlockState& state = m_states[i];
        if (m_options.recompute)
            static_cast<void>(block(i, state.input, state));
        flow = blockBackward(i, state, flow);
        state = {};
    }
    if (at::Tensor gradient = m_model.gradient(m_model.embedding()); gradient.defined())
        gradient.index_add_(0, m_tokens, flow);
}

} // namespace crux::engine::train
