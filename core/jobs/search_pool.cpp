#include "core/jobs/search_pool.h"

#include "core/base/clock.h"
#include "core/store/repositories.h"

#include <algorithm>

namespace crux::jobs {

SearchPool::SearchPool(store::Project& project, engine::ModelRef model,
                       const SearchOptions& options, const SearchRows& rows, DrawingEngine engine)
    : m_project(project)
    , m_model(model)
    , m_options(options)
    , m_rows(rows)
    , m_drawer(std::move(model), options, std::move(engine)) {}

void SearchPool::add(std::unique_ptr<TrajectorySearch> search) {
    m_entries.push_back({std::move(search), {}, true});
}

bool SearchPool::searches(QuestionId question) const {
    return std::any_of(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
        return entry.search->target().question() == question;
    });
}

Status SearchPool::run(const CancelToken& cancel) {
    m_drawer.setBreathe(breathe);
    m_lastStoreMs = steadyMs();
    const Status drawn =
        m_drawer.drawAll([this](std::size_t room) { return plan(room); },
                         [this](const PlannedRollout& planned, store::RolloutRecord record) {
                             return take(planned, std::move(record));
                         },
                         cancel);
    // Whatever ended the drawing, what is over is kept; the drawing's own Error comes first.
    const Status stored = storePending();
    return drawn.ok() ? stored : drawn;
}

/// What the searches want, in turn; those that want nothing more get their verdict and make room.
Result<std::vector<PlannedRollout>> SearchPool::plan(std::size_t room) {
    std::vector<PlannedRollout> planned;
    if (refill && m_entries.empty())
        CRUX_TRY_VOID(refill());
    for (auto it = m_entries.begin(); it != m_entries.end() && planned.size() < room;) {
        CRUX_TRY(over, planEntry(*it, room, planned));
        if (!over) {
            ++it;
            continue;
        }
        CRUX_TRY_VOID(storePending()); // a verdict is not seen before the rollouts it rests on
        CRUX_TRY_VOID(it->search->save(m_project, m_model));
        m_entries.erase(it);
        if (onVerdict)
            onVerdict();
        if (refill)
            CRUX_TRY_VOID(refill());
        it = m_entries.begin(); // those that have not changed are passed over at once
    }
    return planned;
}

/// True when the search is over.
Result<bool> SearchPool::planEntry(Entry& entry, std::size_t room,
                                   std::vector<PlannedRollout>& planned) {
    if (!entry.changed)
        return false;
    CRUX_TRY(wanted, entry.search->next(m_project, room - planned.size()));
    planned.insert(planned.end(), wanted.begin(), wanted.end());
    // Cut short by the room: there is more to ask for.
    entry.changed = !wanted.empty() && planned.size() >= room;
    return wanted.empty() && entry.search->decided();
}

Status SearchPool::take(const PlannedRollout& planned, store::RolloutRecord record) {
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& one) {
        return &one.search->target() == planned.target;
    });
    record.jobId = m_rows.job;
    entry->search->take(record);
    entry->pending.push_back(std::move(record));
    entry->changed = true;
    return steadyMs() - m_lastStoreMs < storeMs ? Status() : storePending();
}

/// One transaction for all that is over.
Status SearchPool::storePending() {
    m_lastStoreMs = steadyMs();
    if (std::all_of(m_entries.begin(), m_entries.end(),
                    [](const Entry& entry) { return entry.pending.empty(); }))
        return {};
    std::int64_t added = 0;
    CRUX_TRY_VOID(m_project.write([&]() -> Status {
        for (const Entry& entry : m_entries) {
            CRUX_TRY(some, store::saveRollouts(m_project, entry.search->target().id(),
                                               m_rows.rolloutSet, entry.pending));
            added += some;
        }
        return {};
    }));
    for (Entry& entry : m_entries)
        entry.pending.clear();
    m_rollouts += added;
    m_lastStoreMs = steadyMs();
    if (onStored)
        onStored();
    return {};
}

} // namespace crux::jobs
