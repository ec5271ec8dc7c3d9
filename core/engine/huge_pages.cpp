#include "core/engine/huge_pages.h"

#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace crux::engine {

HugeMemory allocateHuge(std::size_t bytes) {
    constexpr std::size_t kPage = std::size_t{2} << 20;
    const std::size_t whole = (bytes + kPage - 1) / kPage * kPage;
    HugeMemory memory(static_cast<std::byte*>(std::aligned_alloc(kPage, whole)));
    if (!memory)
        throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
    madvise(memory.get(), whole, MADV_HUGEPAGE); // a wish: without it, ordinary pages
#endif
    return memory;
}

} // namespace crux::engine
