#include "core/base/files.h"

#include "core/base/kept_files.h"
#include "core/base/text_util.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crux {

namespace {

/// One file descriptor, closed on scope exit unless closed (and checked) before.
class Descriptor {
public:
    explicit Descriptor(int fd)
        : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    int get() const { return m_fd; }
    bool valid() const { return m_fd >= 0; }
    /// Returns 0 or errno: a delayed write error may surface only here.
    int close() { return ::close(std::exchange(m_fd, -1)) == 0 ? 0 : errno; }

private:
    int m_fd;
};

Failure systemFailure(std::string_view what, const Path& path, int errnoValue) {
    return fail(errorCodeFromErrno(errnoValue),
                cat(what, " ", path.string(), ": ", systemErrorText(errnoValue)), path.string(),
                systemErrorText(errnoValue));
}

/// Opens a regular file for reading and tells its size.
Result<std::pair<int, std::uint64_t>> openForReading(const Path& path) {
    CRUX_TRY_VOID(notADatabase(path));
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid())
        return systemFailure("cannot open", path, errno);
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0)
        return systemFailure("cannot read", path, errno);
    if (!S_ISREG(facts.st_mode))
        return fail(ErrorCode::InvalidArgument, cat(path.string(), " is not a regular file"),
                    path.string());
    const int kept = ::fcntl(file.get(), F_DUPFD_CLOEXEC, 0);
    if (kept < 0)
        return systemFailure("cannot open", path, errno);
    return std::pair{kept, static_cast<std::uint64_t>(facts.st_size)};
}

Status writeAll(int fd, const Path& path, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR)
                continue;
            return systemFailure("cannot write", path, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// Makes a rename durable. File systems that cannot sync a folder are let be.
void syncFolder(const Path& folder) {
    const Descriptor handle(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.valid())
        ::fsync(handle.get());
}

Path asidePath(const Path& path) {
    static std::atomic<unsigned> counter{0};
    Path aside = path;
    aside += cat(".tmp-", ::getpid(), "-", counter.fetch_add(1));
    return aside;
}

Status writeBytes(const Path& file, const Path& target, std::string_view bytes) {
    Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!out.valid())
        return systemFailure("cannot write", target, errno);
    CRUX_TRY_VOID(writeAll(out.get(), target, bytes));
    if (const int problem = out.close(); problem != 0)
        return systemFailure("cannot write", target, problem);
    return {};
}

} // namespace

std::string systemErrorText(int errnoValue) {
    return std::generic_category().message(errnoValue);
}

ErrorCode errorCodeFromErrno(int errnoValue) {
    switch (errnoValue) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: // a limit on the size of one file: no room, as far as the writer is concerned
        return ErrorCode::DiskFull;
    case EROFS:
    case EACCES:
    case EPERM:
        return ErrorCode::ReadOnly;
    case ENOENT:
    case ENOTDIR:
        return ErrorCode::NotFound;
    case EBUSY:
    case EAGAIN:
    case ETXTBSY:
        return ErrorCode::Busy;
    case ENOMEM:
        return ErrorCode::OutOfMemory;
    case EINVAL:
    case EISDIR:
    case ENAMETOOLONG:
        return ErrorCode::InvalidArgument;
    default:
        return ErrorCode::Io;
    }
}

Result<std::string> readFile(const Path& path, std::uint64_t maxBytes) {
    CRUX_TRY(opened, openForReading(path));
    const Descriptor file(opened.first);
    if (opened.second > maxBytes)
        return fail(ErrorCode::InvalidArgument,
                    cat(path.string(), " is ", opened.second, " bytes, more than the ", maxBytes,
                        " that are read"),
                    path.string());
    std::string bytes;
    bytes.resize(static_cast<std::size_t>(opened.second));
    std::size_t filled = 0;
    while (true) {
        if (filled == bytes.size()) { // grown since, or a file that tells no size (/proc)
            if (bytes.size() >= maxBytes)
                break;
            bytes.resize(bytes.size() + std::min<std::uint64_t>(4096, maxBytes - bytes.size()));
        }
        const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return systemFailure("cannot read", path, errno);
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

Result<FileReplacement> FileReplacement::begin(const Path& target, bool byDatabase) {
    std::error_code code;
    FileReplacement replacement;
    replacement.m_target = std::filesystem::is_symlink(target, code)
                               ? std::filesystem::weakly_canonical(target, code)
                               : target;
    const auto there = std::filesystem::status(target, code);
    if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
        replacement.m_target = target; // what /dev/stdout leads to has no name of its own
        replacement.m_writeTo = target;
        return replacement;
    }
    if (!byDatabase)
        CRUX_TRY_VOID(notADatabase(replacement.m_target));
    replacement.m_writeTo = asidePath(replacement.m_target);
    return replacement;
}

FileReplacement::FileReplacement(FileReplacement&& other) noexcept
    : m_target(std::exchange(other.m_target, {}))
    , m_writeTo(std::exchange(other.m_writeTo, {})) {}

FileReplacement::~FileReplacement() {
    if (aside())
        ::unlink(m_writeTo.c_str());
}

Status FileReplacement::commit() {
    if (!aside())
        return {};
    Descriptor written(::open(m_writeTo.c_str(), O_RDWR | O_CLOEXEC));
    if (!written.valid())
        return systemFailure("cannot write", m_target, errno);
    struct stat facts {};
    if (::stat(m_target.c_str(), &facts) == 0) // a replaced file keeps its permissions
        static_cast<void>(::fchmod(written.get(), facts.st_mode & 07777));
    if (::fsync(written.get()) != 0)
        return systemFailure("cannot write", m_target, errno);
    if (const int problem = written.close(); problem != 0)
        return systemFailure("cannot write", m_target, problem);
    if (::rename(m_writeTo.c_str(), m_target.c_str()) != 0)
        return systemFailure("cannot write", m_target, errno);
    m_writeTo = m_target;
    syncFolder(m_target.parent_path());
    return {};
}

Status writeFileAtomically(const Path& path, std::string_view bytes) {
    CRUX_TRY(replacement, FileReplacement::begin(path));
    CRUX_TRY_VOID(writeBytes(replacement.writeTo(), path, bytes));
    return replacement.commit();
}

Result<MappedFile> MappedFile::open(const Path& path) {
    CRUX_TRY(opened, openForReading(path));
    const Descriptor file(opened.first);
    MappedFile mapped;
    mapped.m_size = static_cast<std::size_t>(opened.second);
    if (mapped.m_size == 0) // mmap refuses a length of 0
        return mapped;
    void* address = ::mmap(nullptr, mapped.m_size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (address == MAP_FAILED) {
        const int problem = errno;
        mapped.m_size = 0;
        return systemFailure("cannot map", path, problem);
    }
    mapped.m_data = static_cast<const std::byte*>(address);
    return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

MappedFile::~MappedFile() {
    if (m_data != nullptr)
        ::munmap(const_cast<std::byte*>(m_data), m_size);
}

} // namespace crux
