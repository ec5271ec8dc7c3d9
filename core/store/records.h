// Plain rows of the project file. Arrays are decoded from blobs; a record owns its data.
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"
#include "core/spec/verdict.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crux::store {

/// What made a computed row (DESIGN.md section 5).
struct Provenance {
    std::string weightsHash, adapterHash, tokenizerHash;
    Json params = Json::object();
    std::uint64_t seed = 0;
    std::string dtype, device, programVersion;
};

struct ModelRecord {
    ModelId id;
    std::string name, path, architecture, storedDType;
    std::string weightsHash, tokenizerHash;
    std::int64_t parameters = 0, sizeBytes = 0;
    std::int32_t vocabularySize = 0, contextLength = 0;
    std::int64_t createdMs = 0;
};

/// Role of an adapter in the lineage base -> SFT -> positive / negative -> cDPO.
struct AdapterRecord {
    AdapterId id;
    ModelId modelId;              ///< its base
    AdapterId parentId;           ///< lineage, none for a fresh one
    std::string name, path, role; ///< role: positive | negative | policy | other
    std::string hash;
    std::int32_t rank = 0;
    double alpha = 0;
    std::int64_t sizeBytes = 0, createdMs = 0;
};

struct DatasetRecord {
    DatasetId id;
    std::string name, split, sourcePath, sourceHash, kind;
    std::string promptTemplate; ///< name in text/prompts.h, empty when rows carry their own prompt
    std::int64_t questions = 0, trajectories = 0; ///< counted by triggers, never COUNT(*)
    std::int64_t createdMs = 0;
};

struct QuestionRecord {
    QuestionId id;
    DatasetId datasetId;
    std::string externalId, text, gold, solution;
    Json meta = Json::object();
};

struct TrajectoryRecord {
    TrajectoryId id;
    QuestionId questionId;
    DatasetId datasetId;
    TrajectoryId
        rootId; ///< the imported or sampled trajectory a branch grew from; itself for a root
    std::string externalId; ///< the row's own id in the file it came from, may be empty
    /// Unique in its data set where not empty: an import that runs again skips what is there.
    std::string naturalKey;
    std::int32_t sampleIndex = 0;
    Source source = Source::Imported;
    std::string sourceModel; ///< as said by the import, or the model's name
    ModelId modelId;
    AdapterId adapterId;
    std::string prompt;                ///< full text before the response, as tokenised
    std::string response;              ///< raw bytes
    std::vector<std::int32_t> ids;     ///< prompt + response; empty when not tokenised yet
    std::vector<std::int32_t> offsets; ///< 2 per id: begin,end in prompt+response (bytes)
    std::int32_t promptTokens = 0;     ///< ids[promptTokens] is the first response token
    std::string tokenizerHash;
    Verdict verdict = Verdict::Ungraded;
    std::string verdictReason, extracted;
    std::int32_t extractedBegin = -1, extractedEnd = -1; ///< bytes in the response
    /// Where the extraction is ambiguous: begin and end of every place the answer may stand at.
    std::vector<std::int32_t> answerSpans;
    std::optional<bool> publishedCorrect; ///< label that came with an import
    std::int32_t slip = -1; ///< planted critical token (index into ids) where the data says it
    std::string finishReason;
    Provenance provenance;
    std::int64_t createdMs = 0;
    bool deleted = false;
};

/// A child trajectory that leaves its parent at `forkPosition` (absolute index into ids).
struct BranchRecord {
    BranchId id;
    TrajectoryId rootId;   ///< the trajectory whose tree this is
    TrajectoryId parentId; ///< trajectory it forks from
    TrajectoryId childId;  ///< trajectory row holding its full ids and text
    std::int32_t forkPosition = 0;
    std::string kind; ///< token | text | ban | continue
    std::vector<std::int32_t> forcedIds;
    float forcedP = -1; ///< probability of the first forced token under the policy, -1 unknown
    bool mainPath = false, unread = false, deleted = false, running = false;
    Json sampling = Json::object();
    std::int64_t createdMs = 0;
};

