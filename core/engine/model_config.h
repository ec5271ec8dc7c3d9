// config.json of a Hugging Face model folder, read strictly: what changes the mathematics and is
// not computed here is refused by name, absurd values with a sentence.
#pragma once

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace crux::engine {

enum class RopeKind { Default, Linear, Llama3 };

/// Rotary position embedding. Llama3: arXiv 2407.21783's frequency-dependent stretching.
struct RopeConfig {
    RopeKind kind = RopeKind::Default;
    double theta = 10000;
    double factor = 1;                ///< Linear, Llama3
    double lowFreqFactor = 1;         ///< Llama3
    double highFreqFactor = 4;        ///< Llama3
    double originalContextLength = 0; ///< Llama3
};

struct ModelConfig {
    std::string architecture; ///< "LlamaForCausalLM", "Qwen2ForCausalLM", "MistralForCausalLM"
    std::int64_t vocabularySize = 0;
    std::int64_t hiddenSize = 0;
    std::int64_t intermediateSize = 0;
    std::int64_t layers = 0;
    std::int64_t heads = 0;
    std::int64_t kvHeads = 0;
    std::int64_t headDim = 0;       ///< not hiddenSize / heads in every model
    std::int64_t contextLength = 0; ///< max_position_embeddings
    double rmsNormEps = 1e-6;
    bool tiedHead = false;
    bool queryKeyValueBias = false;
    bool outputBias = false; ///< of o_proj
    bool mlpBias = false;
    RopeConfig rope;
    std::string storedDType;          ///< "float32", "bfloat16", "float16", or empty when not said
    std::vector<std::int32_t> eosIds; ///< config.json and generation_config.json together
    std::int32_t bosId = -1;
};

/// Reads FOLDER/config.json (and generation_config.json when there is one).
/// Unsupported: architectures and keys not computed here; InvalidArgument: absurd values;
/// NotFound, Corrupt: no file, not JSON.
Result<ModelConfig> readModelConfig(const Path& folder);

/// The same from parsed JSON; `where` names the file in messages.
Result<ModelConfig> parseModelConfig(const Json& config, const std::string& where);

/// Inverse frequencies of the rotary embedding, headDim/2 of them, radians a position.
std::vector<double> ropeInverseFrequencies(const ModelConfig& config);

} // namespace crux::engine
