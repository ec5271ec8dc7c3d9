#include "machine.h"

#include "core/engine/engine.h"
#include "core/engine/packed_gemm.h"
#include "core/engine/product_rate.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace crux::benchmark {

namespace packed = engine::packed;

double secondsNow() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

MemoryMeter::MemoryMeter()
    : m_before(engine::deviceMemory("cpu", true).nowBytes) {} // the peak counts from here

std::int64_t MemoryMeter::peakBytes() const {
    return engine::deviceMemory("cpu").peakBytes - m_before;
}

double blockRate(int threads) {
    constexpr std::int64_t kInner = 896, kRows = 64, kRepeats = 4000;
    if (!packed::supported(kInner))
        return 0;
    const unsigned cores = threads > 0 ? static_cast<unsigned>(threads)
                                       : std::max(1u, std::thread::hardware_concurrency());
    double best = 0;
    for (int attempt = 0; attempt < 5; ++attempt) {
        const double begin = secondsNow();
        std::vector<std::thread> running;
        for (unsigned t = 0; t < cores; ++t)
            running.emplace_back([] {
                std::vector<packed::Half> x(kRows * kInner, 0x3C00), w(64 * kInner, 0x3C00);
                std::vector<float> out(kRows * 64);
                for (std::int64_t i = 0; i < kRepeats; ++i)
                    packed::multiplyPanel(x.data(), kInner, kRows, kInner, w.data(), out.data(), 64,
                                          false);
                packed::finishThread();
            });
        for (std::thread& thread : running)
            thread.join();
        const double flops = 2.0 * kRows * 64 * kInner * kRepeats * cores;
        best = std::max(best, flops / (secondsNow() - begin) / 1e9);
    }
    return best;
}

double machineRate(int threads) {
    const double block = blockRate(threads), narrow = engine::productRate(true, threads),
                 wide = engine::productRate(false, threads);
    std::printf("matrix products: bf16 in blocks %.0f, bf16 linear %.0f, float32 linear %.0f "
                "GFLOP/s\n",
                block, narrow, wide);
    return std::max({block, narrow, wide});
}

} // namespace crux::benchmark
