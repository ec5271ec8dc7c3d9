// What may be changed so that a job that ran out of memory goes through (UX.md 3.12): the same job
// once more with less at a time, shorter answers, or on the CPU.
#pragma once

#include "core/store/records.h"

#include <QString>

#include <vector>

namespace crux::ui {

class Session;

struct JobRemedy {
    QString text; ///< of its button: "Batch 32"
    QString tip;  ///< what it changes, and whether results change with it
    Json spec;    ///< of the new job
    bool onCpu = false;
};

/// Empty unless the job failed for lack of memory.
std::vector<JobRemedy> remediesFor(const store::JobRecord& job);
/// Queues the job again that way. On the CPU: the window's worker ends what it does and a new one,
/// which computes there until the program is left, takes its place.
void startRemedy(Session& session, const store::JobRecord& job, const JobRemedy& remedy);

} // namespace crux::ui
