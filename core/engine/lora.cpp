// PEFT LoRA folders: adapter_config.json and adapter_model.safetensors, attached to a loaded model.
// Applied at run time as y = W x + s B (A x), never merged (arXiv 2106.09685; rank-stabilised scale
// arXiv 2312.03732).
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/safetensors.h"
#include "core/engine/weights.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <cstring>
#include <set>

namespace crux::engine {

namespace {

constexpr std::array<const char*, kLinearsPerLayer> kLinearNames{
    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "mlp.gate_proj",    "mlp.up_proj",      "mlp.down_proj"};

struct AdapterConfig {
    std::int64_t rank = 0;
    double scale = 1;
};

bool isNothing(const Json& value) {
    return value.is_null() || value == Json(false) || value == Json::object() ||
           value == Json::array() || value == Json("none");
}

/// Options of PEFT that change the mathematics beyond plain LoRA. Anything but "nothing" is
/// refused.
Status refuseBeyondPlainLora(const Json& config, const Path& file) {
    for (const char* key : {"use_dora",
                            "modules_to_save",
                            "rank_pattern",
                            "alpha_pattern",
                            "layers_to_transform",
                            "layer_replication",
                            "fan_in_fan_out",
                            "bias",
                            "lora_bias",
                            "trainable_token_indices",
                            "target_parameters",
                            "use_qalora",
                            "use_bdlora",
                            "alora_invocation_tokens",
                            "velora_config",
                            "monteclora_config",
                            "arrow_config",
                            "kasa_config",
                            "exclude_modules",
                            "megatron_config"}) {
        const auto found = config.find(key);
        if (found != config.end() && !isNothing(*found))
            return fail(ErrorCode::Unsupported,
                        cat(file.string(), ": \"", key, "\": ", dumpJson(*found).substr(0, 60),
                            " is not computed by Crux (plain LoRA on the seven linears is)"),
                        file.string());
    }
    // These take something out of the base's weights before the pair is added; the others only
    // choose where training begins.
    const auto start = config.find("init_lora_weights");
    if (start != config.end() && !start->is_null() && !start->is_boolean() &&
        *start != Json("gaussian") && *start != Json("eva") && *start != Json("orthogonal"))
        return fail(ErrorCode::Unsupported,
                    cat(file.string(), ": \"init_lora_weights\": ", dumpJson(*start).substr(0, 60),
                        " changes the base model's weights, which Crux does not; convert the "
                        "adapter to plain LoRA"),
                    file.string());
    const auto stabilised = config.find("use_rslora");
    if (stabilised != config.end() && !stabilised->is_null() && !stabilised->is_boolean())
        return fail(ErrorCode::InvalidArgument,
                    cat(file.string(), ": \"use_rslora\" is ", dumpJson(*stabilised).substr(0, 60),
                        ", not true or false"),
                    file.string());
    return {};
}

Failure badConfig(const Path& file, const std::string& why) {
    return fail(ErrorCode::InvalidArgument, cat(file.string(), ": ", why), file.string());
}

Result<AdapterConfig> parseAdapterConfig(const Json& config, const Path& file) {
    if (!config.is_object())
        return fail(ErrorCode::Corrupt, cat(file.string(), " is not a JSON object"), file.string());
    const auto type = config.find("peft_type");
    if (type == config.end() || *type != Json("LORA"))
        return fail(ErrorCode::Unsupported,
                    cat(file.string(), ": the peft_type is ",
                        type == config.end() ? std::string("missing") : dumpJson(*type),
                        ", and Crux computes \"LORA\" only"),
                    file.string());
    CRUX_TRY_VOID(refuseBeyondPlainLora(config, file));
    AdapterConfig result;
    const auto rank = config.find("r");
    if (rank == config.end() || !rank->is_number_integer() || rank->get<double>() < 1 ||
        rank->get<double>() > 65536)
        return badConfig(file, "\"r\" is not a whole number from 1 to 65536");
    result.rank = rank->get<std::int64_t>();
    const auto alpha = config.find("lora_alpha");
    if (alpha == config.end() || !alpha->is_number() || !(std::abs(alpha->get<double>()) <= 1e6))
        return badConfig(file, "\"lora_alpha\" is not a number of sensible size");
    const auto stabilised = config.find("use_rslora");
    const bool rsLora = stabilised != config.end() && *stabilised == Json(true);
    const auto r = static_cast<double>(result.rank);
    result.scale = alpha->get<double>() / (rsLora ? std::sqrt(r) : r);
    return result;
}

/// What "target_modules" promises. A list of names must agree with the weights that are there; an
/// expression is not evaluated: the weights themselves say what it matched, and a hostile
/// expression cannot hang anything.
class TargetModules {
public:
    static Result<TargetModules> make(const Json& config, const Path& file) {
        TargetModules result;
        const auto targets = config.find("target_modules");
        if (targets == config.end() || targets->is_null())
            return badConfig(file, "\"target_modules\" is missing");
        result.m_weightsDecide = targets->is_string();
        if (targets->is_string())
            return result;
        if (!targets->is_array())
            return badConfig(file, "\"target_modules\" is neither a list nor an expression");
        for (const Json& one : *targets) {
            if (!one.is_string())
                return badConfig(file, "\"target_modules\" is not a list of names");
            result.m_names.push_back(one.get<std::string>());
        }
        return result;
    }

