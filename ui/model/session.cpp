#include "ui/model/session.h"

#include "core/store/repositories.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/store_thread.h"
#include "ui/model/view_settings.h"
#include "ui/model/worker_client.h"

#include <QFileInfo>
#include <QHash>
#include <QTimer>
#include <QUndoStack>

#include <algorithm>
#include <tuple>

namespace crux::ui {

namespace {

/// Keys of ui_state that are read when a project opens.
constexpr const char* kUiKeys[] = {
    "view",   "score_set", "current",  "perspective", "layout",   "layout_data",        "columns",
    "filter", "sort",      "sampling", "first_steps", "expanded", "inspector.sampling", "window"};

struct OpenedState {
    QHash<QString, QString> ui;
    ProjectFacts facts;
};

Result<ProjectFacts> readFacts(const store::Project& project) {
    ProjectFacts facts;
    CRUX_TRY(datasets, store::datasets(project));
    CRUX_TRY(models, store::models(project));
    CRUX_TRY(adapters, store::adapters(project));
    CRUX_TRY(sets, store::scoreSets(project));
    CRUX_TRY(jobs, store::jobs(project));
    CRUX_TRY(slices, store::slices(project));
    CRUX_TRY(marks, store::marks(project, TrajectoryId{}));
    for (const auto& dataset : datasets)
        facts.trajectories += dataset.trajectories;
    facts.marks = static_cast<int>(marks.size());
    facts.datasets = std::move(datasets);
    facts.models = std::move(models);
    facts.adapters = std::move(adapters);
    facts.scoreSets = std::move(sets);
    facts.jobs = std::move(jobs);
    facts.slices = std::move(slices);
    return facts;
}

Result<OpenedState> readOpened(const store::Project& project) {
    OpenedState state;
    for (const char* key : kUiKeys) {
        CRUX_TRY(value, store::uiState(project, key));
        if (!value.empty())
            state.ui.insert(QString::fromLatin1(key), QString::fromStdString(value));
    }
    CRUX_TRY(facts, readFacts(project));
    state.facts = std::move(facts);
    return state;
}

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
           a.record.verdict == b.record.verdict && a.record.response == b.record.response &&
           a.scoreSet.id == b.scoreSet.id && a.scores.s.size() == b.scores.s.size() &&
           a.alternatives.ids == b.alternatives.ids && a.candidates == b.candidates &&
           a.threshold == b.threshold && a.layers.size() == b.layers.size() &&
           labels(a) == labels(b) && marks(a) == marks(b) && notes(a) == notes(b) &&
           branches(a) == branches(b) && a.forks == b.forks;
}

} // namespace

const store::ScoreSetRecord* ProjectFacts::scoreSet(ScoreSetId id) const {
    const auto found = std::find_if(scoreSets.begin(), scoreSets.end(),
                                    [&](const auto& set) { return set.id == id; });
    return found == scoreSets.end() ? nullptr : &*found;
}

/// State of the open project. GUI thread only, but for the two store threads, which only post.
struct Session::Impl {
    explicit Impl(Session& owner)
        : session(owner)
        , view(&owner)
        , worker(&owner)
        , undo(&owner)
        , reader(StoreThread::AtEnd::Drop, [this] { onGui([this] { session.refreshFacts(); }); })
        , writer(StoreThread::AtEnd::Drain, {}) {}

    /// Runs `body` on the GUI thread; dropped when the session is gone.
    void onGui(std::function<void()> body) {
        QMetaObject::invokeMethod(&bridge, std::move(body), Qt::QueuedConnection);
    }

    Session& session;
    QObject bridge; ///< receiver of queued calls; dies after the threads that post to it
    ViewSettings view;
    WorkerClient worker;
    QUndoStack undo;

    bool open = false, isReadOnly = false, paneLive = false, factsAsked = false, factsAgain = false;
    int generation = 0; ///< counts projects; replies for an earlier one are dropped
    QString file;
    ProjectFacts facts;
    ScoreSetId scoreSet;

