// Element-wise CPU work of the training pass in single passes over memory, both ways: stock
// operations read and write each intermediate. Plain pointers, no tensors, no threads (callers
// split rows); compiled for several instruction sets, chosen at load time. T is float or Half.
#pragma once

#include "core/engine/fused_ops.h"

#include <cstdint>

namespace crux::engine::train::kernels {

using fused::Half;

/// One row: out = x / rms(x) * weight; returns 1 / rms.
float rmsNormRow(const float* x, const float* weight, double eps, std::int64_t size, float* out);
float rmsNormRow(const float* x, const float* weight, double eps, std::int64_t size, Half* out);

/// dx of the same.
void rmsNormBackwardRow(const float* dy, const float* x, const float* weight, float inverse,
                        std::int64_t size, float* dx);
void rmsNormBackwardRow(const Half* dy, const float* x, const float* weight, float inverse,
                        std::int64_t size, float* dx);

/// out = silu(gate) * up
void siluMultiply(const float* gate, const float* up, std::int64_t size, float* out);
void siluMultiply(const Half* gate, const Half* up, std::int64_t size, Half* out);

/// Gradients of the same; dGate and dUp may not overlap the inputs.
void siluBackward(const float* dy, const float* gate, const float* up, std::int64_t size,
                  float* dGate, float* dUp);
void siluBackward(const Half* dy, const Half* gate, const Half* up, std::int64_t size, Half* dGate,
                  Half* dUp);

/// Rotates one head (Hugging Face's half-split form) from `head` to `out`; `sign` -1 turns back.
void rotateHead(const float* head, const float* cos, const float* sin, float sign, std::int64_t dim,
                float* out);
void rotateHead(const Half* head, const float* cos, const float* sin, float sign, std::int64_t dim,
                Half* out);

} // namespace crux::engine::train::kernels
