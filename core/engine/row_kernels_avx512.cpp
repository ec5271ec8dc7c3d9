// AVX-512 level, with or without the bf16 dot product of AVX512-BF16.
#include "core/engine/row_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))),             \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")
#endif

namespace crux::engine::kernels {
namespace {

struct V {
    using Reg = __m512;
    static constexpr int kTileRows = 12, kTilePanels = 2;
    static __mmask16 first(int n) { return static_cast<__mmask16>((1u << n) - 1u); }
    static Reg zero() { return _mm512_setzero_ps(); }
    static Reg set(float x) { return _mm512_set1_ps(x); }
    static Reg load(const float* p) { return _mm512_loadu_ps(p); }
    static Reg loadPart(const float* p, int n) { return _mm512_maskz_loadu_ps(first(n), p); }
    static void store(float* p, Reg x) { _mm512_storeu_ps(p, x); }
    static void storePart(float* p, Reg x, int n) { _mm512_mask_storeu_ps(p, first(n), x); }
    static Reg add(Reg a, Reg b) { return _mm512_add_ps(a, b); }
    static Reg sub(Reg a, Reg b) { return _mm512_sub_ps(a, b); }
    static Reg mul(Reg a, Reg b) { return _mm512_mul_ps(a, b); }
    static Reg div(Reg a, Reg b) { return _mm512_div_ps(a, b); }
    static Reg fma(Reg a, Reg b, Reg c) { return _mm512_fmadd_ps(a, b, c); }
    static Reg max(Reg a, Reg b) { return _mm512_max_ps(a, b); }
    static Reg min(Reg a, Reg b) { return _mm512_min_ps(a, b); }
    static Reg round(Reg x) {
        return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    }
    static Reg scaleByPower(Reg x, Reg n) { return _mm512_scalef_ps(x, n); }
    static Reg keepPart(Reg x, int n, float other) {
        return _mm512_mask_blend_ps(first(n), _mm512_set1_ps(other), x);
    }
    static Reg zeroBelow(Reg x, float limit, Reg y) {
        return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(limit), _CMP_NLT_UQ), y);
    }
    /// 16 lanes to 4: l + (l+8), then l + (l+4).
    static __m128 quarter(Reg x) {
        const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
        return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    }
    static void fold4(const Reg* x, float* out) {
        __m128 a = quarter(x[0]), b = quarter(x[1]), c = quarter(x[2]), d = quarter(x[3]);
        _MM_TRANSPOSE4_PS(a, b, c, d);
        _mm_storeu_ps(out, _mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d)));
    }
    static float fold(Reg x) {
        float lanes[4];
        _mm_storeu_ps(lanes, quarter(x));
        return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
    static float foldMax(Reg x) { return _mm512_reduce_max_ps(x); }
    static Reg widen(__m256i x) {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(x), 16));
    }
    static Reg loadBfloat16(const Bfloat16* p) {
        return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    }
    static Reg loadBfloat16Part(const Bfloat16* p, int n) {
        return widen(_mm256_maskz_loadu_epi16(first(n), p));
    }
#include "core/engine/row_kernels_pack.h"
};

#include "core/engine/row_kernels_impl.h"

struct DotPairs {
    using Input = Bfloat16;
    using Element = Bfloat16;
    using Reg = __m512bh;
    static constexpr int kStep = 32;
    static Reg load(const Element* p) { return reinterpret_cast<Reg>(_mm512_loadu_si512(p)); }
    static Reg loadPart(const Element* p, int n) {
        return reinterpret_cast<Reg>(
            _mm512_maskz_loadu_epi16(static_cast<__mmask32>((std::uint64_t{1} << n) - 1), p));
    }
    static V::Reg multiplyAdd(Reg x, Reg w, V::Reg sum) { return _mm512_dpbf16_ps(sum, x, w); }
};

constexpr int kDotRows = 6, kDotColumns = 4;

