#include "ui/main_window.h"

#include "core/store/repositories.h"
#include "ui/command_palette.h"
#include "ui/demo_project.h"
#include "ui/dialogs/close_dialog.h"
#include "ui/dialogs/models_dialog.h"
#include "ui/dialogs/score_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/values_dialog.h"
#include "ui/model/job_model.h"
#include "ui/model/problem_model.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"
#include "ui/model/undo_commands.h"
#include "ui/model/verdict_command.h"
#include "ui/model/view_settings.h"
#include "ui/model/worker_client.h"
#include "ui/notice_bar.h"
#include "ui/pages/batch_inspector.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/config_dock.h"
#include "ui/pages/corpus_dock.h"
#include "ui/pages/data_page.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/first_steps.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/jobs_dock.h"
#include "ui/pages/metrics_view.h"
#include "ui/pages/notes_dock.h"
#include "ui/pages/problems_dock.h"
#include "ui/pages/project_dock.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/pages/runs_dock.h"
#include "ui/pages/start_page.h"
#include "ui/pages/token_inspector.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/status_strip.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/find_bar.h"
#include "ui/widgets/heat_map_actions.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/tip_dismisser.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QMouseEvent>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QToolBar>
#include <QTreeView>
#include <QUndoStack>

#include <algorithm>

namespace crux::ui {

namespace {
constexpr std::size_t kHistory = 200;
constexpr qint64 kWarmBytes = qint64{1} << 30; ///< models up to this size are loaded ahead of need
} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent)
    , m_force(m_session)
    , m_search(m_session)
    , m_problemModel(new ProblemModel(m_session, this))
    , m_board(new RunBoard(m_session, this))
    , m_runMetrics(new RunMetrics(m_session, *m_board, this))
    , m_pages(new QStackedWidget(this))
    , m_start(new StartPage(m_session, m_pages))
    , m_heatMap(new HeatMapView(m_session, m_pages))
    , m_metricsView(new MetricsView(m_session, *m_board, *m_runMetrics, m_pages))
    , m_data(new DataPage(m_session, m_pages))
    , m_inspector(new TokenInspector(m_session, m_force, m_search, this))
    , m_trajectories(new TrajectoriesDock(m_session, this))
    , m_project(new ProjectDock(m_session, this))
    , m_branches(new BranchesDock(m_session, m_force, this))
    , m_rollouts(new RolloutsDock(m_session, m_search, this))
    , m_jobs(new JobsDock(m_session, this))
    , m_problems(new ProblemsDock(*m_problemModel, this))
    , m_notes(new NotesDock(m_session, this))
    , m_corpus(new CorpusDock(m_session, this))
    , m_runs(new RunsDock(m_session, *m_board, this))
    , m_batch(new BatchInspector(m_session, *m_board, this))
    , m_config(new ConfigDock(*m_board, this))
    , m_firstSteps(new FirstSteps(m_session, this))
    , m_notice(new NoticeBar(this))
    , m_noticeRow(nullptr)
    , m_status(new StatusStrip(m_session, this))
    , m_palette(new CommandPalette(this)) {
    setObjectName(QStringLiteral("crux"));
    resize(1600, 1000);
    setStatusBar(m_status);
    for (QWidget* page : {static_cast<QWidget*>(m_start), static_cast<QWidget*>(m_heatMap),
                          static_cast<QWidget*>(m_metricsView), static_cast<QWidget*>(m_data)})
        m_pages->addWidget(page);
    m_pages->setMinimumSize(320, 200);
    setCentralWidget(m_pages);
    new TipDismisser(this);
    qApp->installEventFilter(this);
    buildDocks();
    buildActions();
    buildToolBar();
    buildMenus();
    wireSession();
    wirePages();
    wireCorpus();
    wireCharts();
    wireSearch();
    wireTrain();
    setPerspective(Perspective::Start);
    m_actions.loadKeys();
    m_actions.update();
    updateTitle();
}

