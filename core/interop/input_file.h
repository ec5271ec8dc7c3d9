// Opening a file of someone else, and reading it buffer by buffer. Internal to the room.
#pragma once

#include "core/base/files.h"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace crux::interop {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Owner of one open regular file. InvalidArgument for a folder, a pipe, a device, an open project;
/// Io, NotFound and the like when the system refuses.
class InputFile {
public:
    static Result<InputFile> open(const Path& path, std::int64_t offset = 0);

    /// The next bytes in place of the buffer's; empty at the end.
    Status fill(std::string& buffer);
    const Path& path() const { return m_path; }

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    InputFile(Path path, std::FILE* file);

    Path m_path;
    std::unique_ptr<std::FILE, Close> m_file;
};

} // namespace crux::interop
