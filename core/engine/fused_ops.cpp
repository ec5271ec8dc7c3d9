#include "core/engine/fused_ops.h"

#include <algorithm>
#include <cmath>
#include <limits>

// Loops below are written for the compiler to vectorise; reductions are marked so. One clone for
// each instruction set; sanitizers and resolver functions do not go together.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(CRUX_SANITIZED)
#define CRUX_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CRUX_CLONES
#endif
#define CRUX_INLINE static inline __attribute__((always_inline))

namespace crux::engine::fused {

CRUX_INLINE float widen(Half value) {
    return __builtin_bit_cast(float, static_cast<std::uint32_t>(value) << 16);
}
CRUX_INLINE float widen(float value) {
    return value;
}

CRUX_INLINE void narrow(float value, Half& out) {
    const auto bits = __builtin_bit_cast(std::uint32_t, value);
    const std::uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    const std::uint32_t quiet = (bits >> 16) | 0x40u; // a NaN must not round to infinity
    out = static_cast<Half>((bits & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded);
}
CRUX_INLINE void narrow(float value, float& out) {
    out = value;
}

/// exp to about 1e-7 relative for x <= 88; below -87 it is 0 to within 1e-38.
CRUX_INLINE float quickExp(float x) {
    constexpr float kRound = 12582912.0f; // 1.5 * 2^23: adding it leaves the nearest integer
    const float bounded = x > -87.0f ? (x < 88.0f ? x : 88.0f) : (x <= -87.0f ? -87.0f : x);
    const float shifted = bounded * 1.44269504088896341f + kRound;
    const float n = shifted - kRound;
    const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const auto power =
        static_cast<std::uint32_t>(__builtin_bit_cast(std::int32_t, shifted) - 0x4B400000 + 127)
        << 23;
    return p * __builtin_bit_cast(float, power);
}

template <typename T>
CRUX_INLINE void addRmsNormRowOf(float* __restrict residual, const T* __restrict delta,
                                 const float* __restrict weight, double eps, std::int64_t size,
                                 T* __restrict out) {
    float squares = 0;
    if (delta != nullptr) {
#pragma omp simd reduction(+ : squares)
        for (std::int64_t i = 0; i < size; ++i) {
            residual[i] += widen(delta[i]);
            squares += residual[i] * residual[i];
        }
    } else {
#pragma omp simd reduction(+ : squares)
        for (std::int64_t i = 0; i < size; ++i)
            squares += residual[i] * residual[i];
    }
    const auto scale = static_cast<float>(
        1.0 / std::sqrt(static_cast<double>(squares) / static_cast<double>(size) + eps));
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i)
        narrow(residual[i] * scale * weight[i], out[i]);
}

CRUX_CLONES void addRmsNormRow(float* residual, const Half* delta, const float* weight, double eps,
                               std::int64_t size, Half* out) {
    addRmsNormRowOf(residual, delta, weight, eps, size, out);
}
CRUX_CLONES void addRmsNormRow(float* residual, const float* delta, const float* weight, double eps,
                               std::int64_t size, float* out) {
    addRmsNormRowOf(residual, delta, weight, eps, size, out);
}

template <typename T>
CRUX_INLINE void siluMultiplyOf(T* __restrict gate, const T* __restrict up, std::int64_t size) {
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i) {
        const float g = widen(gate[i]);
        narrow(g / (1.0f + quickExp(-g)) * widen(up[i]), gate[i]);
    }
}

CRUX_CLONES void siluMultiply(Half* gate, const Half* up, std::int64_t size) {
    siluMultiplyOf(gate, up, size);
}
CRUX_CLONES void siluMultiply(float* gate, const float* up, std::int64_t size) {
    siluMultiplyOf(gate, up, size);
}

template <typename T>
CRUX_INLINE void rotateHeadOf(T* __restrict head, const float* __restrict cos,
                              const float* __restrict sin, std::int64_t dim) {
    const std::int64_t half = dim / 2;
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
        const float first = widen(head[i]);
        const float second = widen(head[i + half]);
        narrow(first * cos[i] - second * sin[i], head[i]);
        narrow(second * cos[i] + first * sin[i], head[i + half]);
    }
}

CRUX_CLONES void rotateHead(Half* head, const float* cos, const float* sin, std::int64_t dim) {
    rotateHeadOf(head, cos, sin, dim);
}
CRUX_CLONES void rotateHead(float* head, const float* cos, const float* sin, std::int64_t dim) {
    rotateHeadOf(head, cos, sin, dim);
}

CRUX_CLONES void toHalf(const float* from, std::int64_t size, Half* to) {
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i)
        narrow(from[i], to[i]);
}

CRUX_CLONES float maximum(const float* x, std::int64_t size) {
    float most = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : most)
    for (std::int64_t i = 0; i < size; ++i)
        most = x[i] > most ? x[i] : most;
    return most;
}

CRUX_CLONES std::int32_t countAbove(const float* x, std::int64_t size, float level) {
    std::int32_t count = 0;
#pragma omp simd reduction(+ : count)
    for (std::int64_t i = 0; i < size; ++i)
        count += x[i] > level ? 1 : 0;
    return count;
}

CRUX_CLONES float sumExp(const float* x, std::int64_t size, float shift) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < size; ++i)
        sum += quickExp(x[i] - shift);
    return sum;
}

CRUX_CLONES float sumExpWeighted(const float* x, std::int64_t size, float shift, float& weighted) {
    float sum = 0;
    float moment = 0;
#pragma omp simd reduction(+ : sum, moment)
    for (std::int64_t i = 0; i < size; ++i) {
        const float below = x[i] - shift;
        const float e = quickExp(below);
        sum += e;
        moment += e * below;
    }
    weighted = moment;
    return sum;
}

CRUX_CLONES void softmaxSlope(float* x, std::int64_t size, float shift, float scale) {
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i)
        x[i] = quickExp(x[i] - shift) * scale;
}

CRUX_CLONES void contrastLogits(const float* positive, const float* negative, float beta,
                                std::int64_t size, float* out) {
    const float more = 1.0f + beta;
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i)
        out[i] = more * positive[i] - beta * negative[i];
}

void transposeWords(const std::uint32_t* in, std::int64_t stride, std::int64_t rows,
                    std::int64_t columns, std::int64_t outStride, std::uint32_t* out) {
    constexpr std::int64_t kBlock = 16; // a cache line of words each way
    for (std::int64_t c = 0; c < columns; c += kBlock)
        for (std::int64_t r = 0; r < rows; r += kBlock)
            for (std::int64_t i = r; i < std::min(r + kBlock, rows); ++i)
                for (std::int64_t j = c; j < std::min(c + kBlock, columns); ++j)
                    out[j * outStride + i] = in[i * stride + j];
}

} // namespace crux::engine::fused
