#include "core/base/rng.h"

namespace crux {

namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53u;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57u;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9u;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85u;
constexpr int kRounds = 10;

std::uint32_t highWord(std::uint64_t product) {
    return static_cast<std::uint32_t>(product >> 32);
}
std::uint32_t lowWord(std::uint64_t product) {
    return static_cast<std::uint32_t>(product);
}

std::uint64_t splitMix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

} // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t product0 = std::uint64_t{kMultiplier0} * counter[0];
        const std::uint64_t product1 = std::uint64_t{kMultiplier1} * counter[2];
        counter = {highWord(product1) ^ counter[1] ^ key[0], lowWord(product1),
                   highWord(product0) ^ counter[3] ^ key[1], lowWord(product0)};
        key[0] += kWeyl0;
        key[1] += kWeyl1;
    }
    return counter;
}

std::uint64_t hashPath(std::string_view path) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    for (const char c : path) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001B3ull;
    }
    return splitMix(hash);
}

RandomStream::RandomStream(std::string_view path, std::uint64_t seed)
    : m_key(hashPath(path))
    , m_seed(seed) {}

std::array<std::uint32_t, 4> RandomStream::words(std::uint64_t position, std::uint32_t draw) const {
    // The position must not collide with `draw`: 32 bits of position are more than any context has.
    const std::array<std::uint32_t, 4> counter{lowWord(position), draw, lowWord(m_seed),
                                               highWord(m_seed)};
    return philox4x32(counter, {lowWord(m_key), highWord(m_key)});
}

double RandomStream::uniform(std::uint64_t position, std::uint32_t draw) const {
    const auto block = words(position, draw);
    const std::uint64_t bits = (std::uint64_t{block[0]} << 32) | block[1];
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

} // namespace crux
