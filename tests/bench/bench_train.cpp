// Optimiser steps of DPO, cDPO and SFT (LoRA r 16 on the seven linears, batch 2 x 4) on right and
// wrong GSM8K solutions and a random bf16 model of Qwen2.5-0.5B's shape, against TRL + peft on the
// same model, adapter and rows: tokens/s, memory above the weights, share of the machine's GEMM
// rate. `bench_train [--steps N] [--peer-steps N] [--methods dpo,cdpo,sft] [--accumulation N]
// [--threads N] [--dtype bfloat16|float32] [--folder DIR] [--solutions FILE]`.
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/engine/train/train.h"
#include "machine.h"
#include "qwen_half.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace crux;
using namespace crux::benchmark;
using namespace crux::engine;
using namespace crux::engine::train;

namespace {

constexpr std::size_t kBatch = 2;

struct Options {
    std::int64_t steps = 3, peerSteps = 0; ///< the first is not timed; peer 0: as many
    int accumulation = 4, threads = 0;
    std::string dtype = "bfloat16", methods = "dpo,cdpo,sft";
    Path folder, solutions = usualSolutions();

    std::size_t rows() const {
        return kBatch * static_cast<std::size_t>(accumulation * std::max(steps, peerSteps));
    }
};

Options optionsOf(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string key = argv[i], value = argv[i + 1];
        if (key == "--steps")
            options.steps = std::max(2, std::atoi(argv[i + 1]));
        else if (key == "--peer-steps")
            options.peerSteps = std::max(2, std::atoi(argv[i + 1]));
        else if (key == "--accumulation")
            options.accumulation = std::max(1, std::atoi(argv[i + 1]));
        else if (key == "--methods")
            options.methods = value;
        else if (key == "--threads")
            options.threads = std::max(0, std::atoi(argv[i + 1]));
        else if (key == "--dtype")
            options.dtype = value;
        else if (key == "--folder")
            options.folder = value;
        else if (key == "--solutions")
            options.solutions = value;
    }
    return options;
}

