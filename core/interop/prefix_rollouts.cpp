#include "core/interop/prefix_rollouts.h"

#include "core/store/repositories.h"
#include "core/store/rollout_sets.h"

namespace crux::interop {

Result<PrefixRollouts> PrefixRollouts::read(const store::Project& project,
                                            const store::TrajectoryRecord& trajectory,
                                            const store::RolloutSetRecord& set) {
    PrefixRollouts table;
    CRUX_TRY(rollouts, store::rolloutsOf(project, trajectory.id, set.id));
    table.m_rollouts = std::move(rollouts);
    const bool independent = store::independentRollouts(set.provenance.params);
    for (const store::RolloutRecord& rollout : table.m_rollouts) { // by rising position
        const std::size_t most = independent ? 0 : store::followedTokens(rollout, trajectory.ids);
        for (std::size_t along = 0; along <= most; ++along)
            table.m_byPosition[rollout.position + static_cast<std::int32_t>(along)].try_emplace(
                rollout.index, Continuation{&rollout, along});
    }
    return table;
}

} // namespace crux::interop
