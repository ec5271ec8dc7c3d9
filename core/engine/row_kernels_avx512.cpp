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
    static constexpr int kTileRows = 6;
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

constexpr RowKernels kPlain = makeTable<DotWidened>("avx512", false);
constexpr RowKernels kPairs = makeTable<DotPairs>("avx512bf16", true);

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
