// A training step as the batch inspector shows it: its rows with their questions, and of a row the
// completions as heat maps of weight, log-ratio and contribution to the loss. Pure functions over
// the store; run on the reader thread.
#pragma once

#include "core/store/project.h"
#include "core/store/step_repo.h"
#include "ui/model/trajectory_snapshot.h"

#include <QString>

#include <vector>

namespace crux::ui {

struct StepRowView {
    store::StepRow row;
    store::RunRowSource source;
    QString question; ///< or "line 17 of pairs.jsonl" where only that is known
};

struct StepView {
    JobId run;
    std::int64_t step = -1;            ///< -1: nothing is stored of it
    std::int64_t asked = -1;           ///< the step asked for; the nearest with rows is shown
    std::vector<StepRowView> rows;     ///< highest loss first
    std::vector<store::RunFlag> flags; ///< of this step
    std::int64_t nearestKept = -1;     ///< nearest step whose token values are stored
    bool pairs = false;
    double loss = 0; ///< mean over the rows
};

/// One completion ready to be drawn. The prompt is left out: the loss is not on it.
struct StepCompletion {
    SnapshotPtr snapshot; ///< nullptr: there is none (SFT has no rejected one)
    TrajectoryId trajectory;
    Verdict verdict = Verdict::Ungraded;
    QString answer;        ///< extracted, where it is a trajectory of the project
    bool weighted = false; ///< some weight is not 1
    double reward = 0;
};
struct StepTokens {
    bool kept = false; ///< token values of this row are stored
    QString prompt;
    StepCompletion chosen, rejected;
};

/// Names of the layers of a StepCompletion's snapshot.
namespace step_layers {
QString weight();       ///< "weight w_t": 1 - s_t for cDPO's rejected tokens
QString logRatio();     ///< log pi / pi_ref; none where the loss has no reference
QString contribution(); ///< d loss / d log pi times the log-ratio
QString policy();       ///< log pi
} // namespace step_layers

Result<StepView> loadStep(const store::Project& project, JobId run, std::int64_t step);
Result<StepTokens> loadStepTokens(const store::Project& project, JobId run, std::int64_t step,
                                  const StepRowView& row);
/// The step before or after that has rows (kept: token values); `step` itself where there is none.
Result<std::int64_t> neighbourStep(const store::Project& project, JobId run, std::int64_t step,
                                   int direction);

} // namespace crux::ui
