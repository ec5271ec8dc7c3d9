#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text_util.h"
#include "core/jobs/handlers.h"
#include "core/jobs/job_outputs.h"
#include "core/store/job_ends.h"
#include "core/store/repositories.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace crux::jobs {

namespace {

constexpr double kProgressIntervalMs = 200;
constexpr auto kWatchInterval = std::chrono::milliseconds(300);
constexpr double kHeartbeatMs = 2000;

/// Someone cancelled the job for good while it ran: its row says so already.
bool endedByOthers(const store::JobRecord& row) {
    return row.state == store::JobState::Cancelled;
}

/// Renews the lease of a running job and passes on a stop or pause asked in its row. Owner: the run
/// of one job, on its stack. Own thread, own connection. Fails silently but for the log: a lost
/// lease cancels the job, so that two workers never write one.
class Heartbeat {
public:
    /// `outer` cancelled by the caller cancels `cancel` too, also in the middle of a long step.
    Heartbeat(Path file, JobId id, std::string owner, CancelToken outer, CancelToken cancel)
        : m_file(std::move(file))
        , m_id(id)
        , m_owner(std::move(owner))
        , m_outer(std::move(outer))
        , m_cancel(std::move(cancel))
        , m_thread([this] { watch(); }) {}
    ~Heartbeat() {
        {
            const std::lock_guard lock(m_mutex);
            m_stop = true;
        }
        m_wake.notify_all();
        m_thread.join();
    }
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    bool leaseLost() const { return m_lost; }

    /// Reads the row through `project`: the watching thread does it over its own connection, the
    /// job's between its steps.
    void look(const store::Project& project) {
        const auto row = store::job(project, m_id);
        if (row.ok() && (row->cancelRequested || row->pauseRequested || endedByOthers(*row)) &&
            !m_asked.exchange(true))
            m_cancel.cancel();
    }

private:
    void watch() {
        auto project = store::Project::open(m_file, store::OpenMode::ReadWrite);
        if (!project.ok()) {
            logWarning(cat("heartbeat: ", project.error().message));
            return;
        }
        double lastBeat = steadyMs();
        std::unique_lock lock(m_mutex);
        while (!m_wake.wait_for(lock, kWatchInterval, [this] { return m_stop; })) {
            lock.unlock();
            if (m_outer.cancelled())
                m_cancel.cancel();
            if (steadyMs() - lastBeat >= kHeartbeatMs) {
                lastBeat = steadyMs();
                beat(**project);
            }
            look(**project);
            lock.lock();
        }
    }

    void beat(const store::Project& project) {
        const Status status = store::heartbeat(project, m_id, m_owner);
        if (status.ok() || status.error().code == ErrorCode::Busy)
            return;
        logWarning(cat("heartbeat of job ", m_id.value, ": ", status.error().message));
        if (status.error().code == ErrorCode::Mismatch) {
            m_lost = true;
            m_cancel.cancel();
        }
    }

    // constant after construction
    const Path m_file;
    const JobId m_id;
    const std::string m_owner;
    const CancelToken m_outer, m_cancel;
    std::atomic<bool> m_asked{false}, m_lost{false};
    // guarded by m_mutex
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stop = false;
    std::thread m_thread; // last: starts when all else is there
};

Status dispatch(JobContext& context) {
    if (context.job.kind == "import")
        return runImportJob(context);
    if (context.job.kind == "score")
        return runScoreJob(context);
    if (context.job.kind == "search")
        return runSearchJob(context);
    if (context.job.kind == "train")
        return runTrainJob(context);
    if (context.job.kind == "sample")
        return runSampleJob(context);
    if (context.job.kind == "evaluate")
        return runEvaluateJob(context);
    if (context.job.kind == "compare")
        return runCompareJob(context);
    if (context.job.kind == "select")
        return runSelectJob(context);
    return fail(ErrorCode::Unsupported,
                cat("This version of Crux has no job kind \"", context.job.kind,
                    "\"; run it with the version that queued it."));
}

/// The other of the two places where exceptions end (STYLE.md 4.1).
Status guarded(JobContext& context) {
    try {
        return dispatch(context);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    cat("Job ", context.job.id.value,
                        " ran out of memory; free some, or ask for smaller batches."));
    } catch (const std::exception& thrown) {
        return fail(
            ErrorCode::Internal,
            cat("Job ", context.job.id.value, " failed for a reason of our own: ", thrown.what()),
            {}, thrown.what());
    }
}

/// `row`: as it is now, with what was asked of the job while it ran.
store::JobState finalState(const Status& status, const store::JobRecord& row) {
    if (status.ok())
        return store::JobState::Done;
    if (status.error().code != ErrorCode::Cancelled)
        return store::JobState::Failed;
    return row.cancelRequested  ? store::JobState::Stopped
           : row.pauseRequested ? store::JobState::Paused
                                : store::JobState::Interrupted;
}

