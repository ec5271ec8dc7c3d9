// The main window and training: launch sheet from menu, palette, trajectories and jobs.
#include "ui/dialogs/train_dialog.h"
#include "ui/main_window.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/jobs_dock.h"
#include "ui/pages/trajectories_dock.h"

namespace crux::ui {

void MainWindow::addTrainActions() {
    const QString menu = tr("Jobs");
    const auto reason = [this] {
        const QString why = needsWritable();
        return !why.isEmpty() ? why
               : m_session.facts().models.empty() && m_session.facts().trajectories == 0
                   ? tr("The project has neither a model nor trajectories yet.")
                   : QString();
    };
    add(
        "jobs.train", menu, tr("Train…"), {QStringLiteral("Ctrl+Shift+T")},
        [this] { openTrainDialog({}); }, reason, QStringLiteral("office-chart-line"));
    add(
        "jobs.train_filtered", menu, tr("Train on the filtered trajectories…"), {},
        [this] { openTrainDialog(m_trajectories->filter().expression()); },
        [this, reason] {
            const QString why = reason();
            return !why.isEmpty() ? why
                   : m_session.facts().trajectories == 0
                       ? tr("The project has no trajectories yet.")
                       : QString();
        });
    connect(m_trajectories, &TrajectoriesDock::trainRequested, this,
            [this](const QString& filter) { openTrainDialog(filter); });
    connect(m_jobs, &JobsDock::launchAgainRequested, this,
            [this](qint64 job) { launchAgain(JobId{job}); });
    connect(m_jobs, &JobsDock::metricsRequested, this,
            [this](qint64 job) { openRun(JobId{job}, -1); });
}

void MainWindow::openTrainDialog(const std::optional<QString>& filter) {
    auto* dialog = new TrainDialog(m_session, this);
    if (filter)
        dialog->chooseFrom(*filter);
    connect(dialog, &TrainDialog::queued, this, [this](JobId job) {
        raiseDock(QStringLiteral("jobs"));
        m_jobs->select(job);
    });
    openDialog(dialog);
}

void MainWindow::launchAgain(JobId job) {
    for (const store::JobRecord& row : m_session.facts().jobs) {
        if (row.id != job || row.kind != "train")
            continue;
        auto* dialog = new TrainDialog(m_session, this);
        dialog->setSpec(row.spec);
        openDialog(dialog);
        return;
    }
}

} // namespace crux::ui
