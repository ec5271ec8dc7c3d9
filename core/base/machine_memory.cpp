#include "core/base/machine_memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>

namespace crux {

namespace {

/// A file that holds one number; none where it is missing or says "max".
std::optional<std::int64_t> numberIn(const Path& file) {
    std::ifstream stream(file);
    std::int64_t number = 0;
    return stream >> number ? std::optional(number) : std::nullopt;
}

/// The group of this process in a line of /proc/self/cgroup: "0::/path" in the unified hierarchy,
/// "5:memory:/path" in the older one.
std::string groupAfter(const Path& file, std::string_view marker) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        if (const std::size_t at = line.find(marker); at != std::string::npos)
            return line.substr(at + marker.size());
    return {};
}

/// The number after `key` at the start of a line; 0 where there is none.
std::int64_t numberAfter(const Path& file, std::string_view key) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with(key))
            continue;
        const std::size_t begin = std::min(line.find_first_not_of(" \t", key.size()), line.size());
        std::int64_t number = 0;
        std::from_chars(line.data() + begin, line.data() + line.size(), number);
        return number;
    }
    return 0;
}

/// How a version of control groups names its files, and its page cache in memory.stat.
struct GroupNames {
    const char* limit;
    const char* used;
    const char* cache;
};

/// A group and those around it may each have a limit; the least that is left counts. Their page
/// cache is given back when asked for, as the machine's is.
void limitByGroups(MachineMemory& memory, const Path& mount, const std::string& group,
                   const GroupNames& names) {
    Path folder = (mount / Path(group).relative_path()).lexically_normal();
    while (true) {
        const auto limit = numberIn(folder / names.limit);
        if (limit && *limit > 0) {
            const std::int64_t used = numberIn(folder / names.used).value_or(0) -
                                      numberAfter(folder / "memory.stat", names.cache);
            memory.total = std::min(memory.total, *limit);
            memory.available = std::clamp<std::int64_t>(*limit - used, 0, memory.available);
        }
        if (folder.native().size() <= mount.native().size() || !folder.has_parent_path())
            return;
        folder = folder.parent_path();
    }
}

} // namespace

std::int64_t kilobyteLine(const Path& file, std::string_view key) {
    return numberAfter(file, key) * 1024;
}

MachineMemory machineMemory(const Path& root) {
    const Path meminfo = root / "proc/meminfo", groups = root / "proc/self/cgroup";
    MachineMemory memory{kilobyteLine(meminfo, "MemTotal:"),
                         kilobyteLine(meminfo, "MemAvailable:")};
    const Path mount = root / "sys/fs/cgroup";
    if (const std::string group = groupAfter(groups, "0::"); !group.empty())
        limitByGroups(memory, mount, group, {"memory.max", "memory.current", "file "});
    if (const std::string group = groupAfter(groups, ":memory:"); !group.empty())
        limitByGroups(memory, mount / "memory", group,
                      {"memory.limit_in_bytes", "memory.usage_in_bytes", "cache "});
    return memory;
}

} // namespace crux
