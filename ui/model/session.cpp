#include "core/store/repositories.h"
#include "ui/model/session_impl.h"

#include <QFileInfo>

#include <algorithm>
#include <chrono>
#include <thread>

namespace crux::ui {

namespace {

constexpr std::chrono::milliseconds kRetryEvery{300}; ///< SQLite itself has waited 5 s before

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
    CRUX_TRY(pairSets, store::pairSets(project));
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
    facts.pairSets = std::move(pairSets);
    facts.jobs = std::move(jobs);
    facts.slices = std::move(slices);
    return facts;
}

Result<OpenedState> readOpened(const store::Project& project) {
    OpenedState state;
    CRUX_TRY(ui, store::uiStates(project));
    for (const auto& [key, value] : ui)
        state.ui.insert(QString::fromStdString(key), QString::fromStdString(value));
    CRUX_TRY(facts, readFacts(project));
    state.facts = std::move(facts);
    return state;
}

} // namespace

const store::ScoreSetRecord* ProjectFacts::scoreSet(ScoreSetId id) const {
    const auto found = std::find_if(scoreSets.begin(), scoreSets.end(),
                                    [&](const auto& set) { return set.id == id; });
    return found == scoreSets.end() ? nullptr : &*found;
}

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
    ++m_impl->generation; // nothing waits for a busy file any longer
}

void Session::openProject(const QString& file) {
    openFile(file, false);
}

void Session::createProject(const QString& file) {
    openFile(file, true);
}

void Session::openFile(const QString& file, bool create) {
    closeProject();
    const int generation = m_impl->generation.load();
    const Path path(QFileInfo(file).absoluteFilePath().toStdString());
    const QString name = QFileInfo(file).fileName();
    const auto refused = [this, generation, file, name](const Error& error) {
        m_impl->onGui([this, generation, file, name, error] {
            if (generation != m_impl->generation)
                return;
            Notice notice = noticeFromError(error, tr("The project %1 did not open.").arg(name));
            if (error.code == ErrorCode::Busy) {
                notice.actionText = tr("Try again");
                notice.action = [this, file] { openProject(file); };
            }
            post(notice);
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
    impl.worker.setProject(file);
    Q_EMIT projectOpened();
    Q_EMIT factsChanged();
    Q_EMIT scoreSetChanged();
    Q_EMIT jobsChanged();
    if (isReadOnly) // after the window has cleared away what was said of another project
        post({Notice::Severity::Warning,
              tr("%1 is open for reading only.").arg(projectName()),
              reason.isEmpty() ? tr("Nothing can be changed or computed in it.") : reason,
              {},
              projectName(),
              {},
              {}});
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
    impl.rolloutSet = {};
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

Status Session::Impl::patiently(const store::Project& project,
                                const std::function<Status(const store::Project&)>& body,
                                int openedAs) {
    using Clock = std::chrono::steady_clock;
    const auto passes = [](const Status& status) {
        return !status.ok() && (status.error().code == ErrorCode::Busy ||
                                status.error().code == ErrorCode::DiskFull);
    };
    const auto begin = Clock::now();
    Status status = body(project);
    if (!passes(status))
        return status;
    onGui([this, error = status.error()] {
        Notice notice = noticeFromError(error, Session::tr("A change waits to be stored."));
        notice.severity = Notice::Severity::Warning;
        notice.text += QLatin1Char(' ') + Session::tr("It is tried again until it succeeds.");
        session.post(notice);
    });
    while (passes(status) && openedAs == generation) {
        std::this_thread::sleep_for(kRetryEvery);
        status = body(project);
    }
    if (status.ok())
        onGui([this, seconds = std::chrono::duration<double>(Clock::now() - begin).count()] {
            session.post(
                {Notice::Severity::Information,
                 Session::tr("The waiting change is stored."),
                 Session::tr("The project could not be written for %1 s.").arg(seconds, 0, 'f', 1),
                 {},
                 session.projectName(),
                 {},
                 {}});
        });
    return status;
}

void Session::write(QObject* context, std::function<Status(const store::Project&)> body,
                    std::function<void(Status)> done) {
    const QPointer<QObject> guard(context ? context : this);
    m_impl->writer.post([this, guard, body = std::move(body), done = std::move(done),
                         openedAs = m_impl->generation.load()](const store::Project* project) {
        // Whoever asked to hear of the end decides about a busy file; other changes wait for it.
        Status status = !project ? Status(fail(ErrorCode::Cancelled, "The project was closed."))
                        : done   ? body(*project)
                                 : m_impl->patiently(*project, body, openedAs);
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

RolloutSetId Session::rolloutSet() const {
    return m_impl->rolloutSet;
}

void Session::setRolloutSet(RolloutSetId id) {
    if (m_impl->rolloutSet == id)
        return;
    m_impl->rolloutSet = id;
    refreshCurrent();
}

void Session::enqueueJob(const QString& kind, const Json& spec, const QString& name,
                         QObject* context, std::function<void(Result<JobId>)> done) {
    addJobs([spec, kind = kind.toStdString(), name = name.toStdString()](
                const store::Project& project) { return store::addJob(project, kind, spec, name); },
            context, std::move(done));
}

void Session::enqueuePipeline(const Json& pipeline, QObject* context,
                              std::function<void(Result<JobId>)> done) {
    addJobs(
        [pipeline](const store::Project& project) -> Result<JobId> {
            CRUX_TRY(steps, parsePipeline(pipeline));
            CRUX_TRY(ids, store::addPipeline(project, steps));
            return ids.back();
        },
        context, std::move(done));
}

void Session::addJobs(std::function<Result<JobId>(const store::Project&)> add, QObject* context,
                      std::function<void(Result<JobId>)> done) {
    const auto id = std::make_shared<JobId>();
    write(
        context ? context : this,
        [id, add = std::move(add)](const store::Project& project) -> Status {
            CRUX_TRY(made, add(project));
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
const WorkerClient& Session::worker() const {
    return m_impl->worker;
}
QUndoStack& Session::undoStack() {
    return m_impl->undo;
}

void Session::post(const Notice& notice) {
    Q_EMIT noticed(notice);
}

} // namespace crux::ui
