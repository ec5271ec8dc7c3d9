// AVX2 + FMA level: the sixteen lanes are two registers.
#include "core/engine/row_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

namespace crux::engine::kernels {
namespace {

struct V {
    struct Reg {
        __m256 low, high;
    };
    static constexpr int kTileRows = 6, kTilePanels = 1;
    static Reg zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    static Reg set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
    static Reg load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
    static Reg loadPart(const float* p, int n) {
        float lanes[16] = {};
        __builtin_memcpy(lanes, p, static_cast<unsigned>(n) * sizeof(float));
        return load(lanes);
    }
    static void store(float* p, Reg x) {
        _mm256_storeu_ps(p, x.low);
        _mm256_storeu_ps(p + 8, x.high);
    }
    static void storePart(float* p, Reg x, int n) {
        float lanes[16];
        store(lanes, x);
        __builtin_memcpy(p, lanes, static_cast<unsigned>(n) * sizeof(float));
    }
    static Reg add(Reg a, Reg b) {
        return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
    }
    static Reg sub(Reg a, Reg b) {
        return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
    }
    static Reg mul(Reg a, Reg b) {
        return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
    }
    static Reg div(Reg a, Reg b) {
        return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
    }
    static Reg fma(Reg a, Reg b, Reg c) {
        return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
    }
    static Reg max(Reg a, Reg b) {
        return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
    }
    static Reg min(Reg a, Reg b) {
        return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
    }
    static Reg round(Reg x) {
        constexpr int kMode = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        return {_mm256_round_ps(x.low, kMode), _mm256_round_ps(x.high, kMode)};
    }
    static __m256 power(__m256 n) {
        const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
        return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
    }
    static Reg scaleByPower(Reg x, Reg n) { return mul(x, {power(n.low), power(n.high)}); }
    /// Lanes first .. first + 7 of a whole vector that lie below n, the others `other`.
    static __m256 keepBelow(__m256 x, int first, int n, float other) {
        const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        const __m256i kept = _mm256_cmpgt_epi32(_mm256_set1_epi32(n - first), lane);
        return _mm256_blendv_ps(_mm256_set1_ps(other), x, _mm256_castsi256_ps(kept));
    }
    static Reg keepPart(Reg x, int n, float other) {
        return {keepBelow(x.low, 0, n, other), keepBelow(x.high, 8, n, other)};
    }
    static __m256 zeroBelow(__m256 x, float limit, __m256 y) {
        return _mm256_and_ps(_mm256_cmp_ps(x, _mm256_set1_ps(limit), _CMP_NLT_UQ), y);
    }
    static Reg zeroBelow(Reg x, float limit, Reg y) {
        return {zeroBelow(x.low, limit, y.low), zeroBelow(x.high, limit, y.high)};
    }
    static __m128 quarter(Reg x) {
        const __m256 half = _mm256_add_ps(x.low, x.high);
        return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    }
    static float fold(Reg x) {
        float lanes[4];
        _mm_storeu_ps(lanes, quarter(x));
        return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
    static float foldMax(Reg x) {
        const __m256 half = _mm256_max_ps(x.low, x.high);
        __m128 four = _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
        four = _mm_max_ps(four, _mm_movehl_ps(four, four));
        return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
    }
    static __m256 widen(__m128i x) {
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(x), 16));
    }
    static Reg loadBfloat16(const Bfloat16* p) {
        const __m128i* parts = reinterpret_cast<const __m128i*>(p);
        return {widen(_mm_loadu_si128(parts)), widen(_mm_loadu_si128(parts + 1))};
    }
    static Reg loadBfloat16Part(const Bfloat16* p, int n) {
        Bfloat16 lanes[16] = {};
        __builtin_memcpy(lanes, p, static_cast<unsigned>(n) * sizeof(Bfloat16));
        return loadBfloat16(lanes);
    }
#include "core/engine/row_kernels_pack.h"
};

#include "core/engine/row_kernels_impl.h"

constexpr RowKernels kTable = makeTable("avx2", nullptr);

} // namespace

const RowKernels* avx2() {
    return &kTable;
}

} // namespace crux::engine::kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

namespace crux::engine::kernels {
const RowKernels* avx2() {
    return nullptr;
}
} // namespace crux::engine::kernels

#endif
