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
