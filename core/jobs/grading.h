// The grading task of a dataset and the verdict of a trajectory's response.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"
#include "core/store/records.h"
#include "core/text/grade.h"

namespace crux::jobs {

/// By the dataset's prompt template and kind: MATH where they say so, else GSM8K.
text::GradeTask gradeTaskOf(const store::DatasetRecord& dataset);

/// Of the dataset with this id.
Result<text::GradeTask> gradeTaskIn(const store::Project& project, DatasetId dataset);

/// Fills verdict, reason, extracted answer and its place from the question's gold answer; Ungraded
/// with the reason "no_gold" when the question has none.
void gradeInto(store::TrajectoryRecord& trajectory, const store::QuestionRecord& question,
               text::GradeTask task, text::GradeProfile profile = text::GradeProfile::Crux);

/// The same, reading dataset and question from the project.
Status gradeFromProject(const store::Project& project, store::TrajectoryRecord& trajectory);

} // namespace crux::jobs
