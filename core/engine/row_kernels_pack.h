// pack8 of V for the levels with AVX2, inside their V; see row_kernels_linear.h. Hence neither
// include guard nor namespace.

static float scalar(float x) {
    return x;
}
static float scalar(Bfloat16 x) {
    return fromBfloat16(x);
}
static __m256 load8(const float* p) {
    return _mm256_loadu_ps(p);
}
static __m256 load8(const Bfloat16* p) {
    const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(narrow), 16));
}
/// Eight elements of each of eight rows, turned: out[16 * i + j] = rows[j][i].
template <class Element> static void pack8(const Element* rows, std::int64_t stride, float* out) {
    __m256 x[8], y[8];
    for (int j = 0; j < 8; ++j)
        x[j] = load8(rows + j * stride);
    for (int j = 0; j < 8; j += 2) {
        y[j] = _mm256_unpacklo_ps(x[j], x[j + 1]);
        y[j + 1] = _mm256_unpackhi_ps(x[j], x[j + 1]);
    }
    for (int j = 0; j < 8; j += 4)
        for (int i = 0; i < 2; ++i) {
            x[j + 2 * i] = _mm256_shuffle_ps(y[j + i], y[j + i + 2], 0x44);
            x[j + 2 * i + 1] = _mm256_shuffle_ps(y[j + i], y[j + i + 2], 0xEE);
        }
    for (int i = 0; i < 4; ++i) {
        _mm256_storeu_ps(out + 16 * i, _mm256_permute2f128_ps(x[i], x[i + 4], 0x20));
        _mm256_storeu_ps(out + 16 * (i + 4), _mm256_permute2f128_ps(x[i], x[i + 4], 0x31));
    }
}
