#include "app/crux/screenshots.h"

#include "ui/command_palette.h"
#include "ui/dialogs/dialog_list.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/import_dialog.h"
#include "ui/dialogs/search_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/main_window.h"
#include "ui/model/branch_tree_model.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/model/view_settings.h"
#include "ui/notice_bar.h"
#include "ui/pages/alternatives_model.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/rollout_answers.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/pages/system_check.h"
#include "ui/pages/token_inspector.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/widgets/find_bar.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeView>
#include <QUndoStack>

#include <cstdio>
#include <memory>

namespace crux::ui {

namespace {
constexpr int kOpenMs = 180'000; ///< the demo may have to be built and scored first
constexpr int kStepMs = 20'000;
constexpr int kSettleMs = 150; ///< timers of the views (streaming, layout) run out
} // namespace

ScreenshotWalk::ScreenshotWalk(QApplication& app, MainWindow& window, const QString& folder)
    : m_app(app)
    , m_window(window)
    , m_folder(folder) {}

bool ScreenshotWalk::waitFor(const std::function<bool()>& done, int limitMs) {
    QElapsedTimer clock;
    clock.start();
    QEventLoop loop;
    QTimer tick;
    connect(&tick, &QTimer::timeout, &loop, [&] {
        if (done() || clock.elapsed() > limitMs)
            loop.quit();
    });
    tick.start(15);
    if (!done())
        loop.exec();
    return done();
}

void ScreenshotWalk::settle() {
    QElapsedTimer clock;
    clock.start();
    waitFor([&] { return clock.elapsed() > kSettleMs; }, 2 * kSettleMs);
}

void ScreenshotWalk::fail(const QString& what) {
    ++m_failures;
    std::fprintf(stderr, "crux: no picture of %s\n", qPrintable(what));
}

void ScreenshotWalk::shootWidget(QWidget* widget, const QString& name) {
    settle();
    const QString file =
        QDir(m_folder).filePath(name + QLatin1Char('-') + m_theme + QStringLiteral(".png"));
    if (!widget->grab().save(file))
        return fail(file);
    ++m_written;
}

void ScreenshotWalk::shoot(const QString& name) {
    m_window.resize(m_size);
    shootWidget(&m_window, name);
}

void ScreenshotWalk::walkStart() {
    m_window.session().closeProject();
    if (auto* check = m_window.findChild<SystemCheck*>())
        waitFor([&] { return check->complete(); }, kStepMs);
    shoot(QStringLiteral("start"));
}

void ScreenshotWalk::walkExplore() {
    m_window.setPerspective(Perspective::Explore);
    m_window.resetLayout();
    Session& session = m_window.session();
    m_window.trajectories().filter().setExpression(QStringLiteral("verdict=wrong"));
    waitFor([&] { return !m_window.trajectories().model().loading(); }, kStepMs);
    m_window.trajectories().model().sort(TrajectoryTableModel::MinS, Qt::AscendingOrder);
    waitFor([&] { return !m_window.trajectories().model().loading(); }, kStepMs);
    const TrajectoryId first = m_window.trajectories().model().idAt(0);
    session.openTrajectory(first);
    if (!waitFor([&] { return session.current() && session.current()->record.id == first; },
                 kStepMs))
        return fail(QStringLiteral("Explore: no trajectory opened"));
    shoot(QStringLiteral("explore"));
    m_window.heatMap().openFind();
    m_window.heatMap().findBar().field()->setText(QStringLiteral("en"));
    shoot(QStringLiteral("find"));
    m_window.heatMap().findBar().close();
    // A job of the list is shown unfolded; a trajectory with branches fills the outline.
    m_window.trajectories().filter().setExpression(QStringLiteral("branches>0"));
    waitFor([&] { return !m_window.trajectories().model().loading(); }, kStepMs);
    if (m_window.trajectories().model().rowCount() > 0) {
        const TrajectoryId id = m_window.trajectories().model().idAt(0);
        session.openTrajectory(id);
        waitFor([&] { return session.current() && session.current()->record.id == id; }, kStepMs);
    }
    for (const QString& name : m_window.dockNames()) {
        if (name == QLatin1String("runs") || name == QLatin1String("batch") ||
            name == QLatin1String("config"))
            continue; // docks of the Train perspective
        m_window.raiseDock(name);
        settle();
        shootWidget(m_window.dock(name), QStringLiteral("dock-") + name);
    }
    walkBranchViews();
    walkCorpus();
    m_window.trajectories().filter().setExpression(QStringLiteral("verdict=wrong"));
    waitFor([&] { return !m_window.trajectories().model().loading(); }, kStepMs);
    m_window.resetLayout();
    m_window.setPerspective(Perspective::Data);
    shoot(QStringLiteral("data"));
    m_window.setPerspective(Perspective::Explore);
}

/// A trajectory whose critical token is confirmed, with its rollouts in all views of the dock.
void ScreenshotWalk::walkRollouts() {
    m_window.setPerspective(Perspective::Explore);
    m_window.resetLayout();
    Session& session = m_window.session();
    TrajectoryTableModel& table = m_window.trajectories().model();
    table.sort(TrajectoryTableModel::Critical, Qt::AscendingOrder);
    waitFor([&] { return !table.loading(); }, kStepMs);
    TrajectoryId chosen;
    for (int row = 0; row < std::min(40, table.rowCount()) && !chosen; ++row) {
        waitFor([&] { return table.summary(row) != nullptr; }, kStepMs);
        const auto* summary = table.summary(row);
        if (summary && summary->critical == store::CriticalState::Confirmed &&
            summary->criticalPosition > 12)
            chosen = summary->id;
    }
    if (!chosen)
        return; // nothing was searched in this project
    session.openTrajectory(chosen);
    if (!waitFor([&] { return session.current() && session.current()->record.id == chosen; },
                 kStepMs))
        return fail(QStringLiteral("Rollouts: no trajectory opened"));
    session.setCursor(session.current()->rollouts->critical()->position);
    RolloutsDock& dock = m_window.rollouts();
    m_window.raiseDock(QStringLiteral("rollouts"));
    waitFor([&] { return dock.answers().model().total() > 0; }, kStepMs);
    dock.answers().tree()->expand(dock.answers().model().index(0, 0));
    shoot(QStringLiteral("rollouts"));
    session.view().layer = Layer::Rollouts;
    session.view().notify();
    dock.setTableShown(true);
    shoot(QStringLiteral("rollouts-layer-table"));
    session.view().layer = Layer::Score;
    session.view().notify();
    dock.setTableShown(false);
    dock.setView(RolloutsDock::View::PassAtK);
    shootWidget(m_window.dock(QStringLiteral("rollouts")), QStringLiteral("dock-rollouts-pass"));
    dock.setView(RolloutsDock::View::Curve);
}

void ScreenshotWalk::walkBranch() {
    Session& session = m_window.session();
    ForceService& force = m_window.force();
    if (!force.unavailableReason().isEmpty())
        return fail(QStringLiteral("a forced branch: ") + force.unavailableReason());
    const auto current = session.current();
    const int before = static_cast<int>(current->branches.size());
    if (m_window.inspector().model().firstOther() < 0)
        return fail(QStringLiteral("a forced branch: no alternatives are stored"));
    m_window.inspector().pickRow(otherNotForced());
    m_window.inspector().forceSelected(true);
    waitFor([&] { return force.tokensWritten() > 6 || !force.running(); }, kStepMs);
    shoot(QStringLiteral("branch-writing"));
    if (!waitFor([&] { return !force.running(); }, kStepMs))
        force.stop();
    waitFor(
        [&] {
            const auto now = session.current();
            return now && static_cast<int>(now->branches.size()) > before && session.branchPane() &&
                   !session.paneIsLive();
        },
        kStepMs);
    if (!session.branchPane())
        return fail(QStringLiteral("a forced branch: it was not stored"));
    shoot(QStringLiteral("branch"));
    shootExport(QStringLiteral("pair"));
    walkDiff();
    session.undoStack().undo();
    session.openBranchPane(TrajectoryId{});
    walkBan();
}

/// The token at the cursor banned, with several samples: each is a branch.
void ScreenshotWalk::walkBan() {
    Session& session = m_window.session();
    ForceService& force = m_window.force();
    const auto current = session.current();
    const int position = session.cursor();
    if (!current || position < 0 || !force.unavailableReason().isEmpty())
        return fail(QStringLiteral("banned samples: ") + force.unavailableReason());
    SamplingParams sampling;
    sampling.samples = 4;
    sampling.maxNewTokens = 160;
    sampling.stop = {"\n\n", "\nQuestion:", "\n Question:"}; // models that go on to the next
    force.banTokens(position, {current->tokens[static_cast<std::size_t>(position)].id}, sampling);
    waitFor([&] { return force.tokensWritten() > 80 || !force.running(); }, kStepMs);
    shoot(QStringLiteral("ban-writing"));
    if (!waitFor([&] { return !force.running(); }, kStepMs))
        force.stop();
    waitFor([&] { return !force.running() && session.branchPane() && !session.paneIsLive(); },
            kStepMs);
    shoot(QStringLiteral("ban"));
    session.undoStack().undo();
    session.openBranchPane(TrajectoryId{});
}

/// An alternative that no branch has tried here yet, so that branches differ.
int ScreenshotWalk::otherNotForced() const {
    const AlternativesModel& model = m_window.inspector().model();
    for (int row = 0; row < model.rowCount(); ++row)
        if (!model.isOriginal(row) &&
            model.index(row, AlternativesModel::Branches).data().toString().isEmpty())
            return row;
    return model.firstOther();
}

/// Two branches of the tree against each other: the walk's own and one of the demo's.
void ScreenshotWalk::walkDiff() {
    Session& session = m_window.session();
    const TrajectoryId root = m_window.branches().model().root();
    TrajectoryId upper = root, lower;
    const store::BranchRecord* last = nullptr;
    for (const auto& branch : session.current()->branches) {
        if (branch.deleted || branch.parentId != root)
            continue;
        lower = branch.childId;
        if (last && last->forcedIds != branch.forcedIds) { // two that differ
            upper = last->childId;
            break;
        }
        last = &branch;
    }
    if (!lower)
        return fail(QStringLiteral("a comparison: there is no branch"));
    session.openDiff(upper, lower);
    const auto shown = [&] {
        return session.diffShown() && session.branchPane() &&
               session.branchPane()->record.id == lower && session.current()->record.id == upper;
    };
    if (!waitFor(shown, kStepMs))
        return fail(QStringLiteral("a comparison: it did not open"));
    shoot(QStringLiteral("diff"));
    session.closeDiff();
    waitFor([&] { return session.current()->record.id == root; }, kStepMs);
}

/// The export dialog as Ctrl+E opens it: with what the window shows.
void ScreenshotWalk::shootExport(const QString& name) {
    ExportDialog dialog(m_window.session(), m_window.heatMap().shownData(), &m_window);
    dialog.setShown(m_window.heatMap().shownLayouts(), m_window.session().view().zoom);
    dialog.show();
    shootWidget(&dialog, QStringLiteral("dialog-export-") + name);
    dialog.close();
}

void ScreenshotWalk::walkDialogs() {
    for (const DialogEntry& entry :
         allDialogs(m_window.session(), m_window.actions(), m_window.search())) {
        const std::unique_ptr<QDialog> dialog(entry.make(&m_window));
        if (!dialog) {
            fail(QStringLiteral("dialog ") + entry.name);
            continue;
        }
        dialog->show();
        settle();
        if (auto* import = qobject_cast<ImportDialog*>(dialog.get())) {
            import->setFiles({exampleFile()});
            waitFor([&] { return import->preview().has_value(); }, kStepMs);
        }
        if (auto* search = qobject_cast<SearchDialog*>(dialog.get())) // the worker's probe
            waitFor([&] { return !search->estimateText().isEmpty(); }, kStepMs);
        if (auto* train = qobject_cast<TrainDialog*>(dialog.get())) // its rows and its few steps
            waitFor([&] { return train->isReady(); }, kStepMs);
        shootWidget(dialog.get(), QStringLiteral("dialog-") + entry.name);
        dialog->close();
    }
}

void ScreenshotWalk::walkPalette() {
    m_window.showPalette();
    m_window.palette_().setQuery(QStringLiteral("cand"));
    settle();
    shootWidget(&m_window.palette_(), QStringLiteral("palette"));
    m_window.palette_().hide();
}

void ScreenshotWalk::walkEmptyAndError() {
    Session& session = m_window.session();
    m_window.trajectories().filter().setExpression(QStringLiteral("min_s<0 and verdict=right"));
    waitFor([&] { return !m_window.trajectories().emptyTitle().isEmpty(); }, kStepMs);
    session.post(noticeFromError({ErrorCode::NotFound, "The folder of the positive model is gone.",
                                  "adapter positive", "shown for the picture of a notice"},
                                 tr("Scoring did not start.")));
    m_window.noticeBar().showDetails(true);
    m_window.raiseDock(QStringLiteral("problems"));
    shoot(QStringLiteral("filter-empty-and-error"));
    m_window.trajectories().filter().reset();
    const QTemporaryDir folder;
    session.createProject(folder.filePath(QStringLiteral("empty.crux")));
    waitFor([&] { return session.isOpen(); }, kStepMs);
    shoot(QStringLiteral("empty"));
    session.closeProject();
}

/// Empty once the project is open, else why it is not.
QString ScreenshotWalk::waitForProject() {
    QString refusal;
    const auto listening =
        connect(&m_window.session(), &Session::noticed, this, [&refusal](const Notice& notice) {
            if (notice.severity == Notice::Severity::Error)
                refusal = notice.title + QLatin1Char(' ') + notice.text;
        });
    const bool open =
        waitFor([&] { return m_window.session().isOpen() || !refusal.isEmpty(); }, kOpenMs);
    disconnect(listening);
    if (m_window.session().isOpen())
        return {};
    return open ? refusal : QStringLiteral("it did not open");
}

int ScreenshotWalk::run(const QString& project, bool demo) {
    if (!QDir().mkpath(m_folder)) {
        std::fprintf(stderr, "crux: the folder %s cannot be made\n", qPrintable(m_folder));
        return 1;
    }
    for (const ThemeName theme : {ThemeName::Light, ThemeName::Dark}) {
        m_theme = theme == ThemeName::Light ? QStringLiteral("light") : QStringLiteral("dark");
        applyTheme(m_app, theme);
        walkStart();
        if (demo)
            m_window.openDemo();
        else if (!project.isEmpty())
            m_window.session().openProject(project);
        if (demo || !project.isEmpty()) {
            if (const QString refusal = waitForProject(); !refusal.isEmpty()) {
                fail(QStringLiteral("the project: ") + refusal);
                break;
            }
            waitFor([&] { return m_window.session().current() != nullptr; }, kStepMs);
            walkRollouts();
            walkExplore();
            walkRealText();
            walkBranch();
            walkTrain();
            walkDialogs();
            walkPalette();
        }
        walkEmptyAndError();
        walkAmbiguous();
    }
    std::fprintf(stderr, "%d pictures written to %s\n", m_written, qPrintable(m_folder));
    return m_failures == 0 ? 0 : 1;
}

} // namespace crux::ui
