#include "core/engine/packed_gemm.h"

#include "core/engine/compute.h"
#include "core/engine/fused_ops.h"

#include <ATen/native/CPUBlas.h>

#include <algorithm>
#include <cstring>

namespace crux::engine::packed {

bool supported(std::int64_t inner) {
#if defined(__x86_64__)
    return inner % 2 == 0 && hasNativeBfloat16(at::Device(at::kCPU));
#else
    static_cast<void>(inner);
    return false;
#endif
}

void packPanel(const Half* weight, std::int64_t stride, std::int64_t columns, std::int64_t inner,
               Half* out) {
    if (columns < kPanelColumns)
        std::memset(out, 0, static_cast<std::size_t>(inner * kPanelColumns) * sizeof(Half));
    fused::transposeWords(reinterpret_cast<const std::uint32_t*>(weight), stride / 2, columns,
                          inner / 2, kPanelColumns, reinterpret_cast<std::uint32_t*>(out));
}

void multiplyPanel(const Half* x, std::int64_t xStride, std::int64_t rows, std::int64_t inner,
                   const Half* panel, float* out, std::int64_t outStride, bool add) {
    at::native::cpublas::brgemm(rows, kPanelColumns, inner, xStride, kPanelColumns, outStride, add,
                                reinterpret_cast<const at::BFloat16*>(x),
                                reinterpret_cast<const at::BFloat16*>(panel), out, true);
}

void finishThread() {
    at::native::cpublas::brgemm_release();
}

} // namespace crux::engine::packed