    SnapshotPtr current, pane;
    int cursor = -1;
    quint64 currentToken = 0, paneToken = 0; ///< newest request; replies of older ones are dropped
    TrajectoryId currentWanted, paneWanted;
    struct Shown {
        TrajectoryId current, pane;
        int cursor = -1;
    };
    std::optional<Shown> beforeDiff; ///< set while a diff is shown
    bool diffFresh = false;          ///< the cursor has still to go to the difference
    int cursorWanted = -1;           ///< of the trajectory on its way, -1: where it starts

    QHash<QString, QString> ui;
    QHash<QString, QString> uiDirty;
    QTimer uiTimer;

    StoreThread reader, writer; ///< last: joined first
};

Session::Session(QObject* parent)
    : QObject(parent)
    , m_impl(std::make_unique<Impl>(*this)) {
    m_impl->uiTimer.setSingleShot(true);
    m_impl->uiTimer.setInterval(800);
    connect(&m_impl->uiTimer, &QTimer::timeout, this, &Session::flushUiState);
    connect(&m_impl->view, &ViewSettings::changed, this, [this] {
        if (m_impl->open)
            setUiState(QStringLiteral("view"), m_impl->view.toJson());
    });
    connect(&m_impl->worker, &WorkerClient::jobsChanged, this,
            [this] { m_impl->reader.pollSoon(); });
}

Session::~Session() {
    flushUiState();
}

void Session::openProject(const QString& file) {
    openFile(file, false);
}

void Session::createProject(const QString& file) {
    openFile(file, true);
}

void Session::openFile(const QString& file, bool create) {
    closeProject();
    const int generation = m_impl->generation;
    const Path path(QFileInfo(file).absoluteFilePath().toStdString());
    const QString name = QFileInfo(file).fileName();
    const auto refused = [this, generation, name](const Error& error) {
        m_impl->onGui([this, generation, name, error] {
            if (generation == m_impl->generation)
                post(noticeFromError(error, tr("The project %1 did not open.").arg(name)));
        });
    };
    const auto mode = create ? store::OpenMode::Create : store::OpenMode::ReadWrite;
    m_impl->writer.open(path, mode, [=, this](Result<const store::Project*> project) {
        if (!project)
            return refused(project.error());
        const bool isReadOnly = (*project)->readOnly();
        const QString reason = QString::fromStdString((*project)->readOnlyReason());
        m_impl->reader.open(
            path, store::OpenMode::ReadOnly, [=, this](Result<const store::Project*> reading) {
                if (!reading)
                    return refused(reading.error());
                auto state = readOpened(**reading);
                if (!state)
                    return refused(state.error());
                m_impl->onGui([=, this, opened = std::move(*state)]() mutable {
                    if (generation != m_impl->generation)
                        return;
                    m_impl->ui = std::move(opened.ui);
                    m_impl->facts = std::move(opened.facts);
                    finishOpening(QString::fromStdString(path.string()), isReadOnly, reason);
                });
            });
    });
}

void Session::finishOpening(const QString& file, bool isReadOnly, const QString& reason) {
    Impl& impl = *m_impl;
    impl.open = true;
    impl.file = file;
    impl.isReadOnly = isReadOnly;
    impl.view.fromJson(uiState(QStringLiteral("view")));
    chooseScoreSet(ScoreSetId{uiState(QStringLiteral("score_set")).toLongLong()});
    if (isReadOnly)
        post({Notice::Severity::Warning,
              tr("%1 is open for reading only.").arg(projectName()),
              reason.isEmpty() ? tr("Nothing can be changed or computed in it.") : reason,
              {},
              projectName(),
              {},
              {}});
    impl.worker.setProject(file);
    Q_EMIT projectOpened();
    Q_EMIT factsChanged();
    Q_EMIT scoreSetChanged();
    Q_EMIT jobsChanged();
}

