// Rows of one input file, whatever its form: JSON Lines, CSV or one JSON document.
#pragma once

#include "core/interop/csv_reader.h"
#include "core/interop/line_reader.h"

#include <memory>

namespace crux::interop {

struct Row {
    std::int64_t line = 0;
    Json object = Json::object(); ///< CSV: every value a string
    std::string fault;            ///< one sentence when the row is unreadable, else empty
};

/// Reads rows in order. Unreadable ones come with their fault; Errors are for the file as a whole.
class RowSource {
public:
    virtual ~RowSource() = default;
    virtual Result<std::optional<Row>> next() = 0;
    virtual std::int64_t bytesRead() const = 0;
};

enum class FileForm { JsonLines, Csv, JsonDocument };

/// By its name; of the others by its first bytes: a JSON document that does not end on its first
/// line.
Result<FileForm> formOf(const Path& file);
Result<std::unique_ptr<RowSource>> openRows(const Path& file, FileForm form);

} // namespace crux::interop
