// Rows of one input file, whatever its form: JSON Lines, CSV or one JSON document.
#pragma once

#include "core/interop/csv_reader.h"
#include "core/interop/line_reader.h"

#include <memory>

namespace crux::interop {

/// Where a document names its rows, the name comes as a field of the row; see document_source.h.
inline constexpr const char* kKeyField = "__key";
inline constexpr const char* kGroupField = "__group";

struct Row {
    std::int64_t line = 0; ///< where it begins
    std::string name;      ///< of a row in a JSON document: "row 12", "\"#3#\"", "neg \"#3#_0\""
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

/// By its name and first bytes: a list is a JSON document whatever its name says (the paper's
/// rollout inputs end in .jsonl), and so is an object in a .json file with no second line of JSON.
Result<FileForm> formOf(const Path& file);
Result<std::unique_ptr<RowSource>> openRows(const Path& file, FileForm form);

} // namespace crux::interop