void Session::closeProject() {
    Impl& impl = *m_impl;
    flushUiState();
    ++impl.generation;
    ++impl.currentToken;
    ++impl.paneToken;
    const bool was = impl.open;
    impl.open = false;
    impl.factsAsked = impl.factsAgain = false;
    impl.file.clear();
    impl.facts = {};
    impl.ui.clear();
    impl.current.reset();
    impl.pane.reset();
    impl.paneLive = false;
    impl.currentWanted = impl.paneWanted = {};
    impl.beforeDiff.reset();
    impl.cursor = impl.cursorWanted = -1;
    impl.scoreSet = {};
    impl.undo.clear();
    impl.reader.close();
    impl.writer.close();
    if (was) {
        impl.worker.setProject(QString());
        Q_EMIT projectClosed();
        Q_EMIT currentChanged();
        Q_EMIT branchPaneChanged();
        Q_EMIT cursorChanged(-1);
        Q_EMIT factsChanged();
        Q_EMIT scoreSetChanged();
    }
}

bool Session::isOpen() const {
    return m_impl->open;
}
QString Session::projectFile() const {
    return m_impl->file;
}
QString Session::projectName() const {
    return QFileInfo(m_impl->file).completeBaseName();
}
bool Session::readOnly() const {
    return m_impl->isReadOnly;
}
const ProjectFacts& Session::facts() const {
    return m_impl->facts;
}

void Session::readErased(QObject* context, std::function<Erased(const store::Project*)> body,
                         std::function<void(Erased)> done) {
    const QPointer<QObject> guard(context ? context : this);
    const int generation = m_impl->generation;
    m_impl->reader.post([this, guard, generation, body = std::move(body),
                         done = std::move(done)](const store::Project* project) {
        Erased result = body(project);
        m_impl->onGui([this, guard, generation, done, result = std::move(result)] {
            // A reply about a project that is no longer open concerns nobody.
            if (guard && generation == m_impl->generation)
                done(result);
        });
    });
}

void Session::write(QObject* context, std::function<Status(const store::Project&)> body,
                    std::function<void(Status)> done) {
    const QPointer<QObject> guard(context ? context : this);
    m_impl->writer.post([this, guard, body = std::move(body),
                         done = std::move(done)](const store::Project* project) {
        Status status = project ? body(*project)
                                : Status(fail(ErrorCode::Cancelled, "The project was closed."));
        m_impl->reader.pollSoon();
        m_impl->onGui([this, guard, done, status = std::move(status)] {
            if (!done && !status.ok() && status.error().code != ErrorCode::Cancelled)
                post(noticeFromError(status.error(), tr("A change was not stored.")));
            if (done && guard)
                done(status);
        });
    });
}

void Session::refreshFacts() {
    Impl& impl = *m_impl;
    if (!impl.open)
        return;
    // One question on the way at a time: a busy worker writes several times a second.
    if (impl.factsAsked) {
        impl.factsAgain = true;
        return;
    }
    impl.factsAsked = true;
    read<ProjectFacts>(
        this, [](const store::Project& project) { return readFacts(project); },
        [this](Result<ProjectFacts> facts) {
            m_impl->factsAsked = false;
            if (facts) {
                m_impl->facts = std::move(*facts);
                const bool had = m_impl->facts.scoreSet(m_impl->scoreSet) != nullptr;
                Q_EMIT factsChanged();
                Q_EMIT jobsChanged();
                Q_EMIT dataChanged();
                if (!had && !m_impl->facts.scoreSets.empty())
                    setScoreSet(ScoreSetId{});
                else
                    refreshCurrent();
            }
            if (std::exchange(m_impl->factsAgain, false))
                refreshFacts();
        });
}

void Session::chooseScoreSet(ScoreSetId wanted) {
    const auto& sets = m_impl->facts.scoreSets;
    const store::ScoreSetRecord* chosen = m_impl->facts.scoreSet(wanted);
    if (!chosen && !sets.empty())
        chosen = &*std::max_element(sets.begin(), sets.end(), [](const auto& a, const auto& b) {
            return std::pair(a.scored, a.id.value) < std::pair(b.scored, b.id.value);
        });
    m_impl->scoreSet = chosen ? chosen->id : ScoreSetId{};
}

