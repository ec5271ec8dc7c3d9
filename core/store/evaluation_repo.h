// Evaluations: a checkpoint's graded answers to a question set under one decoding and grader. An
// evaluation is known by what determines it; asked for again it is the same row.
#pragma once

#include "core/base/ids.h"
#include "core/store/project.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crux {
using EvaluationId = StrongId<struct EvaluationTag>;
}

namespace crux::store {

/// Sums over all its samples.
struct EvaluationCounts {
    std::int64_t questions = 0; ///< with all their samples, or left out for good (no sample)
    std::int64_t right = 0, wrong = 0, noAnswer = 0, ungraded = 0;
    std::int64_t tokens = 0;  ///< of the responses
    std::int64_t skipped = 0; ///< questions that could not be asked: they have no sample

    std::int64_t graded() const { return right + wrong + noAnswer; }
    std::int64_t samples() const { return graded() + ungraded; }
    bool operator==(const EvaluationCounts&) const = default;
};

struct EvaluationRecord {
    EvaluationId id;
    std::string name;   ///< of the checkpoint, such as "base" or "base + cdpo"
    std::string hash;   ///< what determines it; unique
    std::string source; ///< crux | lm-eval | inspect
    ModelId modelId;    ///< none for imported ones, as are the next two
    AdapterId adapterId;
    CheckpointId checkpointId;
    DatasetId datasetId;
    std::string setHash;               ///< fingerprintOf() its questions
    std::vector<QuestionId> questions; ///< of the set, in its order
    int samples = 1;                   ///< planned for each question
    Json decoding = Json::object();    ///< how answers are asked for and drawn; see decodingLine()
    std::string grader;                ///< crux | authors | minerva | "lm-eval strict-match" ..
    Provenance provenance;
    JobId jobId; ///< the last that worked on it
    EvaluationCounts counts;
    double seconds = 0;    ///< of drawing, all jobs together
    bool complete = false; ///< every question is answered or known to be unanswerable
    std::int64_t createdMs = 0, finishedMs = 0;
};

/// One question's samples; all vectors have an entry a sample.
struct EvaluatedQuestion {
    QuestionId questionId;
    std::vector<TrajectoryId> trajectories;
    std::vector<Verdict> verdicts;
    std::vector<std::int32_t> answers; ///< equal numbers are equal answers; -1: none was found
    std::vector<std::int32_t> tokens;  ///< of the response

    std::size_t samples() const { return verdicts.size(); }
    int count(Verdict verdict) const;
    int graded() const;
    bool operator==(const EvaluatedQuestion&) const = default;
};

/// Number of an answer among those of its question, for EvaluatedQuestion::answers: -1 for none,
/// else its place in `known`, which grows.
std::int32_t answerNumber(std::vector<std::string>& known, const std::string& answer);
/// Fingerprint of one question: its text and gold answers, wherever they are stored.
std::string questionKey(const QuestionRecord& question);
/// Fingerprint of a question set, whatever its order.
std::string fingerprintOf(std::span<const QuestionRecord> questions);

/// The evaluation of this hash, made when new; `jobId` and a better name are taken over.
Result<EvaluationId> beginEvaluation(const Project&, const EvaluationRecord&);
/// Replaces these questions' rows and adds to the time, in one transaction.
Status saveEvaluated(const Project&, EvaluationId, const std::vector<EvaluatedQuestion>& rows,
                     double seconds);
/// Nothing is missing any more. InvalidArgument where rows are.
Status finishEvaluation(const Project&, EvaluationId);
Result<std::vector<EvaluationRecord>> evaluations(const Project&); ///< by id
Result<EvaluationRecord> evaluation(const Project&, EvaluationId);
/// Rows that are there, in the order of the set.
Result<std::vector<EvaluatedQuestion>> evaluatedQuestions(const Project&, const EvaluationRecord&);
Status removeEvaluation(const Project&, EvaluationId); ///< its trajectories stay
/// Checkpoint whose folder holds this adapter; none when no run made it.
Result<CheckpointId> checkpointOf(const Project&, AdapterId);
/// Step and run of a checkpoint; NotFound.
Result<CheckpointRecord> checkpoint(const Project&, CheckpointId);

/// By id or name; of several with the name the newest. NotFound lists what there is.
Result<EvaluationRecord> findEvaluation(const Project&, const std::string& name);

} // namespace crux::store
