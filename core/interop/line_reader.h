// Lines of a file of someone else: bounded memory, BOM and CRLF taken off, long lines refused.
#pragma once

#include "core/base/json.h"
#include "core/interop/input_file.h"

#include <optional>
#include <string>
#include <string_view>

namespace crux::interop {

struct Line {
    std::int64_t number = 0; ///< 1-based
    std::string text;        ///< without line end; empty when tooLong
    bool tooLong = false;    ///< over kMaxLineBytes: its text was passed over
};

/// Reads one file line by line. Not thread-safe. Holds at most one line and one buffer.
class LineReader {
public:
    static Result<LineReader> open(const Path& path);

    /// The next line; none at the end. Io when the system refuses.
    Result<std::optional<Line>> next();
    std::int64_t bytesRead() const { return m_bytesRead; }

private:
    explicit LineReader(InputFile file);
    Status fill();

    InputFile m_file;
    std::string m_buffer;
    std::size_t m_at = 0;
    std::int64_t m_bytesRead = 0, m_number = 0;
    bool m_atEnd = false;
};

} // namespace crux::interop
