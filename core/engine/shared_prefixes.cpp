#include "core/engine/shared_prefixes.h"

#include <algorithm>

namespace crux::engine {

namespace {

constexpr std::size_t kLookBack = 128;
/// A shared beginning costs a copy of its keys and values and a mask per layer.
constexpr std::int64_t kShortest = 8;

} // namespace

SharedPrefix SharedPrefixes::add(std::span<const std::int32_t> ids) {
    SharedPrefix best;
    const std::size_t count = m_sequences.size();
    for (std::size_t i = count - std::min(count, kLookBack); i < count; ++i) {
        const auto differs = std::ranges::mismatch(ids, m_sequences[i]).in1;
        const std::int64_t length = differs - ids.begin();
        if (length >= kShortest && length > best.length)
            best = {static_cast<int>(i), length};
    }
    m_sequences.push_back(ids);
    return best;
}

} // namespace crux::engine