MainWindow::~MainWindow() {
    // Children hear the session's last signals otherwise, half destroyed themselves.
    m_session.disconnect();
    m_session.undoStack().disconnect(); // it tells when it is cleared, after our actions are gone
    m_session.worker().disconnect();
    for (QDockWidget* dock :
         std::as_const(m_docks)) // hidden with the window, after m_docks is gone
        dock->disconnect(this);
}

void MainWindow::wireSession() {
    connect(&m_session, &Session::noticed, this, &MainWindow::showNotice);
    connect(&m_session, &Session::projectOpened, this, &MainWindow::projectOpened);
    connect(&m_session, &Session::projectClosed, this, &MainWindow::projectClosed);
    connect(&m_session, &Session::currentChanged, this, [this] {
        updateTitle();
        m_actions.update();
        notePlace();
    });
    connect(&m_session, &Session::cursorChanged, this, &MainWindow::notePlace);
    connect(&m_session, &Session::branchPaneChanged, this, [this] {
        foldBottom(m_session.branchPane() != nullptr);
        updateTitle();
        m_actions.update();
    });
    connect(&m_session, &Session::factsChanged, this, [this] { m_actions.update(); });
    connect(&m_force, &ForceService::changed, this, [this] {
        m_actions.update();
        if (m_force.running())
            m_status->say(m_force.samples() > 1
                              ? tr("%1 branches: %n token(s) written. Esc stops and keeps them.",
                                   nullptr, m_force.tokensWritten())
                                    .arg(m_force.samples())
                              : tr("Branch: %n token(s) written. Esc stops and keeps it.", nullptr,
                                   m_force.tokensWritten()));
    });
    connect(&m_force, &ForceService::finished, this,
            [this] { m_status->say(tr("What was written is stored.")); });
    WorkerClient& worker = m_session.worker();
    connect(&worker, &WorkerClient::stateChanged, this, [this] { m_actions.update(); });
    connect(&worker, &WorkerClient::crashed, this, [this] {
        Notice notice;
        notice.severity = Notice::Severity::Error;
        notice.title = m_session.worker().crashText();
        notice.text = tr("Stored data are safe; unfinished jobs can be resumed.");
        notice.object = QStringLiteral("crux-worker");
        notice.details = m_session.worker().lastWords().join(QLatin1Char('\n'));
        m_session.post(notice);
        m_session.write(
            this,
            [](const store::Project& project) -> Status {
                CRUX_TRY(count, store::interruptStaleJobs(project));
                static_cast<void>(count);
                return store::closeOrphanBranches(project);
            },
            [](const Status&) {});
    });
    connect(m_problemModel, &ProblemModel::countsChanged, this, [this] {
        const int unseen = m_problemModel->unseen();
        m_docks[QStringLiteral("problems")]->setWindowTitle(
            unseen > 0 ? tr("Problems (%1)").arg(unseen) : tr("Problems"));
    });
    connect(m_problemModel, &ProblemModel::fixWanted, this, &MainWindow::runFix);
}

