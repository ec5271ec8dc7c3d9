// What a Session shows: the open trajectory, the pane below it, comparisons, the cursor.
#include "ui/model/session_impl.h"
#include "ui/model/snapshot_loader.h"

#include <algorithm>
#include <tuple>

namespace crux::ui {

namespace {

/// Two loads of one trajectory that would be drawn alike: spares the views a new layout.
bool drawnAlike(const TrajectorySnapshot& a, const TrajectorySnapshot& b) {
    // Row ids alone do not tell: SQLite gives the id of a removed row to the next one.
    const auto labels = [](const TrajectorySnapshot& snapshot) {
        std::vector<std::tuple<std::int64_t, int, std::string>> rows;
        for (const auto& row : snapshot.labels)
            rows.emplace_back(row.id.value, row.position, row.kind);
        return rows;
    };
    const auto marks = [](const TrajectorySnapshot& snapshot) {
        std::vector<std::pair<std::int64_t, int>> rows;
        for (const auto& row : snapshot.marks)
            rows.emplace_back(row.id.value, row.position);
        return rows;
    };
    const auto notes = [](const TrajectorySnapshot& snapshot) {
        std::vector<std::tuple<std::int64_t, int, std::string>> rows;
        for (const auto& row : snapshot.notes)
            rows.emplace_back(row.id.value, row.position, row.text);
        return rows;
    };
    const auto branches = [](const TrajectorySnapshot& snapshot) {
        std::vector<std::tuple<std::int64_t, bool, bool, bool, bool>> rows;
        for (const auto& branch : snapshot.branches)
            rows.emplace_back(branch.id.value, branch.deleted, branch.running, branch.mainPath,
                              branch.unread);
        return rows;
    };
    return a.record.id == b.record.id && a.record.ids == b.record.ids &&
           a.record.verdict == b.record.verdict &&
           a.record.verdictReason == b.record.verdictReason &&
           a.record.extractedBegin == b.record.extractedBegin &&
           a.record.answerSpans == b.record.answerSpans && a.record.response == b.record.response &&
           a.scoreSet.id == b.scoreSet.id && a.scores.s.size() == b.scores.s.size() &&
           a.alternatives.ids == b.alternatives.ids && a.candidates == b.candidates &&
           a.threshold == b.threshold && a.fault == b.fault && a.layers.size() == b.layers.size() &&
           labels(a) == labels(b) && marks(a) == marks(b) && notes(a) == notes(b) &&
           branches(a) == branches(b) && a.forks == b.forks;
}

} // namespace

void Session::openTrajectory(TrajectoryId id) {
    Impl& impl = *m_impl;
    if (!impl.open)
        return;
    impl.currentWanted = id;
    impl.cursorWanted = -1;
    impl.beforeDiff.reset();
    ++impl.currentToken;
    if (impl.paneWanted || impl.paneLive)
        openBranchPane(TrajectoryId{});
    if (!id) {
        impl.current.reset();
        impl.cursor = -1;
        Q_EMIT currentChanged();
        Q_EMIT cursorChanged(-1);
        return;
    }
    setUiState(QStringLiteral("current"), QString::number(id.value));
    loadCurrent(false);
}

void Session::loadCurrent(bool keepCursor) {
    const quint64 token = ++m_impl->currentToken;
    const TrajectoryId id = m_impl->currentWanted;
    const ScoreSetId set = m_impl->scoreSet;
    read<SnapshotPtr>(
        this,
        [id, set, rollouts = m_impl->rolloutSet](const store::Project& project) {
            return loadSnapshot(project, id, set, rollouts);
        },
        [this, token, keepCursor](Result<SnapshotPtr> loaded) {
            if (token != m_impl->currentToken)
                return;
            if (!loaded)
                return post(noticeFromError(loaded.error(), tr("The trajectory did not open.")));
            takeCurrent(*loaded, keepCursor);
        });
}

void Session::takeCurrent(const SnapshotPtr& snapshot, bool keepCursor) {
    Impl& impl = *m_impl;
    if (keepCursor && impl.current && drawnAlike(*impl.current, *snapshot)) {
        if (impl.current->rollouts != snapshot->rollouts) {
            impl.current = snapshot;
            Q_EMIT rolloutsChanged();
        }
        return;
    }
    impl.current = snapshot;
    const int count = static_cast<int>(snapshot->tokens.size());
    const int wanted = std::exchange(impl.cursorWanted, -1);
    if (!keepCursor || impl.cursor >= count)
        impl.cursor = wanted >= 0 && wanted < count ? wanted : firstPosition(*snapshot);
    const double threshold = impl.view.threshold.value_or(snapshot->threshold);
    if (impl.view.effectiveThreshold != threshold) {
        impl.view.effectiveThreshold = threshold;
        impl.view.notify();
    }
    Q_EMIT currentChanged();
    Q_EMIT cursorChanged(impl.cursor);
}

void Session::openBranchPane(TrajectoryId id) {
    m_impl->beforeDiff.reset();
    loadPane(id);
}

void Session::openDiff(TrajectoryId upper, TrajectoryId lower) {
    Impl& impl = *m_impl;
    if (!impl.open || impl.paneLive || !upper || !lower || upper == lower)
        return;
    const Impl::Shown before =
        impl.beforeDiff.value_or(Impl::Shown{impl.currentWanted, impl.paneWanted, impl.cursor});
    if (impl.currentWanted != upper)
        openTrajectory(upper);
    impl.beforeDiff = before;
    impl.diffFresh = true;
    loadPane(lower);
}

void Session::closeDiff() {
    Impl& impl = *m_impl;
    if (!impl.beforeDiff)
        return;
    const Impl::Shown before = *impl.beforeDiff;
    if (impl.currentWanted != before.current) {
        openTrajectory(before.current);
        impl.cursorWanted = before.cursor;
    } else {
        setCursor(before.cursor);
    }
    openBranchPane(before.pane);
    Q_EMIT branchPaneChanged(); // the same pane may stay, as the pair it was before
}

bool Session::diffShown() const {
    return m_impl->beforeDiff.has_value();
}

void Session::loadPane(TrajectoryId id) {
    Impl& impl = *m_impl;
    const quint64 token = ++impl.paneToken;
    impl.paneWanted = id;
    if (!id) {
        if (impl.pane) {
            impl.pane.reset();
            impl.paneLive = false;
            Q_EMIT branchPaneChanged();
        }
        return;
    }
    const ScoreSetId set = impl.scoreSet;
    read<SnapshotPtr>(
        this,
        [id, set, rollouts = impl.rolloutSet](const store::Project& project) {
            return loadSnapshot(project, id, set, rollouts);
        },
        [this, token](Result<SnapshotPtr> loaded) {
            if (token != m_impl->paneToken)
                return;
            if (!loaded)
                return post(noticeFromError(loaded.error(), tr("The branch did not open.")));
            const bool same =
                m_impl->pane && !m_impl->paneLive && drawnAlike(*m_impl->pane, **loaded);
            m_impl->paneLive = false;
            const bool fresh = std::exchange(m_impl->diffFresh, false) && m_impl->beforeDiff;
            if (same && !fresh) {
                if (m_impl->pane->rollouts != (*loaded)->rollouts) {
                    m_impl->pane = *loaded;
                    Q_EMIT rolloutsChanged();
                }
                return;
            }
            m_impl->pane = *loaded;
            if (fresh && m_impl->current)
                setCursor(sharedPrefix(*m_impl->current, **loaded));
            Q_EMIT branchPaneChanged();
        });
}

void Session::showLivePane(SnapshotPtr snapshot) {
    ++m_impl->paneToken;
    m_impl->paneWanted = snapshot ? snapshot->record.id : TrajectoryId{};
    m_impl->paneLive = snapshot != nullptr;
    m_impl->pane = std::move(snapshot);
    Q_EMIT branchPaneChanged();
}

bool Session::paneIsLive() const {
    return m_impl->paneLive;
}

void Session::refreshCurrent() {
    if (!m_impl->open)
        return;
    if (m_impl->currentWanted)
        loadCurrent(m_impl->current && m_impl->current->record.id == m_impl->currentWanted);
    if (m_impl->paneWanted && !m_impl->paneLive)
        loadPane(m_impl->paneWanted);
}

SnapshotPtr Session::current() const {
    return m_impl->current;
}
TrajectoryId Session::wanted() const {
    return m_impl->currentWanted;
}
SnapshotPtr Session::branchPane() const {
    return m_impl->pane;
}
int Session::cursor() const {
    return m_impl->cursor;
}

void Session::setCursor(int position) {
    const int count = m_impl->current ? static_cast<int>(m_impl->current->tokens.size()) : 0;
    const int wanted = count == 0 ? -1 : std::clamp(position, 0, count - 1);
    if (wanted == m_impl->cursor)
        return;
    m_impl->cursor = wanted;
    Q_EMIT cursorChanged(wanted);
}

} // namespace crux::ui
