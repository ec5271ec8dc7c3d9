#include "core/engine/product_rate.h"

#include "core/base/clock.h"
#include "core/engine/compute.h"

#include <ATen/ATen.h>
#include <torch/cuda.h>

#include <algorithm>
#include <array>
#include <thread>

namespace crux::engine {

namespace {

/// Milliseconds of one product, waited for. Random numbers: zeros are quicker than they.
double productMs(const at::Tensor& x, const at::Tensor& w, int repeats) {
    const auto wait = [&x] {
        if (x.is_cuda())
            torch::cuda::synchronize(x.device().index());
    };
    at::linear(x, w);
    wait();
    const double begin = steadyMs();
    for (int i = 0; i < repeats; ++i)
        at::linear(x, w);
    wait();
    return (steadyMs() - begin) / repeats;
}

double deviceRate(at::ScalarType type, at::Device device) {
    constexpr std::int64_t kSize = 8192;
    const at::Tensor x = at::randn({kSize, kSize}, at::dtype(type).device(device));
    const double flops = 2.0 * static_cast<double>(kSize * kSize) * static_cast<double>(kSize);
    double best = 0;
    for (int attempt = 0; attempt < 3; ++attempt)
        best = std::max(best, flops / productMs(x, x, 10) / 1e6);
    return best;
}

} // namespace

double productRate(bool bfloat16, int threads, const std::string& device) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const ComputeScope scope(threads > 0 ? threads : cores);
    const at::ScalarType type = bfloat16 ? at::kBFloat16 : at::kFloat;
    const auto where = deviceFromName(device);
    if (where.ok() && !where->is_cpu())
        return deviceRate(type, *where);
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