void MainWindow::wirePages() {
    const auto trigger = [this](const char* id) {
        return [this, id] { m_actions.action(QLatin1String(id))->trigger(); };
    };
    connect(m_start, &StartPage::openRequested, this, trigger("file.open"));
    connect(m_start, &StartPage::newRequested, this, trigger("file.new"));
    connect(m_start, &StartPage::importRequested, this, trigger("file.import"));
    connect(m_start, &StartPage::demoRequested, this, &MainWindow::openDemo);
    connect(m_start, &StartPage::studyRequested, this, trigger("help.study"));
    connect(m_start, &StartPage::projectChosen, &m_session, &Session::openProject);

    connect(m_heatMap, &HeatMapView::alternativesRequested, this, [this](int position) {
        m_session.setCursor(position);
        raiseDock(QStringLiteral("inspector"));
        m_inspector->focusAlternatives();
    });
    connect(m_heatMap, &HeatMapView::labelRequested, this, &MainWindow::labelToken);
    connect(m_heatMap, &HeatMapView::bookmarkRequested, this,
            [this](int position) { toggleMark(m_session, position); });
    connect(m_heatMap, &HeatMapView::commentRequested, this, [this](int position) {
        if (position >= 0)
            m_session.setCursor(position);
        raiseDock(QStringLiteral("notes"));
        m_notes->editNoteAt(position);
    });
    connect(m_heatMap, &HeatMapView::answerRequested, this,
            [this](int first, int last) { useAsAnswer(m_session, first, last); });
    connect(m_heatMap, &HeatMapView::provenanceRequested, this, &MainWindow::copyProvenance);
    connect(m_heatMap, &HeatMapView::scoreRequested, this, trigger("jobs.score"));
    connect(m_heatMap, &HeatMapView::retokeniseRequested, this, [this] {
        auto* score = new ScoreDialog(m_session, this);
        score->setFilter(QStringLiteral("id=%1").arg(m_session.current()->record.id.value));
        score->setRetokenise(true);
        openDialog(score);
    });
    connect(m_heatMap, &HeatMapView::valuesRequested, this, [this] {
        auto* values = new ValuesDialog(m_session, m_heatMap->focusedData(), this);
        values->setAttribute(Qt::WA_DeleteOnClose);
        values->show();
    });
    connect(m_heatMap, &HeatMapView::previousRequested, this, [this] { m_trajectories->step(-1); });
    connect(m_heatMap, &HeatMapView::nextRequested, this, [this] { m_trajectories->step(1); });
    connect(m_heatMap, &HeatMapView::stopRequested, this, &MainWindow::stopOrClose);
    for (const auto told :
         {&FindBar::changed, &FindBar::closed}) // F3 lives while something is found
        connect(&m_heatMap->findBar(), told, this, [this] { m_actions.update(); });
    connect(m_heatMap, &HeatMapView::diffToggled, this, [this] {
        if (m_session.diffShown())
            return closeComparison(m_session);
        raiseDock(QStringLiteral("branches"));
        m_actions.update();
        QAction* diff = m_actions.action(QStringLiteral("branches.diff"));
        if (diff->isEnabled())
            return diff->trigger();
        m_status->say(m_actions.entry(diff->objectName())->reason());
        m_branches->tree()->setFocus();
    });
    connect(&m_heatMap->emptyState(), &EmptyState::triggered, this, [this] {
        m_session.facts().trajectories > 0
            ? m_actions.action(QStringLiteral("jobs.score"))->trigger()
            : m_actions.action(QStringLiteral("file.import"))->trigger();
    });

    connect(m_trajectories, &TrajectoriesDock::importRequested, this, trigger("file.import"));
    connect(m_trajectories, &TrajectoriesDock::sampleRequested, this, trigger("jobs.sample"));
    connect(m_trajectories, &TrajectoriesDock::exportRequested, this, trigger("file.export"));
    connect(m_trajectories, &TrajectoriesDock::opened, this, [this] {
        if (m_heatMap->focusedText())
            m_heatMap->pane().text()->setFocus();
    });
    connect(m_trajectories, &TrajectoriesDock::shownChanged, m_status, &StatusStrip::setShown);
    connect(m_branches, &BranchesDock::escapeRequested, this, &MainWindow::stopOrClose);
    connect(m_branches, &BranchesDock::selectionChanged, this, [this] { m_actions.update(); });
    connect(m_branches, &BranchesDock::forceRequested, this, [this] {
        raiseDock(QStringLiteral("inspector"));
        m_inspector->focusAlternatives();
    });
    connect(m_palette, &CommandPalette::keysWanted, this, [this](const QString& id) {
        auto* dialog = new SettingsDialog(m_session, m_actions, this);
        openDialog(dialog);
        dialog->showKeysOf(id);
    });
    connect(m_inspector, &TokenInspector::loadModelRequested, this, trigger("jobs.models"));
    connect(m_jobs, &JobsDock::scoreRequested, this, trigger("jobs.score"));
    connect(m_jobs, &JobsDock::importRequested, this, trigger("file.import"));
    connect(m_problems, &ProblemsDock::jobRequested, this, [this](qint64 id) {
        raiseDock(QStringLiteral("jobs"));
        m_jobs->select(JobId{id});
    });
    const auto filterBy = [this](const QString& expression) {
        setPerspective(Perspective::Explore);
        raiseDock(QStringLiteral("trajectories"));
        m_trajectories->filter().setExpression(expression);
    };
    connect(m_project, &ProjectDock::filterRequested, this, filterBy);
    connect(m_project, &ProjectDock::importRequested, this, trigger("file.import"));
    connect(m_project, &ProjectDock::modelChosen, this,
            [this] { setPerspective(Perspective::Data); });
    connect(m_data, &DataPage::importRequested, this, trigger("file.import"));
    connect(m_data, &DataPage::addModelRequested, this, trigger("jobs.models"));
    connect(m_data, &DataPage::scoreRequested, this, trigger("jobs.score"));
    connect(m_data, &DataPage::sampleRequested, this, &MainWindow::sampleAnswers);
    connect(m_data, &DataPage::selectRequested, this, trigger("jobs.select"));
    connect(m_data, &DataPage::showTrajectories, this, filterBy);
    connect(m_data, &DataPage::locateRequested, this,
            [this](qint64 model, qint64 adapter) { locate(ModelId{model}, AdapterId{adapter}); });
    connect(&m_force, &ForceService::modelMissing, this, &MainWindow::locate);
    connect(m_firstSteps, &FirstSteps::stepRequested, this, [this](int step) {
        static const char* const kActions[] = {"file.import", "jobs.models", "jobs.score", nullptr,
                                               nullptr};
        if (kActions[step])
            return m_actions.action(QLatin1String(kActions[step]))->trigger();
        setPerspective(Perspective::Explore);
        raiseDock(QStringLiteral("inspector"));
        if (step == FirstSteps::Branch)
            m_inspector->focusAlternatives();
    });
    connect(m_firstSteps, &FirstSteps::hideRequested, m_docks[QStringLiteral("firststeps")],
            &QDockWidget::hide);
    connect(m_status, &StatusStrip::jobsClicked, this,
            [this] { raiseDock(QStringLiteral("jobs")); });
    connect(m_status, &StatusStrip::errorClicked, this,
            [this] { raiseDock(QStringLiteral("problems")); });
    connect(m_status, &StatusStrip::layersClicked, this, [this] {
        m_foldedBottom.clear();
        for (const QString& name : std::as_const(m_dockOrder))
            if (isLayer(name) && m_docks[name]->isHidden())
                m_docks[name]->show();
    });
    connect(m_notice, &NoticeBar::closed, this, [this] { m_noticeRow->hide(); });
}

