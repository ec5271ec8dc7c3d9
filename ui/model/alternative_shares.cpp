#include "ui/model/alternative_shares.h"

#include "core/store/repositories.h"

namespace crux::ui {

namespace {

/// Right of total by position of the paths that branches leave, each read once.
class PathCurves {
public:
    PathCurves(const store::Project& project, RolloutSetId set)
        : m_project(project)
        , m_set(set) {}
    store::ShareCount at(TrajectoryId path, std::int32_t position) {
        if (!m_set || position < 0)
            return {};
        auto found = m_curves.find(path.value);
        if (found == m_curves.end()) {
            auto curve = store::rolloutCurve(m_project, path, m_set);
            found = m_curves
                        .emplace(path.value, curve.ok() ? std::move(*curve)
                                                        : std::vector<store::RolloutEstimate>())
                        .first;
        }
        for (const store::RolloutEstimate& estimate : found->second)
            if (estimate.position == position)
                return estimate.count;
        return {};
    }

private:
    const store::Project& m_project;
    RolloutSetId m_set;
    std::map<std::int64_t, std::vector<store::RolloutEstimate>> m_curves;
};

} // namespace

Result<AlternativeShares> sharesAt(const store::Project& project, TrajectoryId trajectory,
                                   RolloutSetId set, std::int32_t position,
                                   const std::vector<std::int32_t>& tokens) {
    if (set)
        return store::alternativeShares(project, trajectory, set, position, tokens);
    CRUX_TRY(sets, store::rolloutSets(project, {}));
    for (const store::RolloutSetRecord& one : sets) {
        CRUX_TRY(shares, store::alternativeShares(project, trajectory, one.id, position, tokens));
        if (!shares.empty())
            return shares;
    }
    return AlternativeShares{};
}

/// What the inspector says of the same token at the same place.
Result<std::map<std::int64_t, BranchShares>>
sharesOfBranches(const store::Project& project, TrajectoryId root, std::int32_t promptTokens,
                 const std::vector<store::BranchRecord>& branches, RolloutSetId set) {
    std::map<std::int64_t, BranchShares> rows;
    PathCurves curves(project, set);
    rows[root.value].share = curves.at(root, promptTokens - 1);
    std::map<std::pair<std::int64_t, std::int32_t>, std::vector<std::int32_t>> places;
    for (const auto& branch : branches)
        if (branch.forcedIds.size() == 1)
            places[{branch.parentId.value, branch.forkPosition}].push_back(branch.forcedIds[0]);
    std::map<std::pair<std::int64_t, std::int32_t>, AlternativeShares> shares;
    for (const auto& [place, tokens] : places) {
        CRUX_TRY(found, sharesAt(project, TrajectoryId{place.first}, set, place.second, tokens));
        shares[place] = std::move(found);
    }
    for (const auto& branch : branches) {
        BranchShares& row = rows[branch.childId.value];
        row.before = curves.at(branch.parentId, branch.forkPosition - 1);
        if (branch.forcedIds.size() == 1) {
            const auto& here = shares[{branch.parentId.value, branch.forkPosition}];
            if (const auto found = here.find(branch.forcedIds[0]); found != here.end())
                row.share = found->second;
        } else if (!branch.forcedIds.empty()) {
            row.share = curves.at(branch.childId,
                                  branch.forkPosition +
                                      static_cast<std::int32_t>(branch.forcedIds.size()) - 1);
        }
    }
    return rows;
}

} // namespace crux::ui
