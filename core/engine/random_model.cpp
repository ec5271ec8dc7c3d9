#include "core/engine/random_model.h"

#include "core/engine/compute.h"
#include "core/engine/weights.h"

#include <torch/torch.h>

#include <cmath>
#include <random>

namespace crux::engine {

namespace {

/// Draws tensors one after the other from one generator.
class WeightMaker {
public:
    WeightMaker(std::uint64_t seed, double gain, at::ScalarType dtype, at::Device device)
        : m_generator(at::detail::createCPUGenerator(seed))
        , m_gain(gain)
        , m_dtype(dtype)
        , m_device(device) {}

    at::Tensor matrix(std::int64_t out, std::int64_t in) {
        return (at::randn({out, in}, m_generator, at::kFloat) *
                (m_gain / std::sqrt(static_cast<double>(in))))
            .to(m_device, m_dtype);
    }
    at::Tensor rows(std::int64_t out, std::int64_t in) {
        return at::randn({out, in}, m_generator, at::kFloat).to(m_device, m_dtype);
    }
    at::Tensor norm(std::int64_t size) {
        return (at::rand({size}, m_generator, at::kFloat) * 0.4 + 0.8).to(m_device);
    }
    LinearWeight linear(std::int64_t out, std::int64_t in, bool bias) {
        LinearWeight made;
        made.weight = matrix(out, in);
        if (bias)
            made.bias = (at::randn({out}, m_generator, at::kFloat) * 0.1)
                            .to(m_device, activationDType(m_dtype, m_device));
        return made;
    }

private:
    at::Generator m_generator;
    double m_gain;
    at::ScalarType m_dtype;
    at::Device m_device;
};

} // namespace

ModelConfig smallRandomConfig() {
    ModelConfig config;
    config.architecture = "LlamaForCausalLM";
    config.vocabularySize = 301;
    config.hiddenSize = 72;
    config.intermediateSize = 108;
    config.layers = 3;
    config.heads = 6;
    config.kvHeads = 2;
    config.headDim = 12;
    config.contextLength = 256;
    config.tiedHead = true;
    config.queryKeyValueBias = true;
    config.storedDType = "float32";
    config.eosIds = {2};
    config.bosId = 1;
    return config;
}

ModelConfig halfBillionConfig() {
    ModelConfig config;
    config.architecture = "Qwen2ForCausalLM";
    config.vocabularySize = 151936;
    config.hiddenSize = 896;
    config.intermediateSize = 4864;
    config.layers = 24;
    config.heads = 14;
    config.kvHeads = 2;
    config.headDim = 64;
    config.contextLength = 32768;
    config.tiedHead = true;
    config.queryKeyValueBias = true;
    config.rope.theta = 1e6;
    config.storedDType = "bfloat16";
    return config;
}

Result<std::shared_ptr<LoadedModel>> makeRandomModel(const ModelConfig& config,
                                                     const ComputeOptions& options,
                                                     std::uint64_t seed, double gain) {
    return guarded("Making a random model", [&]() -> Result<std::shared_ptr<LoadedModel>> {
        CRUX_TRY(device, deviceFromName(options.device));
        CRUX_TRY(dtype, computeDType(options.dtype, at::kFloat, 0, device));
        const at::NoGradGuard noGrad;
        WeightMaker maker(seed, gain, dtype, device);
        LlamaWeights weights;
        const std::int64_t hidden = config.hiddenSize, inner = config.intermediateSize;
        const std::int64_t queries = config.heads * config.headDim,
                           keys = config.kvHeads * config.headDim;
        weights.embedding = maker.rows(config.vocabularySize, hidden);
        for (std::int64_t i = 0; i < config.layers; ++i) {
            LayerWeights layer;
            layer.inputNorm = maker.norm(hidden);
            layer.q = maker.linear(queries, hidden, config.queryKeyValueBias);
            layer.k = maker.linear(keys, hidden, config.queryKeyValueBias);
            layer.v = maker.linear(keys, hidden, config.queryKeyValueBias);
            layer.o = maker.linear(hidden, queries, config.outputBias);
            layer.postNorm = maker.norm(hidden);
            layer.gate = maker.linear(inner, hidden, config.mlpBias);
            layer.up = maker.linear(inner, hidden, config.mlpBias);
            layer.down = maker.linear(hidden, inner, config.mlpBias);
            weights.layers.push_back(std::move(layer));
        }
        weights.finalNorm = maker.norm(hidden) * (1.0 / std::sqrt(static_cast<double>(hidden)) * 4);
        weights.head =
            config.tiedHead ? weights.embedding : maker.matrix(config.vocabularySize, hidden);
        if (!device.is_cpu())
            mergeLinears(weights);
        return LoadedModel::fromWeights(config, std::move(weights), dtype, device);
    });
}

Ids randomIds(std::size_t count, std::int64_t vocabulary, unsigned seed) {
    std::mt19937 engine(seed);
    Ids ids;
    while (ids.size() < count)
        ids.push_back(static_cast<std::int32_t>(engine() % static_cast<unsigned>(vocabulary)));
    return ids;
}

Result<std::shared_ptr<Model>> makeRandomModelHandle(const ModelConfig& config,
                                                     const ComputeOptions& options,
                                                     std::uint64_t seed) {
    CRUX_TRY(model, makeRandomModel(config, options, seed));
    return std::shared_ptr<Model>(model);
}

} // namespace crux::engine
