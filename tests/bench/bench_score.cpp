// Contrastive scoring of real GSM8K solutions on a random model of Qwen2.5-0.5B's shape in
// bfloat16, against transformers + peft on the same files: tokens/s, memory above the weights,
// share of the machine's GEMM rate. `bench_score [--count N] [--peer-count N] [--threads N]
// [--folder DIR] [--solutions FILE]`.
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/engine/engine.h"
#include "core/engine/packed_gemm.h"
#include "core/engine/product_rate.h"
#include "core/engine/shared_prefixes.h"
#include "random_tensors.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <thread>

using namespace crux;
using namespace crux::engine;

namespace {

constexpr std::int64_t kHidden = 896, kInner = 4864, kLayers = 24, kKeys = 128,
                       kVocabulary = 151'936, kRank = 8;

double secondsNow() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Value in bytes of a line of /proc/self/status ("VmHWM").
std::int64_t statusBytes(const char* key) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key))
            return std::atoll(line.c_str() + std::strlen(key) + 1) * 1024;
    return 0;
}

void makeModel(const Path& folder) {
    std::filesystem::create_directories(folder);
    std::vector<benchmark::TensorPlan> plans{
        {"model.embed_tokens.weight", {kVocabulary, kHidden}, 0.02f},
        {"model.norm.weight", {kHidden}, 0}};
    const auto linear = [&](const std::string& name, std::int64_t out, std::int64_t in, bool bias) {
        plans.push_back({name + ".weight", {out, in}, 0.02f});
        if (bias)
            plans.push_back({name + ".bias", {out}, 0.1f});
    };
    for (std::int64_t i = 0; i < kLayers; ++i) {
        const std::string at = cat("model.layers.", i, ".");
        plans.push_back({at + "input_layernorm.weight", {kHidden}, 0});
        plans.push_back({at + "post_attention_layernorm.weight", {kHidden}, 0});
        linear(at + "self_attn.q_proj", kHidden, kHidden, true);
        linear(at + "self_attn.k_proj", kKeys, kHidden, true);
        linear(at + "self_attn.v_proj", kKeys, kHidden, true);
        linear(at + "self_attn.o_proj", kHidden, kHidden, false);
        linear(at + "mlp.gate_proj", kInner, kHidden, false);
        linear(at + "mlp.up_proj", kInner, kHidden, false);
        linear(at + "mlp.down_proj", kHidden, kInner, false);
    }
    benchmark::writeTensors(folder / "model.safetensors", plans, true);
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

void makeAdapter(const Path& folder, float deviation) {
    std::filesystem::create_directories(folder);
    std::vector<benchmark::TensorPlan> plans;
    for (std::int64_t i = 0; i < kLayers; ++i)
        for (const char* name : {"gate_proj", "up_proj", "down_proj"}) {
            const bool down = std::strcmp(name, "down_proj") == 0;
            const std::string at =
                cat("base_model.model.model.layers.", i, ".mlp.", name, ".lora_");
            plans.push_back({at + "A.weight", {kRank, down ? kInner : kHidden}, 0.02f});
            plans.push_back({at + "B.weight", {down ? kHidden : kInner, kRank}, deviation});
        }
    benchmark::writeTensors(folder / "adapter_model.safetensors", plans, false);
    const Json config = {
        {"peft_type", "LORA"}, {"task_type", "CAUSAL_LM"},
        {"r", kRank},          {"lora_alpha", 2 * kRank},
        {"bias", "none"},      {"target_modules", {"gate_proj", "up_proj", "down_proj"}}};
    std::ofstream(folder / "adapter_config.json") << config.dump(1);
}

/// Cuts text as Qwen2's tokenizer would mostly do (a word with the blank before it, single digits,
/// runs of other signs) and numbers the pieces: real lengths without a tokenizer of that
/// vocabulary.
Ids idsOf(const std::string& text, std::map<std::string, std::int32_t>& known) {
    const auto isWord = [](char c) {
        return std::isalpha(static_cast<unsigned char>(c)) || (c & 0x80);
    };
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    Ids ids;
    for (std::size_t i = 0; i < text.size();) {
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
        const auto number = static_cast<std::int32_t>(known.size() * 7919 % kVocabulary);
        ids.push_back(known.emplace(text.substr(i, end - i), number).first->second);
        i = end;
    }
    return ids;
}

std::vector<Ids> readSolutions(const Path& file, std::size_t count) {
    std::ifstream in(file);
    std::vector<Ids> all;
    std::map<std::string, std::int32_t> known;
    for (std::string line; all.size() < count && std::getline(in, line);) {
        const auto row = parseJson(line);
        if (!row || !row->contains("question"))
            continue;
        const std::string prompt =
            cat("Question: ", (*row)["question"].get<std::string>(), "\nAnswer: ");
        for (const auto& [key, value] : row->items())
            if (all.size() < count && value.is_object() && value.contains("solution"))
                all.push_back(idsOf(prompt + value["solution"].get<std::string>(), known));
            else if (all.size() < count && key == "answer")
                all.push_back(idsOf(prompt + value.get<std::string>(), known));
    }
    return all;
}

/// GFLOP/s of block products on all cores, operands in the cache: what the machine can do at best.
double blockRate(int threadCount) {
    if (!packed::supported(kHidden))
        return 0;
    const unsigned cores = threadCount > 0 ? static_cast<unsigned>(threadCount)
                                           : std::max(1u, std::thread::hardware_concurrency());
    constexpr std::int64_t kRows = 64, kRepeats = 4000;
    double best = 0;
    for (int attempt = 0; attempt < 5; ++attempt) {
        const double begin = secondsNow();
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < cores; ++t)
            threads.emplace_back([] {
                std::vector<packed::Half> x(kRows * kHidden, 0x3C00), w(64 * kHidden, 0x3C00);
                std::vector<float> out(kRows * 64);
                for (std::int64_t i = 0; i < kRepeats; ++i)
                    packed::multiplyPanel(x.data(), kHidden, kRows, kHidden, w.data(), out.data(),
                                          64, false);
                packed::finishThread();
            });
        for (std::thread& thread : threads)
            thread.join();
        const double flops = 2.0 * kRows * 64 * kHidden * kRepeats * cores;
        best = std::max(best, flops / (secondsNow() - begin) / 1e9);
    }
    return best;
}

