// Actions and menus of the main window: ids are stable, keys are those of UX.md 3.8.
#include "core/store/filter.h"
#include "ui/command_palette.h"
#include "ui/dialogs/about_dialog.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/import_dialog.h"
#include "ui/dialogs/models_dialog.h"
#include "ui/dialogs/new_project_dialog.h"
#include "ui/dialogs/sample_dialog.h"
#include "ui/dialogs/score_dialog.h"
#include "ui/dialogs/select_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/shortcuts_sheet.h"
#include "ui/dialogs/study_dialog.h"
#include "ui/main_window.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/model/undo_commands.h"
#include "ui/model/verdict_command.h"
#include "ui/model/view_settings.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/jobs_dock.h"
#include "ui/pages/metrics_view.h"
#include "ui/pages/token_inspector.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/status_strip.h"
#include "ui/widgets/heat_map_actions.h"
#include "ui/widgets/icons.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMenuBar>
#include <QProcess>
#include <QTableView>
#include <QUndoStack>

#include <tuple>

namespace crux::ui {

QAction* MainWindow::add(const char* id, const QString& menu, const QString& text,
                         const QStringList& keys, std::function<void()> run,
                         std::function<QString()> reason, const QString& iconName) {
    ActionRegistry::Spec spec;
    spec.id = QLatin1String(id);
    spec.menu = menu;
    spec.text = text;
    spec.keys = keys;
    spec.run = std::move(run);
    spec.reason = std::move(reason);
    spec.icon = iconName;
    QAction* action = m_actions.add(std::move(spec));
    if (!iconName.isEmpty())
        action->setIcon(icon(iconName));
    addAction(action); // keys work whether or not a menu shows it
    return action;
}

QString MainWindow::needsProject() const {
    return m_session.isOpen() ? QString() : tr("No project is open.");
}

QString MainWindow::needsWritable() const {
    return !m_session.isOpen()    ? tr("No project is open.")
           : m_session.readOnly() ? tr("The project is open for reading only.")
                                  : QString();
}

QString MainWindow::needsTrajectory() const {
    return !m_session.isOpen()    ? tr("No project is open.")
           : !m_session.current() ? tr("No trajectory is open.")
                                  : QString();
}

void MainWindow::openDialog(QDialog* dialog) {
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::chooseProject() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Open project"), {},
                                                      tr("Crux projects (*.crux);;All files (*)"));
    if (!file.isEmpty())
        m_session.openProject(file);
}

void MainWindow::newProject() {
    auto* dialog = new NewProjectDialog(this);
    connect(dialog, &QDialog::accepted, this,
            [this, dialog] { m_session.createProject(dialog->projectFile()); });
    connect(dialog, &QDialog::rejected, this, [this] { m_importAfterNew = false; });
    openDialog(dialog);
}

void MainWindow::importFiles() {
    if (!m_session.isOpen()) { // files need a project to go to: one is made first
        m_importAfterNew = true;
        return newProject();
    }
    openDialog(new ImportDialog(m_session, this));
}

/// A project is saved as it goes; Ctrl+S makes a whole copy of this moment.
void MainWindow::saveCopy() {
    const QFileInfo project(m_session.projectFile());
    QString file = QFileDialog::getSaveFileName(
        this, tr("Save a copy"),
        project.absoluteDir().filePath(tr("%1 copy").arg(project.completeBaseName()) +
                                       QStringLiteral(".crux")),
        tr("Crux projects (*.crux)"));
    if (file.isEmpty())
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".crux");
    if (QFileInfo(file) == project)
        return m_status->say(tr("This is the open project itself; everything in it is stored."));
    m_status->say(tr("Copying the project…"));
    m_session.read<bool>(
        this,
        [file](const store::Project& open) -> Result<bool> {
            CRUX_TRY_VOID(store::backupProject(open, Path(file.toStdString())));
            return true;
        },
        [this, file](Result<bool> copied) {
            if (copied)
                m_status->say(tr("Everything is stored as you work. A copy of it: %1").arg(file));
            else
                m_session.post(noticeFromError(copied.error(), tr("No copy was made.")));
        });
}

