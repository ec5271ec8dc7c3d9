// What the buttons, keys and menu of the Jobs dock do with the selected job.
#include "core/store/repositories.h"
#include "ui/model/action_registry.h"
#include "ui/model/job_model.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/model/worker_client.h"
#include "ui/pages/jobs_dock.h"
#include "ui/widgets/icons.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QMenu>
#include <QTimer>
#include <QTreeView>

namespace crux::ui {

using store::JobState;

namespace {
constexpr qint64 kForceAfterMs = 30'000;
}

QString JobsDock::whyNot(Do what) const {
    const store::JobRecord* job = m_model->job(m_tree->currentIndex());
    if (!job)
        return tr("No job is selected.");
    if (what == Do::Copy)
        return {};
    if (what == Do::Metrics)
        return job->kind == "train" ? QString() : tr("Only training has metrics.");
    if (m_session.readOnly())
        return tr("The project is open for reading only.");
    const bool active = isActive(job->state), queued = job->state == JobState::Queued;
    const bool begun = job->state == JobState::Running || job->state == JobState::Preparing;
    switch (what) {
    case Do::Pause:
        return begun || queued ? QString() : tr("The job is neither running nor queued.");
    case Do::Resume:
        return isResumable(job->state) ? QString() : tr("The job is not stopped.");
    case Do::Stop:
        return begun || queued || job->state == JobState::Pausing || job->state == JobState::Paused
                   ? QString()
                   : tr("The job is not running.");
    case Do::Force: {
        const qint64 asked = m_stopAskedMs.value(job->id.value, 0);
        const qint64 waited = asked > 0 ? QDateTime::currentMSecsSinceEpoch() - asked : 0;
        if (!active || waited <= kForceAfterMs)
            return tr("Offered when a job has not stopped for 30 s.");
        return {};
    }
    case Do::MoveUp:
    case Do::MoveDown: {
        if (!queued)
            return tr("Only queued jobs have a place in the queue.");
        const int place = m_model->placeInQueue(job->id);
        if (what == Do::MoveUp)
            return place > 1 ? QString() : tr("The job is the first of the queue.");
        return place < m_model->queued() ? QString() : tr("The job is the last of the queue.");
    }
    case Do::Remove:
        return active                          ? tr("The job is running.")
               : m_model->isWaitedFor(job->id) ? tr("Another job waits for this one.")
                                               : QString();
    case Do::Again:
        return job->kind == "train" ? QString() : tr("Only training offers this yet.");
    case Do::Duplicate:
    case Do::Copy:
    case Do::Metrics:
        break;
    }
    return {};
}

void JobsDock::perform(Do what) {
    if (!whyNot(what).isEmpty())
        return;
    const JobId id = selected();
    const store::JobRecord* job = m_model->job(m_tree->currentIndex());
    const auto move = [&](int delta) {
        m_session.write(this, [id, delta](const store::Project& project) {
            return store::moveJob(project, id, delta);
        });
    };
    switch (what) {
    case Do::Pause:
        return pauseSelected(id);
    case Do::Resume:
        return resumeSelected(id);
    case Do::Stop:
        return stopSelected(id);
    case Do::Force:
        return forceStop();
    case Do::MoveUp:
        return move(-1);
    case Do::MoveDown:
        return move(1);
    case Do::Duplicate: // what it takes from other jobs it takes again
        return m_session.enqueueJob(QString::fromStdString(job->kind), job->spec,
                                    QString::fromStdString(job->name));
    case Do::Again:
        return Q_EMIT launchAgainRequested(id.value);
    case Do::Metrics:
        return Q_EMIT metricsRequested(id.value);
    case Do::Copy:
        return QGuiApplication::clipboard()->setText(jobCommandLine(*job, m_session.projectFile()));
    case Do::Remove:
        return m_session.write(
            this, [id](const store::Project& project) { return store::removeJob(project, id); });
    }
}

/// From now on it counts when Force stop is offered.
void JobsDock::noteStopAsked(JobId id) {
    m_stopAskedMs.insert(id.value, QDateTime::currentMSecsSinceEpoch());
    QTimer::singleShot(kForceAfterMs + 100, this, &JobsDock::updateButtons);
}

void JobsDock::pauseSelected(JobId id) {
    noteStopAsked(id);
    m_session.write(
        this, [id](const store::Project& project) { return store::requestPause(project, id); });
}

void JobsDock::stopSelected(JobId id) {
    noteStopAsked(id);
    m_session.write(
        this, [id](const store::Project& project) { return store::requestCancel(project, id); });
    // The row alone is enough; the call only makes a worker of this window look at once.
    if (m_session.worker().state() == WorkerClient::State::Ready)
        m_session.worker().call(QStringLiteral("job_cancel"), Json{{"job_id", id.value}}, this,
                                [](const Result<Json>&) {});
}

void JobsDock::resumeSelected(JobId id) {
    m_stopAskedMs.remove(id.value);
    m_session.write(
        this, [id](const store::Project& project) { return store::requeueJob(project, id); },
        [this](const Status& status) {
            if (!status.ok())
                return m_session.post(
                    noticeFromError(status.error(), tr("The job was not resumed.")));
            m_session.worker().call(QStringLiteral("run_jobs"), Json::object(), this,
                                    [](const Result<Json>&) {});
        });
}

/// Our worker is ended; of any other one the row is, and that one leaves at its next step.
void JobsDock::forceStop() {
    const store::JobRecord* job = m_model->job(m_tree->currentIndex());
    const std::string ours = ":" + std::to_string(m_session.worker().processId());
    if (job && !job->owner.ends_with(ours)) {
        m_session.write(this, [id = job->id](const store::Project& project) {
            return store::cancelJob(project, id);
        });
        return;
    }
    m_session.worker().stop(QStringLiteral("cancel"));
    m_session.write(this, [](const store::Project& project) -> Status {
        CRUX_TRY(count, store::interruptStaleJobs(project));
        static_cast<void>(count);
        return {};
    });
}

void JobsDock::registerActions(ActionRegistry& registry) {
    m_registry = &registry;
    const auto add = [&](const char* id, const QString& text, Do what, const QStringList& keys,
                         const char* iconName) {
        ActionRegistry::Spec spec;
        spec.id = QStringLiteral("jobs.") + QLatin1String(id);
        spec.menu = tr("Jobs");
        spec.text = text;
        spec.scope = ActionScope::Jobs;
        spec.icon = QLatin1String(iconName);
        spec.keys = keys;
        spec.run = [this, what] { perform(what); };
        spec.reason = [this, what] { return whyNot(what); };
        QAction* action = registry.add(std::move(spec));
        action->setIcon(icon(QLatin1String(iconName)));
        m_tree->addAction(action);
    };
    add("pause", tr("Pause the job"), Do::Pause, {}, "media-playback-pause");
    add("resume", tr("Resume the job"), Do::Resume, {}, "view-refresh");
    add("cancel", tr("Stop or cancel the job"), Do::Stop, {}, "media-playback-stop");
    add("move_up", tr("Earlier in the queue"), Do::MoveUp, {QStringLiteral("Alt+Shift+Up")},
        "go-up");
    add("move_down", tr("Later in the queue"), Do::MoveDown, {QStringLiteral("Alt+Shift+Down")},
        "go-down");
    add("duplicate", tr("Duplicate the job"), Do::Duplicate, {}, "document-duplicate");
    add("again", tr("Start again with changes…"), Do::Again, {}, "view-refresh");
    add("metrics", tr("Open the job's metrics"), Do::Metrics, {}, "office-chart-line");
    add("copy", tr("Copy the job as command line"), Do::Copy, {}, "edit-copy");
    add("remove", tr("Remove the job from the list"), Do::Remove, {QStringLiteral("Del")},
        "trash-empty");
}

void JobsDock::contextMenu(const QPoint& position) {
    if (!m_registry || !selected())
        return;
    m_registry->update();
    QMenu menu;
    menu.setToolTipsVisible(true);
    for (const char* id : {"pause", "resume", "cancel", "", "move_up", "move_down", "", "duplicate",
                           "again", "metrics", "copy", "remove"}) {
        if (*id == 0)
            menu.addSeparator();
        else
            menu.addAction(m_registry->action(QStringLiteral("jobs.") + QLatin1String(id)));
    }
    if (QAction* train = m_registry->action(QStringLiteral("jobs.train"))) { // the window's own
        menu.addSeparator();
        menu.addAction(train);
    }
    menu.exec(m_tree->viewport()->mapToGlobal(position));
}

} // namespace crux::ui
