#include "core/engine/train/training_kernels.h"

#include "core/engine/vector_floats.h"

#include <cmath>

namespace crux::engine::train::kernels {

using fused::narrow;
using fused::widen;

/// 1 / (1 + exp(-x)) to about 1e-7 relative.
CRUX_INLINE float quickSigmoid(float x) {
    return 1.0f / (1.0f + fused::quickExp(-x));
}

template <typename T>
CRUX_INLINE float rmsNormRowOf(const float* __restrict x, const float* __restrict weight,
                               double eps, std::int64_t size, T* __restrict out) {
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t i = 0; i < size; ++i)
        squares += x[i] * x[i];
    const auto inverse = static_cast<float>(
        1.0 / std::sqrt(static_cast<double>(squares) / static_cast<double>(size) + eps));
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i)
        narrow(x[i] * inverse * weight[i], out[i]);
    return inverse;
}

CRUX_CLONES float rmsNormRow(const float* x, const float* weight, double eps, std::int64_t size,
                             float* out) {
    return rmsNormRowOf(x, weight, eps, size, out);
}
CRUX_CLONES float rmsNormRow(const float* x, const float* weight, double eps, std::int64_t size,
                             Half* out) {
    return rmsNormRowOf(x, weight, eps, size, out);
}

// With u = x / rms and s = dy * w: dx = (s - u mean(s u)) / rms.
template <typename T>
CRUX_INLINE void rmsNormBackwardRowOf(const T* __restrict dy, const float* __restrict x,
                                      const float* __restrict weight, float inverse,
                                      std::int64_t size, float* __restrict dx) {
    float along = 0;
#pragma omp simd reduction(+ : along)
    for (std::int64_t i = 0; i < size; ++i)
        along += widen(dy[i]) * weight[i] * x[i];
    const float pull = along * inverse * inverse / static_cast<float>(size);
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i)
        dx[i] = (widen(dy[i]) * weight[i] - x[i] * pull) * inverse;
}

CRUX_CLONES void rmsNormBackwardRow(const float* dy, const float* x, const float* weight,
                                    float inverse, std::int64_t size, float* dx) {
    rmsNormBackwardRowOf(dy, x, weight, inverse, size, dx);
}
CRUX_CLONES void rmsNormBackwardRow(const Half* dy, const float* x, const float* weight,
                                    float inverse, std::int64_t size, float* dx) {
    rmsNormBackwardRowOf(dy, x, weight, inverse, size, dx);
}

template <typename T>
CRUX_INLINE void siluMultiplyOf(const T* __restrict gate, const T* __restrict up, std::int64_t size,
                                T* __restrict out) {
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i) {
        const float g = widen(gate[i]);
        narrow(g * quickSigmoid(g) * widen(up[i]), out[i]);
    }
}

CRUX_CLONES void siluMultiply(const float* gate, const float* up, std::int64_t size, float* out) {
    siluMultiplyOf(gate, up, size, out);
}
CRUX_CLONES void siluMultiply(const Half* gate, const Half* up, std::int64_t size, Half* out) {
    siluMultiplyOf(gate, up, size, out);
}

// d silu(g) = sigma (1 + g (1 - sigma))
template <typename T>
CRUX_INLINE void siluBackwardOf(const T* __restrict dy, const T* __restrict gate,
                                const T* __restrict up, std::int64_t size, T* __restrict dGate,
                                T* __restrict dUp) {
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i) {
        const float g = widen(gate[i]), d = widen(dy[i]);
        const float s = quickSigmoid(g);
        narrow(d * widen(up[i]) * s * (1.0f + g * (1.0f - s)), dGate[i]);
        narrow(d * g * s, dUp[i]);
    }
}

CRUX_CLONES void siluBackward(const float* dy, const float* gate, const float* up,
                              std::int64_t size, float* dGate, float* dUp) {
    siluBackwardOf(dy, gate, up, size, dGate, dUp);
}
CRUX_CLONES void siluBackward(const Half* dy, const Half* gate, const Half* up, std::int64_t size,
                              Half* dGate, Half* dUp) {
    siluBackwardOf(dy, gate, up, size, dGate, dUp);
}

template <typename T>
CRUX_INLINE void rotateHeadOf(const T* __restrict head, const float* __restrict cos,
                              const float* __restrict sin, float sign, std::int64_t dim,
                              T* __restrict out) {
    const std::int64_t half = dim / 2;
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
        const float first = widen(head[i]), second = widen(head[i + half]);
        const float turned = sign * sin[i];
        narrow(first * cos[i] - second * turned, out[i]);
        narrow(second * cos[i] + first * turned, out[i + half]);
    }
}

CRUX_CLONES void rotateHead(const float* head, const float* cos, const float* sin, float sign,
                            std::int64_t dim, float* out) {
    rotateHeadOf(head, cos, sin, sign, dim, out);
}
CRUX_CLONES void rotateHead(const Half* head, const float* cos, const float* sin, float sign,
                            std::int64_t dim, Half* out) {
    rotateHeadOf(head, cos, sin, sign, dim, out);
}

} // namespace crux::engine::train::kernels
