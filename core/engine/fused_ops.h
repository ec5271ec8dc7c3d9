// Element-wise CPU work of the forward pass and of the vocabulary pass in single passes over
// memory: stock operations read and write each intermediate. Plain pointers, no tensors, no threads
// (callers split rows); compiled for several instruction sets, chosen at load time.
#pragma once

#include <cstdint>

namespace crux::engine::fused {

/// bfloat16 as stored.
using Half = std::uint16_t;

/// One row: residual += delta (delta may be null), then out = residual / rms * weight.
/// `delta` and `out` are bfloat16 or float32 alike.
void addRmsNormRow(float* residual, const Half* delta, const float* weight, double eps,
                   std::int64_t size, Half* out);
void addRmsNormRow(float* residual, const float* delta, const float* weight, double eps,
                   std::int64_t size, float* out);

/// gate = silu(gate) * up in place, [size] elements.
void siluMultiply(Half* gate, const Half* up, std::int64_t size);
void siluMultiply(float* gate, const float* up, std::int64_t size);

/// Rotates one head in place (Hugging Face's half-split form); cos, sin: [dim/2].
void rotateHead(Half* head, const float* cos, const float* sin, std::int64_t dim);
void rotateHead(float* head, const float* cos, const float* sin, std::int64_t dim);

/// Rounds to bfloat16, nearest even.
void toHalf(const float* from, std::int64_t size, Half* to);

// Parts of a running softmax over a piece of one row of logits.

float maximum(const float* x, std::int64_t size);
/// How many are strictly greater than `level`.
std::int32_t countAbove(const float* x, std::int64_t size, float level);
/// sum exp(x - shift)
float sumExp(const float* x, std::int64_t size, float shift);
/// sum exp(x - shift), and in `weighted` sum exp(x - shift) * (x - shift)
float sumExpWeighted(const float* x, std::int64_t size, float shift, float& weighted);
/// x = exp(x - shift) * scale in place
void softmaxSlope(float* x, std::int64_t size, float shift, float scale);
/// out = (1 + beta) * positive - beta * negative
void contrastLogits(const float* positive, const float* negative, float beta, std::int64_t size,
                    float* out);

/// The 32-bit words of `rows` rows laid column by column: out[c * rows + r] = in[r * stride + c].
/// Pairs of bfloat16 in this order are what dot-product instructions read.
void transposeWords(const std::uint32_t* in, std::int64_t stride, std::int64_t rows,
                    std::int64_t columns, std::int64_t outStride, std::uint32_t* out);

} // namespace crux::engine::fused