/// The product where the CPU has dot products of bf16 pairs: lane l of sixteen takes the pairs l,
/// l+16, .., then the lanes are folded by one tree. kRows rows times four columns. Columns past the
/// last repeat it and are not stored.
template <int kRows>
void dotTile(const LinearArgs& args, std::int64_t row, std::int64_t column, int columns) {
    using Element = DotPairs::Element;
    const Element* x = static_cast<const Element*>(args.x) + row * args.xStride;
    const Element* w[kDotColumns];
    for (int j = 0; j < kDotColumns; ++j)
        w[j] = static_cast<const Element*>(args.w) +
               (column + (j < columns ? j : columns - 1)) * args.k;
    V::Reg sums[kRows][kDotColumns];
    for (int i = 0; i < kRows; ++i)
        for (int j = 0; j < kDotColumns; ++j)
            sums[i][j] = V::zero();
    std::int64_t k = 0;
    for (; k + DotPairs::kStep <= args.k; k += DotPairs::kStep) {
        DotPairs::Reg weights[kDotColumns];
        for (int j = 0; j < kDotColumns; ++j)
            weights[j] = DotPairs::load(w[j] + k);
        for (int i = 0; i < kRows; ++i) {
            const DotPairs::Reg value = DotPairs::load(x + i * args.xStride + k);
            for (int j = 0; j < kDotColumns; ++j)
                sums[i][j] = DotPairs::multiplyAdd(value, weights[j], sums[i][j]);
        }
    }
    if (k < args.k) {
        const int rest = static_cast<int>(args.k - k);
        DotPairs::Reg weights[kDotColumns];
        for (int j = 0; j < kDotColumns; ++j)
            weights[j] = DotPairs::loadPart(w[j] + k, rest);
        for (int i = 0; i < kRows; ++i) {
            const DotPairs::Reg value = DotPairs::loadPart(x + i * args.xStride + k, rest);
            for (int j = 0; j < kDotColumns; ++j)
                sums[i][j] = DotPairs::multiplyAdd(value, weights[j], sums[i][j]);
        }
    }
    for (int i = 0; i < kRows; ++i) {
        float folded[kDotColumns];
        V::fold4(sums[i], folded);
        float* out = args.out + (row + i) * args.outStride + column;
        for (int j = 0; j < columns; ++j) {
            const float biased = args.bias ? folded[j] + args.bias[column + j] : folded[j];
            const float scaled = biased * args.scale;
            out[j] = args.add ? out[j] + scaled : scaled;
        }
    }
}

template <int kRows>
void dotRest(const LinearArgs& args, std::int64_t row, std::int64_t column, int columns) {
    if constexpr (kRows > 0) {
        if (args.rows - row == kRows)
            dotTile<kRows>(args, row, column, columns);
        else
            dotRest<kRows - 1>(args, row, column, columns);
    }
}

inline void dotLinear(const LinearArgs& args, std::int64_t columnBegin, std::int64_t columnEnd) {
    constexpr int kRows = kDotRows;
    for (std::int64_t column = columnBegin; column < columnEnd; column += kDotColumns) {
        const int columns =
            columnEnd - column < kDotColumns ? static_cast<int>(columnEnd - column) : kDotColumns;
        std::int64_t row = 0;
        for (; row + kRows <= args.rows; row += kRows)
            dotTile<kRows>(args, row, column, columns);
        dotRest<kRows - 1>(args, row, column, columns);
    }
}

constexpr RowKernels kPlain = makeTable("avx512", nullptr);
constexpr RowKernels kPairs = makeTable("avx512bf16", dotLinear);

} // namespace

const RowKernels* avx512() {
    return &kPlain;
}
const RowKernels* avx512Bfloat16() {
    return &kPairs;
}

} // namespace crux::engine::kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

namespace crux::engine::kernels {
const RowKernels* avx512() {
    return nullptr;
}
const RowKernels* avx512Bfloat16() {
    return nullptr;
}
} // namespace crux::engine::kernels

#endif
