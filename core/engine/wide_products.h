// Products of float32 activations with bfloat16 matrices on the CPU. A bfloat16 is the upper half
// of a float32, so the matrix is widened exactly, a stripe at a time that stays in the cache:
// nothing is rounded, and no copy of twice the size is kept.
#pragma once

#include <ATen/core/Tensor.h>

namespace crux::engine {

/// Whether x needs wideProduct for this matrix rather than LibTorch's product.
inline bool isWideProduct(const at::Tensor& x, const at::Tensor& matrix) {
    return x.is_cpu() && x.scalar_type() == at::kFloat && matrix.scalar_type() == at::kBFloat16;
}

/// x [rows, in] float32 times matrix [out, in] bfloat16, transposed: [rows, out] float32. Few rows
/// go through the row kernels, which read the matrix as it is. Both contiguous.
at::Tensor wideProduct(const at::Tensor& x, const at::Tensor& matrix);
/// The same into `out`, contiguous.
void wideProductInto(at::Tensor& out, const at::Tensor& x, const at::Tensor& matrix);

} // namespace crux::engine
