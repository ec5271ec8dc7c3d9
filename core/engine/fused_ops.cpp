#include "core/engine/fused_ops.h"

#include "core/engine/vector_floats.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::engine::fused {

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