TrainSequence sequenceOf(const Ids& prompt, const Ids& completion) {
    TrainSequence sequence;
    sequence.ids = prompt;
    sequence.ids.insert(sequence.ids.end(), completion.begin(), completion.end());
    sequence.ids.push_back(151'643); // TRL ends every completion so
    sequence.promptTokens = static_cast<std::int32_t>(prompt.size());
    return sequence;
}

std::vector<TrainExample> examplesOf(const std::vector<SolutionPair>& pairs, bool weighted) {
    std::vector<TrainExample> examples;
    for (const SolutionPair& pair : pairs) {
        TrainExample example{sequenceOf(pair.prompt, pair.right),
                             sequenceOf(pair.prompt, pair.wrong)};
        if (weighted)
            for (std::int64_t t = 0; t < example.rejected.completionTokens(); ++t)
                example.rejected.weights.push_back(0.25f + 0.5f * static_cast<float>(t % 2));
        examples.push_back(std::move(example));
    }
    return examples;
}

TrainOptions trainOptionsOf(const Options& bench, const std::string& method) {
    TrainOptions options;
    options.supervised = method == "sft";
    options.preference.beta = 0.1;
    options.reference = ReferenceModel::Start; // as TRL, which keeps a copy of a given adapter
    options.startAdapter = bench.folder / "start";
    options.baseFolder = bench.folder / "model";
    options.lora = {16,
                    32,
                    0,
                    false,
                    {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}};
    options.decay = Decay::Constant;
    options.batch = static_cast<int>(kBatch);
    options.accumulation = bench.accumulation;
    options.maxSteps = bench.steps;
    options.shuffle = false;
    return options;
}

std::string fourPlaces(double value) {
    char text[32];
    std::snprintf(text, sizeof text, " %.4f", value);
    return text;
}

/// One method's steps. The reference of the timed rows counts as their work.
Status runMethod(const Options& options, const std::string& method,
                 const std::shared_ptr<Model>& model, const std::vector<SolutionPair>& pairs,
                 double rate) {
    const auto rows = examplesOf(pairs, method == "cdpo");
    const MemoryMeter memory;
    CRUX_TRY(trainer, Trainer::make(model, trainOptionsOf(options, method), rows, {}));
    const CancelToken cancel;
    double begin = secondsNow();
    if (method != "sft")
        CRUX_TRY_VOID(trainer->prepareReference({}, cancel));
    const double reference = secondsNow() - begin;
    double seconds = 0;
    std::int64_t tokens = 0;
    std::string losses;
    for (std::int64_t i = 0; i < options.steps; ++i) {
        begin = secondsNow();
        CRUX_TRY(report, trainer->step(cancel));
        losses += fourPlaces(report.loss);
        if (i == 0)
            continue;
        seconds += secondsNow() - begin;
        tokens += report.tokens;
    }
    // Of the reference's time, the share of the timed steps.
    const double whole = seconds + reference * static_cast<double>(options.steps - 1) /
                                       static_cast<double>(options.steps);
    const double parameters = static_cast<double>(model->info().parameters);
    // Forward 2, backward to the inputs 2 (the frozen weights get no gradient), reference 2.
    const double flops = (method == "sft" ? 4 : 6) * parameters * static_cast<double>(tokens);
    std::printf("crux %s, %s: %.1f tokens/s (%.1f without the reference), %.2f GB above the "
                "weights",
                method.c_str(), options.dtype.c_str(), static_cast<double>(tokens) / whole,
                static_cast<double>(tokens) / seconds,
                static_cast<double>(memory.peakBytes()) / 1e9);
    if (rate > 0)
        std::printf(", %.0f GFLOP/s = %.0f %% of the machine's", flops / whole / 1e9,
                    100 * flops / whole / 1e9 / rate);
    std::printf(", losses%s\n", losses.c_str());
    std::fflush(stdout);
    return {};
}

Status runBench(const Options& options, const std::vector<SolutionPair>& pairs) {
    const double rate = machineRate(options.threads);
    ComputeOptions compute;
    compute.device = "cpu";
    compute.dtype = options.dtype;
    compute.threads = options.threads;
    CRUX_TRY(model, Model::load(options.folder / "model", compute));
    for (const std::string_view method : split(options.methods, ','))
        CRUX_TRY_VOID(runMethod(options, std::string(method), model, pairs, rate));
    return {};
}

int runPeer(const Options& options, const std::string& python) {
    std::string methods;
    for (const std::string_view method : split(options.methods, ','))
        methods +=
            method == "cdpo" ? "" : cat(' ', method); // TRL has no cDPO: DPO stands beside it
    return std::system(cat(python, " ", CRUX_SOURCE_DIR, "/tests/bench/peer_train.py ",
                           options.folder.string(), " --methods", methods, " --dtype ",
                           options.dtype, " --threads ", options.threads, " --accumulation ",
                           options.accumulation, " --steps ",
                           options.peerSteps > 0 ? options.peerSteps : options.steps)
                           .c_str()) == 0
               ? 0
               : 1;
}

Json jsonOf(const std::vector<SolutionPair>& pairs) {
    Json rows = Json::array();
    for (const SolutionPair& pair : pairs)
        rows.push_back({{"prompt", pair.prompt}, {"right", pair.right}, {"wrong", pair.wrong}});
    return rows;
}

} // namespace

int main(int argc, char** argv) {
    Options options = optionsOf(argc, argv);
    const bool own = options.folder.empty();
    if (own)
        options.folder =
            std::filesystem::temp_directory_path() / cat("crux-bench-train-", secondsNow());
    makeQwenModel(options.folder / "model");
    makeQwenAdapter(options.folder / "start", 16,
                    {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"},
                    0.005f);
    const auto pairs = readPairs(options.solutions, options.rows());
    int result = 0;
    if (pairs.size() < options.rows()) {
        std::fprintf(stderr, "bench_train: too few solutions; name a file with --solutions\n");
        result = 1;
    }
    if (result == 0) {
        std::ofstream(options.folder / "pairs.json") << jsonOf(pairs).dump();
        if (const Status status = runBench(options, pairs); !status.ok()) {
            std::fprintf(stderr, "bench_train: %s\n", status.error().message.c_str());
            result = 1;
        }
    }
    if (const char* python = std::getenv("CRUX_PEER_PYTHON"); result == 0 && python && *python)
        result = runPeer(options, python);
    std::error_code code;
    if (own)
        std::filesystem::remove_all(options.folder, code);
    return result;
}
