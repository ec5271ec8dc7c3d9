// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011, "Parallel random numbers: as
// easy as 1, 2, 3"). A draw is a pure function of (path, absolute position), so order, batching,
// splitting and resuming change nothing of what is drawn.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace crux {

/// One Philox4x32-10 block: 128-bit counter and 64-bit key in, four words out.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// 64-bit FNV-1a finished by SplitMix64: stable across builds and machines, not cryptographic.
std::uint64_t hashPath(std::string_view path);

/// A stream of uniforms named by a path such as "run/42/q17/t3/r5".
class RandomStream {
public:
    RandomStream() = default;
    explicit RandomStream(std::string_view path, std::uint64_t seed = 0);

    /// Uniform in [0,1) with 53 bits for one absolute token position; `draw` tells several apart.
    double uniform(std::uint64_t position, std::uint32_t draw = 0) const;
    /// Four raw words for one position.
    std::array<std::uint32_t, 4> words(std::uint64_t position, std::uint32_t draw = 0) const;

private:
    std::uint64_t m_key = 0;
    std::uint64_t m_seed = 0;
};

} // namespace crux
