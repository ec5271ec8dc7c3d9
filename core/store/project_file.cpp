#include "core/store/project_file.h"

#include "core/base/kept_files.h"
#include "core/base/text_util.h"
#include "core/store/schema.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

namespace crux::store {

namespace {

constexpr std::size_t kHeaderBytes = 100;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};

std::uint32_t bigEndian(const std::array<char, kHeaderBytes>& header, std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value = (value << 8) | static_cast<unsigned char>(header[at + static_cast<std::size_t>(i)]);
    return value;
}

bool journalPending(const Path& file) {
    for (const char* suffix : {"-wal", "-journal"}) {
        Path journal = file;
        journal += suffix;
        std::error_code code;
        if (std::filesystem::file_size(journal, code) > 0 && !code)
            return true;
    }
    return false;
}

} // namespace

Result<HeaderFacts> readProjectHeader(const Path& file) {
    const std::string name = file.string();
    std::error_code code;
    const auto status = std::filesystem::status(file, code);
    if (!std::filesystem::exists(status))
        return fail(ErrorCode::NotFound,
                    cat("there is no project ", name, "; create it with `crux-cli project create`"),
                    name);
    if (!std::filesystem::is_regular_file(status))
        return fail(ErrorCode::InvalidArgument, cat(name, " is not a file"), name);
    const auto size = std::filesystem::file_size(file, code);
    std::array<char, kHeaderBytes> header{};
    errno = 0;
    const ssize_t got = readKeepingOpen(file, header.data(), kHeaderBytes);
    if (got < 0)
        return fail(ErrorCode::Io, cat("cannot read ", name, ": ", systemErrorText(errno)), name);
    const bool short_ = got < static_cast<ssize_t>(kHeaderBytes);
    if (short_ || std::string_view(header.data(), kMagic.size()) != kMagic)
        return fail(
            ErrorCode::Corrupt,
            cat(name, size == 0 ? " is empty, not a Crux project" : " is not a Crux project"),
            name);
    tellDatabase(file);
    HeaderFacts facts;
    facts.applicationId = static_cast<std::int32_t>(bigEndian(header, 68, 4));
    facts.schemaVersion = static_cast<int>(bigEndian(header, 60, 4));
    if (journalPending(file)) // the header may be older than the journal: SQLite decides
        return facts;
    if (facts.applicationId != kApplicationId)
        return fail(ErrorCode::Corrupt,
                    cat(name, " is another program's database, not a Crux project"), name);
    const std::uint64_t page = bigEndian(header, 16, 2) == 1 ? 65536 : bigEndian(header, 16, 2);
    const std::uint64_t pages = bigEndian(header, 28, 4);
    if (bigEndian(header, 24, 4) == bigEndian(header, 92, 4) && page * pages > size)
        return fail(ErrorCode::Corrupt,
                    cat(name, " is cut off: ", size, " of ", page * pages,
                        " bytes are there; use a backup of it"),
                    name);
    return facts;
}

bool isLocalDisk(const Path& folder) {
    struct statfs facts {};
    if (::statfs(folder.empty() ? "." : folder.c_str(), &facts) != 0)
        return true;
    // Magic numbers of linux/magic.h and of the cluster file systems' own headers.
    constexpr std::array<std::uint32_t, 17> kShared{
        0x6969,     // NFS
        0x517B,     // SMB
        0xFF534D42, // CIFS
        0xFE534D42, // SMB2
        0x65735546, // FUSE (sshfs, virtiofs, ...)
        0x5346414F, // AFS
        0x73757245, // Coda
        0x01021997, // 9P
        0x00C36400, // Ceph
        0x0BD00BD0, // Lustre
        0x47504653, // GPFS
        0x7461636F, // OCFS2
        0x01161970, // GFS2
        0x19830326, // BeeGFS
        0x786F4256, // VirtualBox shared folder
        0xAAD7AAEA, // PanFS
        0x013111A8, // IBRIX
    };
    const auto type = static_cast<std::uint32_t>(facts.f_type);
    return std::find(kShared.begin(), kShared.end(), type) == kShared.end();
}

std::string whyNotWritable(const Path& file) {
    if (::access(file.c_str(), W_OK) != 0)
        return cat(file.string(), " is write-protected: it is opened for reading only");
    const Path folder = file.has_parent_path() ? file.parent_path() : Path(".");
    if (::access(folder.c_str(), W_OK) != 0)
        return cat("the folder ", folder.string(),
                   " is write-protected: the project is opened for reading only");
    return {};
}

} // namespace crux::store
