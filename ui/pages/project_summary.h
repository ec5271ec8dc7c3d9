// A few facts about the open project for the start page's list and the first steps: what is there,
// what is scored, whether a branch exists.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"

#include <QString>

#include <cstdint>

namespace crux::ui {

struct ProjectSummary {
    std::int64_t datasets = 0, questions = 0, trajectories = 0;
    std::int64_t models = 0, adapters = 0;
    std::int64_t scoreSets = 0, scored = 0; ///< `scored`: trajectories in the fullest score set
    double beta = 1;                        ///< of that set
    bool branched = false;                  ///< some trajectory has a branch
    bool inspected = false;     ///< the user looked at a candidate of a wrong trajectory
    std::int64_t sizeBytes = 0; ///< file and its write-ahead log
};

/// uiState key set to "1" when the user's cursor first stood on a candidate.
inline constexpr const char* kInspectedKey = "first_steps.inspected";

/// Runs on the reader thread; every fact is a stored counter or one indexed look.
Result<ProjectSummary> loadProjectSummary(const store::Project& project);

/// "imported, not scored", "scored with β 1", ... (translated).
QString projectStateText(const ProjectSummary& facts);

} // namespace crux::ui