void MainWindow::addFileActions() {
    const QString menu = tr("File");
    add(
        "file.new", menu, tr("New project…"), {QStringLiteral("Ctrl+N")}, [this] { newProject(); },
        {}, QStringLiteral("document-new"));
    add(
        "file.open", menu, tr("Open project…"), {QStringLiteral("Ctrl+O")},
        [this] { chooseProject(); }, {}, QStringLiteral("document-open"));
    add(
        "file.demo", menu, tr("Open the demo"), {QStringLiteral("Ctrl+Shift+D")},
        [this] { openDemo(); }, {}, QStringLiteral("media-playback-start"));
    add(
        "file.window", menu, tr("Second window of this project"), {QStringLiteral("Ctrl+Shift+O")},
        [this] {
            // A process of its own: neither window can take the other down.
            QProcess::startDetached(QCoreApplication::applicationFilePath(),
                                    {m_session.projectFile()});
        },
        [this] { return needsProject(); });
    add(
        "file.import", menu, tr("Import…"), {QStringLiteral("Ctrl+Shift+I")},
        [this] { importFiles(); },
        [this] { return m_session.isOpen() ? needsWritable() : QString(); },
        QStringLiteral("document-import"));
    add(
        "file.export", menu, tr("Export view…"), {QStringLiteral("Ctrl+E")},
        [this] {
            if (m_perspective == Perspective::Train)
                return exportCurves();
            auto* dialog = new ExportDialog(m_session, m_heatMap->shownData(), this);
            dialog->setShown(m_heatMap->shownLayouts(), m_session.view().zoom);
            dialog->setFilter(m_trajectories->filter().expression());
            connect(dialog, &ExportDialog::written, this,
                    [this](const QString& file) { m_status->say(tr("Written: %1").arg(file)); });
            openDialog(dialog);
        },
        [this] {
            return m_perspective == Perspective::Train ? m_metricsView->whyNoExport()
                                                       : needsTrajectory();
        },
        QStringLiteral("document-export"));
    add(
        "file.copy", menu, tr("Save a copy…"), {QStringLiteral("Ctrl+S")}, [this] { saveCopy(); },
        [this] { return needsProject(); }, QStringLiteral("document-duplicate"));
    add(
        "file.close", menu, tr("Close project"), {QStringLiteral("Ctrl+W")},
        [this] {
            saveLayout();
            m_session.closeProject();
        },
        [this] { return needsProject(); });
    add("file.quit", menu, tr("Quit"), {QStringLiteral("Ctrl+Q")}, [this] { close(); });
}

