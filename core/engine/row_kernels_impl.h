// The kernels of row_kernels.h once, over a sixteen-lane vector type V that each CPU level defines.
// Included by row_kernels_<level>.cpp inside its own namespace and its own target options, after
// the standard headers; not for anyone else, hence no include guard.
//
// V: Reg, kTileRows and kTilePanels (what fits the registers), zero, set, load, loadPart (first n
//    lanes, the others 0), store, storePart, add, sub, mul, div, fma, max, min, round (to nearest),
//    scaleByPower (x * 2^n), keepPart (lanes >= n become `other`), zeroBelow, fold (the one
//    summation tree), foldMax, loadBfloat16, loadBfloat16Part, pack (16 rows of a matrix to a
//    panel).

/// exp to about one unit in the last place (Cephes' expf scheme: 2^n times a polynomial); 0 below
/// -87.
inline V::Reg exponential(V::Reg x) {
    const V::Reg clamped = V::max(V::set(-87.3f), V::min(V::set(88.3f), x));
    const V::Reg n = V::round(V::mul(clamped, V::set(1.44269504088896341f)));
    V::Reg r = V::fma(n, V::set(-0.693359375f), clamped);
    r = V::fma(n, V::set(2.12194440e-4f), r);
    V::Reg p = V::set(1.9875691500e-4f);
    p = V::fma(p, r, V::set(1.3981999507e-3f));
    p = V::fma(p, r, V::set(8.3334519073e-3f));
    p = V::fma(p, r, V::set(4.1665795894e-2f));
    p = V::fma(p, r, V::set(1.6666665459e-1f));
    p = V::fma(p, r, V::set(5.0000001201e-1f));
    p = V::fma(p, V::mul(r, r), V::add(r, V::set(1.0f)));
    return V::zeroBelow(x, -87.3f, V::scaleByPower(p, n));
}

/// The first `count` lanes, which mostly are all.
inline V::Reg loadSome(const float* p, int count) {
    return count == 16 ? V::load(p) : V::loadPart(p, count);
}
inline void storeSome(float* p, V::Reg x, int count) {
    if (count == 16)
        V::store(p, x);
    else
        V::storePart(p, x, count);
}

/// How matrices and cached keys and values are stored.
struct StoredFloat {
    using Element = float;
    static V::Reg load(const Element* p) { return V::load(p); }
    static V::Reg loadPart(const Element* p, int n) { return V::loadPart(p, n); }
};
struct StoredBfloat16 {
    using Element = Bfloat16;
    static V::Reg load(const Element* p) { return V::loadBfloat16(p); }
    static V::Reg loadPart(const Element* p, int n) { return V::loadBfloat16Part(p, n); }
};

#include "core/engine/row_kernels_attention.h"
#include "core/engine/row_kernels_linear.h"

inline void rmsNorm(const float* x, const float* weight, float eps, std::int64_t size, float* out) {
    V::Reg sum = V::zero();
    std::int64_t i = 0;
    for (; i + 16 <= size; i += 16) {
        const V::Reg value = V::load(x + i);
        sum = V::fma(value, value, sum);
    }
    const int rest = static_cast<int>(size - i);
    if (rest > 0) {
        const V::Reg value = V::loadPart(x + i, rest);
        sum = V::fma(value, value, sum);
    }
    const float mean = V::fold(sum) / static_cast<float>(size);
    const V::Reg factor = V::set(1.0f / __builtin_sqrtf(mean + eps));
    for (i = 0; i + 16 <= size; i += 16)
        V::store(out + i, V::mul(V::mul(V::load(x + i), factor), V::load(weight + i)));
    if (rest > 0)
        V::storePart(
            out + i,
            V::mul(V::mul(V::loadPart(x + i, rest), factor), V::loadPart(weight + i, rest)), rest);
}

inline void rotate(float* head, const float* cosines, const float* sines, std::int64_t half) {
    for (std::int64_t i = 0; i < half; i += 16) {
        const int count = half - i < 16 ? static_cast<int>(half - i) : 16;
        const V::Reg a = loadSome(head + i, count), b = loadSome(head + half + i, count);
        const V::Reg c = loadSome(cosines + i, count), s = loadSome(sines + i, count);
        storeSome(head + i, V::sub(V::mul(a, c), V::mul(b, s)), count);
        storeSome(head + half + i, V::add(V::mul(b, c), V::mul(a, s)), count);
    }
}

inline V::Reg siluTimes(V::Reg gate, V::Reg up) {
    const V::Reg one = V::set(1.0f);
    return V::mul(V::div(gate, V::add(one, exponential(V::sub(V::zero(), gate)))), up);
}

inline void siluMultiply(const float* gate, const float* up, std::int64_t size, float* out) {
    std::int64_t i = 0;
    for (; i + 16 <= size; i += 16)
        V::store(out + i, siluTimes(V::load(gate + i), V::load(up + i)));
    if (const int rest = static_cast<int>(size - i); rest > 0)
        V::storePart(out + i, siluTimes(V::loadPart(gate + i, rest), V::loadPart(up + i, rest)),
                     rest);
}

inline float maximum(const float* x, std::int64_t size) {
    const float lowest = -__builtin_inff();
    V::Reg largest = V::set(lowest);
    std::int64_t i = 0;
    for (; i + 16 <= size; i += 16)
        largest = V::max(V::load(x + i), largest);
    if (const int rest = static_cast<int>(size - i); rest > 0)
        largest = V::max(V::keepPart(V::loadPart(x + i, rest), rest, lowest), largest);
    return V::foldMax(largest);
}

inline double sumExp(const float* x, std::int64_t size, float shift, float scale, float* weights) {
    const V::Reg shifts = V::set(shift), scales = V::set(scale);
    double total = 0;
    for (std::int64_t begin = 0; begin < size; begin += 256) { // short float sums, then a double
        const std::int64_t end = begin + 256 < size ? begin + 256 : size;
        V::Reg sum = V::zero();
        for (std::int64_t i = begin; i < end; i += 16) {
            const int count = end - i < 16 ? static_cast<int>(end - i) : 16;
            const V::Reg value = loadSome(x + i, count);
            V::Reg weight = exponential(V::mul(V::sub(value, shifts), scales));
            if (count < 16)
                weight = V::keepPart(weight, count, 0.0f);
            if (weights)
                storeSome(weights + i, weight, count);
            sum = V::add(sum, weight);
        }
        total += static_cast<double>(V::fold(sum));
    }
    return total;
}

inline void roundToBfloat16(const float* x, std::int64_t size, Bfloat16* out) {
    for (std::int64_t i = 0; i < size; ++i)
        out[i] = toBfloat16(x[i]);
}

/// The table of this level. `linearBfloat16`: null for the widening product.
constexpr RowKernels makeTable(const char* name, decltype(RowKernels::linearBfloat16) native) {
    return {name,
            native != nullptr,
            linear<StoredFloat>,
            native != nullptr ? native : linear<StoredBfloat16>,
            linear<StoredFloat, StoredBfloat16>,
            attention<StoredFloat>,
            attention<StoredBfloat16>,
            rmsNorm,
            rotate,
            siluMultiply,
            maximum,
            sumExp,
            roundToBfloat16};
}
