// Comma-separated values as RFC 4180 has them: quoted fields, doubled quotes, line ends in fields.
#pragma once

#include "core/interop/line_reader.h"

#include <vector>

namespace crux::interop {

struct CsvRecord {
    std::int64_t line = 0; ///< where it begins
    std::vector<std::string> fields;
    std::string fault; ///< one sentence when it is ill-formed, else empty
};

/// Splits lines into records. A quote that is never closed makes one faulty record of all it
/// swallows.
class CsvReader {
public:
    CsvReader(LineReader lines, char separator);
    Result<std::optional<CsvRecord>> next();
    std::int64_t bytesRead() const { return m_lines.bytesRead(); }

private:
    LineReader m_lines;
    char m_separator;
};

/// One cell as it stands in a CSV file: quoted where it must be.
std::string csvCell(std::string_view text);

} // namespace crux::interop
