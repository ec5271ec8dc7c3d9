// How much memory this machine, or the share of it a job scheduler gave us, has and has left.
#pragma once

#include "core/base/files.h"

#include <cstdint>
#include <string_view>

namespace crux {

struct MachineMemory {
    std::int64_t total = 0;     ///< bytes; 0 where the system does not tell
    std::int64_t available = 0; ///< bytes a program may still take, the page cache counted as free
};

/// From /proc/meminfo, and no more than the control groups of this process (containers, Slurm)
/// allow. `root` is where /proc and /sys hang: "/" but for tests.
MachineMemory machineMemory(const Path& root = "/");

/// The bytes of a line "Key:  123 kB" of a file as /proc writes them; 0 where there is none.
std::int64_t kilobyteLine(const Path& file, std::string_view key);

} // namespace crux
