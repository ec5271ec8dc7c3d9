// Single numbers in the loops that the compiler vectorises: bfloat16 to float and back, exp; one
// clone of such a loop for each instruction set. Internal to the engine.
#pragma once

#include "core/engine/fused_ops.h"

#include <cstdint>

// Sanitizers and the resolver functions of clones do not go together.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(CRUX_SANITIZED)
#define CRUX_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CRUX_CLONES
#endif
#define CRUX_INLINE static inline __attribute__((always_inline))

namespace crux::engine::fused {

CRUX_INLINE float widen(Half value) {
    return __builtin_bit_cast(float, static_cast<std::uint32_t>(value) << 16);
}
CRUX_INLINE float widen(float value) {
    return value;
}
CRUX_INLINE void narrow(float value, Half& out) {
    const auto bits = __builtin_bit_cast(std::uint32_t, value);
    const std::uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    const std::uint32_t quiet = (bits >> 16) | 0x40u; // a NaN must not round to infinity
    out = static_cast<Half>((bits & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded);
}
CRUX_INLINE void narrow(float value, float& out) {
    out = value;
}

/// exp to about 1e-7 relative for x <= 88; below -87 it is 0 to within 1e-38.
CRUX_INLINE float quickExp(float x) {
    constexpr float kRound = 12582912.0f; // 1.5 * 2^23: adding it leaves the nearest integer
    const float bounded = x > -87.0f ? (x < 88.0f ? x : 88.0f) : (x <= -87.0f ? -87.0f : x);
    const float shifted = bounded * 1.44269504088896341f + kRound;
    const float n = shifted - kRound;
    const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const auto power =
        static_cast<std::uint32_t>(__builtin_bit_cast(std::int32_t, shifted) - 0x4B400000 + 127)
        << 23;
    return p * __builtin_bit_cast(float, power);
}

} // namespace crux::engine::fused
