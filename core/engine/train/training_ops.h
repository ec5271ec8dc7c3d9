// The pieces of a transformer block with their backward passes, as plain functions on tensors: no
// autograd, so that what is kept between the two directions is what the training pass decides.
// Work in any of bfloat16, float32 and (for finite differences) float64, on any device.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace crux::engine::train {

/// float64 stays; everything else is summed and kept in float32.
at::ScalarType wideType(at::ScalarType dtype);

/// y = x / rms(x) * weight in `dtype`; `inverse` [rows,1] is 1 / rms, kept for the way back.
at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, at::ScalarType dtype,
                   at::Tensor& inverse);
/// d x, wide; adds to `weightGradient` when it is defined.
at::Tensor rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                           const at::Tensor& inverse, at::Tensor weightGradient);

/// silu(gate) * up
at::Tensor siluMultiply(const at::Tensor& gate, const at::Tensor& up);
struct GateGradients {
    at::Tensor gate, up;
};
GateGradients siluMultiplyBackward(const at::Tensor& dy, const at::Tensor& gate,
                                   const at::Tensor& up);

/// Rotates [rows, heads, dim] by each row's angle (cos, sin: [rows, 1, dim/2] wide) on the CPU in
/// float32 or bfloat16; `sign` -1 turns back, which is the backward pass. Elsewhere: rotateHalves.
at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, double sign);

/// Attention of one sequence on the CPU; devices take all at once (core/engine device_attention).
/// q [T, heads, dim]; k, v [context + T, kvHeads, dim]; `mask` [T, context + T] additive, or
/// undefined for plain causal attention without context.
struct AttentionState {
    at::Tensor out, logSumExp; ///< as the kernel keeps them
};
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const at::Tensor& mask, AttentionState& state);
struct AttentionGradients {
    at::Tensor q, k, v; ///< shapes as the inputs
};
AttentionGradients attendBackward(const at::Tensor& dOut, const at::Tensor& q, const at::Tensor& k,
                                  const at::Tensor& v, const at::Tensor& mask,
                                  const AttentionState& state);

/// 0 or 1/(1-p) for each element of [rows, columns]: a pure function of the row's key, `salt` and
/// the column, the same on every device.
at::Tensor dropoutMask(const at::Tensor& rowKeys, std::uint64_t salt, std::int64_t columns,
                       double p, at::ScalarType dtype);

} // namespace crux::engine::train
