#include "core/jobs/reproduce.h"

#include "core/base/text_util.h"
#include "core/jobs/continuation.h"
#include "core/store/repositories.h"

#include <algorithm>

namespace crux::jobs {

namespace {

Result<store::BranchRecord> branchRecordOf(const store::Project& project,
                                           const store::TrajectoryRecord& child) {
    CRUX_TRY(all, store::branchesOf(project, child.rootId, true));
    for (store::BranchRecord& branch : all)
        if (branch.childId == child.id) {
            if (branch.running)
                return fail(ErrorCode::InvalidArgument,
                            cat("Branch ", branch.id.value, " is still being written."));
            return std::move(branch);
        }
    return fail(ErrorCode::InvalidArgument,
                cat("Trajectory ", child.id.value,
                    " is no branch: only what was drawn after a forced token can be drawn again."));
}

/// Compares with the stored ids while they come, and ends where they differ or are all there.
engine::StopCheck untilDifferent(const std::vector<std::int32_t>& stored) {
    return [&stored](std::size_t, std::span<const std::int32_t> made) {
        return made.size() >= stored.size() ||
               (!made.empty() && made.back() != stored[made.size() - 1]);
    };
}

} // namespace

Result<Reproduction> reproduceBranch(const store::Project& project, ModelCache& models,
                                     TrajectoryId id, const CancelToken& cancel) {
    CRUX_TRY(child, store::trajectory(project, id));
    CRUX_TRY(branch, branchRecordOf(project, child));
    const auto fork = static_cast<std::size_t>(std::max(0, branch.forkPosition));
    if (fork < 1 || fork > child.ids.size())
        return fail(ErrorCode::Corrupt, cat("Branch ", branch.id.value,
                                            " leaves its parent outside of its own tokens."));
    CRUX_TRY(sampling, samplingFromJson(branch.sampling));
    sampling.samples = 1;
    CRUX_TRY(row, store::model(project, child.modelId));
    CRUX_TRY(model, models.model(project, child.modelId, child.adapterId));

    Reproduction result;
    result.branch = branch.id;
    result.made = child.provenance;
    result.dtype = model.model->info().dtype;
    result.device = model.model->info().device;
    result.otherWeights =
        !child.provenance.weightsHash.empty() && row.weightsHash != child.provenance.weightsHash;
    const std::vector<std::int32_t> stored(child.ids.begin() + static_cast<std::ptrdiff_t>(fork),
                                           child.ids.end());
    const std::size_t forced = std::min(branch.forcedIds.size(), stored.size());
    result.drawn = static_cast<std::int32_t>(stored.size() - forced);
    if (result.drawn == 0)
        return result; // forced tokens alone: nothing was drawn

    engine::GenerateRequest request;
    request.model = model;
    request.sampling = sampling;
    request.stop = untilDifferent(stored);
    const engine::GenerateJob job{
        {child.ids.begin(), child.ids.begin() + static_cast<std::ptrdiff_t>(fork)},
        branch.forcedIds,
        branchPath(child.questionId, branch.parentId, child.sampleIndex)};
    CRUX_TRY(made, engine::generate(request, {&job, 1}, cancel));
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "Reproducing the branch was stopped.");
    const std::vector<std::int32_t>& now = made.front().ids;
    std::size_t at = forced;
    while (at < stored.size() && at < now.size() && stored[at] == now[at])
        ++at;
    result.equal = static_cast<std::int32_t>(at - forced);
    if (at < stored.size()) {
        result.differsAt = static_cast<std::int32_t>(fork + at);
        result.storedId = stored[at];
        result.madeId = at < now.size() ? now[at] : -1;
    }
    return result;
}

Json toJson(const Reproduction& result) {
    return Json{{"branch", result.branch.value},
                {"same", result.same()},
                {"drawn", result.drawn},
                {"equal", result.equal},
                {"differs_at", result.same() ? Json() : Json(result.differsAt)},
                {"stored_id", result.storedId < 0 ? Json() : Json(result.storedId)},
                {"made_id", result.madeId < 0 ? Json() : Json(result.madeId)},
                {"dtype", result.dtype},
                {"device", result.device},
                {"recorded_dtype", result.made.dtype},
                {"recorded_device", result.made.device},
                {"recorded_version", result.made.programVersion},
                {"other_weights", result.otherWeights}};
}

} // namespace crux::jobs
