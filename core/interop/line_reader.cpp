#include "core/interop/line_reader.h"

#include "core/base/text_util.h"

#include <cerrno>
#include <system_error>

namespace crux::interop {

namespace {
constexpr std::size_t kBufferBytes = std::size_t{1} << 18;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
} // namespace

LineReader::LineReader(Path path, std::FILE* file)
    : m_path(std::move(path))
    , m_file(file) {}

Result<LineReader> LineReader::open(const Path& path) {
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        return fail(ErrorCode::InvalidArgument, cat(path.string(), " is a folder, not a file"),
                    path.string());
    // A pipe would wait for its writer, a device may have no end; and files are read twice.
    if (std::filesystem::exists(path, code) && !std::filesystem::is_regular_file(path, code))
        return fail(ErrorCode::InvalidArgument,
                    cat(path.string(), " is not a regular file; write its rows to one first"),
                    path.string());
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr)
        return fail(errorCodeFromErrno(errno),
                    cat("cannot open ", path.string(), ": ", systemErrorText(errno)),
                    path.string());
    LineReader reader(path, file);
    CRUX_TRY_VOID(reader.fill());
    if (std::string_view(reader.m_buffer).starts_with(kByteOrderMark))
        reader.m_at = kByteOrderMark.size();
    return reader;
}

Status LineReader::fill() {
    m_buffer.resize(kBufferBytes);
    m_at = 0;
    errno = 0;
    const std::size_t got = std::fread(m_buffer.data(), 1, kBufferBytes, m_file.get());
    m_buffer.resize(got);
    m_bytesRead += static_cast<std::int64_t>(got);
    if (std::ferror(m_file.get()) != 0)
        return fail(ErrorCode::Io,
                    cat("cannot read ", m_path.string(), ": ", systemErrorText(errno)),
                    m_path.string());
    m_atEnd = got == 0;
    return {};
}

Result<std::optional<Line>> LineReader::next() {
    Line line;
    line.number = m_number + 1;
    bool any = false;
    while (true) {
        if (m_at >= m_buffer.size() && !m_atEnd)
            CRUX_TRY_VOID(fill());
        if (m_atEnd)
            break;
        any = true;
        const std::size_t end = m_buffer.find('\n', m_at);
        const std::size_t length = (end == std::string::npos ? m_buffer.size() : end) - m_at;
        if (line.tooLong || line.text.size() + length > kMaxLineBytes) {
            line.tooLong = true;
            line.text.clear();
        } else {
            line.text.append(m_buffer, m_at, length);
        }
        m_at += length;
        if (end != std::string::npos) {
            ++m_at;
            break;
        }
    }
    if (!any)
        return std::optional<Line>();
    ++m_number;
    if (!line.text.empty() && line.text.back() == '\r')
        line.text.pop_back();
    return std::optional<Line>(std::move(line));
}

} // namespace crux::interop
