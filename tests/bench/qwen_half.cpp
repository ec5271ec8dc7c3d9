#include "qwen_half.h"

#include "core/base/json.h"
#include "core/base/text_util.h"
#include "random_tensors.h"

#include <cctype>
#include <fstream>
#include <map>

namespace crux::benchmark {

using engine::Ids;

namespace {

constexpr std::int64_t kHidden = 896, kInner = 4864, kLayers = 24, kKeys = 128,
                       kVocabulary = 151'936;

struct Linear {
    const char* block;
    const char* name;
    std::int64_t out, in;
    bool bias;
};
constexpr Linear kLinears[] = {
    {"self_attn", "q_proj", kHidden, kHidden, true},
    {"self_attn", "k_proj", kKeys, kHidden, true},
    {"self_attn", "v_proj", kKeys, kHidden, true},
    {"self_attn", "o_proj", kHidden, kHidden, false},
    {"mlp", "gate_proj", kInner, kHidden, false},
    {"mlp", "up_proj", kInner, kHidden, false},
    {"mlp", "down_proj", kHidden, kInner, false},
};

/// Cuts text as Qwen2's tokenizer would mostly do (a word with the blank before it, single digits,
/// runs of other signs) and numbers the pieces: real lengths without a tokenizer of that
/// vocabulary.
class PieceNumbers {
public:
    Ids operator()(const std::string& text) {
        Ids ids;
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t end = pieceEnd(text, i);
            const auto number = static_cast<std::int32_t>(m_known.size() * 7919 % kVocabulary);
            ids.push_back(m_known.emplace(text.substr(i, end - i), number).first->second);
            i = end;
        }
        return ids;
    }

private:
    static bool isWord(char c) { return std::isalpha(static_cast<unsigned char>(c)) || (c & 0x80); }
    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    static std::size_t pieceEnd(const std::string& text, std::size_t i) {
        std::size_t end = i + 1;
        if (text[i] == ' ' && end < text.size() && isWord(text[end]))
            ++end;
        if (isWord(text[end - 1]))
            while (end < text.size() && isWord(text[end]))
                ++end;
        else if (!isDigit(text[i]) && text[i] != ' ')
            while (end < text.size() && !isWord(text[end]) && !isDigit(text[end]) &&
                   text[end] != ' ')
                ++end;
        return end;
    }

    std::map<std::string, std::int32_t> m_known;
};

std::string promptOf(const Json& row) {
    return cat("Question: ", row["question"].get<std::string>(), "\nAnswer: ");
}

template <typename Visit> void visitQuestions(const Path& file, const Visit& visit) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (const auto row = parseJson(line); row && row->contains("question") && !visit(*row))
            return;
}

} // namespace

void makeQwenModel(const Path& folder) {
    if (std::filesystem::exists(folder / "config.json"))
        return;
    std::filesystem::create_directories(folder);
    std::vector<TensorPlan> plans{{"model.embed_tokens.weight", {kVocabulary, kHidden}, 0.02f},
                                  {"model.norm.weight", {kHidden}, 0}};
    for (std::int64_t i = 0; i < kLayers; ++i) {
        const std::string at = cat("model.layers.", i, ".");
        plans.push_back({at + "input_layernorm.weight", {kHidden}, 0});
        plans.push_back({at + "post_attention_layernorm.weight", {kHidden}, 0});
        for (const Linear& linear : kLinears) {
            const std::string name = cat(at, linear.block, ".", linear.name);
            plans.push_back({name + ".weight", {linear.out, linear.in}, 0.02f});
            if (linear.bias)
                plans.push_back({name + ".bias", {linear.out}, 0.1f});
        }
    }
    writeTensors(folder / "model.safetensors", plans, true);
    const Json config = {{"architectures", {"Qwen2ForCausalLM"}},
                         {"model_type", "qwen2"},
                         {"hidden_size", kHidden},
                         {"intermediate_size", kInner},
                         {"num_hidden_layers", kLayers},
                         {"num_attention_heads", 14},
                         {"num_key_value_heads", 2},
                         {"vocab_size", kVocabulary},
                         {"max_position_embeddings", 32768},
                         {"rms_norm_eps", 1e-6},
                         {"rope_theta", 1000000.0},
                         {"hidden_act", "silu"},
                         {"tie_word_embeddings", true},
                         {"use_sliding_window", false},
                         {"torch_dtype", "bfloat16"},
                         {"bos_token_id", 151643},
                         {"eos_token_id", 151643}};
    std::ofstream(folder / "config.json") << config.dump(1);
}

void makeQwenAdapter(const Path& folder, int rank, const std::vector<std::string>& linears,
                     float deviation) {
    if (std::filesystem::exists(folder / "adapter_config.json"))
        return;
    std::filesystem::create_directories(folder);
    std::vector<TensorPlan> plans;
    for (std::int64_t i = 0; i < kLayers; ++i)
        for (const std::string& name : linears)
            for (const Linear& linear : kLinears)
                if (name == linear.name) {
                    const std::string at = cat("base_model.model.model.layers.", i, ".",
                                               linear.block, ".", name, ".lora_");
                    plans.push_back({at + "A.weight", {rank, linear.in}, 0.02f});
                    plans.push_back({at + "B.weight", {linear.out, rank}, deviation});
                }
    writeTensors(folder / "adapter_model.safetensors", plans, false);
    const Json config = {{"peft_type", "LORA"}, {"task_type", "CAUSAL_LM"},
                         {"r", rank},           {"lora_alpha", 2 * rank},
                         {"bias", "none"},      {"target_modules", linears}};
    std::ofstream(folder / "adapter_config.json") << config.dump(1);
}

std::vector<Ids> readSolutions(const Path& file, std::size_t count) {
    std::vector<Ids> all;
    PieceNumbers number;
    visitQuestions(file, [&](const Json& row) {
        for (const auto& [key, value] : row.items())
            if (all.size() < count && value.is_object() && value.contains("solution"))
                all.push_back(number(promptOf(row) + value["solution"].get<std::string>()));
            else if (all.size() < count && key == "answer")
                all.push_back(number(promptOf(row) + value.get<std::string>()));
        return all.size() < count;
    });
    return all;
}

std::vector<SolutionPair> readPairs(const Path& file, std::size_t count) {
    std::vector<SolutionPair> all;
    PieceNumbers number;
    visitQuestions(file, [&](const Json& row) {
        std::string right, wrong;
        for (const auto& [key, value] : row.items())
            if (value.is_object() && value.contains("solution"))
                (value.value("is_correct", false) ? right : wrong) =
                    value["solution"].get<std::string>();
        if (!right.empty() && !wrong.empty())
            all.push_back({number(promptOf(row)), number(right), number(wrong)});
        return all.size() < count;
    });
    return all;
}

Path usualSolutions() {
    for (const char* candidate :
         {"/resources/demo/gsm8k/model_solutions.jsonl", "/resources/demo/model_solutions.jsonl",
          "/../shared/data/gsm8k/model_solutions.jsonl"})
        if (std::filesystem::exists(CRUX_SOURCE_DIR + std::string(candidate)))
            return CRUX_SOURCE_DIR + std::string(candidate);
    return {};
}

} // namespace crux::benchmark