void MainWindow::projectOpened() {
    m_history.clear();
    m_historyAt = 0;
    m_problemModel->clearSession();
    m_noticeRow->hide();
    m_status->clearError();
    m_status->say(tr("%1 is open.").arg(m_session.projectName()));
    restoreLayout();
    const QString last = m_session.uiState(QStringLiteral("perspective"));
    setPerspective(last == QLatin1String("data")    ? Perspective::Data
                   : last == QLatin1String("train") ? Perspective::Train
                                                    : Perspective::Explore);
    updateTitle();
    m_actions.update();
    QTimer::singleShot(300, this, &MainWindow::startWorker);
    lookForModels();
    if (std::exchange(m_importAfterNew, false))
        QTimer::singleShot(0, this, &MainWindow::importFiles);
}

void MainWindow::projectClosed() {
    m_noticeRow->hide();
    setPerspective(Perspective::Start);
    m_status->setShown(-1, -1);
    m_status->say({});
    updateTitle();
    m_actions.update();
}

/// A worker is wanted when there is something to run; a small model is loaded ahead of the first
/// forced token.
void MainWindow::startWorker() {
    if (!m_session.isOpen() || m_session.readOnly())
        return;
    const ProjectFacts& facts = m_session.facts();
    const JobCounts counts = countJobs(facts.jobs);
    if (counts.running > 0 || counts.queued > 0)
        m_session.worker().call(QStringLiteral("run_jobs"), Json::object(), this,
                                [](const Result<Json>&) {});
    const auto* set = facts.scoreSet(m_session.scoreSet());
    if (!set)
        return;
    for (const auto& model : facts.models)
        if (model.id == set->positiveModel && model.sizeBytes < kWarmBytes) {
            Json adapters = Json::array();
            for (const AdapterId id : {set->positiveAdapter, set->negativeAdapter})
                if (id)
                    adapters.push_back(id.value);
            m_session.worker().call(QStringLiteral("load"),
                                    Json{{"model_id", model.id.value}, {"adapter_ids", adapters}},
                                    this,
                                    [](const Result<Json>&) {}); // a fault shows when it is needed
        }
}