    bool allows(const std::string& module, bool hasWeights) const {
        return m_weightsDecide || named(module) == hasWeights;
    }

private:
    bool named(const std::string& module) const {
        for (const std::string& name : m_names)
            if (module == name || module.ends_with("." + name))
                return true;
        return false;
    }

    bool m_weightsDecide = false;
    std::vector<std::string> m_names;
};

/// One factor, copied into the compute dtype: adapters are small and their files may go.
Result<at::Tensor> takeFactor(const StoredTensor& stored, const std::string& name,
                              std::int64_t rows, std::int64_t columns, const LoadedModel& model) {
    if (stored.shape != std::vector<std::int64_t>{rows, columns})
        return fail(ErrorCode::Mismatch,
                    cat(stored.file, ": \"", name, "\" has shape ", at::IntArrayRef(stored.shape),
                        " where this model needs [", rows, ", ", columns,
                        "]: the adapter was made for another model"),
                    stored.file);
    const at::ScalarType type = stored.dtype == "F32"    ? at::kFloat
                                : stored.dtype == "BF16" ? at::kBFloat16
                                : stored.dtype == "F16"  ? at::kHalf
                                                         : at::kByte;
    if (type == at::kByte)
        return fail(ErrorCode::Unsupported,
                    cat(stored.file, ": \"", name, "\" has dtype ", stored.dtype,
                        "; Crux reads F32, BF16 and F16"),
                    stored.file);
    at::Tensor copy = at::empty({rows, columns}, type);
    std::memcpy(copy.data_ptr(), stored.bytes.data(), stored.bytes.size());
    return copy.to(model.device(), model.activations());
}

/// Finds lora_A and lora_B of each linear; refuses halves, strangers and targets without weights.
class PairCollector {
public:
    PairCollector(const StoredTensors& stored, const AdapterConfig& config,
                  const TargetModules& targets, const LoadedModel& model, const Path& file)
        : m_stored(stored)
        , m_config(config)
        , m_targets(targets)
        , m_model(model)
        , m_file(file) {}