struct ScoreSetRecord {
    ScoreSetId id;
    std::string name;
    ModelId positiveModel, negativeModel, policyModel;
    AdapterId positiveAdapter, negativeAdapter, policyAdapter;
    double beta = 1;
    std::int32_t topK = 0;
    Provenance provenance;
    std::int64_t scored = 0; ///< trajectories with scores in this set
    std::int64_t createdMs = 0;
};

/// All scores of one trajectory in one set; vectors have one entry a token (NaN / -1 = none).
struct ScoreRecord {
    TrajectoryId trajectoryId;
    ScoreSetId scoreSetId;
    std::vector<float> s, pPositive, pNegative, logpPolicy;
    std::vector<float> entropyPositive, entropyNegative, entropyPolicy;
    std::vector<std::int32_t> rankPositive, rankNegative, rankPolicy;
};

/// Top-K alternatives of every position; arrays are T*K.
struct AlternativesRecord {
    std::int32_t k = 0;
    std::vector<std::int32_t> ids;
    std::vector<float> p, pPositive, pNegative, s;
};

/// An imported value per token, e.g. published rollout potentials.
struct LayerRecord {
    LayerId id;
    std::string name, kind;          ///< kind: "rollout_correctness" | "value"
    std::string lowMeans, highMeans; ///< words for the legend's ends
    std::string source;
    double minimum = 0, maximum = 1;
};

/// Rollouts of one model drawn in one way: weights, adapter, sampling parameters, seed and dtype
/// are its provenance (version of the program aside: a newer one goes on with the set).
struct RolloutSetRecord {
    RolloutSetId id;
    Provenance provenance; ///< params: sampling, {"temperature", "top_p", .., "stop": [..]}
    std::int64_t rollouts = 0;
};

/// One sampled continuation. It belongs to its prefix, ids[0..position] of whatever trajectory
/// begins so, and to the index whose random numbers drew it: prefix, set, variant and index are
/// unique, so that drawing again adds nothing.
struct RolloutRecord {
    std::int32_t position = 0; ///< absolute index of the prefix's last token
    /// "" as the set says; "ban ID" or "ban ID full": that token was banned right after the prefix
    /// and its replacement drawn by the set's sampling, or from the full softmax.
    std::string variant;
    std::int32_t index = 0;
    std::string seedPath;
    std::vector<std::int32_t> ids; ///< as drawn: may run into the stop text; without EOS
    std::string answer;            ///< as the grader extracted it, normalised
    Verdict verdict = Verdict::Ungraded;
    std::string verdictReason, finishReason;
    JobId jobId;
    /// Filled by rolloutsAt(): the position it was drawn from, `position` or an earlier one.
    std::int32_t drawnAt = -1;
};

/// right of total.
struct ShareCount {
    std::int32_t right = 0, total = 0;
    bool operator==(const ShareCount&) const = default;
};

/// What the rollouts of one position say. A curtailed one was stopped at its last success, since
/// nothing it decides could change: its share is (right - 1) / (total - 1), not right / total.
struct RolloutEstimate {
    std::int32_t position = 0; ///< share after this token (absolute index)
    ShareCount count;
    bool curtailed = false;
    double share() const {
        const int less = curtailed ? 1 : 0;
        return count.total > less ? static_cast<double>(count.right - less) / (count.total - less)
                                  : 0;
    }
};