void MainWindow::addEditActions() {
    const QString menu = tr("Edit");
    QUndoStack& stack = m_session.undoStack();
    QAction* undo = add(
        "edit.undo", menu, tr("Undo"), {QStringLiteral("Ctrl+Z")},
        [this] { m_session.undoStack().undo(); },
        [this] {
            return QApplication::activePopupWidget() ? tr("A menu is open.")
                   : m_session.undoStack().canUndo() ? QString()
                                                     : tr("Nothing to undo.");
        },
        QStringLiteral("edit-undo"));
    QAction* redo = add(
        "edit.redo", menu, tr("Redo"), {QStringLiteral("Ctrl+Shift+Z")},
        [this] { m_session.undoStack().redo(); },
        [this] { return m_session.undoStack().canRedo() ? QString() : tr("Nothing to redo."); },
        QStringLiteral("edit-redo"));
    connect(&stack, &QUndoStack::indexChanged, this, [this, undo, redo] {
        const QUndoStack& now = m_session.undoStack();
        undo->setText(now.canUndo() ? tr("Undo %1").arg(now.undoText()) : tr("Undo"));
        redo->setText(now.canRedo() ? tr("Redo %1").arg(now.redoText()) : tr("Redo"));
        m_actions.update();
    });
    add(
        "edit.find", menu, tr("Find in view…"), {QStringLiteral("Ctrl+F")}, [this] { find(); },
        [this] { return needsProject(); }, QStringLiteral("edit-find"));
    const auto needsMatches = [this] {
        return m_heatMap->finding() ? QString() : tr("Nothing is searched for.");
    };
    add(
        "edit.find_next", menu, tr("Find next"),
        {QStringLiteral("F3"), QStringLiteral("Ctrl+Alt+F")}, [this] { m_heatMap->findStep(1); },
        needsMatches);
    add(
        "edit.find_previous", menu, tr("Find previous"),
        {QStringLiteral("Shift+F3"), QStringLiteral("Ctrl+Alt+Shift+F")},
        [this] { m_heatMap->findStep(-1); }, needsMatches);
    add(
        "edit.filter", menu, tr("Filter trajectories"), {QStringLiteral("Ctrl+Shift+F")},
        [this] {
            raiseDock(QStringLiteral("trajectories"));
            m_trajectories->focusFilter();
        },
        [this] { return needsProject(); }, QStringLiteral("view-filter"));
    add(
        "edit.undo_filter", menu, tr("Undo last filter"), {},
        [this] { m_trajectories->filter().undoLast(); },
        [this] {
            return m_trajectories->filter().canUndo() ? QString() : tr("No filter was set before.");
        });
    add(
        "edit.reset_filter", menu, tr("Reset the filter"), {},
        [this] { m_trajectories->filter().reset(); }, [this] { return needsProject(); });
    const std::tuple<const char*, QString, Verdict> verdicts[] = {
        {"edit.verdict_right", tr("Verdict by hand: right"), Verdict::Right},
        {"edit.verdict_wrong", tr("Verdict by hand: wrong"), Verdict::Wrong},
        {"edit.verdict_none", tr("Verdict by hand: no answer"), Verdict::NoAnswer}};
    for (const auto& [id, text, verdict] : verdicts)
        add(
            id, menu, text, {}, [this, verdict = verdict] { setVerdictByHand(m_session, verdict); },
            [this] { return whyNoVerdict(m_session); });
    add(
        "edit.verdict_graded", menu, tr("Verdict as graded"), {}, [this] { gradeAgain(m_session); },
        [this] { return whyNoVerdict(m_session); });
    add(
        "edit.settings", menu, tr("Settings…"), {QStringLiteral("Ctrl+,")},
        [this] { openDialog(new SettingsDialog(m_session, m_actions, this)); }, {},
        QStringLiteral("configure"));
}

void MainWindow::addViewActions() {
    const QString menu = tr("View");
    const auto perspective = [&](const char* id, const QString& text, const char* key,
                                 const char* iconName, std::function<void()> run,
                                 std::function<QString()> reason) {
        add(id, menu, text, {QLatin1String(key)}, std::move(run), std::move(reason),
            QLatin1String(iconName))
            ->setCheckable(true);
    };
    perspective(
        "view.explore", tr("Explore"), "Ctrl+1", "view-list-text",
        [this] { setPerspective(Perspective::Explore); }, [this] { return needsProject(); });
    perspective(
        "view.train", tr("Train"), "Ctrl+2", "office-chart-line",
        [this] { setPerspective(Perspective::Train); }, [this] { return needsProject(); });
    perspective(
        "view.compare", tr("Compare"), "Ctrl+3", "view-split-left-right", [] {},
        [] { return tr("This perspective comes with evaluations."); });
    perspective(
        "view.data", tr("Data"), "Ctrl+4", "server-database",
        [this] { setPerspective(Perspective::Data); }, [this] { return needsProject(); });
    add(
        "view.zoom_in", menu, tr("Zoom in"), {QStringLiteral("Ctrl++"), QStringLiteral("Ctrl+=")},
        [this] { m_heatMap->zoomIn(); }, [this] { return needsTrajectory(); },
        QStringLiteral("list-add"));
    add(
        "view.zoom_out", menu, tr("Zoom out"), {QStringLiteral("Ctrl+-")},
        [this] { m_heatMap->zoomOut(); }, [this] { return needsTrajectory(); },
        QStringLiteral("list-remove"));
    add(
        "view.zoom_reset", menu, tr("Zoom 100 %"), {QStringLiteral("Ctrl+0")},
        [this] { m_heatMap->zoomReset(); }, [this] { return needsTrajectory(); },
        QStringLiteral("zoom-original"));
    QAction* focus = add("view.focus", menu, tr("Focus mode"), {QStringLiteral("Ctrl+Shift+Space")},
                         {}, [this] { return needsProject(); });
    focus->setCheckable(true);
    connect(focus, &QAction::toggled, this, &MainWindow::setFocusMode);
    QAction* full = add("view.full_screen", menu, tr("Full screen"),
                        {QStringLiteral("F11"), QStringLiteral("Ctrl+Shift+Return")}, {});
    full->setCheckable(true);
    connect(full, &QAction::toggled, this,
            [this](bool on) { on ? showFullScreen() : showNormal(); });
    add("view.reset_layout", menu, tr("Reset layout"), {}, [this] { resetLayout(); });
    for (const QString& name : m_dockOrder) {
        QAction* toggle = m_docks[name]->toggleViewAction();
        toggle->setObjectName(QStringLiteral("dock.") + name);
        if (name == QLatin1String("jobs"))
            continue; // Ctrl+J raises it
        m_dockActions << toggle;
        m_actions.adopt(toggle, menu, ActionScope::Global);
    }
}

