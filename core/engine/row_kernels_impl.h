// The kernels of row_kernels.h once, over a sixteen-lane vector type V that each CPU level defines.
// Included by row_kernels_<level>.cpp inside its own namespace and its own target options, after
// the standard headers; not for anyone else, hence no include guard and no includes.
//
// V: Reg, kTileRows, zero, set, load, loadPart (first n lanes, the others 0), store, storePart,
// add, sub,
//    mul, div, fma, max, min, round (to nearest), scaleByPower (x * 2^n), keepPart (lanes >= n
//    become `other`), zeroBelow, fold (the one summation tree), fold4 (the same for four at once),
//    foldMax, loadBfloat16, loadBfloat16Part.
// A dot policy D: Input (of x), Element (of w), Reg, kStep, load and loadPart of both, multiplyAdd.

struct DotFloat {
    using Input = float;
    using Element = float;
    using Reg = V::Reg;
    static constexpr int kStep = 16;
    static Reg load(const Element* p) { return V::load(p); }
    static Reg loadPart(const Element* p, int n) { return V::loadPart(p, n); }
    static V::Reg multiplyAdd(Reg x, Reg w, V::Reg sum) { return V::fma(x, w, sum); }
};

struct DotMixed { ///< the same sums in the same order as DotFloat
    using Input = float;
    using Element = Bfloat16;
    using Reg = V::Reg;
    static constexpr int kStep = 16;
    static Reg load(const Input* p) { return V::load(p); }
    static Reg load(const Element* p) { return V::loadBfloat16(p); }
    static Reg loadPart(const Input* p, int n) { return V::loadPart(p, n); }
    static Reg loadPart(const Element* p, int n) { return V::loadBfloat16Part(p, n); }
    static V::Reg multiplyAdd(Reg x, Reg w, V::Reg sum) { return V::fma(x, w, sum); }
};

struct DotWidened {
    using Input = Bfloat16;
    using Element = Bfloat16;
    using Reg = V::Reg;
    static constexpr int kStep = 16;
    static Reg load(const Element* p) { return V::loadBfloat16(p); }
    static Reg loadPart(const Element* p, int n) { return V::loadBfloat16Part(p, n); }
    static V::Reg multiplyAdd(Reg x, Reg w, V::Reg sum) { return V::fma(x, w, sum); }
};

/// kRows rows times four columns. Columns past the last repeat it and are not stored.
template <class D, int kRows>
void linearTile(const LinearArgs& args, std::int64_t row, std::int64_t column, int columns) {
    using Element = typename D::Element;
    const auto* x = static_cast<const typename D::Input*>(args.x) + row * args.xStride;
    const Element* w[kColumnTile];
    for (int j = 0; j < kColumnTile; ++j)
        w[j] = static_cast<const Element*>(args.w) +
               (column + (j < columns ? j : columns - 1)) * args.k;
    V::Reg sums[kRows][kColumnTile];
    for (int i = 0; i < kRows; ++i)
        for (int j = 0; j < kColumnTile; ++j)
            sums[i][j] = V::zero();
    std::int64_t k = 0;
    for (; k + D::kStep <= args.k; k += D::kStep) {
        typename D::Reg weights[kColumnTile];
        for (int j = 0; j < kColumnTile; ++j)
            weights[j] = D::load(w[j] + k);
        for (int i = 0; i < kRows; ++i) {
            const typename D::Reg value = D::load(x + i * args.xStride + k);
            for (int j = 0; j < kColumnTile; ++j)
                sums[i][j] = D::multiplyAdd(value, weights[j], sums[i][j]);
        }
    }
    if (k < args.k) {
        const int rest = static_cast<int>(args.k - k);
        typename D::Reg weights[kColumnTile];
        for (int j = 0; j < kColumnTile; ++j)
            weights[j] = D::loadPart(w[j] + k, rest);
        for (int i = 0; i < kRows; ++i) {
            const typename D::Reg value = D::loadPart(x + i * args.xStride + k, rest);
            for (int j = 0; j < kColumnTile; ++j)
                sums[i][j] = D::multiplyAdd(value, weights[j], sums[i][j]);
        }
    }
    for (int i = 0; i < kRows; ++i) {
        float folded[kColumnTile];
        V::fold4(sums[i], folded);
        float* out = args.out + (row + i) * args.outStride + column;
        for (int j = 0; j < columns; ++j) {
            const float biased = args.bias ? folded[j] + args.bias[column + j] : folded[j];
            const float scaled = biased * args.scale;
            out[j] = args.add ? out[j] + scaled : scaled;
        }
    }
}

template <class D, int kRows>
void linearRest(const LinearArgs& args, std::int64_t row, std::int64_t column, int columns) {
    if constexpr (kRows > 0) {
        if (args.rows - row == kRows)
            linearTile<D, kRows>(args, row, column, columns);
        else
            linearRest<D, kRows - 1>(args, row, column, columns);
    }
}

template <class D>
void linear(const LinearArgs& args, std::int64_t columnBegin, std::int64_t columnEnd) {
    constexpr int kRows = V::kTileRows;
    for (std::int64_t column = columnBegin; column < columnEnd; column += kColumnTile) {
        const int columns =
            columnEnd - column < kColumnTile ? static_cast<int>(columnEnd - column) : kColumnTile;
        std::int64_t row = 0;
        for (; row + kRows <= args.rows; row += kRows)
            linearTile<D, kRows>(args, row, column, columns);
        linearRest<D, kRows - 1>(args, row, column, columns);
    }
}

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

