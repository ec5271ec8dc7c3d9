// Questions -> sampled, graded answers, continuously batched across questions: what the jobs
// `sample` and `evaluate` have in common. Each answer has a natural key made of everything that
// draws it, so that a killed, stopped or repeated job draws only what is missing, and both kinds of
// job find each other's answers.
#pragma once

#include "core/jobs/facade.h"
#include "core/jobs/sample_prompts.h"
#include "core/jobs/sample_report.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace crux::jobs {

/// The questions of one data set: asked in one form, their answers under one key.
struct AnswerGroup {
    store::DatasetRecord dataset;
    PromptForm form;
    store::Provenance made;
    std::string keyHead; ///< "sampled/HASH/"
    std::vector<store::QuestionRecord> questions;
    std::map<std::int64_t, std::vector<bool>> there; ///< by question: indices below n drawn before
    AnswerTally tally;                               ///< of what is stored, below n
};

/// What a run knows once it has begun. Borrowed from the run.
struct AnswerRunView {
    const SampleOptions& options;
    const std::deque<AnswerGroup>& groups;
    const store::ModelRecord& model;
    AdapterId adapter;
    std::string name; ///< of model and adapter: "base + cdpo"
    /// Questions that cannot be asked: empty prompts, prompts that fill the context.
    const std::vector<QuestionId>& unanswerable;
};

/// Natural keys of the answers to one question begin so.
std::string answerKeyOf(const AnswerGroup& group, QuestionId question);
/// The random stream of one answer: the question's text and the index, wherever it lies.
std::string answerStream(const store::QuestionRecord& question, int index);

/// What a job does with the answers. A failure ends the run.
class AnswerUser {
public:
    virtual ~AnswerUser() = default;
    /// Questions, keys and what is there already are known; nothing is drawn yet.
    virtual Status begun(const AnswerRunView&) { return {}; }
    /// These are in the project now (or were put there by another worker).
    virtual Status stored(const AnswerRunView&, const std::vector<store::TrajectoryRecord>&) {
        return {};
    }
    /// Everything that can be answered is.
    virtual Status done(const AnswerRunView&) { return {}; }
};

/// `spec`: completed, of kind "sample" or "evaluate". Cancelled: what is drawn stays.
Status runAnswers(JobContext& context, const Json& spec, AnswerUser& user);

} // namespace crux::jobs
