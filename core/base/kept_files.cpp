#include "core/base/kept_files.h"

#include "core/base/text_util.h"

#include <fcntl.h>
#include <map>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace crux {

namespace {

struct Kept {
    int descriptor = -1;
    bool database = false;
};
using Inode = std::pair<dev_t, ino_t>;

std::optional<Inode> inodeOf(const Path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0)
        return std::nullopt;
    return Inode(facts.st_dev, facts.st_ino);
}

/// Never destroyed and never closed: an inode so kept is not reused.
struct KeptFiles {
    std::mutex mutex;
    std::map<Inode, Kept> byInode;
};
KeptFiles& keptFiles() {
    static auto* const files = new KeptFiles;
    return *files;
}

} // namespace

ssize_t readKeepingOpen(const Path& file, char* into, std::size_t count) {
    const auto inode = inodeOf(file);
    if (!inode)
        return -1;
    KeptFiles& files = keptFiles();
    const std::lock_guard lock(files.mutex);
    Kept& kept = files.byInode[*inode];
    if (kept.descriptor < 0)
        kept.descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    return kept.descriptor < 0 ? -1 : ::pread(kept.descriptor, into, count, 0);
}

void tellDatabase(const Path& file) {
    KeptFiles& files = keptFiles();
    const auto inode = inodeOf(file);
    const std::lock_guard lock(files.mutex);
    if (inode)
        files.byInode[*inode].database = true;
}

Status notADatabase(const Path& file) {
    const auto inode = inodeOf(file);
    if (!inode)
        return {};
    KeptFiles& files = keptFiles();
    const std::lock_guard lock(files.mutex);
    const auto found = files.byInode.find(*inode);
    if (found == files.byInode.end() || !found->second.database)
        return {};
    return fail(ErrorCode::InvalidArgument,
                cat(file.string(), " is a project's database; choose another file"), file.string());
}

} // namespace crux
