// Files: read whole, map read-only, write aside + fsync + rename.
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace crux {

using Path = std::filesystem::path;

/// Whole file as bytes; `maxBytes` guards against a file that cannot be what it claims.
Result<std::string> readFile(const Path& path, std::uint64_t maxBytes = std::uint64_t{1} << 31);

/// Writes beside the target, fsyncs, renames over it and fsyncs the folder: old or new, never half.
Status writeFileAtomically(const Path& path, std::string_view bytes);

/// Bytes for `target`, written so that a file there is the old or the new one, never half: beside
/// it, following links. A device, a pipe or a socket cannot be replaced and is written itself. Not
/// committed: the file beside it goes with this.
class FileReplacement {
public:
    /// InvalidArgument: a project's database (kept_files.h), unless it is to be replaced by one.
    static Result<FileReplacement> begin(const Path& target, bool byDatabase = false);
    FileReplacement(FileReplacement&& other) noexcept;
    FileReplacement& operator=(FileReplacement&&) = delete;
    ~FileReplacement();

    const Path& writeTo() const { return m_writeTo; } ///< where the bytes go
    /// Fsyncs what was written, renames it over the target and fsyncs the folder.
    Status commit();

private:
    FileReplacement() = default;
    bool aside() const { return m_writeTo != m_target; }
    Path m_target, m_writeTo;
};

/// A read-only memory map. Owner of the mapping; the bytes live as long as it does.
class MappedFile {
public:
    static Result<MappedFile> open(const Path& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

private:
    MappedFile() = default;
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

/// Text of errno for an Error's detail.
std::string systemErrorText(int errnoValue);
/// ErrorCode that fits errno (ENOSPC -> DiskFull, EROFS/EACCES -> ReadOnly, ENOENT -> NotFound,
/// ...).
ErrorCode errorCodeFromErrno(int errnoValue);

} // namespace crux