void MainWindow::updateTitle() {
    if (!m_session.isOpen())
        return setWindowTitle(QStringLiteral("Crux"));
    QStringList parts{m_session.projectName(), m_perspective == Perspective::Data ? tr("Data")
                                               : inTrain()                        ? tr("Train")
                                                                                  : tr("Explore")};
    if (const store::JobRecord* run = inTrain() ? m_board->run(m_board->selected()) : nullptr)
        parts << RunBoard::nameOf(*run);
    if (const auto current = m_session.current();
        current && m_perspective == Perspective::Explore) {
        QString item = tr("trajectory %1").arg(text_format::integer(current->record.rootId.value));
        if (const auto pane = m_session.branchPane())
            item +=
                m_session.diffShown()
                    ? tr(", two branches compared")
                    : tr(", branch at %1").arg(responsePosition(pane->record, pane->forkPosition));
        parts << item;
    }
    setWindowTitle(parts.join(QStringLiteral(" — ")));
}

void MainWindow::showNotice(const Notice& notice) {
    m_notice->showNotice(notice);
    m_noticeRow->show();
    if (notice.severity == Notice::Severity::Error)
        m_status->showError(notice);
    else
        m_status->say(notice.title);
}

void MainWindow::stopOrClose() {
    if (m_force.running())
        m_force.stop();
    else if (m_search.running())
        m_search.stop();
    else if (m_session.diffShown())
        closeComparison(m_session);
    else if (m_session.branchPane())
        m_session.openBranchPane(TrajectoryId{});
}

void MainWindow::notePlace() {
    const auto current = m_session.current();
    if (!current || m_travelling)
        return;
    const auto pane = m_session.branchPane();
    const Place place{current->record.id, pane ? pane->record.id : TrajectoryId{},
                      m_session.cursor(), m_session.diffShown()};
    if (!m_history.empty() && m_history[m_historyAt].trajectory == place.trajectory) {
        m_history[m_historyAt] = place; // moving inside one trajectory is not a stop
        return;
    }
    if (!m_history.empty())
        m_history.resize(m_historyAt + 1);
    m_history.push_back(place);
    if (m_history.size() > kHistory)
        m_history.erase(m_history.begin());
    m_historyAt = m_history.size() - 1;
    m_actions.update();
}

