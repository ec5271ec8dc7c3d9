// Row-invariant CPU kernels: what one row gets does not depend on how many rows there are, on which
// row it is, on the thread split or on the instruction tile. Every sum runs over its index in one
// order, fixed by the index alone (row_kernels_linear.h and row_kernels_attention.h say which).
// That is what makes a token's logits bit-identical whether its position was reached by prefill or
// by decoding, alone or in a batch (DESIGN.md section 8).
//
// Plain pointers, no tensors: the decoder calls these some thousand times a second. One table a CPU
// level, chosen once at run time; the levels may differ from each other in the last bit.
#pragma once

#include <cstdint>

namespace crux::engine {

/// Stored as the upper half of a float.
using Bfloat16 = std::uint16_t;

/// Rounds to nearest even; NaN stays NaN.
inline Bfloat16 toBfloat16(float value) {
    std::uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u)
        return static_cast<Bfloat16>((bits >> 16) | 0x40u);
    return static_cast<Bfloat16>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}
inline float fromBfloat16(Bfloat16 value) {
    const std::uint32_t bits = std::uint32_t{value} << 16;
    float result;
    __builtin_memcpy(&result, &bits, sizeof result);
    return result;
}

/// Keys in one KV block, and lanes of every kernel.
inline constexpr int kKvBlockTokens = 16;
/// Output columns of a matrix product are cut between threads at multiples of this.
inline constexpr int kColumnTile = 16;

/// out[m, n] (+)= scale * (sum_k x[m, k] * w[n, k] + bias[n]) for n in a range of columns.
/// x and w are both float32, both bf16, or float32 and bf16; sums are float32.
struct LinearArgs {
    const void* x = nullptr; ///< [rows, k], rows `xStride` elements apart
    std::int64_t xStride = 0;
    std::int64_t rows = 0;
    const void* w = nullptr; ///< [columns, k], as stored
    /// w once more, turned beforehand, or none: float32 [columns / 16, rounded up][k][16], lanes
    /// beyond the last column 0. The same bits; native bf16 products do not look at it.
    const float* panels = nullptr;
    std::int64_t k = 0;
    const float* bias = nullptr; ///< [columns] or none
    float scale = 1;
    bool add = false;     ///< add to out instead of writing
    float* out = nullptr; ///< [rows, columns], rows `outStride` elements apart
    std::int64_t outStride = 0;
    std::int64_t columns = 0;
};

/// One query against the keys 0 .. keys-1 of its sequence. Blocks of 16 keys from position 0: keys
/// transposed [headDim][16], values [16][headDim].
struct AttentionQuery {
    const float* query = nullptr;        ///< [headDim], already rotated
    const void* const* blocks = nullptr; ///< first byte of each block of its sequence
    float* scores = nullptr;             ///< scratch [keys rounded up to 16]
    float* out = nullptr;                ///< [headDim]
    int keys = 0;
    float inverse = 0; ///< scratch
};

/// Queries of one KV head that look at the same first blocks.
struct AttentionArgs {
    AttentionQuery* queries = nullptr;
    int count = 0;
    int sharedBlocks = 0; ///< the same for all queries, and full of keys that each may look at
    int headDim = 0;
    float scale = 1;
    std::int64_t keyOffset = 0;   ///< bytes from a block's begin to this layer's and head's keys
    std::int64_t valueOffset = 0; ///< the same for values
};

/// The kernels of one CPU level. Pure functions; any thread.
struct RowKernels {
    const char* name;
    bool nativeBfloat16; ///< has bf16 dot products
    void (*linearFloat)(const LinearArgs&, std::int64_t columnBegin, std::int64_t columnEnd);
    void (*linearBfloat16)(const LinearArgs&, std::int64_t columnBegin, std::int64_t columnEnd);
    /// float32 x and bf16 w: bit for bit linearFloat on the widened w.
    void (*linearWidened)(const LinearArgs&, std::int64_t columnBegin, std::int64_t columnEnd);
    void (*attentionFloat)(const AttentionArgs&);    ///< float32 keys and values
    void (*attentionBfloat16)(const AttentionArgs&); ///< bf16 keys and values
    /// out = x / sqrt(mean(x^2) + eps) * weight
    void (*rmsNorm)(const float* x, const float* weight, float eps, std::int64_t size, float* out);
    /// The first and second half of a head as coordinates, turned: (a cos - b sin, b cos + a sin)
    void (*rotate)(float* head, const float* cosines, const float* sines, std::int64_t half);
    /// out = gate / (1 + exp(-gate)) * up; out may be gate
    void (*siluMultiply)(const float* gate, const float* up, std::int64_t size, float* out);
    float (*maximum)(const float* x, std::int64_t size); ///< NaN and empty: -infinity
    /// weights[i] = exp((x[i] - shift) * scale), returns their sum; weights may be null
    double (*sumExp)(const float* x, std::int64_t size, float shift, float scale, float* weights);
    void (*toBfloat16)(const float* x, std::int64_t size, Bfloat16* out);
};

/// The best level of this CPU. CRUX_KERNELS=portable|avx2|avx512 in the environment asks for a
/// lower one.
const RowKernels& rowKernels();
/// A level by name ("portable", "avx2", "avx512", "avx512bf16"), or null when this CPU has it not.
const RowKernels* rowKernelsNamed(const char* name);

namespace kernels { // one a level; null when not compiled for this machine
const RowKernels* portable();
const RowKernels* avx2();
const RowKernels* avx512();
const RowKernels* avx512Bfloat16();
} // namespace kernels

} // namespace crux::engine
