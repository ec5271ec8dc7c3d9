// One handler a job kind. Each gets a claimed job in a context, works until done or cancelled and
// returns; the runner stores the final state.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// Files -> rows (core/interop/import.h). Resumable: rows that are there are skipped.
Status runImportJob(JobContext& context);

/// Trajectories -> contrastive scores (REFERENCE.md 0.1). Resumable: scored ones are skipped; each
/// batch is one transaction, so a kill repeats at most a batch and never a finished trajectory.
Status runScoreJob(JobContext& context);

/// Trajectories -> rollouts -> critical tokens (REFERENCE.md 0.1, A'). Resumable: stored rollouts
/// and verdicts are used as they are; each batch of rollouts and each verdict is one transaction.
Status runSearchJob(JobContext& context);

/// Rows -> an adapter or a model, with metrics and checkpoints. Resumable at any point from the
/// newest complete checkpoint; a step that was begun is finished before a stop.
Status runTrainJob(JobContext& context);
/// Questions -> sampled, graded trajectories (REFERENCE.md 0.2). Resumable: every answer has a
/// natural key made of what draws it, so that what is there is neither drawn nor counted again.
Status runSampleJob(JobContext& context);

/// Questions -> an evaluation (core/store/evaluation_repo.h), by the answers of runSampleJob.
/// Resumable likewise.
Status runEvaluateJob(JobContext& context);

/// Evaluations -> what differs between them, told in the job's events; needs no model.
Status runCompareJob(JobContext& context);

/// Graded trajectories -> sets to train on, by answer frequency (REFERENCE.md 0.2).
Status runSelectJob(JobContext& context);

/// Adds an event row about this job; its failure is logged, not returned.
void addJobEvent(const JobContext& context, const std::string& level, const std::string& message,
                 const std::string& object = {}, Json fix = Json::object(),
                 std::string detail = {});

} // namespace crux::jobs
