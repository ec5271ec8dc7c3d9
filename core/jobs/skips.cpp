#include "core/jobs/skips.h"

#include "core/base/text_util.h"
#include "core/jobs/handlers.h"

namespace crux::jobs {

namespace {
constexpr std::int64_t kMostEvents = 100;
}

void Skips::add(const std::string& name, const std::string& why, const std::string& object,
                Json fix) {
    if (m_count == 0)
        m_first = cat(name, ": ", why);
    if (++m_count <= kMostEvents)
        addJobEvent(m_context, "warning", cat(name, " was not ", m_done, ": ", why), object,
                    std::move(fix));
}

void Skips::addTrajectory(TrajectoryId id, const std::string& why, Json fix) {
    add(cat("Trajectory ", id.value), why, cat("trajectory ", id.value), std::move(fix));
}

void Skips::finish() const {
    if (m_count > kMostEvents)
        addJobEvent(m_context, "warning",
                    cat(m_count - kMostEvents, " more ", m_nouns, " were not ", m_done,
                        ", for reasons like those above."));
}

Failure Skips::allSkipped() const {
    return fail(ErrorCode::InvalidArgument,
                cat("None of the ", m_nouns, " could be ", m_done, ". ", m_first));
}

std::string Skips::words() const {
    if (m_count < 2)
        return m_count == 1 ? ", 1 skipped" : "";
    return cat(", ", m_count, " ", m_nouns, " skipped");
}

} // namespace crux::jobs
