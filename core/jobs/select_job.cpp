// The select job: graded trajectories -> sets to train on, by the paper's rules of answer frequency
// (REFERENCE.md 0.2).
#include "core/base/text_util.h"
#include "core/jobs/answer_sets.h"
#include "core/jobs/handlers.h"
#include "core/jobs/job_outputs.h"
#include "core/jobs/selection.h"
#include "core/spec/params.h"
#include "core/store/own_answers.h"
#include "core/store/repositories.h"

namespace crux::jobs {

namespace {

/// The data set's name, where all answers are of one.
Result<std::string> nameOf(const store::Project& project,
                           const std::vector<store::AnswerRecord>& answers) {
    const DatasetId dataset = answers.front().datasetId;
    for (const store::AnswerRecord& answer : answers)
        if (answer.datasetId != dataset)
            return std::string("all datasets");
    CRUX_TRY(all, store::datasets(project));
    for (const store::DatasetRecord& row : all)
        if (row.id == dataset)
            return row.name;
    return std::string("answers");
}

/// Whose answers are taken, and that test questions are trained on.
Status tellWhose(const JobContext& context, const store::OwnAnswers& own,
                 const std::vector<store::AnswerRecord>& answers) {
    if (!own.model.empty())
        addJobEvent(context, "info",
                    cat("What others than ", own.model,
                        " wrote is left out; a filter such as sampled_by~\"\" takes anyone's."));
    if (!own.fallback.empty())
        addJobEvent(context, "warning",
                    cat("None of them is known to be written by ", own.fallback,
                        ": the paper trains on the model's own answers."));
    CRUX_TRY(tests, store::onlyTestQuestions(context.project, answers));
    if (tests)
        addJobEvent(context, "warning",
                    "All questions are of a test split: what is trained on them can no longer be "
                    "evaluated on them.");
    return {};
}

} // namespace

Status runSelectJob(JobContext& context) {
    CRUX_TRY(spec, completeSpec("select", context.job.spec));
    const auto where = spec.at("where").get<std::string>();
    const auto dataset = spec.at("dataset").get<std::string>();
    store::TrajectoryQuery query;
    CRUX_TRY(sets, store::scoreSets(context.project));
    if (!sets.empty())
        query.scoreSet = sets.back().id;
    CRUX_TRY(own, store::ownAnswers(context.project, where, spec.at("model").get<std::string>(),
                                    query.scoreSet));
    query.filter = own.filter;
    CRUX_TRY(ids, store::trajectoryIds(context.project, query));
    if (!dataset.empty()) {
        CRUX_TRY(kept, inDataset(context.project, dataset, ids));
        ids = std::move(kept);
    }
    if (ids.empty())
        return fail(ErrorCode::NotFound, "No trajectory matches the selection's filter.");
    if (context.cancel.cancelled())
        return fail(ErrorCode::Cancelled, "The selection was stopped.");
    CRUX_TRY(answers, store::answersOf(context.project, ids));
    CRUX_TRY_VOID(tellWhose(context, own, answers));
    std::string name = spec.at("name").get<std::string>();
    if (name.empty()) {
        CRUX_TRY(made, nameOf(context.project, answers));
        name = std::move(made);
    }
    CRUX_TRY(stored, storeAnswerSets(context.project, answers, selectionRule(spec), name,
                                     {{"where", own.filter}, {"dataset", dataset}}));
    for (const StoredAnswerSet& one : stored)
        addJobEvent(context, one.set.pairs > 0 ? "info" : "warning", one.sentence + ".",
                    one.set.id ? cat("pair_set ", one.set.id.value) : std::string());
    CRUX_TRY_VOID(store::setJobOutputs(context.project, context.job.id, setOutputs(stored)));
    const auto total = std::ssize(answers);
    context.progress(total, total, cat(stored.size(), " sets chosen from ", total, " trajectories"),
                     0);
    return {};
}

} // namespace crux::jobs
