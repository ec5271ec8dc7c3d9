#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/job_ends.h"
#include "core/store/job_owner.h"
#include "core/store/job_waits.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>
#include <array>

namespace crux::store {

std::string_view jobStateName(JobState state) {
    constexpr std::array<std::string_view, 12> kNames{
        "draft",    "queued",  "preparing", "running", "pausing",     "paused",
        "stopping", "stopped", "done",      "failed",  "interrupted", "cancelled"};
    const auto index = static_cast<std::size_t>(state);
    return index < kNames.size() ? kNames[index] : "unknown"; // a damaged row, a later version's
}

namespace {

constexpr std::string_view kJobColumns =
    "SELECT id, kind, name, spec, state, position, progress_done, progress_total, unit, message,"
    " tokens_per_second, error_code, error_message, error_where, error_detail, owner, device,"
    " heartbeat_ms, created_ms, started_ms, finished_ms, cancel_requested, pause_requested,"
    " memory_bytes, memory_peak_bytes, state_blob FROM job";

JobRecord readJob(const Query& row) {
    JobRecord job;
    job.id = row.id<JobId>(0);
    job.kind = row.text(1);
    job.name = row.text(2);
    job.spec = storedJson(row.text(3));
    job.state = static_cast<JobState>(row.integer(4));
    job.position = row.integer(5);
    job.progressDone = row.integer(6);
    job.progressTotal = row.integer(7);
    job.unit = row.text(8);
    job.message = row.text(9);
    job.tokensPerSecond = row.real(10);
    if (!row.isNull(11))
        job.error =
            Error{errorCodeFromName(row.text(11)), row.text(12), row.text(13), row.text(14)};
    job.owner = row.text(15);
    job.device = row.text(16);
    job.heartbeatMs = row.integer(17);
    job.createdMs = row.integer(18);
    job.startedMs = row.integer(19);
    job.finishedMs = row.integer(20);
    job.cancelRequested = row.flag(21);
    job.pauseRequested = row.flag(22);
    job.memoryBytes = row.integer(23);
    job.memoryPeakBytes = row.integer(24);
    if (!row.isNull(25))
        job.outputs = storedJson(row.text(25));
    return job;
}

std::optional<JobRecord> findJob(const Project& project, JobId id) {
    std::optional<JobRecord> found;
    {
        Query query(project, cat(kJobColumns, " WHERE id = ?"));
        if (!query.bind(id.value).step())
            return {};
        found = readJob(query);
    }
    found->after = prerequisitesOf(project, id);
    return found;
}

void writeState(const Project& project, JobId id, JobState state,
                const std::optional<Error>& error) {
    Query row(project, "UPDATE job SET state = ?, finished_ms = ?, error_code = ?,"
                       " error_message = ?, error_where = ?, error_detail = ? WHERE id = ?");
    row.bindAll(static_cast<int>(state), jobHasEnded(state) ? nowMs() : 0);
    if (error)
        row.bindAll(errorCodeName(error->code), error->message, error->where, error->detail);
    else
        row.bindNull().bindNull().bindNull().bindNull();
    row.bind(id.value).run();
}

/// Sets owner and heartbeat of a queued row; the caller holds the write lock.
JobRecord takeJob(const Project& project, JobId id, const std::string& owner) {
    Query row(project, "UPDATE job SET state = ?, owner = ?, heartbeat_ms = ?, started_ms ="
                       " CASE WHEN started_ms = 0 THEN ?3 ELSE started_ms END, finished_ms = 0,"
                       " cancel_requested = 0, pause_requested = 0, error_code = NULL,"
                       " error_message = NULL, error_where = NULL, error_detail = NULL"
                       " WHERE id = ?4");
    row.bindAll(static_cast<int>(JobState::Preparing), owner, nowMs(), id.value).run();
    return *findJob(project, id);
}

Error goneError(const JobRecord& job) {
    return {ErrorCode::Io,
            cat("the process ", job.owner, " that ran the job is gone; resume the job"), job.owner,
            cat("last heartbeat ", isoTime(job.heartbeatMs))};
}

} // namespace

Result<JobRecord> job(const Project& project, JobId id) {
    return guarded(project, [&]() -> Result<JobRecord> {
        auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        return std::move(*found);
    });
}

Result<std::vector<JobRecord>> jobs(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<JobRecord>> {
        std::vector<JobRecord> list;
        Query query(project, cat(kJobColumns, " ORDER BY position, id"));
        while (query.step())
            list.push_back(readJob(query));
        addPrerequisites(project, list);
        return list;
    });
}

