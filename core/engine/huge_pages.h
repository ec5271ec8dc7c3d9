// Memory in huge pages, where the system has them on request: attention touches a page a row, layer
// and head in turn, more than a CPU's page tables' cache holds. Torch-free.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace crux::engine {

struct FreeMemory {
    void operator()(void* memory) const { std::free(memory); }
};
using HugeMemory = std::unique_ptr<std::byte, FreeMemory>;

/// At least `bytes`, aligned to a huge page, contents unset. Throws std::bad_alloc.
HugeMemory allocateHuge(std::size_t bytes);

} // namespace crux::engine