void MainWindow::goPlace(int step) {
    const auto to = static_cast<std::ptrdiff_t>(m_historyAt) + step;
    if (to < 0 || to >= static_cast<std::ptrdiff_t>(m_history.size()))
        return;
    m_historyAt = static_cast<std::size_t>(to);
    const Place place = m_history[m_historyAt];
    m_travelling = true;
    connect(
        &m_session, &Session::currentChanged, this,
        [this, place] {
            if (place.diff)
                m_session.openDiff(place.trajectory, place.pane);
            else
                m_session.openBranchPane(place.pane);
            m_session.setCursor(place.cursor);
            m_travelling = false;
            m_actions.update();
        },
        static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
    m_session.openTrajectory(place.trajectory);
}

void MainWindow::openDemo() {
    auto* demo = new DemoProject(this);
    connect(demo, &DemoProject::ready, this, [this, demo](const QString& file) {
        demo->deleteLater();
        m_status->say({});
        m_session.openProject(file);
    });
    connect(demo, &DemoProject::progressed, m_status, &StatusStrip::say);
    connect(demo, &DemoProject::failed, this, [this, demo](const Notice& notice) {
        demo->deleteLater();
        m_session.post(notice);
    });
    demo->prepare();
}

std::vector<store::JobRecord> MainWindow::jobsOfOurWorker() const {
    std::vector<store::JobRecord> ours;
    const qint64 pid = m_session.worker().processId();
    const std::string owner = ":" + std::to_string(pid); // of "host:pid"
    if (m_session.isOpen() && pid > 0)
        for (const auto& job : m_session.facts().jobs)
            if (isActive(job.state) && job.owner.ends_with(owner))
                ours.push_back(job);
    return ours;
}

/// Asks once and remembers; true when the window may close now.
bool MainWindow::confirmRunningJobs() {
    const std::vector<store::JobRecord> running = jobsOfOurWorker();
    if (m_closeDecided || running.empty())
        return true;
    if (const CloseChoice choice = rememberedCloseChoice(); choice != CloseChoice::Ask) {
        closeWith(choice);
        return false;
    }
    if (m_closeDialog) {
        m_closeDialog->raise();
        return false;
    }
    m_closeDialog = new CloseDialog(QString::fromStdString(running.front().name),
                                    countJobs(m_session.facts().jobs).queued, this);
    connect(m_closeDialog, &QDialog::accepted, this,
            [this] { closeWith(m_closeDialog->choice()); });
    openDialog(m_closeDialog);
    return false;
}

/// What was asked is in the rows before the worker hears of the end; then the window closes.
void MainWindow::closeWith(CloseChoice choice) {
    const auto finish = [this] {
        m_closeDecided = true;
        close();
    };
    if (choice == CloseChoice::Keep) {
        m_session.worker().letGo();
        return finish();
    }
    std::vector<JobId> ids;
    for (const auto& job : jobsOfOurWorker())
        ids.push_back(job.id);
    const bool cancel = choice == CloseChoice::Cancel;
    m_session.write(
        this,
        [ids, cancel](const store::Project& project) -> Status {
            for (const JobId id : ids)
                CRUX_TRY_VOID(cancel ? store::cancelJob(project, id)
                                     : store::requestCancel(project, id));
            return {};
        },
        [this, cancel, finish](const Status&) { // a refused row is no reason to stay open
            m_session.worker().stop(cancel ? QStringLiteral("cancel")
                                           : QStringLiteral("checkpoint"));
            finish();
        });
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!confirmRunningJobs())
        return event->ignore();
    saveLayout();
    event->accept();
}

void MainWindow::paintEvent(QPaintEvent* event) {
    QMainWindow::paintEvent(event);
    if (!std::exchange(m_painted, true))
        QTimer::singleShot(0, this, &MainWindow::firstPainted);
}

/// Back and forward buttons work everywhere in the window: tables would keep them for themselves.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseButtonPress && watched->isWidgetType() &&
        static_cast<QWidget*>(watched)->window() == this) {
        const Qt::MouseButton button = static_cast<QMouseEvent*>(event)->button();
        if (button == Qt::BackButton || button == Qt::ForwardButton) {
            goPlace(button == Qt::BackButton ? -1 : 1);
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace crux::ui
