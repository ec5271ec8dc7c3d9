#include "core/interop/row_taker.h"

#include "core/base/text_util.h"

namespace crux::interop {

namespace {

constexpr std::size_t kRowsListed = 100;

std::string named(const Place& place, const std::string& reason) {
    return place.name.empty() ? reason : cat(place.name, ": ", reason);
}

} // namespace

bool isRowFault(ErrorCode code) {
    return code == ErrorCode::InvalidArgument || code == ErrorCode::Mismatch ||
           code == ErrorCode::Corrupt;
}

Status RowFaults::reject(const Place& place, const std::string& reason) {
    if (m_refuseAll)
        return fail(ErrorCode::Corrupt,
                    cat(place.file, " line ", place.line, ": ", named(place, reason),
                        "; nothing was imported"),
                    cat(place.file, " line ", place.line));
    ++m_report.rejectedCount;
    if (m_report.rejected.size() < kRowsListed)
        m_report.rejected.push_back({place.file, place.line, named(place, reason)});
    return {};
}

void RowFaults::warn(const Place& place, const std::string& reason) {
    ++m_report.warningCount;
    if (m_report.warnings.size() < kRowsListed)
        m_report.warnings.push_back({place.file, place.line, named(place, reason)});
}

} // namespace crux::interop
