// Trajectories that are being searched at once: what they need is drawn in one stream, so that the
// batch stays full, and stored while the drawing goes on.
#pragma once

#include "core/jobs/rollout_drawer.h"
#include "core/jobs/trajectory_search.h"

#include <functional>
#include <list>
#include <memory>

namespace crux::jobs {

/// Owner: one job, which outlives it with its options. Not thread-safe.
class SearchPool {
public:
    SearchPool(store::Project& project, engine::ModelRef model, const SearchOptions& options,
               const SearchRows& rows, DrawingEngine engine = {});

    /// Asked for more searches whenever one is over, and at the start: calls add().
    std::function<Status()> refill;
    /// A verdict was stored.
    std::function<void()> onVerdict;
    /// Rollouts were stored.
    std::function<void()> onStored;
    std::function<void()> breathe; ///< while drawing, at most 20 times a second
    /// Time from one transaction of rollouts to the next: so much a killed job repeats.
    double storeMs = 1000;

    void add(std::unique_ptr<TrajectorySearch> search);
    bool searches(QuestionId question) const;
    std::size_t size() const { return m_entries.size(); }

    /// Until every search has its verdict and refill adds none. Cancelled: what is over is stored.
    Status run(const CancelToken& cancel);

    std::int64_t rollouts() const { return m_rollouts; } ///< stored by this pool
    std::int64_t tokens() const { return m_drawer.tokens(); }
    int batch() const { return m_drawer.batch(); }

private:
    struct Entry {
        std::unique_ptr<TrajectorySearch> search;
        std::vector<store::RolloutRecord> pending; ///< over, not stored yet
        bool changed = true;                       ///< may want what it did not want before
    };
    Result<std::vector<PlannedRollout>> plan(std::size_t room);
    Result<bool> planEntry(Entry& entry, std::size_t room, std::vector<PlannedRollout>& planned);
    Status take(const PlannedRollout& planned, store::RolloutRecord record);
    Status storePending();

    store::Project& m_project;
    const engine::ModelRef m_model;
    const SearchOptions& m_options;
    const SearchRows m_rows;
    RolloutDrawer m_drawer;
    std::list<Entry> m_entries;
    std::int64_t m_rollouts = 0;
    double m_lastStoreMs = 0;
};

} // namespace crux::jobs