    Result<std::vector<std::vector<LoraPair>>> collect() {
        std::vector<std::vector<LoraPair>> all;
        for (std::size_t layer = 0; layer < m_model.weights().layers.size(); ++layer) {
            const auto linears = linearsOf(m_model.weights().layers[layer]);
            std::vector<LoraPair>& pairs = all.emplace_back();
            for (std::size_t j = 0; j < linears.size(); ++j) {
                CRUX_TRY(pair, one(cat("model.layers.", layer, ".", kLinearNames[j]), *linears[j]));
                pairs.push_back(std::move(pair));
            }
        }
        for (const auto& [name, tensor] : m_stored)
            if (!m_used.contains(name))
                return fail(ErrorCode::Mismatch,
                            cat(m_file.string(), ": \"", name,
                                "\" fits no linear of this model: the adapter was made for another "
                                "model, or trains what Crux does not compute"),
                            m_file.string());
        if (m_used.empty())
            return fail(ErrorCode::Corrupt, cat(m_file.string(), " holds no LoRA weights"),
                        m_file.string());
        return all;
    }

private:
    Result<LoraPair> one(const std::string& module, const LinearWeight& linear) {
        const std::string prefix = "base_model.model." + module;
        const auto a = m_stored.find(prefix + ".lora_A.weight");
        const auto b = m_stored.find(prefix + ".lora_B.weight");
        const bool hasA = a != m_stored.end();
        const bool hasB = b != m_stored.end();
        LoraPair pair;
        if (hasA != hasB)
            return fail(ErrorCode::Corrupt,
                        cat(m_file.string(), ": ", module, " has lora_", hasA ? "A" : "B",
                            " without its other half"),
                        m_file.string());
        if (!m_targets.allows(module, hasA))
            return fail(ErrorCode::Mismatch,
                        cat(m_file.string(), ": ", module,
                            hasA ? " has LoRA weights but is not among \"target_modules\""
                                 : " is among \"target_modules\" but has no LoRA weights"),
                        m_file.string());
        if (!hasA)
            return pair;
        CRUX_TRY(valueA,
                 takeFactor(a->second, a->first, m_config.rank, linear.weight.size(1), m_model));
        CRUX_TRY(valueB,
                 takeFactor(b->second, b->first, linear.weight.size(0), m_config.rank, m_model));
        m_used.insert(a->first);
        m_used.insert(b->first);
        pair.a = std::move(valueA);
        pair.b = std::move(valueB);
        pair.scale = m_config.scale;
        return pair;
    }

    const StoredTensors& m_stored;
    const AdapterConfig& m_config;
    const TargetModules& m_targets;
    const LoadedModel& m_model;
    const Path& m_file;
    std::set<std::string> m_used;
};

Result<Path> adapterWeightsFile(const Path& folder) {
    std::error_code code;
    const Path file = folder / "adapter_model.safetensors";
    if (std::filesystem::exists(file, code))
        return file;
    const Path pickle = folder / "adapter_model.bin";
    if (std::filesystem::exists(pickle, code))
        return fail(ErrorCode::Unsupported,
                    cat(pickle.string(), ": pickle files are refused: they run code; "
                                         "convert the adapter to safetensors"),
                    pickle.string());
    return fail(ErrorCode::NotFound, cat(folder.string(), " holds no adapter_model.safetensors"),
                folder.string());
}

Result<std::vector<std::vector<LoraPair>>> readAdapter(const Path& folder,
                                                       const LoadedModel& model) {
    constexpr std::uint64_t kMostBytes = 16 << 20;
    const Path configFile = folder / "adapter_config.json";
    std::error_code code;
    if (!std::filesystem::exists(configFile, code))
        return fail(ErrorCode::NotFound,
                    cat(folder.string(), " holds no adapter_config.json: name a PEFT LoRA folder"),
                    folder.string());
    CRUX_TRY(text, readFile(configFile, kMostBytes));
    auto json = parseJson(text);
    if (!json)
        return fail(ErrorCode::Corrupt,
                    cat(configFile.string(), " is not valid JSON: ", json.error().message),
                    configFile.string());
    CRUX_TRY(config, parseAdapterConfig(*json, configFile));
    CRUX_TRY(targets, TargetModules::make(*json, configFile));
    CRUX_TRY(file, adapterWeightsFile(folder));
    CRUX_TRY(stored, openSafetensors(file));
    return PairCollector(stored, config, targets, model, file).collect();
}

} // namespace

Result<int> LoadedModel::attachAdapter(const Path& folder) {
    return guarded(cat("cannot attach the adapter ", folder.string()), [&]() -> Result<int> {
        std::error_code code;
        Path canonical = std::filesystem::weakly_canonical(folder, code);
        if (code)
            canonical = folder;
        for (std::size_t i = 0; i < m_adapterFolders.size(); ++i)
            if (m_adapterFolders[i] == canonical)
                return static_cast<int>(i);
        const ComputeScope scope(m_threads);
        CRUX_TRY(pairs, readAdapter(folder, *this));
        const int index = attachPairs(pairs);
        m_adapterFolders.back() = canonical;
        return index;
    });
}

} // namespace crux::engine