/// Runs a claimed job under a heartbeat, telling the options about each stored progress.
Status runClaimed(store::Project& project, store::JobRecord job, ModelCache& models,
                  const RunnerOptions& options, const CancelToken& cancel) {
    const JobId id = job.id;
    const auto tell = [&] {
        const auto row = store::job(project, id);
        if (row.ok() && options.onProgress)
            options.onProgress(*row);
    };
    double lastMs = -1e9;
    std::function<void()> pending; // progress that came too soon after another to be stored
    CancelToken own; // cancelled by the heartbeat's thread, or when the caller's token is
    Heartbeat heartbeat(project.file(), id, options.owner, cancel, own);
    const auto passOn = [&] {
        if (cancel.cancelled())
            own.cancel();
    };
    JobContext context{project, std::move(job), models, own, {}, {}, options.interactive};
    context.progress = [&](std::int64_t done, std::int64_t total, const std::string& message,
                           double tokensPerSecond) {
        passOn();
        context.job.progressDone = done;
        context.job.progressTotal = total;
        pending = [&, done, total, message, tokensPerSecond] {
            const Status stored =
                store::setJobProgress(project, id, done, total, message, tokensPerSecond);
            if (!stored.ok())
                logWarning(cat("progress of job ", id.value, ": ", stored.error().message));
        };
        if (steadyMs() - lastMs < kProgressIntervalMs)
            return;
        lastMs = steadyMs();
        std::exchange(pending, {})();
        tell();
    };
    context.breathe = [&] {
        if (options.breathe)
            options.breathe();
        passOn();
        heartbeat.look(project);
    };
    CRUX_TRY(claimed, store::job(project, id));
    if (claimed.state == store::JobState::Preparing) // not when it was stopped in between
        CRUX_TRY_VOID(store::setJobState(project, id, store::JobState::Running));
    heartbeat.look(project);
    tell();
    auto spec = withOutputs(project, context.job.kind, context.job.spec);
    if (spec.ok())
        context.job.spec = std::move(*spec); // the row keeps saying from which jobs
    const Status status = spec.ok() ? guarded(context) : Status(fail(spec.error()));
    CRUX_TRY(row, store::job(project, id));
    if (endedByOthers(row)) {
        if (pending)
            pending();
        tell();
        return {};
    }
    if (heartbeat.leaseLost()) {
        logWarning(cat("job ", id.value, " was taken over by another worker"));
        return {};
    }
    if (pending)
        pending();
    const store::JobState state = finalState(status, row);
    const bool failed = state == store::JobState::Failed;
    if (failed)
        addJobEvent(context, "error", status.error().message, status.error().where);
    CRUX_TRY_VOID(store::setJobState(project, id, state,
                                     failed ? std::optional<Error>(status.error()) : std::nullopt));
    tell();
    return {};
}

} // namespace

void addJobEvent(const JobContext& context, const std::string& level, const std::string& message,
                 const std::string& object, Json fix, std::string detail) {
    store::JobEventRecord event;
    event.jobId = context.job.id;
    event.timeMs = nowMs();
    event.level = level;
    event.message = message;
    event.object = object;
    event.detail = std::move(detail);
    event.fix = std::move(fix);
    const Status status = store::addEvent(context.project, event);
    if (!status.ok())
        logWarning(cat("event of job ", context.job.id.value, ": ", message, " (",
                       status.error().message, ")"));
}

std::string ownerName() {
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    return cat(host, ":", ::getpid());
}

Status runJob(JobContext& context) {
    RunnerOptions options;
    options.owner = context.job.owner.empty() ? ownerName() : context.job.owner;
    options.interactive = context.interactive;
    options.breathe = context.breathe;
    if (context.progress)
        options.onProgress = [&context](const store::JobRecord& row) {
            context.progress(row.progressDone, row.progressTotal, row.message, row.tokensPerSecond);
        };
    return runClaimed(context.project, context.job, context.models, options, context.cancel);
}

Result<bool> runNextJob(store::Project& project, ModelCache& models, const RunnerOptions& options,
                        const CancelToken& cancel) {
    CRUX_TRY(stale, store::interruptStaleJobs(project));
    if (stale > 0)
        logInfo(cat(stale, " jobs of workers that are gone were marked interrupted"));
    CRUX_TRY(claimed, store::claimJob(project, options.owner));
    if (!claimed)
        return false;
    CRUX_TRY_VOID(runClaimed(project, std::move(*claimed), models, options, cancel));
    return true;
}

Result<store::JobRecord> runThisJob(store::Project& project, JobId id, ModelCache& models,
                                    const RunnerOptions& options, const CancelToken& cancel) {
    CRUX_TRY(claimed, store::claimJob(project, id, options.owner));
    CRUX_TRY_VOID(runClaimed(project, std::move(claimed), models, options, cancel));
    return store::job(project, id);
}

Status runQueue(const Path& projectFile, ModelCache& models, const RunnerOptions& options,
                const CancelToken& cancel) {
    CRUX_TRY(project, store::Project::open(projectFile, store::OpenMode::ReadWrite));
    if (project->readOnly())
        return fail(ErrorCode::ReadOnly, project->readOnlyReason(), projectFile.string());
    std::set<std::int64_t> taken; // interrupted jobs, once a call each
    while (!cancel.cancelled()) {
        CRUX_TRY(ran, runNextJob(*project, models, options, cancel));
        if (ran)
            continue;
        CRUX_TRY(again, store::requeueInterruptedJobs(*project, taken));
        if (again == 0)
            return {};
    }
    return {};
}

} // namespace crux::jobs
