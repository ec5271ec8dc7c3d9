// Small bfloat16 matrix products with float32 results for callers that read a tile while it is in
// the cache: LibTorch's block products (AVX512-BF16 or AMX, whichever the CPU has) on panels of 64
// columns. Plain pointers; any thread, but a thread that multiplied calls finishThread when done.
#pragma once

#include <cstdint>

namespace crux::engine::packed {

using Half = std::uint16_t; ///< bfloat16 as stored

inline constexpr std::int64_t kPanelColumns = 64;

/// Whether this CPU has them, for an inner dimension (pairs are needed: an even one).
bool supported(std::int64_t inner);

/// Lays `columns` rows of a [out, in] weight out for multiplyPanel: [inner/2][64][2]; columns that
/// are not there become 0. `out` holds inner * 64 values.
void packPanel(const Half* weight, std::int64_t stride, std::int64_t columns, std::int64_t inner,
               Half* out);

/// out[rows, 64] (+)= x[rows, inner] * panel; rows of x and out lie `stride` elements apart.
void multiplyPanel(const Half* x, std::int64_t xStride, std::int64_t rows, std::int64_t inner,
                   const Half* panel, float* out, std::int64_t outStride, bool add);

/// Gives the CPU's tile registers back.
void finishThread();

} // namespace crux::engine::packed
