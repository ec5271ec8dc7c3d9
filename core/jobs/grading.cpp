#include "core/jobs/grading.h"

#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

namespace crux::jobs {

text::GradeTask gradeTaskOf(const store::DatasetRecord& dataset) {
    return text::gradeTaskFor(dataset.promptTemplate, dataset.kind);
}

void gradeInto(store::TrajectoryRecord& trajectory, const store::QuestionRecord& question,
               text::GradeTask task, text::GradeProfile profile) {
    if (question.gold.empty()) {
        trajectory.verdict = Verdict::Ungraded;
        trajectory.verdictReason = "no_gold";
        return;
    }
    const text::Grade grade =
        text::gradeAny(task, profile, trajectory.response, store::goldAnswers(question));
    trajectory.verdict = grade.verdict;
    trajectory.verdictReason = grade.reason;
    trajectory.extracted = grade.extracted;
    trajectory.extractedBegin = grade.extractedBegin;
    trajectory.extractedEnd = grade.extractedEnd;
    trajectory.answerSpans = grade.spans;
}

Result<text::GradeTask> gradeTaskIn(const store::Project& project, DatasetId id) {
    CRUX_TRY(all, store::datasets(project));
    for (const store::DatasetRecord& dataset : all)
        if (dataset.id == id)
            return gradeTaskOf(dataset);
    return text::GradeTask::Gsm8k;
}

Status gradeFromProject(const store::Project& project, store::TrajectoryRecord& trajectory) {
    CRUX_TRY(question, store::question(project, trajectory.questionId));
    CRUX_TRY(task, gradeTaskIn(project, trajectory.datasetId));
    gradeInto(trajectory, question, task);
    return {};
}

} // namespace crux::jobs
