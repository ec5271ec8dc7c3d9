#include "core/jobs/search_imported.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/breathing.h"
#include "core/jobs/handlers.h"
#include "core/jobs/selection.h"
#include "core/jobs/skips.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

namespace {

constexpr const char* kLayerKind = "rollout_correctness";

/// The positions that have a share; the Error is the reason to skip the trajectory.
Result<critical::PotentialTable> potentialsOf(const store::Project& project,
                                              const store::TrajectoryRecord& row, int n) {
    CRUX_TRY(layers, store::layersOf(project, row.id));
    for (const auto& [layer, values] : layers) {
        if (layer.kind != kLayerKind)
            continue;
        const auto known = [](float value) { return !std::isnan(value); };
        const auto begin = std::find_if(values.begin(), values.end(), known);
        const auto end = std::find_if_not(begin, values.end(), known);
        if (std::find_if(end, values.end(), known) != values.end())
            return fail(ErrorCode::InvalidArgument,
                        "Its imported shares have gaps; every position needs one.");
        if (end - begin > 1)
            return critical::PotentialTable(static_cast<int>(begin - values.begin()), {begin, end},
                                            n);
    }
    return fail(ErrorCode::NotFound, "It came without shares of right rollouts; import some, or "
                                     "let the search draw its own.");
}

store::SearchFindingRecord rowOf(const store::TrajectoryRecord& trajectory,
                                 const critical::Finding& finding, const SearchOptions& options) {
    store::SearchFindingRecord row;
    row.position = finding.position;
    row.tokenId = trajectory.ids[static_cast<std::size_t>(finding.position)];
    row.sign = finding.sign;
    row.before = {finding.before.right, finding.before.known};
    row.at = {finding.at.right, finding.at.known};
    if (finding.fallback)
        row.detail["fallback"] = true;
    if (options.method == "cliff")
        row.detail.update({{"z", jsonNumber(finding.z)},
                           {"p_value", jsonNumber(finding.pValue)},
                           {"holm", jsonNumber(finding.holm)}});
    return row;
}

Status searchOne(const JobContext& context, const store::TrajectoryRecord& trajectory,
                 const SearchOptions& options, SearchId search) {
    CRUX_TRY(table, potentialsOf(context.project, trajectory, options.n));
    std::vector<store::SearchFindingRecord> rows;
    const critical::Decision decision = options.detector({})->decide(table);
    for (const critical::Finding& finding : decision.found)
        rows.push_back(rowOf(trajectory, finding, options));
    if (rows.empty()) {
        rows.emplace_back();
        rows.back().detail["reason"] = "No token meets the rule of the search.";
    }
    for (store::SearchFindingRecord& row : rows) {
        row.trajectoryId = trajectory.id;
        row.search = search;
        row.method = options.method;
        row.jobId = context.job.id;
        row.detail["potentials"] = "imported";
        if (decision.assumedMonotone)
            row.detail["assumed_monotone"] = true;
    }
    return store::saveSearchResult(context.project, rows, {});
}

} // namespace

Status runImportedSearch(JobContext& context, const Json& spec, const SearchOptions& options) {
    if (options.method == "pivotal")
        return fail(ErrorCode::InvalidArgument,
                    "The pivotal search splits by the model's log-probabilities, so it cannot run "
                    "on imported shares alone; let it draw rollouts.");
    store::Provenance made;
    made.params = options.searchParams();
    made.programVersion = crux::kVersion;
    std::vector<TrajectoryId> ids;
    CRUX_TRY_VOID(whileBreathing(context, [&](const store::Project& project) -> Status {
        CRUX_TRY(chosen, searchSelection(project, spec));
        ids = std::move(chosen);
        return {};
    }));
    CRUX_TRY(search, store::addSearch(context.project, made));
    Skips skips(context, "trajectories", "searched");
    std::int64_t done = 0;
    for (const TrajectoryId id : ids) {
        if (context.cancel.cancelled())
            return fail(ErrorCode::Cancelled, "The search was stopped; its verdicts so far stay.");
        CRUX_TRY(row, store::trajectory(context.project, id));
        const Status status = searchOne(context, row, options, search);
        if (status.ok())
            ++done;
        else if (status.error().code == ErrorCode::NotFound ||
                 status.error().code == ErrorCode::InvalidArgument)
            skips.addTrajectory(id, status.error().message);
        else
            return status;
        context.progress(done, std::ssize(ids),
                         cat(options.method, ": ", done, " of ", ids.size(),
                             " trajectories searched on imported shares"),
                         0);
        if (context.breathe)
            context.breathe();
    }
    skips.finish();
    if (done == 0 && skips.any())
        return skips.allSkipped();
    addJobEvent(context, "info",
                cat(options.method, ": ", done, " of ", ids.size(),
                    " trajectories searched on imported shares."),
                cat("search ", search.value));
    return {};
}

} // namespace crux::jobs
