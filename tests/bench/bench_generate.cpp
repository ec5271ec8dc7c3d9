// Generation speed: tokens/s alone and in batches, and how long a forced token waits for the next
// new one. Each figure is also given as a share of what this machine can do, measured in the same
// run.
//   bench_generate [MODEL_DIR] [--half-billion]
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/engine/random_model.h"
#include "core/engine/row_kernels.h"
#include "core/engine/thread_team.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

using namespace crux;
using namespace crux::engine;

namespace {

constexpr double kTransformersDemoTokens = 2650; // transformers 5 generate, batch 64, two cores

int cores() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Bytes/s that all cores read together from memory (64-bit sums over 1 GiB).
double memoryBandwidth() {
    std::vector<std::uint64_t> data(std::size_t{1} << 27, 1);
    ThreadTeam team(cores());
    const std::int64_t pieces = 64 * team.size();
    const auto size = static_cast<std::int64_t>(data.size());
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(pieces));
    double best = 0;
    for (int round = 0; round < 3; ++round) {
        const double start = steadyMs();
        team.run(pieces, [&](std::int64_t piece, int) {
            sums[static_cast<std::size_t>(piece)] =
                std::accumulate(data.begin() + size * piece / pieces,
                                data.begin() + size * (piece + 1) / pieces, std::uint64_t{0});
        });
        best = std::max(best, static_cast<double>(data.size() * 8) / (steadyMs() - start) * 1e3);
    }
    return sums[0] > 0 ? best : 0;
}

/// Multiply-adds/s (as FLOP/s) of the float32 kernel on data in cache, all cores.
double floatRate() {
    constexpr std::int64_t kRows = 60, kColumns = 64, kInner = 256;
    ThreadTeam team(cores());
    const std::vector<float> x(kRows * kInner, 0.5f), w(kColumns * kInner, 0.25f);
    const std::int64_t rounds = 400 * team.size();
    const double start = steadyMs();
    team.run(rounds, [&](std::int64_t, int) {
        std::vector<float> out(kRows * kColumns);
        LinearArgs args;
        args.x = x.data();
        args.w = w.data();
        args.xStride = args.k = kInner;
        args.rows = kRows;
        args.columns = args.outStride = kColumns;
        args.out = out.data();
        rowKernels().linearFloat(args, 0, kColumns);
    });
    return 2.0 * kRows * kColumns * kInner * static_cast<double>(rounds) / (steadyMs() - start) *
           1e3;
}

struct Speed {
    double tokensPerSecond = 0;
    std::size_t tokens = 0;
};

Speed measure(const ModelRef& model, const Ids& prefix, int jobsCount, int newTokens, int batch) {
    std::vector<GenerateJob> jobs;
    for (int i = 0; i < jobsCount; ++i)
        jobs.push_back({prefix, {}, cat("bench/", i), 0});
    GenerateRequest request;
    request.model = model;
    request.eosIds = {-1};
    request.sampling.maxNewTokens = newTokens;
    request.maxBatch = batch;
    const double start = steadyMs();
    const auto made = generate(request, jobs);
    const double ms = steadyMs() - start;
    if (!made) {
        std::fprintf(stderr, "%s\n", made.error().message.c_str());
        return {};
    }
    Speed speed;
    for (const Generated& one : *made)
        speed.tokens += one.ids.size();
    speed.tokensPerSecond = static_cast<double>(speed.tokens) / ms * 1e3;
    return speed;
}

/// Milliseconds from asking to force one token inside a known trajectory to the first new token
/// after it.
void forcedLatency(const ModelRef& model, const Ids& trajectory) {
    std::vector<double> ms;
    for (std::size_t i = 0; i < 60; ++i) {
        GenerateRequest request;
        request.model = model;
        request.eosIds = {-1};
        request.sampling.maxNewTokens = 2;
        double first = 0;
        int seen = 0;
        request.onToken = [&](std::size_t, std::int32_t, float) {
            if (++seen == 2)
                first = steadyMs();
        };
        const std::size_t at = 1 + (i * 37) % (trajectory.size() - 1);
        const std::vector<GenerateJob> jobs{
            {Ids(trajectory.begin(), trajectory.begin() + static_cast<std::ptrdiff_t>(at)),
             {static_cast<std::int32_t>(5 + i)},
             cat("force/", i),
             0}};
        const double start = steadyMs();
        if (!generate(request, jobs))
            return;
        ms.push_back(first - start);
    }
    std::sort(ms.begin(), ms.end());
    std::printf("  forced token to first new token: median %.2f ms, p95 %.2f ms, worst %.2f ms "
                "(asked: 50 ms)\n",
                ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back());
}

void report(const std::string& name, const ModelRef& model, std::int32_t vocabulary, int tokens,
            double bandwidth, double rate, double peer) {
    Ids prefix;
    for (int i = 0; i < 45; ++i)
        prefix.push_back(3 + (i * 7919) % (vocabulary - 3));
    const ModelInfo& info = model.model->info();
    std::printf("%s: %.1f M parameters, %s\n", name.c_str(),
                static_cast<double>(info.parameters) / 1e6, info.dtype.c_str());
    measure(model, prefix, 1, 4, 1); // warm
    Speed alone = measure(model, prefix, 1, tokens, 1);
    const double bytes = static_cast<double>(info.weightBytes);
    std::printf(
        "  alone: %.0f tokens/s = %.0f %% of reading all weights once a token at %.1f GB/s\n",
        alone.tokensPerSecond, 100 * alone.tokensPerSecond * bytes / bandwidth, bandwidth / 1e9);
    const Speed batch = measure(model, prefix, 64, tokens, 64);
    std::printf("  batch 64: %.0f tokens/s = %.0f %% of the kernel's float32 rate %.1f GFLOP/s",
                batch.tokensPerSecond,
                100 * batch.tokensPerSecond * 2 * static_cast<double>(info.parameters) / rate,
                rate / 1e9);
    if (peer > 0)
        std::printf(", %.1fx transformers (%.0f)", batch.tokensPerSecond / peer, peer);
    std::printf("\n");
    Ids trajectory = prefix;
    forcedLatency(model, trajectory);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    std::string folder = (CRUX_SOURCE_DIR "/resources/demo/model");
    bool large = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--half-billion") == 0)
            large = true;
        else
            folder = argv[i];
    }
    const double bandwidth = memoryBandwidth(), rate = floatRate();
    std::printf("kernels %s, %d threads\n", rowKernels().name, cores());
    if (auto model = Model::load(folder, {}))
        report(folder, {*model, -1}, (*model)->info().vocabularySize, 200, bandwidth, rate,
               kTransformersDemoTokens);
    else
        std::printf("skipped %s: %s\n", folder.c_str(), model.error().message.c_str());
    if (large) {
        ComputeOptions options;
        options.device = "cpu";
        options.dtype = "bfloat16";
        if (auto model = makeRandomModelHandle(halfBillionConfig(), options, 1))
            report("random 0.5B shape", {*model, -1}, 151936, 12, bandwidth, rate, 0);
    }
    return 0;
}