void MainWindow::addGoActions() {
    const QString menu = tr("Go");
    add(
        "go.palette", menu, tr("Command palette…"), {QStringLiteral("Ctrl+Shift+P")},
        [this] { showPalette(); }, {}, QStringLiteral("edit-find"));
    add(
        "go.to", menu, tr("Go to question or trajectory…"), {QStringLiteral("Ctrl+K")},
        [this] { m_palette->showGoTo(m_session); }, [this] { return needsProject(); },
        QStringLiteral("edit-find"));
    add(
        "go.position", menu, tr("Go to position or row…"), {QStringLiteral("Ctrl+G")},
        [this] { goToPosition(); }, [this] { return needsProject(); });
    add(
        "go.back", menu, tr("Back"), {QStringLiteral("Ctrl+[")},
        [this] { inTrain() ? m_metricsView->zoomBack() : goPlace(-1); },
        [this] {
            if (inTrain())
                return m_metricsView->canZoomBack() ? QString() : tr("Nothing was zoomed before.");
            return m_historyAt > 0 ? QString() : tr("Nothing was open before.");
        },
        QStringLiteral("go-previous"));
    add(
        "go.forward", menu, tr("Forward"), {QStringLiteral("Ctrl+]")},
        [this] { inTrain() ? m_metricsView->zoomForward() : goPlace(1); },
        [this] {
            if (inTrain())
                return m_metricsView->canZoomForward() ? QString() : tr("This is the newest zoom.");
            return m_historyAt + 1 < m_history.size() ? QString() : tr("This is the newest place.");
        },
        QStringLiteral("go-next"));
    add(
        "go.next_trajectory", menu, tr("Next trajectory"), {QStringLiteral("Ctrl+Down")},
        [this] { m_trajectories->step(1); }, [this] { return needsProject(); },
        QStringLiteral("go-down"));
    add(
        "go.previous_trajectory", menu, tr("Previous trajectory"), {QStringLiteral("Ctrl+Up")},
        [this] { m_trajectories->step(-1); }, [this] { return needsProject(); },
        QStringLiteral("go-up"));
    add("go.next_dock", menu, tr("Next dock"), {QStringLiteral("F6"), QStringLiteral("Ctrl+Tab")},
        [this] { nextDock(); });
}

bool MainWindow::focusIn(const QString& dock) const {
    const QWidget* focus = QApplication::focusWidget();
    const QWidget* content = m_docks.value(dock)->widget();
    return focus && (focus == content || content->isAncestorOf(focus));
}

