// The Train perspective of the main window: runs, their metrics, the rows of a step, and how its
// parts and the rest of the window lead to each other.
#include "core/interop/export.h"
#include "ui/command_palette.h"
#include "ui/dialogs/sample_dialog.h"
#include "ui/dialogs/score_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/main_window.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/pages/batch_inspector.h"
#include "ui/pages/jobs_dock.h"
#include "ui/pages/metrics_view.h"
#include "ui/pages/project_dock.h"
#include "ui/pages/runs_dock.h"
#include "ui/status_strip.h"
#include "ui/widgets/metric_export.h"
#include "ui/widgets/metric_grid.h"

#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>

#include <algorithm>

namespace crux::ui {

void MainWindow::wireTrain() {
    const auto train = [this] {
        QAction* action = m_actions.action(QStringLiteral("jobs.train"));
        if (action && action->isEnabled())
            return action->trigger();
        m_status->say(action ? m_actions.entry(action->objectName())->reason()
                             : tr("`crux-cli train` starts a run on this project."));
    };
    const auto showJob = [this](qint64 id) {
        raiseDock(QStringLiteral("jobs"));
        m_jobs->select(JobId{id});
    };
    connect(m_metricsView, &MetricsView::trainRequested, this, train);
    connect(m_runs, &RunsDock::trainRequested, this, train);
    connect(m_runs, &RunsDock::jobRequested, this, showJob);
    connect(m_metricsView, &MetricsView::runsRequested, this,
            [this] { raiseDock(QStringLiteral("runs")); });
    connect(m_metricsView, &MetricsView::exportRequested, this, &MainWindow::exportCurves);
    connect(m_metricsView, &MetricsView::historyChanged, this, [this] {
        if (m_perspective == Perspective::Train)
            m_actions.update();
    });
    connect(m_metricsView, &MetricsView::checkpointRequested, this,
            [this](JobId run, std::int64_t step) {
                const RunSeries* series = m_runMetrics->run(run);
                if (!series)
                    return;
                for (const store::CheckpointRecord& one : series->checkpoints)
                    if (one.step == step) {
                        const QString folder = QString::fromStdString(one.path);
                        QGuiApplication::clipboard()->setText(folder);
                        m_status->say(tr("In the clipboard: %1").arg(folder));
                    }
            });
    connect(m_board, &RunBoard::selectedChanged, this, &MainWindow::updateTitle);
    connect(m_board, &RunBoard::inspected, this, [this] {
        if (m_board->inspectedStep() < 0 || m_perspective != Perspective::Train)
            return;
        m_docks[QStringLiteral("batch")]->show();
        m_docks[QStringLiteral("batch")]->raise();
    });
    connect(m_batch, &BatchInspector::trajectoryRequested, this, [this](qint64 id) {
        setPerspective(Perspective::Explore);
        m_session.openTrajectory(TrajectoryId{id});
    });
    connect(m_palette, &CommandPalette::runWanted, this,
            [this](qint64 job) { openRun(JobId{job}, -1); });
    connect(m_project, &ProjectDock::runRequested, this,
            [this](qint64 job, qint64 step) { openRun(JobId{job}, step); });
    connect(m_project, &ProjectDock::useRequested, this,
            [this](qint64 adapter, AdapterUse use) { useAdapter(AdapterId{adapter}, use); });
}

/// The launch sheet of what an adapter is to be taken for, filled with it.
void MainWindow::useAdapter(AdapterId id, AdapterUse use) {
    const auto& adapters = m_session.facts().adapters;
    const auto adapter = std::find_if(adapters.begin(), adapters.end(),
                                      [&](const auto& one) { return one.id == id; });
    if (adapter == adapters.end())
        return;
    switch (use) {
    case AdapterUse::ScorePositive:
    case AdapterUse::ScoreNegative: {
        auto* dialog = new ScoreDialog(m_session, this);
        dialog->base().choose(adapter->modelId);
        (use == AdapterUse::ScorePositive ? dialog->positive() : dialog->negative()).choose({}, id);
        return openDialog(dialog);
    }
    case AdapterUse::Sample: {
        auto* dialog = new SampleDialog(m_session, this);
        dialog->model().choose(adapter->modelId);
        dialog->adapter().choose({}, id);
        return openDialog(dialog);
    }
    case AdapterUse::Train: {
        auto* dialog = new TrainDialog(m_session, this);
        dialog->chooseStart(id);
        return openDialog(dialog);
    }
    }
}

/// A run in the Train perspective, at a step (-1: none in particular).
void MainWindow::openRun(JobId run, std::int64_t step) {
    setPerspective(Perspective::Train);
    m_board->select(run);
    if (step >= 0)
        m_board->inspect(run, step);
}

QString MainWindow::curvesCaption() const {
    QStringList names;
    for (const JobId id : m_board->shown())
        if (const store::JobRecord* run = m_board->run(id))
            names << tr("%1 (run %2)").arg(RunBoard::nameOf(*run)).arg(id.value);
    return tr("%1: %2").arg(m_session.projectName(), names.join(QStringLiteral(", ")));
}

void MainWindow::exportCurves() {
    const QFileInfo project(m_session.projectFile());
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Export the curves"),
        project.absoluteDir().filePath(project.completeBaseName() + QStringLiteral("-metrics.svg")),
        tr("Picture (*.svg *.pdf *.png);;Table (*.csv);;JSON Lines (*.jsonl)"));
    if (!file.isEmpty())
        writeCurves(file);
}

/// Pictures are drawn as shown; tables hold every point of the shown runs.
void MainWindow::writeCurves(const QString& file) {
    const QString form = QFileInfo(file).suffix().toLower();
    const auto told = [this, file](const Status& written) {
        if (written.ok())
            m_status->say(tr("Written: %1").arg(file));
        else
            m_session.post(noticeFromError(written.error(), tr("The curves were not written.")));
    };
    if (form != QLatin1String("csv") && form != QLatin1String("jsonl"))
        return told(exportPanels(m_metricsView->grid(), file, curvesCaption()));
    interop::ExportOptions options;
    options.kind = form == QLatin1String("csv") ? "metrics-csv" : "metrics";
    options.runs = m_board->shown();
    m_session.read<std::int64_t>(
        this,
        [options, file](const store::Project& open) {
            return interop::exportToFile(open, options, Path(file.toStdString()), {});
        },
        [told](const Result<std::int64_t>& rows) {
            told(rows.ok() ? Status() : Status(fail(rows.error())));
        });
}

} // namespace crux::ui
