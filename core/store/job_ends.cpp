#include "core/store/job_ends.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/job_owner.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

namespace crux::store {

namespace {

// What the events are about.
constexpr std::string_view kCrash = "crash", kResumed = "resumed";

std::int64_t crashesOf(const Project& project, JobId id) {
    Query query(project, "SELECT count(*) FROM job_event WHERE job_id = ?1 AND object = ?2 AND id >"
                         " COALESCE((SELECT max(id) FROM job_event WHERE job_id = ?1 AND"
                         " object = ?3), 0)");
    query.bindAll(id.value, kCrash, kResumed).step();
    return query.integer(0);
}

/// The farthest that the job had come at any of its deaths; -1: it has none.
std::int64_t farthestOf(const Project& project, JobId id) {
    Query query(project, "SELECT COALESCE(max(CAST(detail AS INTEGER)), -1) FROM job_event WHERE"
                         " job_id = ?1 AND object = ?2");
    query.bindAll(id.value, kCrash).step();
    return query.integer(0);
}

Status tellOf(const Project& project, JobId id, std::string_view what, std::string message,
              std::string detail = {}) {
    JobEventRecord event;
    event.jobId = id;
    event.timeMs = nowMs();
    event.level = "info";
    event.object = what;
    event.message = std::move(message);
    event.detail = std::move(detail);
    return addEvent(project, event);
}

} // namespace

bool jobRuns(JobState state) {
    return state == JobState::Preparing || state == JobState::Running ||
           state == JobState::Pausing || state == JobState::Stopping;
}

bool jobIsStale(const JobRecord& job, std::int64_t now) {
    return jobRuns(job.state) && (now - job.heartbeatMs > kLeaseMs || ownerIsGone(job.owner));
}

JobState jobStateNow(const JobRecord& job) {
    return jobIsStale(job, nowMs()) ? JobState::Interrupted : job.state;
}

bool jobHasEnded(JobState state) {
    return state == JobState::Stopped || state == JobState::Done || state == JobState::Failed ||
           state == JobState::Interrupted || state == JobState::Cancelled;
}

Result<int> jobCrashes(const Project& project, JobId id) {
    return guarded(project,
                   [&]() -> Result<int> { return static_cast<int>(crashesOf(project, id)); });
}

Status noteCrash(const Project& project, const JobRecord& job) {
    // Farther than at any death before: what kills it is not one and the same thing.
    const auto farthest =
        guarded(project, [&]() -> Result<std::int64_t> { return farthestOf(project, job.id); });
    if (farthest.ok() && *farthest >= 0 && job.progressDone > *farthest)
        CRUX_TRY_VOID(forgetCrashes(project, job.id, "It had got on since it was taken up."));
    return tellOf(project, job.id, kCrash,
                  cat("The process ", job.owner, " that ran the job is gone."),
                  cat(job.progressDone, " done"));
}

Status forgetCrashes(const Project& project, JobId id, const std::string& why) {
    return guarded(project, [&]() -> Status {
        return crashesOf(project, id) > 0 ? tellOf(project, id, kResumed, why) : Status();
    });
}

void queueAgain(const Project& project, JobId id) {
    Query row(project, "UPDATE job SET state = ?, owner = '', cancel_requested = 0,"
                       " pause_requested = 0, finished_ms = 0, error_code = NULL,"
                       " error_message = NULL, error_where = NULL, error_detail = NULL"
                       " WHERE id = ?");
    row.bindAll(static_cast<int>(JobState::Queued), id.value).run();
}

Result<int> requeueInterruptedJobs(const Project& project, std::set<std::int64_t>& taken) {
    return writingValue<int>(project, [&]() -> Result<int> {
        CRUX_TRY(all, jobs(project));
        int count = 0;
        for (const JobRecord& entry : all) {
            if (entry.state != JobState::Interrupted || taken.contains(entry.id.value) ||
                crashesOf(project, entry.id) >= kMostCrashes)
                continue;
            queueAgain(project, entry.id);
            taken.insert(entry.id.value);
            ++count;
        }
        return count;
    });
}

} // namespace crux::store
