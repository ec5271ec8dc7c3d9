#include "core/engine/random_folder.h"

#include "core/base/json.h"
#include "core/base/rng.h"
#include "core/base/text_util.h"
#include "core/engine/fused_ops.h"
#include "core/engine/model_config.h"
#include "core/engine/model_texts.h"
#include "core/engine/safetensors_writer.h"

#include <cmath>
#include <cstring>
#include <deque>
#include <numbers>

namespace crux::engine {

namespace {

constexpr std::int64_t kMostParameters = 4'000'000'000; // written from memory

/// Draws tensors, each from a stream of its name: their order changes nothing.
class FolderMaker {
public:
    FolderMaker(const ModelConfig& config, double deviation, std::uint64_t seed)
        : m_halves(config.storedDType == "bfloat16")
        , m_deviation(deviation)
        , m_seed(seed) {
        const std::int64_t hidden = config.hiddenSize, inner = config.intermediateSize;
        const std::int64_t queries = config.heads * config.headDim,
                           keys = config.kvHeads * config.headDim;
        const double ending = 1 / std::sqrt(2 * static_cast<double>(config.layers));
        normal("model.embed_tokens.weight", config.vocabularySize, hidden);
        for (std::int64_t i = 0; i < config.layers; ++i) {
            const std::string at = cat("model.layers.", i, ".");
            constant(at + "input_layernorm.weight", hidden, 1);
            linear(at + "self_attn.q_proj", queries, hidden, config.queryKeyValueBias);
            linear(at + "self_attn.k_proj", keys, hidden, config.queryKeyValueBias);
            linear(at + "self_attn.v_proj", keys, hidden, config.queryKeyValueBias);
            linear(at + "self_attn.o_proj", hidden, queries, config.outputBias, ending);
            constant(at + "post_attention_layernorm.weight", hidden, 1);
            linear(at + "mlp.gate_proj", inner, hidden, config.mlpBias);
            linear(at + "mlp.up_proj", inner, hidden, config.mlpBias);
            linear(at + "mlp.down_proj", hidden, inner, config.mlpBias, ending);
        }
        constant("model.norm.weight", hidden, 1);
        if (!config.tiedHead)
            normal("lm_head.weight", config.vocabularySize, hidden);
    }

    const char* dtype() const { return m_halves ? "bfloat16" : "float32"; }
    std::int64_t parameters() const { return m_parameters; }
    std::uint64_t bytes() const {
        return static_cast<std::uint64_t>(m_parameters) * (m_halves ? 2 : 4);
    }

    Status write(const Path& file) {
        std::vector<TensorBytes> tensors;
        for (const Plan& plan : m_plans)
            tensors.push_back({plan.name, m_halves ? "BF16" : "F32", plan.shape, draw(plan)});
        return writeSafetensors(file, std::move(tensors), {{"format", "pt"}});
    }

private:
    struct Plan {
        std::string name;
        std::vector<std::int64_t> shape;
        double value = 0, deviation = 0;
    };

    void add(Plan plan) {
        std::int64_t count = 1;
        for (const std::int64_t size : plan.shape)
            count *= size;
        m_parameters += count;
        m_plans.push_back(std::move(plan));
    }
    void constant(const std::string& name, std::int64_t size, double value) {
        add({name, {size}, value, 0});
    }
    void normal(const std::string& name, std::int64_t out, std::int64_t in, double scale = 1) {
        add({name, {out, in}, 0, m_deviation * scale});
    }
    void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias,
                double scale = 1) {
        normal(name + ".weight", out, in, scale);
        if (bias)
            constant(name + ".bias", out, 0);
    }

    /// Normal by Box and Muller, one a position.
    std::span<const std::byte> draw(const Plan& plan) {
        std::size_t count = 1;
        for (const std::int64_t size : plan.shape)
            count *= static_cast<std::size_t>(size);
        std::vector<float> values(count, static_cast<float>(plan.value));
        const RandomStream stream("init/" + plan.name, m_seed);
        for (std::size_t i = 0; i < count && plan.deviation > 0; ++i)
            values[i] += static_cast<float>(plan.deviation *
                                            std::sqrt(-2 * std::log(1 - stream.uniform(i))) *
                                            std::cos(2 * std::numbers::pi * stream.uniform(i, 1)));
        std::vector<std::byte>& bytes = m_kept.emplace_back(count * (m_halves ? 2 : 4));
        if (m_halves)
            fused::toHalf(values.data(), static_cast<std::int64_t>(count),
                          reinterpret_cast<fused::Half*>(bytes.data()));
        else
            std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    }

    bool m_halves;
    double m_deviation;
    std::uint64_t m_seed;
    std::int64_t m_parameters = 0;
    std::vector<Plan> m_plans;
    std::deque<std::vector<std::byte>> m_kept;
};

Result<double> initializerRange(const Path& source) {
    CRUX_TRY(text, readFile(source / "config.json"));
    CRUX_TRY(json, parseJson(text));
    const auto found = json.find("initializer_range");
    if (found == json.end())
        return 0.02;
    if (!found->is_number() || !(found->get<double>() > 0) || found->get<double>() > 10)
        return fail(ErrorCode::InvalidArgument,
                    cat("\"initializer_range\" in ", (source / "config.json").string(),
                        " must be a number above 0 and at most 10"),
                    source.string());
    return found->get<double>();
}

Status mustBeFree(const Path& output) {
    std::error_code code;
    if (!std::filesystem::exists(output, code))
        return {};
    if (std::filesystem::is_directory(output, code) && std::filesystem::is_empty(output, code))
        return {};
    return fail(ErrorCode::InvalidArgument,
                cat(output.string(), " is there already; name a new folder"), output.string());
}

} // namespace

Result<RandomFolder> writeRandomFolder(const Path& source, const Path& output, std::uint64_t seed) {
    CRUX_TRY(config, readModelConfig(source));
    CRUX_TRY(deviation, initializerRange(source));
    CRUX_TRY_VOID(mustBeFree(output));
    FolderMaker maker(config, deviation, seed);
    if (maker.parameters() > kMostParameters)
        return fail(ErrorCode::InvalidArgument,
                    cat(source.string(), " describes ", maker.parameters() / 1'000'000'000,
                        " billion parameters; random weights are for models of up to 4 billion"),
                    source.string());
    std::error_code code;
    const bool made = std::filesystem::create_directories(output, code);
    if (code)
        return fail(errorCodeFromErrno(code.value()),
                    cat("cannot make the folder ", output.string(), ": ", code.message()),
                    output.string());
    Status written = maker.write(output / "model.safetensors");
    if (written.ok())
        written = copyModelTexts(source, output); // last, so that a folder with a config is whole
    if (!written.ok()) {
        if (made)
            std::filesystem::remove_all(output, code);
        return fail(written.error());
    }
    return RandomFolder{maker.parameters(), maker.bytes(), maker.dtype()};
}

} // namespace crux::engine
