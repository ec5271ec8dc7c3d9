// How jobs end: which states are an end, and jobs that ended with the process that ran them.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

#include <set>

namespace crux::store {

bool jobRuns(JobState state);     ///< a process has claimed it
bool jobHasEnded(JobState state); ///< nobody goes on with it unasked

/// It is in a state of running, but the process that claimed it is gone or silent for a lease.
bool jobIsStale(const JobRecord&, std::int64_t nowMs);
/// What to show of it: a stale job is interrupted, whether someone wrote that already or not.
JobState jobStateNow(const JobRecord&);

/// Crashes are events of the job, counted since it got on or someone queued it again by hand.
Result<int> jobCrashes(const Project&, JobId);
Status noteCrash(const Project&, const JobRecord&);
/// `why` becomes an event, where there is a crash to forget.
Status forgetCrashes(const Project&, JobId, const std::string& why);

/// Queued again, without a word of why it ended; the caller holds the write lock.
void queueAgain(const Project&, JobId);

/// Interrupted -> Queued for all but those in `taken`, which grows: they ended with the process
/// that ran them, not by a decision. A job of kMostCrashes crashes stays, or it would go on
/// killing.
inline constexpr int kMostCrashes = 3;
Result<int> requeueInterruptedJobs(const Project&, std::set<std::int64_t>& taken);

} // namespace crux::store
