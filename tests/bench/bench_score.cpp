// Contrastive scoring of real GSM8K solutions on a random model of Qwen2.5-0.5B's shape in
// bfloat16, against transformers + peft on the same files: tokens/s, memory above the weights,
// share of the machine's GEMM rate. `bench_score [--count N] [--peer-count N] [--threads N]
// [--folder DIR] [--solutions FILE]`.
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/engine/engine.h"
#include "core/engine/packed_gemm.h"
#include "core/engine/shared_prefixes.h"
#include "machine.h"
#include "qwen_half.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

using namespace crux;
using namespace crux::benchmark;
using namespace crux::engine;

namespace {

struct Options {
    std::size_t count = 256, peerCount = 0; ///< peer 0: as many
    int threads = 0;
    Path folder, solutions = usualSolutions();
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
    return options;
}

/// transformers + peft in bf16 and, where the CPU emulates that, in float32, which suits it better.
int peers(const Options& options, const Path& folder, const std::string& python) {
    const std::string run = cat(python, " ", CRUX_SOURCE_DIR, "/tests/bench/peer_score.py ",
                                folder.string(), " --threads ", options.threads, " --count ",
                                options.peerCount > 0 ? options.peerCount : options.count);
    for (const char* dtype : {"bfloat16", "float32"})
        if ((dtype[0] == 'b' || !packed::supported(64)) &&
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
    const MemoryMeter memory;
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
        const auto above = memory.peakBytes() - info.weightBytes;
        std::printf("crux %s: %.1f s (%.1f CPU s), %.1f tokens/s, %.0f GFLOP/s",
                    everything ? "with entropy, rank, top 20" : "s, p+, p-", seconds, cpuSeconds,
                    static_cast<double>(tokens) / seconds, flops / seconds / 1e9);
        if (rate > 0)
            std::printf(" = %.0f %% of the machine's", 100 * flops / seconds / 1e9 / rate);
        std::printf(", %.2f GB above the weights\n", static_cast<double>(above) / 1e9);
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
    const std::vector<std::string> linears{"gate_proj", "up_proj", "down_proj"};
    makeQwenModel(folder / "model");
    makeQwenAdapter(folder / "positive", 8, linears, 0.02f);
    makeQwenAdapter(folder / "negative", 8, linears, 0.03f);
    int result = runBench(options, folder);
    if (const char* python = std::getenv("CRUX_PEER_PYTHON"); result == 0 && python && *python)
        result = peers(options, folder, python);
    std::error_code code;
    if (own)
        std::filesystem::remove_all(folder, code);
    return result;
}
