// The rollouts of one trajectory by the prefix they continue. Internal to the room.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

#include <map>
#include <vector>

namespace crux::interop {

/// A rollout as a continuation of a prefix: of its ids those from `from` on follow the prefix.
struct Continuation {
    const store::RolloutRecord* rollout = nullptr;
    std::size_t from = 0;
};

/// Plain rollouts of a set. One that goes along the trajectory is a rollout of every prefix it
/// passes (unless the set's prefixes were sampled from on their own); of equal indices the one from
/// the earliest prefix stands, as in the store.
class PrefixRollouts {
public:
    static Result<PrefixRollouts> read(const store::Project& project,
                                       const store::TrajectoryRecord& trajectory,
                                       const store::RolloutSetRecord& set);
    /// By position (the prefix's last token), then by index.
    const std::map<std::int32_t, std::map<std::int32_t, Continuation>>& byPosition() const {
        return m_byPosition;
    }

private:
    std::vector<store::RolloutRecord> m_rollouts; ///< owner of what Continuation points to
    std::map<std::int32_t, std::map<std::int32_t, Continuation>> m_byPosition;
};

} // namespace crux::interop