/// The view with the focus is searched: the table by its filter, the heat map by its find bar.
void MainWindow::find() {
    const bool inText = m_perspective == Perspective::Explore && m_session.current() &&
                        !focusIn(QStringLiteral("trajectories"));
    if (inText)
        return m_heatMap->openFind();
    raiseDock(QStringLiteral("trajectories"));
    m_trajectories->focusFilter();
}

void MainWindow::goToRow() {
    const int count = m_trajectories->model().rowCount();
    bool accepted = false;
    const int row = QInputDialog::getInt(
        this, tr("Go to row"), tr("Row of the table, 1 to %1").arg(text_format::integer(count)),
        std::max(1, m_trajectories->table()->currentIndex().row() + 1), 1, std::max(count, 1), 1,
        &accepted);
    if (accepted)
        m_trajectories->goToRow(row - 1);
}

void MainWindow::goToPosition() {
    if (focusIn(QStringLiteral("trajectories")) && m_trajectories->model().rowCount() > 0)
        return goToRow();
    const auto current = m_session.current();
    if (!current)
        return;
    const int count = static_cast<int>(current->tokens.size()) - current->record.promptTokens;
    bool accepted = false;
    const int position = QInputDialog::getInt(
        this, tr("Go to position"), tr("Position in the response, 1 to %1").arg(count),
        responsePosition(current->record, m_session.cursor()), 1, std::max(count, 1), 1, &accepted);
    if (accepted)
        m_session.setCursor(position - 1 + current->record.promptTokens);
}

void MainWindow::addTokenActions() {
    const QString menu = tr("Token");
    for (QAction* action : m_heatMap->actions().actions())
        m_actions.adopt(action, menu, ActionScope::HeatMap);
    m_inspector->registerActions(m_actions);
    const auto force = [this] { return m_force.unavailableReason(); };
    add(
        "token.force_continue", menu, tr("Force the chosen token and continue"), {},
        [this] { m_inspector->forceSelected(true); }, force,
        QStringLiteral("media-playback-start"));
    add(
        "token.force_only", menu, tr("Force the chosen token only"), {},
        [this] { m_inspector->forceSelected(false); }, force);
    add(
        "branch.stop", tr("Branch"), tr("Stop writing the branch"), {}, [this] { m_force.stop(); },
        [this] { return m_force.running() ? QString() : tr("No branch is being written."); },
        QStringLiteral("media-playback-stop"));
    const auto filterBy = [this](const char* field, const char* op) {
        const auto current = m_session.current();
        const auto at = static_cast<std::size_t>(std::max(m_session.cursor(), 0));
        if (!current || at >= current->tokens.size())
            return;
        raiseDock(QStringLiteral("trajectories"));
        m_trajectories->filter().addTerm(QString::fromStdString(
            store::filterTermText({field, op, current->tokens[at].text.toStdString()})));
    };
    add(
        "token.filter_candidate", menu, tr("Filter: candidates with this token"), {},
        [filterBy] { filterBy("cand.token", "="); }, [this] { return needsTrajectory(); });
    add(
        "token.filter_critical", menu, tr("Filter: critical tokens like this one"), {},
        [filterBy] { filterBy("crit.token", "="); }, [this] { return needsTrajectory(); });
    add(
        "token.filter_text", menu, tr("Filter: responses with this text"), {},
        [filterBy] { filterBy("text", "~"); }, [this] { return needsTrajectory(); });
    m_inspector->setContextMenuPolicy(Qt::ActionsContextMenu);
    for (const char* id : {"token.filter_candidate", "token.filter_critical", "token.filter_text"})
        m_inspector->addAction(m_actions.action(QLatin1String(id)));
    m_branches->registerActions(m_actions);
    m_trajectories->registerActions(m_actions);
}

void MainWindow::sampleAnswers(const QString& dataset) {
    auto* dialog = new SampleDialog(m_session, this);
    if (!dataset.isEmpty())
        dialog->setDataset(dataset);
    openDialog(dialog);
}

