#include "core/interop/prefix_rollouts.h"

#include "core/store/repositories.h"

#include <algorithm>

namespace crux::interop {

Result<PrefixRollouts> PrefixRollouts::read(const store::Project& project,
                                            const store::TrajectoryRecord& trajectory,
                                            const store::RolloutSetRecord& set) {
    PrefixRollouts table;
    CRUX_TRY(rollouts, store::rolloutsOf(project, trajectory.id, set.id));
    table.m_rollouts = std::move(rollouts);
    const bool independent = set.provenance.params.value(store::kIndependentRollouts, false);
    for (const store::RolloutRecord& rollout : table.m_rollouts) { // by rising position
        std::size_t along = 0;
        while (true) {
            const auto position = rollout.position + static_cast<std::int32_t>(along);
            table.m_byPosition[position].try_emplace(rollout.index, Continuation{&rollout, along});
            const auto next = static_cast<std::size_t>(position) + 1;
            if (independent || along >= rollout.ids.size() || next >= trajectory.ids.size() ||
                rollout.ids[along] != trajectory.ids[next])
                break;
            ++along;
        }
    }
    return table;
}

std::vector<std::string> stopsOf(const store::RolloutSetRecord& set) {
    std::vector<std::string> stops;
    const auto found = set.provenance.params.find("stop");
    if (found != set.provenance.params.end() && found->is_array())
        for (const Json& stop : *found)
            if (stop.is_string() && !stop.get_ref<const std::string&>().empty())
                stops.push_back(stop.get<std::string>());
    return stops;
}

std::string cutAtStops(std::string text, const std::vector<std::string>& stops) {
    std::size_t end = text.size();
    for (const std::string& stop : stops)
        end = std::min(end, text.find(stop));
    text.resize(end);
    return text;
}

} // namespace crux::interop
