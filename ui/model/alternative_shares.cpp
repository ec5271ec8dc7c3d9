#include "ui/model/alternative_shares.h"

#include "core/store/repositories.h"

namespace crux::ui {

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

} // namespace crux::ui