namespace {
std::int64_t questionsOf(const Session& session) {
    std::int64_t count = 0;
    for (const store::DatasetRecord& dataset : session.facts().datasets)
        count += dataset.questions;
    return count;
}
} // namespace

void MainWindow::addJobActions() {
    const QString menu = tr("Jobs");
    add(
        "jobs.sample", menu, tr("Sample answers…"), {QStringLiteral("Ctrl+Shift+A")},
        [this] { sampleAnswers({}); },
        [this] {
            const QString reason = needsWritable();
            return !reason.isEmpty()             ? reason
                   : questionsOf(m_session) == 0 ? tr("The project has no questions yet.")
                                                 : QString();
        },
        QStringLiteral("media-playback-start"));
    add(
        "jobs.select", menu, tr("Choose training data…"), {},
        [this] {
            auto* dialog = new SelectDialog(m_session, this);
            dialog->setFilter(m_trajectories->filter().expression());
            openDialog(dialog);
        },
        [this] {
            const QString reason = needsWritable();
            return !reason.isEmpty() ? reason
                   : m_session.facts().trajectories == 0
                       ? tr("The project has no trajectories yet.")
                       : QString();
        },
        QStringLiteral("view-filter"));
    add(
        "jobs.score", menu, tr("Score…"), {QStringLiteral("Ctrl+Shift+S")},
        [this] {
            auto* dialog = new ScoreDialog(m_session, this);
            dialog->setFilter(m_trajectories->filter().expression());
            openDialog(dialog);
        },
        [this] {
            const QString reason = needsWritable();
            return !reason.isEmpty() ? reason
                   : m_session.facts().trajectories == 0
                       ? tr("The project has no trajectories yet.")
                       : QString();
        },
        QStringLiteral("speedometer"));
    addSearchActions();
    addTrainActions();
    addChartActions();
    addReproduceAction();
    add(
        "jobs.models", menu, tr("Models and adapters…"), {},
        [this] { openDialog(new ModelsDialog(m_session, this)); },
        [this] { return needsWritable(); });
    add("jobs.show", menu, tr("Show jobs"), {QStringLiteral("Ctrl+J")},
        [this] { raiseDock(QStringLiteral("jobs")); });
    m_jobs->registerActions(m_actions);
    connect(m_jobs, &JobsDock::selectionChanged, this, [this] { m_actions.update(); });
}

void MainWindow::addHelpActions() {
    const QString menu = tr("Help");
    add("help.keys", menu, tr("Keys…"), {QStringLiteral("F1"), QStringLiteral("Ctrl+/")},
        [this] { openDialog(new ShortcutsSheet(m_actions, this)); });
    add("help.study", menu, tr("The demo's study"), {},
        [this] { openDialog(new StudyDialog(this)); });
    add("help.about", menu, tr("About Crux"), {}, [this] { openDialog(new AboutDialog(this)); });
}

void MainWindow::buildActions() {
    addFileActions();
    addEditActions();
    addViewActions();
    addGoActions();
    addTokenActions();
    addJobActions();
    addHelpActions();
}

void MainWindow::buildMenus() {
    QStringList order{tr("File"),  tr("Edit"),   tr("View"), tr("Go"),
                      tr("Token"), tr("Branch"), tr("Jobs"), tr("Help")};
    QHash<QString, QMenu*> menus;
    for (const QString& title : order)
        menus.insert(title, menuBar()->addMenu(QLatin1Char('&') + title));
    for (const ActionEntry& entry : m_actions.entries()) {
        if (entry.id.startsWith(QLatin1String("inspector.pick")))
            continue; // nine number keys would only fill the menu
        if (QMenu* menu = menus.value(entry.menu))
            menu->addAction(entry.action);
    }
    // Reasons and enabled states are asked again when a menu opens.
    for (QMenu* menu : std::as_const(menus)) {
        menu->setToolTipsVisible(true);
        connect(menu, &QMenu::aboutToShow, this, [this] { m_actions.update(); });
    }
}

} // namespace crux::ui
