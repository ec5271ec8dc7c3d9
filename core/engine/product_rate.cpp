#include "core/engine/product_rate.h"

#include "core/base/clock.h"
#include "core/engine/compute.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <thread>

namespace crux::engine {

double productRate(bool bfloat16, int threads) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const ComputeScope scope(threads > 0 ? threads : cores);
    const at::ScalarType type = bfloat16 ? at::kBFloat16 : at::kFloat;
    const std::int64_t rows = bfloat16 && !hasNativeBfloat16(at::kCPU) ? 256 : 2048;
    double best = 0;
    for (const auto& [columns, inner] :
         {std::array<std::int64_t, 2>{2048, 2048}, std::array<std::int64_t, 2>{4864, 896},
          std::array<std::int64_t, 2>{896, 4864}}) {
        const at::Tensor x = at::ones({rows, inner}, type);
        const at::Tensor w = at::ones({columns, inner}, type);
        for (int attempt = 0; attempt < 3; ++attempt) {
            const double begin = steadyMs();
            at::linear(x, w);
            const double flops = 2.0 * static_cast<double>(rows * columns * inner);
            best = std::max(best, flops / (steadyMs() - begin) / 1e6);
        }
    }
    return best;
}

} // namespace crux::engine
