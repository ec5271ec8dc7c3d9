#include "core/interop/input_file.h"

#include "core/base/kept_files.h"
#include "core/base/text_util.h"

#include <cerrno>
#include <system_error>

namespace crux::interop {

namespace {
constexpr std::size_t kBufferBytes = std::size_t{1} << 18;
}

InputFile::InputFile(Path path, std::FILE* file)
    : m_path(std::move(path))
    , m_file(file) {}

Result<InputFile> InputFile::open(const Path& path, std::int64_t offset) {
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        return fail(ErrorCode::InvalidArgument, cat(path.string(), " is a folder, not a file"),
                    path.string());
    // A pipe would wait for its writer, a device may have no end; and files are read twice.
    if (std::filesystem::exists(path, code) && !std::filesystem::is_regular_file(path, code))
        return fail(ErrorCode::InvalidArgument,
                    cat(path.string(), " is not a regular file; write its rows to one first"),
                    path.string());
    CRUX_TRY_VOID(notADatabase(path));
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr)
        return fail(errorCodeFromErrno(errno),
                    cat("cannot open ", path.string(), ": ", systemErrorText(errno)),
                    path.string());
    InputFile input(path, file);
    if (offset > 0 && ::fseeko(file, offset, SEEK_SET) != 0)
        return fail(ErrorCode::Io, cat("cannot read ", path.string(), ": ", systemErrorText(errno)),
                    path.string());
    return input;
}

Status InputFile::fill(std::string& buffer) {
    buffer.resize(kBufferBytes);
    errno = 0;
    buffer.resize(std::fread(buffer.data(), 1, kBufferBytes, m_file.get()));
    if (std::ferror(m_file.get()) != 0)
        return fail(ErrorCode::Io,
                    cat("cannot read ", m_path.string(), ": ", systemErrorText(errno)),
                    m_path.string());
    return {};
}

} // namespace crux::interop