Result<std::optional<JobRecord>> claimJob(const Project& project, const std::string& owner) {
    return writingValue<std::optional<JobRecord>>(
        project, [&]() -> Result<std::optional<JobRecord>> {
            JobId next;
            {
                // A job that waits for another comes after that one is done.
                Query query(project,
                            "SELECT id FROM job j WHERE state = ?1 AND NOT EXISTS(SELECT 1 FROM"
                            " job_dependency d JOIN job a ON a.id = d.after_id WHERE d.job_id ="
                            " j.id AND a.state <> ?2) ORDER BY position, id LIMIT 1");
                query.bindAll(static_cast<int>(JobState::Queued), static_cast<int>(JobState::Done));
                if (!query.step())
                    return std::optional<JobRecord>();
                next = query.id<JobId>(0);
            }
            return std::optional<JobRecord>(takeJob(project, next, owner));
        });
}

Result<JobRecord> claimJob(const Project& project, JobId id, const std::string& owner) {
    return writingValue<JobRecord>(project, [&]() -> Result<JobRecord> {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        const bool free =
            found->state == JobState::Queued || (jobIsStale(*found, nowMs()));
        if (!free)
            return fail(ErrorCode::Busy,
                        jobRuns(found->state)
                            ? cat("job ", id.value, " is being run by ", found->owner)
                            : cat("job ", id.value, " is ", jobStateName(found->state),
                                  "; resume it first"),
                        cat("job ", id.value));
        if (const std::string waits = waitingSentence(*found); !waits.empty())
            return fail(ErrorCode::Busy, waits, cat("job ", id.value));
        return takeJob(project, id, owner);
    });
}

Status heartbeat(const Project& project, JobId id, const std::string& owner) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE job SET heartbeat_ms = ? WHERE id = ? AND owner = ?"
                           " AND state IN (2, 3, 4, 6)");
        row.bindAll(nowMs(), id.value, owner).run();
        if (changedRows(project) == 1)
            return {};
        return fail(ErrorCode::Mismatch,
                    cat("job ", id.value,
                        " was taken over by another process, or is no longer "
                        "running"),
                    cat("job ", id.value));
    });
}

Status setJobState(const Project& project, JobId id, JobState state,
                   const std::optional<Error>& error) {
    return writing(project, [&]() -> Status {
        if (!findJob(project, id))
            return noSuchRow(project, "job", id.value);
        writeState(project, id, state, error);
        return {};
    });
}

Status setJobProgress(const Project& project, JobId id, std::int64_t done, std::int64_t total,
                      const std::string& message, double tokensPerSecond) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE job SET progress_done = ?, progress_total = ?, message = ?,"
                           " tokens_per_second = ? WHERE id = ?");
        row.bindAll(done, total, message, tokensPerSecond, id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "job", id.value);
    });
}

Status setJobMemory(const Project& project, JobId id, std::int64_t bytes, std::int64_t peakBytes) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE job SET memory_bytes = ?, memory_peak_bytes = ? WHERE id = ?");
        row.bindAll(bytes, peakBytes, id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "job", id.value);
    });
}

Status setJobUnit(const Project& project, JobId id, const std::string& unit,
                  const std::string& device) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE job SET unit = ?, device = ? WHERE id = ?");
        row.bindAll(unit, device, id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "job", id.value);
    });
}

Status requestCancel(const Project& project, JobId id) {
    return writing(project, [&]() -> Status {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        if (jobHasEnded(found->state) && found->state != JobState::Interrupted)
            return {};
        // Nobody runs it: done at once. Else its runner is told, and is free to finish a step.
        if (!jobRuns(found->state)) {
            writeState(project, id, JobState::Cancelled, {});
            return {};
        }
        Query row(project, "UPDATE job SET cancel_requested = 1, state = ? WHERE id = ?");
        row.bindAll(static_cast<int>(JobState::Stopping), id.value).run();
        return {};
    });
}