/// One token that a search found in a trajectory, or that it found none (position -1).
struct SearchFindingRecord {
    TrajectoryId trajectoryId;
    QuestionId questionId; ///< filled when read
    SearchId search;       ///< the search's parameters: see search()
    RolloutSetId rolloutSet;
    std::string method;         ///< critical | pivotal | cliff | bisect
    std::int32_t position = -1; ///< absolute index of the token; -1: nothing found
    std::int32_t tokenId = -1;
    std::int32_t sign = -1;        ///< -1 lowers the chance of ending right, +1 raises it
    ShareCount before, at;         ///< rollouts without and with the token; total 0: not drawn
    ShareCount confirmation;       ///< fresh rollouts that took no part in the search
    std::optional<bool> confirmed; ///< their Clopper-Pearson upper end is below the low share
    ShareCount with, without;      ///< pass@k: fresh rollouts with the token, and with it banned
    /// The rest, where it applies: "reason" (nothing found), "assumed_monotone", "fallback",
    /// "z", "p_value", "holm", "class", "rank", "entropy" (cliff), "replacements"
    /// [[id, drawn, right], ..].
    Json detail = Json::object();
    JobId jobId; ///< the last job that asked for it
    std::int64_t createdMs = 0;
};

/// Everything the Rollouts dock draws of one trajectory and rollout set.
struct RolloutChart {
    std::vector<RolloutEstimate> estimates; ///< by position; those that a search rests on
    std::int32_t firstAllWrong = -1; ///< first position with no right rollout among all of them
    std::vector<SearchFindingRecord> findings; ///< of all methods, by position
};

/// Rollouts of one position that gave the same answer, most frequent first.
struct RolloutAnswer {
    std::string answer; ///< "" when none was found
    Verdict verdict = Verdict::Ungraded;
    struct Member {
        std::int32_t index = 0;
        std::int32_t drawnAt = -1;     ///< the prefix it was drawn from ended here
        std::vector<std::int32_t> ids; ///< after the position
        std::string text;              ///< raw bytes, cut before the stop text
        std::string finishReason;
    };
    std::vector<Member> members; ///< by index
};

/// One answer to a question, without its text: what selection rules and summaries look at.
struct AnswerRecord {
    TrajectoryId id;
    QuestionId questionId;
    DatasetId datasetId;
    std::int32_t sampleIndex = 0;
    Verdict verdict = Verdict::Ungraded;
    std::string answer;      ///< as the grader extracted it, normalised
    std::int32_t tokens = 0; ///< of the response
};

/// Trajectories chosen to train on: single ones (positive or negative data) or pairs of a chosen
/// and a rejected one. Never changed once stored.
struct PairSetRecord {
    PairSetId id;
    std::string name;
    /// {"kind": "sft_pos" | "sft_neg" | "preference", the rule's parameters, "questions", "kept",
    /// "dropped": [{"reason", "questions": [id, ..]}, ..]}
    Json rule = Json::object();
    std::int64_t pairs = 0; ///< rows, filled when read
    std::int64_t createdMs = 0;
    std::string kind() const { return rule.value("kind", std::string()); }
};

struct PairRecord {
    TrajectoryId chosen;   ///< of positive and negative data: the trajectory
    TrajectoryId rejected; ///< none but in preference data
    /// One weight a response token where there are any (1 - s_t for cDPO).
    std::vector<float> chosenWeights, rejectedWeights;
};

enum class JobState {
    Draft = 0,
    Queued,
    Preparing,
    Running,
    Pausing,
    Paused,
    Stopping,
    Stopped,
    Done,
    Failed,
    Interrupted,
    Cancelled
};
std::string_view jobStateName(JobState state);

/// A job that another one comes after.
struct JobPrerequisite {
    JobId id;
    std::string name;
    JobState state = JobState::Queued;
    bool operator==(const JobPrerequisite&) const = default;
};