/// The best this machine does, in whatever way: what scoring's rate is a share of.
double machineRate(int threads) {
    const double block = blockRate(threads), narrow = productRate(true, threads),
                 wide = productRate(false, threads);
    std::printf("matrix products: bf16 in blocks %.0f, bf16 linear %.0f, float32 linear %.0f "
                "GFLOP/s\n",
                block, narrow, wide);
    return std::max({block, narrow, wide});
}

struct Options {
    std::size_t count = 256, peerCount = 0; ///< peer 0: as many
    int threads = 0;
    Path folder, solutions;
};

Options optionsOf(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string key = argv[i];
        if (key == "--count")
            options.count = static_cast<std::size_t>(std::max(1, std::atoi(argv[i + 1])));
        else if (key == "--peer-count")
            options.peerCount = static_cast<std::size_t>(std::max(1, std::atoi(argv[i + 1])));
        else if (key == "--threads")
            options.threads = std::max(0, std::atoi(argv[i + 1]));
        else if (key == "--folder")
            options.folder = argv[i + 1];
        else if (key == "--solutions")
            options.solutions = argv[i + 1];
    }
    for (const char* candidate :
         {"/resources/demo/gsm8k/model_solutions.jsonl", "/resources/demo/model_solutions.jsonl",
          "/../shared/data/gsm8k/model_solutions.jsonl"})
        if (options.solutions.empty() &&
            std::filesystem::exists(CRUX_SOURCE_DIR + std::string(candidate)))
            options.solutions = CRUX_SOURCE_DIR + std::string(candidate);
    return options;
}

