#include "core/interop/line_reader.h"

namespace crux::interop {

LineReader::LineReader(InputFile file)
    : m_file(std::move(file)) {}

Result<LineReader> LineReader::open(const Path& path) {
    CRUX_TRY(file, InputFile::open(path));
    LineReader reader(std::move(file));
    CRUX_TRY_VOID(reader.fill());
    if (std::string_view(reader.m_buffer).starts_with(kByteOrderMark))
        reader.m_at = kByteOrderMark.size();
    return reader;
}

Status LineReader::fill() {
    m_at = 0;
    CRUX_TRY_VOID(m_file.fill(m_buffer));
    m_bytesRead += static_cast<std::int64_t>(m_buffer.size());
    m_atEnd = m_buffer.empty();
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
