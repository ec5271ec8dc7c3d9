#include "core/jobs/reproduce_evaluation.h"

#include "core/base/text_util.h"
#include "core/jobs/answer_run.h"
#include "core/jobs/grading.h"
#include "core/jobs/registry.h"
#include "core/jobs/sample_drawer.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <deque>

namespace crux::jobs {

namespace {

/// What draws the answers, from the record alone.
Result<SampleOptions> recordedOptions(const store::EvaluationRecord& record) {
    const Json& params = record.provenance.params;
    SampleOptions options;
    options.sampling.temperature = params.value("temperature", 0.0);
    options.sampling.topP = params.value("top_p", 1.0);
    options.sampling.topK = params.value("top_k", 0);
    options.sampling.maxNewTokens = params.value("max_new_tokens", 1024);
    options.sampling.stop = params.value("stop", std::vector<std::string>());
    options.sampling.seed = record.provenance.seed;
    CRUX_TRY(profile, text::gradeProfileFromName(record.grader));
    options.profile = profile;
    CRUX_TRY_VOID(validate(options.sampling));
    return options;
}

/// One stored answer and what it is drawn from.
struct StoredAnswer {
    store::TrajectoryRecord trajectory;
    store::QuestionRecord question;
    TokenizedPrompt prompt;
    Verdict verdict = Verdict::Ungraded; ///< as the evaluation has it
};

Result<std::deque<StoredAnswer>> storedAnswers(const store::Project& project,
                                               const store::EvaluationRecord& record,
                                               std::int64_t limit) {
    CRUX_TRY(rows, store::evaluatedQuestions(project, record));
    if (limit > 0 && std::ssize(rows) > limit)
        rows.resize(static_cast<std::size_t>(limit));
    std::deque<StoredAnswer> all;
    for (const store::EvaluatedQuestion& row : rows) {
        CRUX_TRY(question, store::question(project, row.questionId));
        for (std::size_t i = 0; i < row.samples(); ++i) {
            StoredAnswer one;
            CRUX_TRY(t, store::trajectory(project, row.trajectories[i]));
            one.question = question;
            one.verdict = row.verdicts[i];
            one.prompt.text = t.prompt;
            one.prompt.ids.assign(t.ids.begin(), t.ids.begin() + t.promptTokens);
            one.trajectory = std::move(t);
            all.push_back(std::move(one));
        }
    }
    return all;
}

void hold(const StoredAnswer& stored, const DrawnSample& drawn, text::GradeTask task,
          text::GradeProfile profile, ReproducedEvaluation& result) {
    store::TrajectoryRecord now;
    now.response = drawn.response.substr(0, drawn.answered);
    gradeInto(now, stored.question, task, profile);
    const auto& ids = stored.trajectory.ids;
    std::size_t at = static_cast<std::size_t>(stored.trajectory.promptTokens), same = 0;
    while (at + same < ids.size() && same < drawn.ids.size() && ids[at + same] == drawn.ids[same])
        ++same;
    const bool equal = at + same == ids.size() && same == drawn.ids.size();
    ++result.samples;
    result.equal += equal ? 1 : 0;
    result.right += now.verdict == Verdict::Right ? 1 : 0;
    result.recordedRight += stored.verdict == Verdict::Right ? 1 : 0;
    result.graded += stored.verdict != Verdict::Ungraded ? 1 : 0;
    if (!equal || now.verdict != stored.verdict)
        result.different.push_back(
            {stored.question.id, stored.trajectory.id, stored.trajectory.sampleIndex,
             equal ? -1 : static_cast<std::int32_t>(at + same), stored.verdict, now.verdict});
}

} // namespace

Result<ReproducedEvaluation> reproduceEvaluation(const store::Project& project, ModelCache& models,
                                                 EvaluationId id, std::int64_t limit,
                                                 const CancelToken& cancel) {
    ReproducedEvaluation result;
    CRUX_TRY(record, store::evaluation(project, id));
    if (record.source != "crux" || !record.modelId)
        return fail(ErrorCode::Unsupported,
                    cat("The evaluation \"", record.name, "\" was imported from ", record.source,
                        ": its record does not say how its answers were drawn."));
    CRUX_TRY(row, store::model(project, record.modelId));
    CRUX_TRY(model, models.model(project, record.modelId, record.adapterId));
    CRUX_TRY(tokenizer, models.tokenizer(project, record.modelId));
    CRUX_TRY(options, recordedOptions(record));
    CRUX_TRY(task, gradeTaskIn(project, record.datasetId));
    CRUX_TRY(answers, storedAnswers(project, record, limit));
    result.dtype = model.model->info().dtype;
    result.device = model.model->info().device;
    result.otherWeights = row.weightsHash != record.provenance.weightsHash;
    if (record.adapterId) {
        CRUX_TRY(adapter, store::adapter(project, record.adapterId));
        result.otherWeights = result.otherWeights || adapter.hash != record.provenance.adapterHash;
    }
    std::vector<PlannedSample> planned;
    for (const StoredAnswer& one : answers)
        planned.push_back({&one.prompt, &options.sampling.stop,
                           answerStream(one.question, one.trajectory.sampleIndex)});
    SampleDrawer drawer(model, tokenizer, options);
    CRUX_TRY_VOID(drawer.draw(planned, cancel, [&](std::size_t index, DrawnSample drawn) {
        hold(answers[index], drawn, task, options.profile, result);
        return Status();
    }));
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "Reproducing the evaluation was stopped.");
    std::sort(result.different.begin(), result.different.end(), [](const auto& a, const auto& b) {
        return std::pair(a.question.value, a.sample) < std::pair(b.question.value, b.sample);
    });
    result.record = std::move(record);
    return result;
}

Json toJson(const store::Project& project, const ReproducedEvaluation& result) {
    const auto share = [&](std::int64_t right) {
        return result.graded > 0
                   ? Json(static_cast<double>(right) / static_cast<double>(result.graded))
                   : Json();
    };
    Json different = Json::array();
    for (const ReproducedAnswer& one : result.different) {
        const auto question = store::question(project, one.question);
        different.push_back(
            {{"question_id", question.ok() ? question->externalId : cat(one.question.value)},
             {"trajectory", one.trajectory.value},
             {"sample", one.sample},
             {"differs_at", one.differsAt < 0 ? Json() : Json(one.differsAt)},
             {"verdict", verdictName(one.now)},
             {"recorded_verdict", verdictName(one.stored)}});
    }
    const store::Provenance& made = result.record.provenance;
    return Json{{"evaluation", result.record.id.value},
                {"name", result.record.name},
                {"same", result.same()},
                {"samples", result.samples},
                {"equal", result.equal},
                {"accuracy", share(result.right)},
                {"recorded_accuracy", share(result.recordedRight)},
                {"different", std::move(different)},
                {"dtype", result.dtype},
                {"device", result.device},
                {"recorded_dtype", made.dtype},
                {"recorded_device", made.device},
                {"recorded_version", made.programVersion},
                {"other_weights", result.otherWeights}};
}

} // namespace crux::jobs
