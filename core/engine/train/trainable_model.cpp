#include "core/engine/train/trainable_model.h"

#include "core/base/rng.h"
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/train/training_ops.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace crux::engine::train {

const std::array<const char*, kLinearsPerLayer> kLinearNames{
    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "mlp.gate_proj",    "mlp.up_proj",      "mlp.down_proj"};

namespace {

/// PEFT's initialisation of A: uniform in +-1/sqrt(inputs), each element a pure function of the
/// seed, the module's name and its place.
at::Tensor drawnA(const std::string& module, std::int64_t rank, std::int64_t inputs,
                  std::uint64_t seed) {
    const RandomStream draws("train/lora/" + module, seed);
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    at::Tensor made = at::empty({rank, inputs}, at::kFloat);
    auto* out = made.data_ptr<float>();
    for (std::int64_t i = 0; i < made.numel(); ++i)
        out[i] = static_cast<float>((2 * draws.uniform(static_cast<std::uint64_t>(i)) - 1) * bound);
    return made;
}

Status checkTargets(const std::vector<std::string>& targets) {
    if (targets.empty())
        return fail(ErrorCode::InvalidArgument,
                    "LoRA needs at least one target such as q_proj or down_proj");
    for (const std::string& target : targets)
        if (std::none_of(kLinearNames.begin(), kLinearNames.end(),
                         [&](const std::string& name) { return name.ends_with("." + target); }))
            return fail(ErrorCode::InvalidArgument,
                        cat("\"", target,
                            "\" is no linear of the model; LoRA targets are q_proj, k_proj, "
                            "v_proj, o_proj, gate_proj, up_proj and down_proj"));
    return {};
}

bool isTarget(const std::vector<std::string>& targets, const std::string& linear) {
    return std::any_of(targets.begin(), targets.end(),
                       [&](const std::string& target) { return linear.ends_with("." + target); });
}

at::Tensor own(const at::Tensor& tensor, at::ScalarType dtype) {
    return tensor.to(dtype, false, true, at::MemoryFormat::Contiguous);
}

LinearWeight ownLinear(const LinearWeight& from, at::ScalarType dtype) {
    LinearWeight made;
    made.weight = own(from.weight, dtype);
    if (from.bias.defined())
        made.bias = own(from.bias, dtype);
    return made;
}

/// Weights that may be written to: those of a loaded model lie in a read-only map of its file.
LlamaWeights copyOf(const LlamaWeights& from, at::ScalarType dtype) {
    const at::ScalarType wide = wideType(dtype);
    LlamaWeights made;
    made.embedding = own(from.embedding, dtype);
    made.finalNorm = own(from.finalNorm, wide);
    made.head = from.head.is_same(from.embedding) ? made.embedding : own(from.head, dtype);
    for (const LayerWeights& layer : from.layers) {
        LayerWeights to;
        to.inputNorm = own(layer.inputNorm, wide);
        to.postNorm = own(layer.postNorm, wide);
        const auto sources = linearsOf(layer);
        const auto targets = linearsOf(to);
        for (std::size_t j = 0; j < sources.size(); ++j)
            *targets[j] = ownLinear(*sources[j], dtype);
        made.layers.push_back(std::move(to));
    }
    return made;
}

} // namespace

int TrainableModel::add(std::string name, at::Tensor value, bool decay) {
    m_parameters.push_back({std::move(name), value, at::zeros_like(value), decay});
    return static_cast<int>(m_parameters.size()) - 1;
}

Result<std::unique_ptr<TrainableModel>> TrainableModel::withLora(std::shared_ptr<LoadedModel> base,
                                                                 const TrainOptions& options) {
    std::unique_ptr<TrainableModel> made(new TrainableModel());
    const LoraOptions& lora = options.lora;
    const at::ScalarType wide = wideType(base->activations());
    int start = -1;
    if (options.startAdapter.empty()) {
        CRUX_TRY_VOID(checkTargets(lora.targets));
        const auto r = static_cast<double>(lora.rank);
        made->m_scale = lora.alpha / (lora.rankStabilised ? std::sqrt(r) : r);
    } else {
        CRUX_TRY(index, base->attachAdapter(options.startAdapter));
        start = index;
        if (options.reference == ReferenceModel::Start)
            made->m_referenceAdapter = index;
    }
    for (std::size_t i = 0; i < base->weights().layers.size(); ++i) {
        LayerParameters& layer = made->m_layers.emplace_back();
        const auto linears = linearsOf(base->weights().layers[i]);
        for (std::size_t j = 0; j < linears.size(); ++j) {
            const std::string module = cat("model.layers.", i, ".", kLinearNames[j]);
            at::Tensor a, b;
            if (start >= 0) {
                const LoraPair* pair = linears[j]->pair(start);
                if (pair == nullptr)
                    continue;
                a = pair->a.to(wide, false, true);
                b = pair->b.to(wide, false, true);
                made->m_scale = pair->scale;
            } else {
                if (!isTarget(lora.targets, kLinearNames[j]))
                    continue;
                const std::int64_t inputs = linears[j]->weight.size(1);
                a = drawnA(module, lora.rank, inputs, options.seed).to(base->device(), wide);
                b = at::zeros({linears[j]->weight.size(0), lora.rank},
                              at::dtype(wide).device(base->device()));
            }
            const std::string name = "base_model.model." + module;
            layer.linears[j].loraA = made->add(name + ".lora_A.weight", std::move(a), true);
            layer.linears[j].loraB = made->add(name + ".lora_B.weight", std::move(b), true);
        }
    }
    made->m_dropout = lora.dropout;
    made->m_base = std::move(base);
    made->refresh();
    return made;
}

void TrainableModel::addMatrix(const std::string& name, LinearWeight& linear,
                               LinearParameters& to) {
    const at::ScalarType wide = wideType(m_base->activations());
    to.weight = add(name + ".weight", linear.weight.to(wide), true);
    m_computed.push_back(linear.weight);
    if (linear.bias.defined()) {
        to.bias = add(name + ".bias", linear.bias.to(wide), false);
        m_computed.push_back(linear.bias);
    }
}

Result<std::unique_ptr<TrainableModel>> TrainableModel::withAll(std::shared_ptr<LoadedModel> base) {
    std::unique_ptr<TrainableModel> made(new TrainableModel());
    LlamaWeights weights = copyOf(base->weights(), base->activations());
    // `to` gives back the same tensor where nothing changes: then the master is what computes.
    const at::ScalarType wide = wideType(base->activations());
    made->m_base =
        LoadedModel::fromWeights(base->config(), weights, base->activations(), base->device());
    made->m_base->keep({}, base->folder(), base->threads());
    const auto addOne = [&](const std::string& name, const at::Tensor& tensor, bool decay) {
        const int index = made->add(name, tensor.to(wide), decay);
        made->m_computed.push_back(tensor);
        return index;
    };
    made->m_embedding = addOne("model.embed_tokens.weight", weights.embedding, true);
    made->m_head = weights.head.is_same(weights.embedding)
                       ? made->m_embedding
                       : addOne("lm_head.weight", weights.head, true);
    made->m_finalNorm = addOne("model.norm.weight", weights.finalNorm, false);
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        LayerParameters& layer = made->m_layers.emplace_back();
        const std::string prefix = cat("model.layers.", i, ".");
        layer.inputNorm =
            addOne(prefix + "input_layernorm.weight", weights.layers[i].inputNorm, false);
        layer.postNorm =
            addOne(prefix + "post_attention_layernorm.weight", weights.layers[i].postNorm, false);
        const auto linears = linearsOf(weights.layers[i]);
        for (std::size_t j = 0; j < linears.size(); ++j)
            made->addMatrix(prefix + kLinearNames[j], *linears[j], layer.linears[j]);
    }
    return made;
}

void TrainableModel::refresh() {
    for (std::size_t i = 0; i < m_computed.size(); ++i)
        if (!m_computed[i].is_same(m_parameters[i].value))
            m_computed[i].copy_(m_parameters[i].value);
    for (LayerParameters& layer : m_layers)
        for (LinearParameters& linear : layer.linears) {
            if (linear.loraA == kNotTrained)
                continue;
            linear.a = m_parameters[static_cast<std::size_t>(linear.loraA)].value.to(dtype());
            linear.b = m_parameters[static_cast<std::size_t>(linear.loraB)].value.to(dtype());
        }
}

void TrainableModel::zeroGradients() {
    std::vector<at::Tensor> gradients;
    for (Parameter& parameter : m_parameters)
        gradients.push_back(parameter.gradient);
    if (!gradients.empty())
        at::_foreach_zero_(gradients);
}

} // namespace crux::engine::train