struct CacheFloat {
    using Element = float;
    static V::Reg load(const Element* p) { return V::load(p); }
    static V::Reg loadPart(const Element* p, int n) { return V::loadPart(p, n); }
};
struct CacheBfloat16 {
    using Element = Bfloat16;
    static V::Reg load(const Element* p) { return V::loadBfloat16(p); }
    static V::Reg loadPart(const Element* p, int n) { return V::loadBfloat16Part(p, n); }
};

/// Scores of one query against the 16 keys of a block: four partial sums over the head's
/// dimensions.
template <class C>
V::Reg blockScores(const float* query, const typename C::Element* keys, int headDim) {
    V::Reg sums[4] = {V::zero(), V::zero(), V::zero(), V::zero()};
    int d = 0;
    for (; d + 4 <= headDim; d += 4)
        for (int i = 0; i < 4; ++i)
            sums[i] =
                V::fma(V::set(query[d + i]), C::load(keys + (d + i) * kKvBlockTokens), sums[i]);
    for (; d < headDim; ++d)
        sums[0] = V::fma(V::set(query[d]), C::load(keys + d * kKvBlockTokens), sums[0]);
    return V::add(V::add(sums[0], sums[1]), V::add(sums[2], sums[3]));
}

/// Weighted sum of the values for up to four vectors of the head's dimensions from `first` on.
template <class C>
void weighValues(const AttentionArgs& args, const float* weights, float inverse, int first,
                 float* out) {
    using Element = typename C::Element;
    constexpr int kVectors = 4;
    int widths[kVectors];
    V::Reg sums[kVectors];
    for (int v = 0; v < kVectors; ++v) {
        const int left = args.headDim - first - v * 16;
        widths[v] = left < 0 ? 0 : left > 16 ? 16 : left;
        sums[v] = V::zero();
    }
    for (int key = 0; key < args.keys; ++key) {
        const char* block = static_cast<const char*>(args.blocks[key / kKvBlockTokens]);
        const Element* values = reinterpret_cast<const Element*>(block + args.valueOffset) +
                                (key % kKvBlockTokens) * args.headDim + first;
        const V::Reg weight = V::set(weights[key]);
        for (int v = 0; v < kVectors; ++v) {
            if (widths[v] == 16)
                sums[v] = V::fma(weight, C::load(values + v * 16), sums[v]);
            else if (widths[v] > 0)
                sums[v] = V::fma(weight, C::loadPart(values + v * 16, widths[v]), sums[v]);
        }
    }
    for (int v = 0; v < kVectors; ++v)
        if (widths[v] > 0)
            V::storePart(out + first + v * 16, V::mul(sums[v], V::set(inverse)), widths[v]);
}

template <class C> void attention(const AttentionArgs& args) {
    using Element = typename C::Element;
    const int blocks = (args.keys + kKvBlockTokens - 1) / kKvBlockTokens;
    const std::int64_t stride = std::int64_t{blocks} * kKvBlockTokens;
    const float infinity = __builtin_inff();
    for (int b = 0; b < blocks; ++b) {
        const char* block = static_cast<const char*>(args.blocks[b]);
        const Element* keys = reinterpret_cast<const Element*>(block + args.keyOffset);
        const int filled = args.keys - b * kKvBlockTokens;
        for (int g = 0; g < args.group; ++g) {
            V::Reg scores =
                V::mul(blockScores<C>(args.query + g * args.headDim, keys, args.headDim),
                       V::set(args.scale));
            if (filled < kKvBlockTokens)
                scores = V::keepPart(scores, filled, -infinity);
            V::store(args.scores + g * stride + b * kKvBlockTokens, scores);
        }
    }
    for (int g = 0; g < args.group; ++g) {
        float* scores = args.scores + g * stride;
        V::Reg largest = V::load(scores);
        for (int b = 1; b < blocks; ++b)
            largest = V::max(largest, V::load(scores + b * kKvBlockTokens));
        const V::Reg shift = V::set(V::foldMax(largest));
        V::Reg sum = V::zero();
        for (int b = 0; b < blocks; ++b) {
            const V::Reg weight = exponential(V::sub(V::load(scores + b * kKvBlockTokens), shift));
            V::store(scores + b * kKvBlockTokens, weight);
            sum = V::add(sum, weight);
        }
        const float inverse = 1.0f / V::fold(sum);
        for (int first = 0; first < args.headDim; first += 64)
            weighValues<C>(args, scores, inverse, first, args.out + g * args.headDim);
    }
}

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
            const V::Reg value = count == 16 ? V::load(x + i) : V::loadPart(x + i, count);
            V::Reg weight = exponential(V::mul(V::sub(value, shifts), scales));
            if (count < 16)
                weight = V::keepPart(weight, count, 0.0f);
            if (weights)
                V::storePart(weights + i, weight, count);
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

/// The table of this level.
template <class DotBfloat16> constexpr RowKernels makeTable(const char* name, bool nativeBfloat16) {
    return {name,
            nativeBfloat16,
            linear<DotFloat>,
            linear<DotBfloat16>,
            linear<DotMixed>,
            attention<CacheFloat>,
            attention<CacheBfloat16>,
            rmsNorm,
            siluMultiply,
            maximum,
            sumExp,
            roundToBfloat16};
}
