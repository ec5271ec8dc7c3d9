// The evaluate job: a checkpoint answers a question set under one decoding; what it made of each
// question is kept as an evaluation. The answers are those of `sample` (answer_run.h).
#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/jobs/answer_run.h"
#include "core/jobs/handlers.h"
#include "core/spec/params.h"
#include "core/store/evaluation_repo.h"
#include "core/store/repositories.h"

#include <set>

namespace crux::jobs {

namespace {

constexpr std::size_t kRowsAtOnce = 500; // of one transaction

/// What comparisons hold against each other. The seed of drawn answers is none of it: two draws of
/// one decoding may be compared.
Json decodingOf(const AnswerRunView& run, const AnswerGroup& group) {
    const SamplingParams& sampling = run.options.sampling;
    Json decoding = group.form.params();
    decoding["stop"] = group.form.stops;
    decoding["max_new_tokens"] = sampling.maxNewTokens;
    decoding["temperature"] = sampling.temperature;
    decoding["samples"] = run.options.n;
    if (sampling.temperature > 0) {
        decoding["top_p"] = sampling.topP;
        decoding["top_k"] = sampling.topK;
    }
    return decoding;
}

class Evaluating : public AnswerUser {
public:
    Evaluating(JobContext& context, std::string name)
        : m_context(context)
        , m_name(std::move(name)) {}

    Status begun(const AnswerRunView& run) override {
        if (run.groups.size() != 1)
            return fail(ErrorCode::InvalidArgument,
                        cat("An evaluation is of one dataset, and these questions are of ",
                            run.groups.size(), "; name the dataset."));
        CRUX_TRY(record, recordOf(run));
        CRUX_TRY(id, store::beginEvaluation(m_context.project, record));
        m_id = id;
        CRUX_TRY_VOID(
            store::setJobOutputs(m_context.project, m_context.job.id, {{"evaluation", id.value}}));
        CRUX_TRY(stored, store::evaluation(m_context.project, id));
        CRUX_TRY(rows, store::evaluatedQuestions(m_context.project, stored));
        std::set<QuestionId> missing(record.questions.begin(), record.questions.end());
        for (const store::EvaluatedQuestion& row : rows)
            if (row.samples() > 0)
                missing.erase(row.questionId);
        m_lastMs = steadyMs();
        return take(run, missing);
    }

    Status stored(const AnswerRunView& run,
                  const std::vector<store::TrajectoryRecord>& rows) override {
        std::set<QuestionId> touched;
        for (const store::TrajectoryRecord& row : rows)
            touched.insert(row.questionId);
        return take(run, touched);
    }

    Status done(const AnswerRunView& run) override {
        std::vector<store::EvaluatedQuestion> empty;
        for (const QuestionId id : run.unanswerable)
            empty.push_back({id, {}, {}, {}, {}});
        CRUX_TRY_VOID(store::saveEvaluated(m_context.project, m_id, empty, 0));
        return store::finishEvaluation(m_context.project, m_id);
    }

private:
    Result<store::EvaluationRecord> recordOf(const AnswerRunView& run) const {
        const AnswerGroup& group = run.groups.front();
        store::EvaluationRecord record;
        record.name = m_name.empty() ? run.name : m_name;
        record.source = "crux";
        record.modelId = run.model.id;
        record.adapterId = run.adapter;
        CRUX_TRY(checkpoint, store::checkpointOf(m_context.project, run.adapter));
        record.checkpointId = checkpoint;
        record.datasetId = group.dataset.id;
        record.setHash = store::fingerprintOf(group.questions);
        for (const store::QuestionRecord& question : group.questions)
            record.questions.push_back(question.id);
        record.samples = run.options.n;
        record.decoding = decodingOf(run, group);
        record.grader = group.made.params.at("grader").get<std::string>();
        record.provenance = group.made;
        record.jobId = m_context.job.id;
        // The data set is told apart too: the rows name its questions.
        record.hash = hashText(
            cat(group.keyHead, group.dataset.id.value, "/", record.setHash, "/", record.samples));
        return record;
    }

    /// Rows of those questions all of whose samples are there.
    Status take(const AnswerRunView& run, const std::set<QuestionId>& questions) {
        std::vector<store::EvaluatedQuestion> rows;
        for (const QuestionId id : questions) {
            CRUX_TRY(row, rowOf(run, id));
            if (static_cast<int>(row.samples()) == run.options.n)
                rows.push_back(std::move(row));
            if (rows.size() == kRowsAtOnce)
                CRUX_TRY_VOID(save(rows));
        }
        return save(rows);
    }

    Status save(std::vector<store::EvaluatedQuestion>& rows) {
        const double now = steadyMs();
        const double seconds = (now - m_lastMs) / 1000;
        m_lastMs = now;
        const Status saved = store::saveEvaluated(m_context.project, m_id, rows, seconds);
        rows.clear();
        return saved;
    }

    Result<store::EvaluatedQuestion> rowOf(const AnswerRunView& run, QuestionId id) const {
        const AnswerGroup& group = run.groups.front();
        CRUX_TRY(answers, store::answersWithKey(m_context.project, group.dataset.id,
                                                answerKeyOf(group, id)));
        store::EvaluatedQuestion row;
        row.questionId = id;
        std::vector<std::string> known;
        for (const store::AnswerRecord& answer : answers) {
            if (answer.sampleIndex >= run.options.n)
                continue;
            row.trajectories.push_back(answer.id);
            row.verdicts.push_back(answer.verdict);
            row.answers.push_back(store::answerNumber(known, answer.answer));
            row.tokens.push_back(answer.tokens);
        }
        return row;
    }

    JobContext& m_context;
    const std::string m_name;
    EvaluationId m_id;
    double m_lastMs = 0;
};

} // namespace

Status runEvaluateJob(JobContext& context) {
    CRUX_TRY(spec, completeSpec("evaluate", context.job.spec));
    if (spec.at("temperature").get<double>() == 0 && spec.at("n").get<int>() > 1)
        return fail(ErrorCode::InvalidArgument,
                    "Greedy decoding gives the same answer every time; ask for one sample (n 1), "
                    "or for a temperature above 0.");
    Evaluating evaluating(context, spec.at("name").get<std::string>());
    return runAnswers(context, spec, evaluating);
}

} // namespace crux::jobs