Status requestPause(const Project& project, JobId id) {
    return writing(project, [&]() -> Status {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        if (found->state != JobState::Queued && !jobRuns(found->state))
            return fail(ErrorCode::InvalidArgument,
                        cat("job ", id.value, " is ", jobStateName(found->state),
                            ": there is nothing to pause"));
        const bool queued = found->state == JobState::Queued;
        Query row(project, "UPDATE job SET pause_requested = ?, state = ? WHERE id = ?");
        row.bindAll(!queued, static_cast<int>(queued ? JobState::Paused : JobState::Pausing),
                    id.value);
        row.run();
        return {};
    });
}

Status cancelJob(const Project& project, JobId id) {
    return writing(project, [&]() -> Status {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        if (found->state != JobState::Done && found->state != JobState::Failed)
            writeState(project, id, JobState::Cancelled, {});
        return {};
    });
}

Status requeueJob(const Project& project, JobId id) {
    return writing(project, [&]() -> Status {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        const bool stale = jobIsStale(*found, nowMs());
        const bool resumable = stale || found->state == JobState::Draft ||
                               found->state == JobState::Paused ||
                               (jobHasEnded(found->state) && found->state != JobState::Done);
        if (!resumable)
            return fail(
                ErrorCode::InvalidArgument,
                cat("job ", id.value, " is ", jobStateName(found->state), " and cannot be resumed"),
                cat("job ", id.value));
        queueAgain(project, id);
        return forgetCrashes(project, id, "Queued again.");
    });
}

Status moveJob(const Project& project, JobId id, int delta) {
    return writing(project, [&]() -> Status {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        if (found->state != JobState::Queued)
            return fail(ErrorCode::InvalidArgument,
                        cat("job ", id.value, " is ", jobStateName(found->state),
                            ": only queued jobs have a place in the queue"));
        CRUX_TRY(queue, jobs(project));
        std::erase_if(queue, [](const JobRecord& row) { return row.state != JobState::Queued; });
        std::vector<std::int64_t> places; // of the queued jobs; the others keep theirs
        for (const JobRecord& entry : queue)
            places.push_back(entry.position);
        const auto from = std::find_if(queue.begin(), queue.end(),
                                       [&](const JobRecord& entry) { return entry.id == id; }) -
                          queue.begin();
        const auto to = std::clamp<std::ptrdiff_t>(from + delta, 0, std::ssize(queue) - 1);
        if (from < to)
            std::rotate(queue.begin() + from, queue.begin() + from + 1, queue.begin() + to + 1);
        else
            std::rotate(queue.begin() + to, queue.begin() + from, queue.begin() + from + 1);
        for (std::size_t i = 0; i < queue.size(); ++i) {
            Query row(project, "UPDATE job SET position = ?1 WHERE id = ?2 AND position <> ?1");
            row.bindAll(places[i], queue[i].id.value).run();
        }
        return {};
    });
}

Status removeJob(const Project& project, JobId id) {
    return writing(project, [&]() -> Status {
        const auto found = findJob(project, id);
        if (!found)
            return noSuchRow(project, "job", id.value);
        if (jobRuns(found->state) && !jobIsStale(*found, nowMs()))
            return fail(ErrorCode::Busy, cat("job ", id.value, " is running; cancel it first"),
                        cat("job ", id.value));
        CRUX_TRY(followers, followersOf(project, id));
        for (const JobRecord& follower : followers)
            if (follower.state != JobState::Done)
                return fail(ErrorCode::Busy,
                            cat("job ", follower.id.value, " \"", follower.name,
                                "\" comes after job ", id.value, "; remove that one first"),
                            cat("job ", id.value));
        Query row(project, "DELETE FROM job WHERE id = ?");
        row.bind(id.value).run();
        return {};
    });
}

Result<int> interruptStaleJobs(const Project& project) {
    return writingValue<int>(project, [&]() -> Result<int> {
        CRUX_TRY(all, jobs(project));
        const std::int64_t now = nowMs();
        int count = 0;
        for (const JobRecord& entry : all) {
            if (!jobIsStale(entry, now))
                continue;
            writeState(project, entry.id, JobState::Interrupted, goneError(entry));
            CRUX_TRY_VOID(noteCrash(project, entry));
            ++count;
        }
        return count;
    });
}

} // namespace crux::store