ScoreSetId Session::scoreSet() const {
    return m_impl->scoreSet;
}

void Session::setScoreSet(ScoreSetId id) {
    const ScoreSetId before = m_impl->scoreSet;
    chooseScoreSet(id);
    if (m_impl->scoreSet == before)
        return refreshCurrent();
    setUiState(QStringLiteral("score_set"), QString::number(m_impl->scoreSet.value));
    Q_EMIT scoreSetChanged();
    refreshCurrent();
}

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
        this, [id, set](const store::Project& project) { return loadSnapshot(project, id, set); },
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
    if (keepCursor && impl.current && drawnAlike(*impl.current, *snapshot))
        return;
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
        this, [id, set](const store::Project& project) { return loadSnapshot(project, id, set); },
        [this, token](Result<SnapshotPtr> loaded) {
            if (token != m_impl->paneToken)
                return;
            if (!loaded)
                return post(noticeFromError(loaded.error(), tr("The branch did not open.")));
            const bool same =
                m_impl->pane && !m_impl->paneLive && drawnAlike(*m_impl->pane, **loaded);
            m_impl->paneLive = false;
            const bool fresh = std::exchange(m_impl->diffFresh, false) && m_impl->beforeDiff;
            if (same && !fresh)
                return;
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

void Session::enqueueJob(const QString& kind, const Json& spec, const QString& name,
                         QObject* context, std::function<void(Result<JobId>)> done) {
    const auto id = std::make_shared<JobId>();
    write(
        context ? context : this,
        [id, spec, kind = kind.toStdString(),
         name = name.toStdString()](const store::Project& project) -> Status {
            CRUX_TRY(made, store::addJob(project, kind, spec, name));
            *id = made;
            return {};
        },
        [this, id, done = std::move(done)](Status status) {
            if (status.ok())
                m_impl->worker.call(
                    QStringLiteral("run_jobs"), Json::object(), this,
                    [](const Result<Json>&) {}); // faults show as the worker's state
            else if (!done)
                post(noticeFromError(status.error(), tr("The job was not queued.")));
            if (done)
                done(status.ok() ? Result<JobId>(*id) : Result<JobId>(fail(status.error())));
        });
}

QString Session::uiState(const QString& key) const {
    return m_impl->ui.value(key);
}

void Session::setUiState(const QString& key, const QString& value) {
    Impl& impl = *m_impl;
    if (!impl.open || impl.ui.value(key) == value)
        return;
    impl.ui.insert(key, value);
    impl.uiDirty.insert(key, value);
    if (!impl.uiTimer.isActive())
        impl.uiTimer.start();
}

void Session::flushUiState() {
    Impl& impl = *m_impl;
    impl.uiTimer.stop();
    if (impl.uiDirty.isEmpty() || !impl.open || impl.isReadOnly) {
        impl.uiDirty.clear();
        return;
    }
    impl.writer.post([dirty = std::exchange(impl.uiDirty, {})](const store::Project* project) {
        if (!project)
            return;
        // View state is a convenience: a full disk here is told by the next write that matters.
        static_cast<void>(project
                              ->write([&]() -> Status {
                                  for (auto entry = dirty.begin(); entry != dirty.end(); ++entry)
                                      CRUX_TRY_VOID(store::setUiState(*project,
                                                                      entry.key().toStdString(),
                                                                      entry.value().toStdString()));
                                  return {};
                              })
                              .ok());
    });
}

ViewSettings& Session::view() {
    return m_impl->view;
}
WorkerClient& Session::worker() {
    return m_impl->worker;
}
QUndoStack& Session::undoStack() {
    return m_impl->undo;
}

void Session::post(const Notice& notice) {
    Q_EMIT noticed(notice);
}

} // namespace crux::ui
