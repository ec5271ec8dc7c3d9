// Reads and writes of rows. Every function takes an open Project; writing ones join or open a
// transaction. SQL lives in the .cpp files of this room and nowhere else.
#pragma once

#include "core/spec/pipeline.h"
#include "core/store/project.h"
#include "core/store/records.h"

#include <functional>
#include <map>
#include <set>
#include <utility>

namespace crux::store {

// --- models and adapters (model_repo.cpp)
Result<ModelId> upsertModel(const Project&, const ModelRecord&); ///< same path: updated, same id
Result<AdapterId> upsertAdapter(const Project&, const AdapterRecord&); ///< no parent: keeps its own
Result<std::vector<ModelRecord>> models(const Project&);
Result<std::vector<AdapterRecord>> adapters(const Project&);
Result<ModelRecord> model(const Project&, ModelId);
Result<AdapterRecord> adapter(const Project&, AdapterId);
Status removeModel(const Project&, ModelId);     ///< refused while score sets use it
Status removeAdapter(const Project&, AdapterId); ///< likewise
/// The same weights lie elsewhere now: only the path changes, the row and its users stay.
Status moveModel(const Project&, ModelId, const std::string& path);
Status moveAdapter(const Project&, AdapterId, const std::string& path);
Status saveVocabulary(const Project&, const VocabularyRecord&);
Result<VocabularyRecord> vocabulary(const Project&, const std::string& tokenizerHash);

// --- data sets, questions, trajectories (trajectory_repo.cpp, dataset_repo.cpp)
Result<DatasetId> addDataset(const Project&, const DatasetRecord&); ///< same (name, split): its id
Result<std::vector<DatasetRecord>> datasets(const Project&);
Status removeDataset(const Project&, DatasetId);
Result<QuestionId> addQuestion(const Project&,
                               const QuestionRecord&); ///< same (dataset, externalId): its id
Result<std::optional<QuestionRecord>> findQuestion(const Project&, DatasetId,
                                                   const std::string& externalId);
Result<QuestionRecord> question(const Project&, QuestionId);
Result<std::vector<QuestionRecord>> questions(const Project&, DatasetId, std::int64_t offset,
                                              std::int64_t limit);
/// Same (data set, non-empty naturalKey): InvalidArgument, see findTrajectory. A filled `offsets`
/// needs two entries an id.
Result<TrajectoryId> addTrajectory(const Project&, const TrajectoryRecord&);
/// Of that natural key; none when it is not there.
Result<TrajectoryId> findTrajectory(const Project&, DatasetId, const std::string& naturalKey);
Result<TrajectoryRecord> trajectory(const Project&, TrajectoryId);
/// Roots of one question that are not deleted, by id.
Result<std::vector<TrajectoryId>> trajectoriesOf(const Project&, QuestionId);
/// Ids and offsets after tokenising, kept with the tokenizer's hash.
Status setTokens(const Project&, TrajectoryId, const std::vector<std::int32_t>& ids,
                 const std::vector<std::int32_t>& offsets, std::int32_t promptTokens,
                 const std::string& tokenizerHash);
Status setVerdict(const Project&, TrajectoryId, Verdict, const std::string& reason,
                  const std::string& extracted, std::int32_t begin, std::int32_t end,
                  const std::vector<std::int32_t>& answerSpans = {});

/// Which rows of the Trajectories table, in which order.
struct TrajectoryQuery {
    std::string filter;         ///< expression (filter.h); empty = all roots, not deleted
    std::string sortKey = "id"; ///< id | question | verdict | extracted | gold | tokens | min_s |
                                ///< candidates | branches | source | sample | critical
    bool descending = false;
    ScoreSetId scoreSet; ///< for min_s, candidates and strips; none = no score columns
};
/// Only ids, quickly, for a virtual table (100,000 in well under a second).
Result<std::vector<TrajectoryId>> trajectoryIds(const Project&, const TrajectoryQuery&);
/// Those of `ids` that belong to the data set, in their order.
Result<std::vector<TrajectoryId>> ofDataset(const Project&, DatasetId,
                                            const std::vector<TrajectoryId>& ids);
/// Summaries of these ids, in their order.
Result<std::vector<TrajectorySummary>>
trajectorySummaries(const Project&, const std::vector<TrajectoryId>&, ScoreSetId);

// --- sampled answers and sets to train on (sample_repo.cpp, pair_repo.cpp)
/// Adds trajectories in one transaction but those whose natural key is there; returns how many were
/// added.
Result<std::int64_t> addSamples(const Project&, const std::vector<TrajectoryRecord>&);
/// Trajectories whose natural key begins with `keyHead`, which ends in "/", by question and sample.
Result<std::vector<AnswerRecord>> answersWithKey(const Project&, DatasetId,
                                                 const std::string& keyHead);
/// Of these trajectories, by question and sample.
Result<std::vector<AnswerRecord>> answersOf(const Project&, const std::vector<TrajectoryId>&);
/// Stores the set with its rows in one transaction. The newest set of that name and kind with the
/// same rows: its id; another of that name: the new one's name gets a number.
Result<PairSetId> addPairSet(const Project&, const PairSetRecord&, const std::vector<PairRecord>&);
Result<std::vector<PairSetRecord>> pairSets(const Project&); ///< by id
Result<PairSetRecord> pairSet(const Project&, PairSetId);
Result<std::vector<PairRecord>> pairsOf(const Project&, PairSetId); ///< in the order stored
Status removePairSet(const Project&, PairSetId);

// --- scores (score_repo.cpp)
Result<ScoreSetId> addScoreSet(const Project&,
                               const ScoreSetRecord&); ///< same provenance: the same id
/// Takes back a set that no trajectory was scored for; any other stays.
Status dropEmptyScoreSet(const Project&, ScoreSetId);
Result<std::vector<ScoreSetRecord>> scoreSets(const Project&);
/// Also writes the summary row (min s, position, strip). Response tokens only in the summary.
Status saveScores(const Project&, const ScoreRecord&, const AlternativesRecord*, JobId);
Result<std::optional<ScoreRecord>> scores(const Project&, TrajectoryId, ScoreSetId);
Result<std::optional<AlternativesRecord>> alternatives(const Project&, TrajectoryId, ScoreSetId);
/// Those of `wanted` that have no scores in the set yet.
Result<std::vector<TrajectoryId>> unscored(const Project&, ScoreSetId,
                                           const std::vector<TrajectoryId>& wanted);
/// Threshold of the set: default = 1st percentile of response scores of wrong trajectories; user
/// may set.
Result<double> candidateThreshold(const Project&, ScoreSetId);
Status setCandidateThreshold(const Project&, ScoreSetId, double threshold);
/// Computes the default threshold anew and stores it; a threshold the user set stays, unless
/// `force`. Called when a scoring job ends. Linear interpolation between order statistics; 0
/// without scores.
Result<double> recomputeThreshold(const Project&, ScoreSetId, bool force = false);
/// Sorted sample of response scores for percentile scales (at most `limit`).
Result<std::vector<float>> scoreQuantiles(const Project&, ScoreSetId, std::size_t limit);

Result<LayerId> addLayer(const Project&, const LayerRecord&);
Status saveLayerValues(const Project&, LayerId, TrajectoryId, const std::vector<float>& values);
Result<std::vector<LayerRecord>> layers(const Project&);
Result<std::vector<std::pair<LayerRecord, std::vector<float>>>> layersOf(const Project&,
                                                                         TrajectoryId);

// --- rollouts (rollout_repo.cpp)
/// Key of a set's params, true: each prefix was sampled from on its own, so that equal indices of
/// two prefixes are two draws and no rollout stands for a later prefix. Imported sets are so.
inline constexpr const char* kIndependentRollouts = "independent";
/// The set of that provenance, made when new; the program's version does not tell sets apart.
Result<RolloutSetId> addRolloutSet(const Project&, const Provenance&);
/// Sets that have rollouts of this trajectory's prefixes (none: of any), newest first.
Result<std::vector<RolloutSetRecord>> rolloutSets(const Project&, TrajectoryId);
/// Adds rollouts of a trajectory's prefixes in one transaction; what is there already stays as it
/// is. Returns how many were added.
Result<std::int64_t> saveRollouts(const Project&, TrajectoryId, RolloutSetId,
                                  const std::vector<RolloutRecord>&);
/// Makes the rollouts that other trajectories of the question left at shared prefixes readable for
/// this one. A search calls it before it asks what is missing.
Status linkPrefixes(const Project&, TrajectoryId);
/// Variants of the set's rollouts of the trajectory's prefixes, see RolloutRecord; "" first.
Result<std::vector<std::string>> rolloutVariants(const Project&, TrajectoryId, RolloutSetId);
/// All stored rollouts of the trajectory's prefixes, by position and index.
Result<std::vector<RolloutRecord>> rolloutsOf(const Project&, TrajectoryId, RolloutSetId,
                                              const std::string& variant = {});
/// Rollouts of one position, those included that follow the trajectory there from an earlier
/// prefix; `ids` begin after the position; one an index, by index.
Result<std::vector<RolloutRecord>> rolloutsAt(const Project&, TrajectoryId, RolloutSetId,
                                              std::int32_t position,
                                              const std::string& variant = {});
/// The same with their texts, grouped by answer. Texts need the vocabulary of the trajectory's
/// tokenizer, which searches store; without it they are empty.
Result<std::vector<RolloutAnswer>> rolloutAnswers(const Project&, TrajectoryId, RolloutSetId,
                                                  std::int32_t position,
                                                  const std::string& variant = {});

// --- their shares (rollout_shares.cpp)
/// Right of total by position, from all stored rollouts of the set (those that follow the
/// trajectory to a later position count there too) and from what searches rest on, whichever knows
/// more; positions without any are left out. True while a search still draws.
Result<std::vector<RolloutEstimate>> rolloutCurve(const Project&, TrajectoryId, RolloutSetId);
/// Right of total by the token that stands at `position` instead of the trajectory's own: stored
/// rollouts of the prefix before it by their first token, replacements of a banned token, and
/// rollouts drawn after one of `tokens`. Tokens without any are left out.
Result<std::map<std::int32_t, ShareCount>>
alternativeShares(const Project&, TrajectoryId, RolloutSetId, std::int32_t position,
                  const std::vector<std::int32_t>& tokens);

// --- searches (search_repo.cpp)
/// The search of these parameters, made when new. params: {"search": {..}, "rollouts": {..}}; the
/// program's version does not tell searches apart.
Result<SearchId> addSearch(const Project&, const Provenance&);
Result<Provenance> search(const Project&, SearchId);
/// Verdict of one search on one trajectory: replaces an earlier one of the same search and method,
/// and adds its estimates to those of the rollout set. One transaction. No finding at all is stored
/// as one with position -1, which the caller makes.
Status saveSearchResult(const Project&, const std::vector<SearchFindingRecord>& findings,
                        const std::vector<RolloutEstimate>& estimates);
/// Shares that came without a search; the same rule of which stay as for saveSearchResult.
Status saveEstimates(const Project&, TrajectoryId, RolloutSetId,
                     const std::vector<RolloutEstimate>& estimates);
/// Those of `wanted` without a verdict of that search and method.
Result<std::vector<TrajectoryId>> unsearched(const Project&, SearchId, const std::string& method,
                                             const std::vector<TrajectoryId>& wanted);
/// Notes that this job asked for verdicts that are there already: see findingsOfJob().
Status tagFindings(const Project&, SearchId, const std::string& method, TrajectoryId, JobId);
/// Verdicts of a trajectory, of all searches, by position.
Result<std::vector<SearchFindingRecord>> findingsOf(const Project&, TrajectoryId);
/// Verdicts that a job made or found ready, by trajectory and position.
Result<std::vector<SearchFindingRecord>> findingsOfJob(const Project&, JobId);
/// All found tokens of a method (empty: of all), by trajectory and position: for the corpus view
/// and for pass@k with and without them (passAtKCurve in core/spec/pass_at_k.h takes the counts
/// `with` and `without` by question). Without the rows that found nothing.
Result<std::vector<SearchFindingRecord>> allFindings(const Project&, const std::string& method);
/// Shares by position, by position.
Result<std::vector<RolloutEstimate>> rolloutEstimates(const Project&, TrajectoryId, RolloutSetId);
/// Estimates, the first position where all are wrong, and what searches of the set found.
Result<RolloutChart> rolloutChart(const Project&, TrajectoryId, RolloutSetId);

// --- branches (branch_repo.cpp)
/// Inserts the child trajectory and the branch row in one transaction.
Result<BranchRecord> addBranch(const Project&, const BranchRecord&, const TrajectoryRecord& child);
/// Replaces the child's text, ids and verdict while or after it is written; clears `running`.
Status finishBranch(const Project&, BranchId, const TrajectoryRecord& child, bool running);
Result<std::vector<BranchRecord>> branchesOf(const Project&, TrajectoryId root,
                                             bool withDeleted = false);
Status setBranchDeleted(const Project&, BranchId, bool deleted);
Status setMainPath(const Project&, TrajectoryId root, TrajectoryId path); ///< none: the root itself
Result<TrajectoryId> mainPath(const Project&, TrajectoryId root);
Status setBranchRead(const Project&, BranchId);
Status emptyTrash(const Project&);
/// Branches left `running` by a worker that died: kept, marked cancelled.
Status closeOrphanBranches(const Project&);

// --- jobs (job_repo.cpp, job_waits.cpp)
/// The job comes after those its spec takes something from ("job:N") and after `after`.
/// InvalidArgument when one of them is not there.
Result<JobId> addJob(const Project&, const std::string& kind, const Json& spec,
                     const std::string& name, const std::vector<JobId>& after = {});
/// Queues all steps in one transaction, "@ID" replaced by "job:N"; their ids, in their order.
Result<std::vector<JobId>> addPipeline(const Project&, const std::vector<PipelineStep>&);
/// Of a queued job that waits for others: which ones and what to do, one sentence; else "".
std::string waitingSentence(const JobRecord&);
/// What a job made, kept for those that come after it; added to what is there.
Status setJobOutputs(const Project&, JobId, const Json& outputs);
/// Jobs that come after this one.
Result<std::vector<JobRecord>> followersOf(const Project&, JobId);
Result<JobRecord> job(const Project&, JobId);
Result<std::vector<JobRecord>> jobs(const Project&);
/// Claims the next queued job: state Preparing, owner and heartbeat set, in one transaction.
Result<std::optional<JobRecord>> claimJob(const Project&, const std::string& owner);
/// Claims this one if it is claimable; Busy says for which job it waits.
Result<JobRecord> claimJob(const Project&, JobId, const std::string& owner);
Status heartbeat(const Project&, JobId,
                 const std::string& owner); ///< Mismatch when it was taken over
Status setJobState(const Project&, JobId, JobState, const std::optional<Error>& error = {});
Status setJobProgress(const Project&, JobId, std::int64_t done, std::int64_t total,
                      const std::string& message, double tokensPerSecond);
Status requestCancel(const Project&, JobId);
Status requestPause(const Project&, JobId); ///< Queued: Paused at once; running: Pausing
/// Ends a job for good, whoever runs it: Cancelled at once, and its runner stops at the next step
/// without a word. Jobs that have ended stay as they are.
Status cancelJob(const Project&, JobId);
Status setJobMemory(const Project&, JobId, std::int64_t bytes, std::int64_t peakBytes);
Status setJobUnit(const Project&, JobId, const std::string& unit, const std::string& device);
Status requeueJob(const Project&, JobId); ///< resume: Paused | Stopped | Failed | .. -> Queued
/// Moves a queued job `delta` places among the queued ones; InvalidArgument for any other.
Status moveJob(const Project&, JobId, int delta);
Status removeJob(const Project&, JobId); ///< not while it runs or another one waits for it
/// Running rows whose heartbeat is older than kLeaseMs, or whose local pid is gone -> Interrupted.
inline constexpr std::int64_t kLeaseMs = 10'000;
Result<int> interruptStaleJobs(const Project&);
Status addEvent(const Project&, const JobEventRecord&);
Result<std::vector<JobEventRecord>> events(const Project&, JobId, std::int64_t afterId,
                                           std::int64_t limit); ///< none: all

// --- runs (run_repo.cpp)
/// Values of one step, in one transaction; what the step had is replaced (a resumed run goes over
/// steps again).
Status addMetrics(const Project&, JobId, std::int64_t step,
                  const std::vector<std::pair<std::string, double>>& values);
Result<std::vector<std::string>> metricNames(const Project&, JobId);
/// Points of one metric after a step, by step.
Result<std::vector<MetricPoint>> metrics(const Project&, JobId, const std::string& name,
                                         std::int64_t afterStep = -1);
/// Same (job, step): updated, same id. A best one takes the mark from the others of the job.
Result<CheckpointId> saveCheckpoint(const Project&, const CheckpointRecord&);
Status setCheckpointDeleted(const Project&, CheckpointId);
Result<std::vector<CheckpointRecord>> checkpoints(const Project&, JobId); ///< by step

// --- marks, labels, notes, slices, view state (annotation_repo.cpp)
Result<LabelId> addLabel(const Project&, const LabelRecord&);
Status removeLabel(const Project&, LabelId);
Result<std::vector<LabelRecord>> labelsOf(const Project&, TrajectoryId);
Result<NoteId> saveNote(const Project&, const NoteRecord&); ///< id set: replaces its text
Status removeNote(const Project&, NoteId);
Result<std::vector<NoteRecord>> notes(const Project&, TrajectoryId); ///< none: all
Result<MarkId> addMark(const Project&, const MarkRecord&);
Status removeMark(const Project&, MarkId);
Result<std::vector<MarkRecord>> marks(const Project&, TrajectoryId); ///< none: all
Result<SliceId> saveSlice(const Project&, const std::string& name,
                          const std::string& filter); ///< same name: replaced
Result<std::vector<std::pair<std::string, std::string>>> slices(const Project&); ///< name, filter
Status removeSlice(const Project&, const std::string& name);
Status setUiState(const Project&, const std::string& key, const std::string& value);
Result<std::string> uiState(const Project&, const std::string& key); ///< "" when unset
Result<std::map<std::string, std::string>> uiStates(const Project&); ///< all, by key
Status setSetting(const Project&, const std::string& key, const std::string& value);
Result<std::string> setting(const Project&, const std::string& key);

} // namespace crux::store