/// transformers + peft in bf16 and, where the CPU emulates that, in float32, which suits it better.
int peers(const Options& options, const Path& folder, const std::string& python) {
    const std::string run = cat(python, " ", CRUX_SOURCE_DIR, "/tests/bench/peer_score.py ",
                                folder.string(), " --threads ", options.threads, " --count ",
                                options.peerCount > 0 ? options.peerCount : options.count);
    for (const char* dtype : {"bfloat16", "float32"})
        if ((dtype[0] == 'b' || !packed::supported(kHidden)) &&
            std::system(cat(run, " --dtype ", dtype).c_str()) != 0)
            return 1;
    return 0;
}

int failed(const Error& error) {
    std::fprintf(stderr, "bench_score: %s\n", error.message.c_str());
    return 1;
}

int runBench(const Options& options, const Path& folder) {
    const auto sequences = readSolutions(options.solutions, options.count);
    if (sequences.empty()) {
        std::fprintf(stderr, "bench_score: no solutions found; name a file with --solutions\n");
        return 1;
    }
    std::size_t tokens = 0, computed = 0; // prompts of one question's solutions are computed once
    SharedPrefixes prefixes;
    for (const Ids& ids : sequences) {
        tokens += ids.size();
        computed += ids.size() - static_cast<std::size_t>(prefixes.add(ids).length);
    }
    std::printf("%zu solutions, %zu tokens, %zu left when shared prompts count once\n",
                sequences.size(), tokens, computed);
    std::ofstream(folder / "ids.json") << Json(sequences).dump();
    const double rate = machineRate(options.threads);
    const std::int64_t before = statusBytes("VmRSS:");
    ComputeOptions compute;
    compute.device = "cpu";
    compute.dtype = "bfloat16";
    compute.threads = options.threads;
    const double loadBegin = secondsNow();
    auto model = Model::load(folder / "model", compute);
    if (!model)
        return failed(model.error());
    std::printf("load: %.2f s\n", secondsNow() - loadBegin);
    const auto positive = (*model)->attachAdapter(folder / "positive");
    const auto negative = (*model)->attachAdapter(folder / "negative");
    if (!positive || !negative)
        return failed(positive ? negative.error() : positive.error());
    ContrastRequest request;
    request.positive = {*model, *positive};
    request.negative = {*model, *negative};
    for (bool everything : {false, true}) {
        request.details = everything;
        request.topK = everything ? 20 : 0;
        const double begin = secondsNow();
        const std::clock_t cpuBegin = std::clock();
        const auto facts = scoreContrast(request, sequences);
        if (!facts)
            return failed(facts.error());
        const double seconds = secondsNow() - begin;
        const double cpuSeconds = static_cast<double>(std::clock() - cpuBegin) / CLOCKS_PER_SEC;
        const ModelInfo& info = (*model)->info();
        const double flops =
            2.0 * 2.0 * static_cast<double>(info.parameters) * static_cast<double>(computed);
        const auto above = statusBytes("VmHWM:") - before - info.weightBytes;
        std::printf("crux %s: %.1f s (%.1f CPU s), %.1f tokens/s, %.0f "
                    "GFLOP/s = %.0f %% of "
                    "the machine's, %.2f GB above the weights\n",
                    everything ? "with entropy, rank, top 20" : "s, p+, p-", seconds, cpuSeconds,
                    static_cast<double>(tokens) / seconds, flops / seconds / 1e9,
                    rate > 0 ? 100 * flops / seconds / 1e9 / rate : 0.0,
                    static_cast<double>(above) / 1e9);
        if (!everything)
            std::ofstream(folder / "scores.json") << Json(facts->at(0).s).dump();
        std::fflush(stdout);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const Options options = optionsOf(argc, argv);
    const bool own = options.folder.empty();
    const Path folder =
        own ? std::filesystem::temp_directory_path() / cat("crux-bench-score-", secondsNow())
            : options.folder;
    if (!std::filesystem::exists(folder / "model/config.json")) {
        makeModel(folder / "model");
        makeAdapter(folder / "positive", 0.02f);
        makeAdapter(folder / "negative", 0.03f);
    }
    int result = runBench(options, folder);
    if (const char* python = std::getenv("CRUX_PEER_PYTHON"); result == 0 && python && *python)
        result = peers(options, folder, python);
    std::error_code code;
    if (own)
        std::filesystem::remove_all(folder, code);
    return result;
}
