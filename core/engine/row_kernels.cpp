// The portable level (compiler vectors, any machine) and the choice of a level at run time.
#include "core/engine/row_kernels.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace crux::engine {

namespace kernels {
namespace {

struct V {
    typedef float Reg __attribute__((vector_size(64)));
    typedef std::int32_t IntReg __attribute__((vector_size(64)));
    static constexpr int kTileRows = 2, kTilePanels = 1;
    static Reg zero() { return Reg{}; }
    static Reg set(float x) { return Reg{} + x; }
    static Reg load(const float* p) { return loadPart(p, 16); }
    static Reg loadPart(const float* p, int n) {
        Reg x{};
        __builtin_memcpy(&x, p, static_cast<unsigned>(n) * sizeof(float));
        return x;
    }
    static void store(float* p, Reg x) { storePart(p, x, 16); }
    static void storePart(float* p, Reg x, int n) {
        __builtin_memcpy(p, &x, static_cast<unsigned>(n) * sizeof(float));
    }
    static Reg add(Reg a, Reg b) { return a + b; }
    static Reg sub(Reg a, Reg b) { return a - b; }
    static Reg mul(Reg a, Reg b) { return a * b; }
    static Reg div(Reg a, Reg b) { return a / b; }
    static Reg fma(Reg a, Reg b, Reg c) { return a * b + c; }
    static Reg max(Reg a, Reg b) { return a > b ? a : b; }
    static Reg min(Reg a, Reg b) { return a < b ? a : b; }
    static Reg round(Reg x) { // to nearest even, for |x| < 2^22
        const Reg magic = set(12582912.0f);
        return (x + magic) - magic;
    }
    static Reg scaleByPower(Reg x, Reg n) {
        const IntReg bits = (__builtin_convertvector(n, IntReg) + 127) << 23;
        return x * reinterpret_cast<Reg>(bits);
    }
    static Reg keepPart(Reg x, int n, float other) {
        for (int i = n; i < 16; ++i)
            x[i] = other;
        return x;
    }
    static Reg zeroBelow(Reg x, float limit, Reg y) { return x < set(limit) ? zero() : y; }
    static float fold(Reg x) {
        float lanes[4];
        for (int i = 0; i < 4; ++i)
            lanes[i] = (x[i] + x[i + 8]) + (x[i + 4] + x[i + 12]);
        return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
    static float foldMax(Reg x) {
        float largest = x[0];
        for (int i = 1; i < 16; ++i)
            largest = x[i] > largest ? x[i] : largest;
        return largest;
    }
    static Reg loadBfloat16(const Bfloat16* p) { return loadBfloat16Part(p, 16); }
    static Reg loadBfloat16Part(const Bfloat16* p, int n) {
        Reg x{};
        for (int i = 0; i < n; ++i)
            x[i] = fromBfloat16(p[i]);
        return x;
    }
    static float scalar(float x) { return x; }
    static float scalar(Bfloat16 x) { return fromBfloat16(x); }
    /// Eight elements of each of eight rows, turned: out[16 * i + j] = rows[j][i].
    template <class Element>
    static void pack8(const Element* rows, std::int64_t stride, float* out) {
        for (int i = 0; i < 8; ++i)
            for (int j = 0; j < 8; ++j)
                out[16 * i + j] = scalar(rows[j * stride + i]);
    }
};

#include "core/engine/row_kernels_impl.h"

constexpr RowKernels kTable = makeTable("portable", nullptr);

} // namespace

const RowKernels* portable() {
    return &kTable;
}

} // namespace kernels

const RowKernels* rowKernelsNamed(const char* name) {
    if (std::strcmp(name, "portable") == 0)
        return kernels::portable();
#if defined(__x86_64__) && defined(__GNUC__)
    const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool hasAvx512 = hasAvx2 && __builtin_cpu_supports("avx512f") &&
                           __builtin_cpu_supports("avx512bw") &&
                           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (std::strcmp(name, "avx2") == 0 && hasAvx2)
        return kernels::avx2();
    if (std::strcmp(name, "avx512") == 0 && hasAvx512)
        return kernels::avx512();
    if (std::strcmp(name, "avx512bf16") == 0 && hasAvx512 && __builtin_cpu_supports("avx512bf16"))
        return kernels::avx512Bfloat16();
#endif
    return nullptr;
}

const RowKernels& rowKernels() {
    static const RowKernels* chosen = [] {
        if (const char* wanted = std::getenv("CRUX_KERNELS"))
            if (const RowKernels* table = rowKernelsNamed(wanted))
                return table;
        for (const char* name : {"avx512bf16", "avx512", "avx2"})
            if (const RowKernels* table = rowKernelsNamed(name))
                return table;
        return kernels::portable();
    }();
    return *chosen;
}

} // namespace crux::engine
