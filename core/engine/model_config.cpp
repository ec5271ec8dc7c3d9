#include "core/engine/model_config.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <optional>
#include <string_view>

namespace crux::engine {

namespace {

/// Reads keys of one JSON object; remembers the first thing that is wrong, so that a reader is a
/// plain list of fields.
class KeyReader {
public:
    KeyReader(const Json& object, const std::string& where)
        : m_object(object)
        , m_where(where) {}

    bool has(const char* key) const {
        const auto found = m_object.find(key);
        return found != m_object.end() && !found->is_null();
    }
    const Json& at(const char* key) const { return *m_object.find(key); }

    /// An integer in [low, high]; `fallback` when absent (none: the key must be there).
    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high,
                         std::optional<std::int64_t> fallback = {}) {
        if (!has(key)) {
            if (!fallback)
                note(ErrorCode::InvalidArgument, cat("\"", key, "\" is missing"));
            return fallback.value_or(low);
        }
        const Json& value = at(key);
        const bool fits =
            value.is_number_integer() &&
            !(value.is_number_unsigned() &&
              value.get<std::uint64_t>() >
                  static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
        const std::int64_t number = fits ? value.get<std::int64_t>() : 0;
        if (!fits || number < low || number > high) {
            note(ErrorCode::InvalidArgument, cat("\"", key, "\" is ", shown(value),
                                                 ", not a whole number from ", low, " to ", high));
            return low;
        }
        return number;
    }

    double number(const char* key, double low, double high, std::optional<double> fallback = {}) {
        if (!has(key)) {
            if (!fallback)
                note(ErrorCode::InvalidArgument, cat("\"", key, "\" is missing"));
            return fallback.value_or(low);
        }
        const Json& value = at(key);
        const double number = value.is_number() ? value.get<double>() : 0;
        if (!value.is_number() || !(number >= low && number <= high)) {
            note(ErrorCode::InvalidArgument,
                 cat("\"", key, "\" is ", shown(value), ", not a number from ", low, " to ", high));
            return low;
        }
        return number;
    }

    bool flag(const char* key, bool fallback) {
        if (!has(key))
            return fallback;
        if (!at(key).is_boolean()) {
            note(ErrorCode::InvalidArgument,
                 cat("\"", key, "\" is ", shown(at(key)), ", not true or false"));
            return fallback;
        }
        return at(key).get<bool>();
    }

    void note(ErrorCode code, const std::string& sentence) {
        if (!m_error)
            m_error = Error{code, cat(m_where, ": ", sentence), m_where, {}};
    }
    void unsupported(const std::string& sentence) { note(ErrorCode::Unsupported, sentence); }
    const std::optional<Error>& error() const { return m_error; }
    const std::string& where() const { return m_where; }

    static std::string shown(const Json& value) {
        std::string text = dumpJson(value);
        if (text.size() > 60)
            text = text.substr(0, 57) + "...";
        return text;
    }

private:
    const Json& m_object;
    std::string m_where;
    std::optional<Error> m_error;
};

std::string architectureOf(KeyReader& reader) {
    if (reader.has("architectures")) {
        const Json& list = reader.at("architectures");
        if (list.is_array() && list.size() == 1 && list[0].is_string())
            return list[0].get<std::string>();
        reader.note(ErrorCode::InvalidArgument,
                    cat("\"architectures\" is ", KeyReader::shown(list), ", not one name"));
        return {};
    }
    const std::string type = reader.has("model_type") && reader.at("model_type").is_string()
                                 ? reader.at("model_type").get<std::string>()
                                 : std::string();
    if (type == "llama")
        return "LlamaForCausalLM";
    if (type == "qwen2")
        return "Qwen2ForCausalLM";
    if (type == "mistral")
        return "MistralForCausalLM";
    reader.note(ErrorCode::InvalidArgument,
                "neither \"architectures\" nor a known \"model_type\" is there");
    return {};
}

/// model_type decides which class Hugging Face loads, whatever "architectures" says.
void refuseOtherType(KeyReader& reader, const std::string& architecture) {
    if (!reader.has("model_type"))
        return;
    const Json& type = reader.at("model_type");
    if (!type.is_string()) {
        reader.note(ErrorCode::InvalidArgument,
                    cat("\"model_type\" is ", KeyReader::shown(type), ", not a name"));
        return;
    }
    const char* const expected = architecture == "LlamaForCausalLM"   ? "llama"
                                 : architecture == "Qwen2ForCausalLM" ? "qwen2"
                                                                      : "mistral";
    if (type != Json(expected))
        reader.unsupported(cat("\"model_type\" is ", KeyReader::shown(type), " where ",
                               architecture, " has \"", expected,
                               "\": which of the two is meant cannot be told"));
}

/// Keys that change the mathematics and must be absent, null or neutral. Other unknown keys are
/// harmless (training, serving, provenance).
void refuseOtherMathematics(KeyReader& reader) {
    const auto refuse = [&](const char* key) {
        reader.unsupported(cat("\"", key, "\": ", KeyReader::shown(reader.at(key)),
                               " changes the computation in a way Crux does not know"));
    };
    for (const char* key : {"quantization_config",
                            "compression_config",
                            "attn_logit_softcapping",
                            "final_logit_softcapping",
                            "logit_softcapping",
                            "attention_chunk_size",
                            "clip_qkv",
                            "num_experts",
                            "num_local_experts",
                            "n_routed_experts",
                            "kv_lora_rank",
                            "q_lora_rank",
                            "no_rope_layers",
                            "attention_sink_size",
                            "num_attention_sinks",
                            "per_layer_config",
                            "block_configs",
                            "query_pre_attn_scalar",
                            "moe_intermediate_size",
                            "attention_multiplier",
                            "no_rope_layer_interval",
                            "sliding_window_pattern",
                            "cross_attention_layers",
                            "attn_temperature_tuning",
                            "lm_head_multiplier",
                            "key_multiplier",
                            "mlp_multipliers"})
        if (reader.has(key) && reader.at(key) != Json(0) && reader.at(key) != Json::array())
            refuse(key);
    for (const char* key : {"use_qk_norm",
                            "qk_norm",
                            "qk_layernorm",
                            "attention_sinks",
                            "use_attention_sinks",
                            "alibi",
                            "parallel_attn",
                            "use_parallel_residual",
                            "is_encoder_decoder",
                            "add_cross_attention",
                            "use_bidirectional_attention",
                            "use_mrope",
                            "use_mup",
                            "use_post_norm",
                            "cross_layer_attention",
                            "rope_interleaved",
                            "rope_interleave",
                            "rotary_interleaved",
                            "interleaved_rope",
                            "use_alibi",
                            "scale_embedding",
                            "normalize_embeddings",
                            "tie_layers"})
        if (reader.has(key) && reader.at(key) != Json(false))
            refuse(key);
    for (const char* key :
         {"partial_rotary_factor", "rotary_pct", "embedding_multiplier", "residual_multiplier",
          "logits_scaling", "logit_scale", "scale_emb", "scale_depth"})
        if (reader.has(key) && !(reader.at(key).is_number() && reader.at(key).get<double>() == 1))
            refuse(key);
    for (const char* key : {"is_causal", "use_rope"})
        if (reader.has(key) && reader.at(key) != Json(true))
            refuse(key);
    if (reader.has("position_embedding_type") &&
        reader.at("position_embedding_type") != Json("rope") &&
        reader.at("position_embedding_type") != Json("rotary"))
        refuse("position_embedding_type");
    for (const char* key : {"hidden_act", "hidden_activation"})
        if (reader.has(key) && reader.at(key) != Json("silu") && reader.at(key) != Json("swish"))
            refuse(key);
    if (reader.has("layer_types")) {
        const Json& types = reader.at("layer_types");
        const bool full = types.is_array() &&
                          std::all_of(types.begin(), types.end(),
                                      [](const Json& t) { return t == Json("full_attention"); });
        if (!full)
            refuse("layer_types");
    }
}

/// A window that reaches over the whole context is none.
void refuseSlidingWindow(KeyReader& reader, std::int64_t contextLength) {
    if (!reader.has("sliding_window") || !reader.flag("use_sliding_window", true))
        return;
    const std::int64_t window =
        reader.integer("sliding_window", 1, std::numeric_limits<std::int64_t>::max());
    if (window < contextLength)
        reader.unsupported(cat("\"sliding_window\": ", window,
                               " is in use and Crux computes full attention only"));
}

/// "rope_parameters" (newer) or "rope_theta" and "rope_scaling" (older); both may be there.
RopeConfig ropeOf(KeyReader& reader, const ModelConfig& config) {
    RopeConfig rope;
    rope.theta = reader.number("rope_theta", 1, 1e12, 10000.0);
    const char* key = reader.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (!reader.has(key))
        return rope;
    if (!reader.at(key).is_object()) {
        reader.note(ErrorCode::InvalidArgument, cat("\"", key, "\" is not an object"));
        return rope;
    }
    KeyReader inner(reader.at(key), cat(reader.where(), ", \"", key, "\""));
    rope.theta = inner.number("rope_theta", 1, 1e12, rope.theta);
    for (const auto& [name, value] : reader.at(key).items())
        if (value.is_object()) // one rotation a kind of layer
            inner.unsupported(cat("\"", name, "\": an object is not computed by Crux"));
    const char* typeKey = inner.has("rope_type") ? "rope_type" : "type";
    const Json type = inner.has(typeKey) ? inner.at(typeKey) : Json("default");
    if (inner.has("partial_rotary_factor") && inner.number("partial_rotary_factor", 0, 1) != 1)
        inner.unsupported("\"partial_rotary_factor\" below 1 is not computed by Crux");
    if (type == Json("default")) {
        rope.kind = RopeKind::Default;
    } else if (type == Json("linear")) {
        rope.kind = RopeKind::Linear;
        rope.factor = inner.number("factor", 1e-3, 1e6);
    } else if (type == Json("llama3")) {
        rope.kind = RopeKind::Llama3;
        rope.factor = inner.number("factor", 1e-3, 1e6);
        rope.lowFreqFactor = inner.number("low_freq_factor", 1e-3, 1e6);
        rope.highFreqFactor = inner.number("high_freq_factor", 1e-3, 1e6);
        rope.originalContextLength = inner.number("original_max_position_embeddings", 1, 1e9,
                                                  static_cast<double>(config.contextLength));
        if (rope.highFreqFactor <= rope.lowFreqFactor)
            inner.note(ErrorCode::InvalidArgument,
                       "\"high_freq_factor\" must be larger than \"low_freq_factor\"");
    } else {
        inner.unsupported(cat("rope type ", KeyReader::shown(type),
                              " is not computed by Crux (default, linear and llama3 are)"));
    }
    if (inner.error())
        reader.note(inner.error()->code, inner.error()->message.substr(reader.where().size() + 2));
    return rope;
}

/// eos_token_id is a number or a list of them; -1 stands for none.
void addEosIds(KeyReader& reader, std::int64_t vocabulary, std::vector<std::int32_t>& ids) {
    if (!reader.has("eos_token_id"))
        return;
    const Json& value = reader.at("eos_token_id");
    const auto addOne = [&](const Json& one) {
        if (!one.is_number_integer()) {
            reader.note(ErrorCode::InvalidArgument,
                        cat("\"eos_token_id\" is ", KeyReader::shown(value), ", not token ids"));
            return;
        }
        const bool large = one.is_number_unsigned() &&
                           one.get<std::uint64_t>() >= static_cast<std::uint64_t>(vocabulary);
        if (large || one.get<std::int64_t>() < -1) {
            reader.note(ErrorCode::InvalidArgument,
                        cat("\"eos_token_id\" is ", KeyReader::shown(value),
                            ", outside the vocabulary of ", vocabulary, " tokens"));
            return;
        }
        const auto id = static_cast<std::int32_t>(one.get<std::int64_t>());
        if (id >= 0 && std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    };
    if (value.is_array())
        std::for_each(value.begin(), value.end(), addOne);
    else
        addOne(value);
}

void readSizes(KeyReader& reader, ModelConfig& config) {
    constexpr std::int64_t kMost = std::int64_t{1} << 20;
    config.vocabularySize = reader.integer("vocab_size", 1, std::int64_t{1} << 24);
    config.hiddenSize = reader.integer("hidden_size", 1, kMost);
    config.intermediateSize = reader.integer("intermediate_size", 1, kMost);
    config.layers = reader.integer("num_hidden_layers", 1, 4096);
    config.heads = reader.integer("num_attention_heads", 1, 65536);
    config.kvHeads = reader.integer("num_key_value_heads", 1, 65536, config.heads);
    config.contextLength =
        reader.integer("max_position_embeddings", 1, std::int64_t{1} << 30, 2048);
    config.rmsNormEps = reader.number("rms_norm_eps", 0, 0.1, 1e-6);
    if (reader.error())
        return;
    if (!reader.has("head_dim") && config.hiddenSize % config.heads != 0)
        reader.note(ErrorCode::InvalidArgument,
                    cat("hidden_size ", config.hiddenSize, " is not a multiple of ", config.heads,
                        " attention heads and \"head_dim\" is not given"));
    config.headDim = reader.integer("head_dim", 2, 65536,
                                    std::max<std::int64_t>(config.hiddenSize / config.heads, 1));
    if (config.headDim % 2 != 0)
        reader.note(ErrorCode::InvalidArgument, cat("the head dimension ", config.headDim,
                                                    " is odd, and rotary embedding needs pairs"));
    if (config.heads % config.kvHeads != 0)
        reader.note(ErrorCode::InvalidArgument,
                    cat(config.heads, " attention heads do not divide into ", config.kvHeads,
                        " key/value heads"));
}

void readBiases(KeyReader& reader, ModelConfig& config) {
    if (config.architecture == "Qwen2ForCausalLM") {
        config.queryKeyValueBias = true; // not a key: the architecture has them
    } else if (config.architecture == "LlamaForCausalLM") {
        config.queryKeyValueBias = config.outputBias = reader.flag("attention_bias", false);
        config.mlpBias = reader.flag("mlp_bias", false);
    }
}

std::string storedDTypeOf(KeyReader& reader) {
    for (const char* key : {"dtype", "torch_dtype"})
        if (reader.has(key) && reader.at(key).is_string()) {
            std::string name = reader.at(key).get<std::string>();
            return name.starts_with("torch.") ? name.substr(6) : name;
        }
    return {};
}

} // namespace

Result<ModelConfig> parseModelConfig(const Json& config, const std::string& where) {
    if (!config.is_object())
        return fail(ErrorCode::Corrupt, cat(where, ": is not a JSON object"), where);
    KeyReader reader(config, where);
    ModelConfig result;
    result.architecture = architectureOf(reader);
    if (!reader.error() && result.architecture != "LlamaForCausalLM" &&
        result.architecture != "Qwen2ForCausalLM" && result.architecture != "MistralForCausalLM")
        reader.unsupported(cat("the architecture \"", result.architecture,
                               "\" is not computed by Crux (LlamaForCausalLM, Qwen2ForCausalLM and "
                               "MistralForCausalLM are)"));
    if (!reader.error())
        refuseOtherType(reader, result.architecture);
    refuseOtherMathematics(reader);
    readSizes(reader, result);
    readBiases(reader, result);
    refuseSlidingWindow(reader, result.contextLength);
    result.rope = ropeOf(reader, result);
    result.tiedHead = reader.flag("tie_word_embeddings", false);
    result.storedDType = storedDTypeOf(reader);
    addEosIds(reader, result.vocabularySize, result.eosIds);
    if (reader.has("bos_token_id"))
        result.bosId = static_cast<std::int32_t>(reader.integer("bos_token_id", -1, 1 << 24));
    if (reader.error())
        return fail(*reader.error());
    return result;
}

Result<ModelConfig> readModelConfig(const Path& folder) {
    constexpr std::uint64_t kMostBytes = 16 << 20;
    const Path file = folder / "config.json";
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return fail(ErrorCode::NotFound,
                    cat(folder.string(), " holds no config.json: name a Hugging Face model folder"),
                    folder.string());
    CRUX_TRY(text, readFile(file, kMostBytes));
    auto parsed = parseJson(text);
    if (!parsed)
        return fail(ErrorCode::Corrupt,
                    cat(file.string(), " is not valid JSON: ", parsed.error().message),
                    file.string());
    CRUX_TRY(config, parseModelConfig(*parsed, file.string()));

    const Path generation = folder / "generation_config.json";
    if (std::filesystem::exists(generation, code)) {
        CRUX_TRY(moreText, readFile(generation, kMostBytes));
        auto more = parseJson(moreText);
        if (!more || !more->is_object())
            return fail(ErrorCode::Corrupt, cat(generation.string(), " is not a JSON object"),
                        generation.string());
        KeyReader reader(*more, generation.string());
        addEosIds(reader, config.vocabularySize, config.eosIds);
        if (reader.error())
            return fail(*reader.error());
    }
    return config;
}

std::vector<double> ropeInverseFrequencies(const ModelConfig& config) {
    const RopeConfig& rope = config.rope;
    std::vector<double> frequencies;
    for (std::int64_t i = 0; i < config.headDim / 2; ++i) {
        double f = std::pow(rope.theta,
                            -2.0 * static_cast<double>(i) / static_cast<double>(config.headDim));
        if (rope.kind == RopeKind::Linear)
            f /= rope.factor;
        if (rope.kind == RopeKind::Llama3) {
            // Long waves are stretched by the factor, short ones kept, those between are blended.
            const double turns = rope.originalContextLength * f / (2 * std::numbers::pi);
            const double blend = std::clamp((turns - rope.lowFreqFactor) /
                                                (rope.highFreqFactor - rope.lowFreqFactor),
                                            0.0, 1.0);
            f = (1 - blend) * f / rope.factor + blend * f;
        }
        frequencies.push_back(f);
    }
    return frequencies;
}

} // namespace crux::engine
