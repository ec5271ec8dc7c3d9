#include "core/engine/wide_products.h"

#include "core/engine/row_kernels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

namespace crux::engine {

namespace {

constexpr std::int64_t kStripeFloats = std::int64_t{1} << 20; ///< 4 MiB
constexpr std::int64_t kFewRows = 16; ///< below this, widening costs more than the products

void fewRows(const at::Tensor& x, const at::Tensor& matrix, at::Tensor& out) {
    LinearArgs args;
    args.x = x.const_data_ptr();
    args.k = args.xStride = x.size(1);
    args.rows = x.size(0);
    args.w = matrix.const_data_ptr();
    args.out = static_cast<float*>(out.data_ptr());
    args.outStride = args.columns = matrix.size(0);
    const std::int64_t tiles = (args.columns + kColumnTile - 1) / kColumnTile;
    at::parallel_for(0, tiles, 256, [&](std::int64_t begin, std::int64_t end) {
        rowKernels().linearWidened(args, begin * kColumnTile,
                                   std::min(end * kColumnTile, args.columns));
    });
}

} // namespace

at::Tensor wideProduct(const at::Tensor& x, const at::Tensor& matrix) {
    at::Tensor out = at::empty({x.size(0), matrix.size(0)}, at::kFloat);
    wideProductInto(out, x, matrix);
    return out;
}

void wideProductInto(at::Tensor& out, const at::Tensor& x, const at::Tensor& matrix) {
    const std::int64_t columns = matrix.size(0);
    const std::int64_t inner = matrix.size(1);
    if (x.size(0) < kFewRows)
        return fewRows(x, matrix, out);
    const std::int64_t stripe = std::clamp<std::int64_t>(
        kStripeFloats / std::max<std::int64_t>(inner, 1), 64, std::max<std::int64_t>(columns, 64));
    at::Tensor wide = at::empty({std::min(stripe, columns), inner}, at::kFloat);
    for (std::int64_t first = 0; first < columns; first += stripe) {
        const std::int64_t width = std::min(stripe, columns - first);
        at::Tensor some = wide.slice(0, 0, width);
        some.copy_(matrix.slice(0, first, first + width));
        at::Tensor part = out.slice(1, first, first + width);
        at::mm_out(part, x, some.t());
    }
}

} // namespace crux::engine
