// What becomes of the rows of an import. Internal to the room; one file a kind of row.
#pragma once

#include "core/interop/import.h"
#include "core/interop/row_source.h"

#include <string>

namespace crux::interop {

/// Where a row stands, for sentences about it.
struct Place {
    std::string file;
    std::int64_t line = 0;
    std::string name; ///< in a JSON document, see Row
};

/// Keeps account of what cannot be used. Owner: the import's run.
class RowFaults {
public:
    RowFaults(ImportReport& report, bool refuseAll)
        : m_report(report)
        , m_refuseAll(refuseAll) {}

    /// The row is left out. Corrupt, naming it, when one bad row refuses the whole import.
    Status reject(const Place& place, const std::string& reason);
    /// The row is kept but for a part.
    void warn(const Place& place, const std::string& reason);

private:
    ImportReport& m_report;
    bool m_refuseAll;
};

/// Takes the rows of one import, file after file, inside the transactions of their batches, and
/// counts them in the report (kept, present, skipped, what was added). Errors are the store's or
/// those of RowFaults::reject.
class RowTaker {
public:
    virtual ~RowTaker() = default;
    virtual Status beginFile(const std::string& datasetName, const Path& file, FileForm form) = 0;
    virtual Status take(const Row& row, const Place& place) = 0;
    /// After the file's last row, or after the last that a limit lets through.
    virtual Status endFile() { return {}; }
    virtual DatasetId dataset() const = 0;
};

/// True for the codes that mean the row, not the project.
bool isRowFault(ErrorCode code);

} // namespace crux::interop