struct JobRecord {
    JobId id;
    std::string kind, name;
    Json spec = Json::object();
    JobState state = JobState::Queued;
    std::int64_t position = 0; ///< order in the queue
    std::int64_t progressDone = 0, progressTotal = 0;
    std::string unit;    ///< "trajectories", "lines", "tokens"
    std::string message; ///< last word about progress
    double tokensPerSecond = 0;
    std::optional<Error> error;
    std::string owner, device; ///< "host:pid" of the claiming worker
    std::int64_t heartbeatMs = 0, createdMs = 0, startedMs = 0, finishedMs = 0;
    bool cancelRequested = false, pauseRequested = false;
    std::int64_t memoryBytes = 0, memoryPeakBytes = 0;
    std::vector<JobPrerequisite> after; ///< claimed only when all of them are done
    /// What it made: {"adapter" | "model" | "score_set" | "sft_pos" | "sft_neg" | "preference": id}
    Json outputs = Json::object();
};

struct JobEventRecord {
    std::int64_t id = 0;
    JobId jobId; ///< none: about the project
    std::int64_t timeMs = 0;
    std::string level; ///< info | warning | error
    std::string message, object, detail;
    Json fix = Json::object(); ///< {action, ..} offered by the Problems dock
};

/// One value of a run's metric; names as TRL writes them ("loss", "rewards/margins", "eval_loss").
struct MetricPoint {
    std::int64_t step = 0;
    double value = 0; ///< NaN where the run had no number
    std::int64_t timeMs = 0;
    bool operator==(const MetricPoint&) const = default;
};

/// A saved step of a run: a folder that is complete.
struct CheckpointRecord {
    CheckpointId id;
    JobId jobId;
    AdapterId adapterId; ///< where its adapter is registered
    std::int64_t step = 0;
    std::string path, hash;
    std::int64_t sizeBytes = 0;
    bool best = false, deleted = false; ///< deleted: the folder was given up for newer ones
    std::int64_t createdMs = 0;
};

/// Human verdict on a candidate position.
struct LabelRecord {
    LabelId id;
    TrajectoryId trajectoryId;
    std::int32_t position = -1; ///< -1: the whole trajectory
    std::string kind;           ///< agree | reject | elsewhere | custom text
    std::int64_t createdMs = 0;
};
struct NoteRecord {
    NoteId id;
    TrajectoryId trajectoryId;
    std::int32_t position = -1;
    std::string text;
    std::int64_t createdMs = 0;
};
/// A bookmark (position >= 0) or a marked trajectory (position == -1).
struct MarkRecord {
    MarkId id;
    TrajectoryId trajectoryId;
    std::int32_t position = -1;
    std::int64_t createdMs = 0;
};

/// What the newest search for critical tokens says of a trajectory.
enum class CriticalState { NotSearched, NoneFound, NotConfirmed, Found, Confirmed };

/// One row of the Trajectories table: summary only, no arrays but the strip.
struct TrajectorySummary {
    TrajectoryId id;
    QuestionId questionId;
    DatasetId datasetId;
    std::string question; ///< first 200 characters
    std::string datasetName;
    Verdict verdict = Verdict::Ungraded;
    Source source = Source::Imported;
    std::string extracted, sourceModel;
    std::vector<std::string> golds; ///< all right answers of the question
    std::int32_t sampleIndex = 0;
    std::int32_t tokens = 0; ///< response tokens
    float minS = -1;         ///< lowest response s_t in the chosen set, -1 none
    std::int32_t minSPosition = -1;
    std::int32_t candidates = -1; ///< count below the set's threshold, -1 no scores
    std::int32_t branches = 0;
    std::string label;
    bool hasNote = false, marked = false;
    CriticalState critical = CriticalState::NotSearched;
    std::int32_t criticalPosition = -1; ///< in the response, from 0; -1: none
    std::string criticalText;           ///< raw bytes of the token
    std::string strip; ///< 64 bytes: criticality 0..255 per bucket, empty without scores
};

/// Vocabulary pieces of one tokenizer, stored once so that a project shows tokens without the
/// model.
struct VocabularyRecord {
    std::string tokenizerHash;
    std::vector<std::string> pieces; ///< raw bytes by id
    std::vector<bool> special;
    bool operator==(const VocabularyRecord&) const = default;
};

} // namespace crux::store
