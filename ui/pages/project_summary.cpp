#include "ui/pages/project_summary.h"

#include "core/store/repositories.h"
#include "ui/widgets/format.h"

#include <QCoreApplication>

#include <filesystem>
#include <system_error>

namespace crux::ui {

namespace {

std::int64_t sizeOf(const Path& path) {
    std::error_code code;
    const auto size = std::filesystem::file_size(path, code);
    return code ? 0 : static_cast<std::int64_t>(size);
}

} // namespace

/// Translation context of this file.
struct SummaryWords {
    Q_DECLARE_TR_FUNCTIONS(SummaryWords)
};

Result<ProjectSummary> loadProjectSummary(const store::Project& project) {
    ProjectSummary facts;
    CRUX_TRY(datasets, store::datasets(project));
    for (const store::DatasetRecord& dataset : datasets) {
        facts.questions += dataset.questions;
        facts.trajectories += dataset.trajectories;
    }
    facts.datasets = static_cast<std::int64_t>(datasets.size());
    CRUX_TRY(models, store::models(project));
    facts.models = static_cast<std::int64_t>(models.size());
    CRUX_TRY(adapters, store::adapters(project));
    facts.adapters = static_cast<std::int64_t>(adapters.size());
    CRUX_TRY(sets, store::scoreSets(project));
    facts.scoreSets = static_cast<std::int64_t>(sets.size());
    for (const store::ScoreSetRecord& set : sets)
        if (set.scored > facts.scored) {
            facts.scored = set.scored;
            facts.beta = set.beta;
        }
    store::TrajectoryQuery query;
    query.filter = "branches>0";
    CRUX_TRY(branched, store::trajectoryIds(project, query));
    facts.branched = !branched.empty();
    CRUX_TRY(inspected, store::uiState(project, kInspectedKey));
    facts.inspected = !inspected.empty();
    facts.sizeBytes = sizeOf(project.file()) + sizeOf(Path(project.file()) += "-wal");
    return facts;
}

QString projectStateText(const ProjectSummary& facts) {
    if (facts.trajectories == 0)
        return facts.questions > 0 ? SummaryWords::tr("questions only") : SummaryWords::tr("empty");
    if (facts.scored == 0)
        return SummaryWords::tr("imported, not scored");
    if (facts.scored < facts.trajectories)
        return SummaryWords::tr("%1 of %2 scored")
            .arg(format::integer(facts.scored), format::integer(facts.trajectories));
    return SummaryWords::tr("scored with β %1").arg(facts.beta);
}

} // namespace crux::ui
