// A branch while it is written: the parent's prefix, the forced tokens and what streamed in so far,
// assembled into snapshots the heat map can draw. Plain value; GUI thread.
#pragma once

#include "ui/model/trajectory_snapshot.h"

#include <QStringList>

namespace crux::ui {

class LiveBranch {
public:
    LiveBranch() = default;
    /// `position`: absolute index in the parent where the branch leaves it.
    LiveBranch(SnapshotPtr parent, int position);

    void setForced(const std::vector<std::int32_t>& ids, const QStringList& texts);
    void append(const std::vector<std::int32_t>& ids, const QStringList& texts);
    void setTrajectory(TrajectoryId id) { m_trajectory = id; }
    TrajectoryId trajectory() const { return m_trajectory; } ///< none before its first tokens
    /// The parent's prefix with its scores, then forced and new tokens without (hatched).
    SnapshotPtr snapshot() const;
    /// New tokens, forced ones not counted.
    int written() const { return static_cast<int>(m_ids.size()); }

private:
    SnapshotPtr m_parent;
    int m_position = 0;
    TrajectoryId m_trajectory;
    std::vector<std::int32_t> m_forcedIds, m_ids;
    QStringList m_forcedTexts, m_texts;
    bool m_started = false; ///< the first tokens came
};

} // namespace crux::ui
