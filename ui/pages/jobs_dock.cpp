#include "ui/pages/jobs_dock.h"

#include "core/store/repositories.h"
#include "ui/model/job_model.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/model/worker_client.h"
#include "ui/pages/job_delegate.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr qint64 kForceAfterMs = 30'000;
constexpr int kDetailsHeight = 132;

QToolButton* textButton(const QString& iconName, const QString& text, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setFixedHeight(metrics::kSmallToolButton);
    return button;
}

} // namespace

JobsDock::JobsDock(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(new JobModel(session, this))
    , m_stack(new QStackedWidget(this))
    , m_tree(new QTreeView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    auto* strip = new QWidget(this);
    strip->setFixedHeight(metrics::kDockStrip);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(4, 4, 4, 4);
    row->setSpacing(4);
    m_cancel = textButton(QStringLiteral("media-playback-stop"), tr("Cancel"), strip);
    m_resume = textButton(QStringLiteral("view-refresh"), tr("Resume"), strip);
    m_force = textButton(QStringLiteral("dialog-cancel"), tr("Force stop"), strip);
    m_duplicate = textButton(QStringLiteral("document-duplicate"), tr("Duplicate"), strip);
    m_copy = textButton(QStringLiteral("edit-copy"), tr("Copy as command line"), strip);
    m_remove = textButton(QStringLiteral("trash-empty"), tr("Remove"), strip);
    for (auto* button : {m_cancel, m_resume, m_force, m_duplicate, m_copy, m_remove})
        row->addWidget(button);
    row->addStretch(1);
    connect(m_cancel, &QToolButton::clicked, this, &JobsDock::cancelSelected);
    connect(m_resume, &QToolButton::clicked, this, &JobsDock::resumeSelected);
    connect(m_force, &QToolButton::clicked, this, &JobsDock::forceStopSelected);
    connect(m_duplicate, &QToolButton::clicked, this, &JobsDock::duplicateSelected);
    connect(m_copy, &QToolButton::clicked, this, &JobsDock::copyCommandLine);
    connect(m_remove, &QToolButton::clicked, this, &JobsDock::removeSelected);

    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new JobDelegate(m_tree));
    m_tree->setIndentation(metrics::kTreeIndent);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setAccessibleName(tr("Jobs"));
    m_tree->header()->setStretchLastSection(true);
    const std::pair<int, int> widths[] = {{JobModel::Name, 170}, {JobModel::Kind, 56},
                                          {JobModel::State, 96}, {JobModel::Progress, 150},
                                          {JobModel::Rate, 62},  {JobModel::TimeLeft, 66},
                                          {JobModel::Device, 70}};
    for (const auto& [column, width] : widths)
        m_tree->header()->resizeSection(column, width);

    m_empty->setTexts(tr("No jobs are waiting"),
                      tr("Imports and scoring are queued and shown here."));
    m_empty->setAction(tr("Score…"), QStringLiteral("speedometer"));
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(strip);
    column->addWidget(m_stack, 1);

    connect(m_tree, &QTreeView::expanded, this, &JobsDock::showDetails);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        updateButtons();
        Q_EMIT selectionChanged();
    });
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this] {
        updateButtons();
        updateDetails();
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] { updateButtons(); });
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] { updateButtons(); });
    connect(m_empty, &EmptyState::triggered, this, [this] {
        m_session.facts().trajectories > 0 ? Q_EMIT scoreRequested() : Q_EMIT importRequested();
    });
    connect(&session, &Session::factsChanged, this, &JobsDock::updateButtons);
    updateButtons();
}

JobId JobsDock::selected() const {
    return JobId{m_tree->currentIndex().data(JobModel::IdRole).toLongLong()};
}

void JobsDock::select(JobId id) {
    const QModelIndex index = m_model->indexOf(id);
    if (!index.isValid())
        return;
    m_tree->setCurrentIndex(index);
    m_tree->expand(index);
    m_tree->scrollTo(index);
}

void JobsDock::updateButtons() {
    const bool any = m_model->rowCount() > 0;
    m_stack->setCurrentWidget(any ? static_cast<QWidget*>(m_tree) : m_empty);
    const bool hasData = m_session.facts().trajectories > 0;
    m_empty->setAction(hasData ? tr("Score…") : tr("Import…"),
                       hasData ? QStringLiteral("speedometer") : QStringLiteral("document-import"));
    m_empty->setReason(!m_session.isOpen()    ? tr("No project is open.")
                       : m_session.readOnly() ? tr("The project is open for reading only.")
                                              : QString());
    const store::JobRecord* job = m_model->job(m_tree->currentIndex());
    const bool can = job && !m_session.readOnly();
    const bool active = can && isActive(job->state);
    m_cancel->setEnabled(active || (can && job->state == store::JobState::Queued));
    m_resume->setEnabled(can && isResumable(job->state));
    const qint64 asked = job ? m_stopAskedMs.value(job->id.value, 0) : 0;
    const qint64 waited = asked > 0 ? QDateTime::currentMSecsSinceEpoch() - asked : 0;
    m_force->setEnabled(active && waited > kForceAfterMs);
    m_force->setToolTip(active && asked > 0
                            ? tr("The worker was asked to stop %1 ago.")
                                  .arg(text_format::duration(static_cast<double>(waited) / 1000))
                            : tr("Offered when a job has not stopped for 30 s."));
    m_duplicate->setEnabled(can);
    m_remove->setEnabled(can && !active);
    m_copy->setEnabled(job != nullptr);
}

void JobsDock::cancelSelected() {
    const JobId id = selected();
    if (!id)
        return;
    m_stopAskedMs.insert(id.value, QDateTime::currentMSecsSinceEpoch());
    m_session.write(
        this, [id](const store::Project& project) { return store::requestCancel(project, id); });
    // The row alone is enough; the call only makes a worker of this window look at once.
    if (m_session.worker().state() == WorkerClient::State::Ready)
        m_session.worker().call(QStringLiteral("job_cancel"), Json{{"job_id", id.value}}, this,
                                [](const Result<Json>&) {});
}

void JobsDock::resumeSelected() {
    const JobId id = selected();
    if (!id)
        return;
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

void JobsDock::forceStopSelected() {
    const JobId id = selected();
    if (!id)
        return;
    m_session.worker().stop(QStringLiteral("cancel"));
    m_session.write(this, [](const store::Project& project) -> Status {
        CRUX_TRY(count, store::interruptStaleJobs(project));
        static_cast<void>(count);
        return {};
    });
}

void JobsDock::duplicateSelected() {
    if (const store::JobRecord* job = m_model->job(m_tree->currentIndex()))
        m_session.enqueueJob(QString::fromStdString(job->kind), job->spec,
                             QString::fromStdString(job->name));
}

void JobsDock::removeSelected() {
    if (const JobId id = selected())
        m_session.write(
            this, [id](const store::Project& project) { return store::removeJob(project, id); });
}

void JobsDock::copyCommandLine() {
    if (const store::JobRecord* job = m_model->job(m_tree->currentIndex()))
        QGuiApplication::clipboard()->setText(jobCommandLine(*job, m_session.projectFile()));
}

void JobsDock::showDetails(const QModelIndex& job) {
    const QModelIndex child = m_model->index(0, 0, job);
    if (!child.isValid())
        return;
    m_tree->setFirstColumnSpanned(0, job, true);
    const JobId id{job.data(JobModel::IdRole).toLongLong()};
    if (!m_tree->indexWidget(child))
        m_tree->setIndexWidget(child, detailsWidget(id));
    fillDetails(m_tree->indexWidget(child), id);
}

QWidget* JobsDock::detailsWidget(JobId) {
    auto* widget = new QWidget(m_tree);
    widget->setFixedHeight(kDetailsHeight);
    widget->setAutoFillBackground(true);
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(20, 4, 8, 4);
    row->setSpacing(24);
    for (const char* name : {"log", "configuration"}) {
        auto* label = makeLabel(LabelKind::Fixed, widget);
        label->setObjectName(QLatin1String(name));
        label->setFont(fonts::fixedSmall());
        label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        row->addWidget(label, 1);
    }
    return widget;
}

void JobsDock::fillDetails(QWidget* widget, JobId id) {
    const store::JobRecord* job = m_model->job(m_model->indexOf(id));
    if (!widget || !job)
        return;
    auto* configuration = widget->findChild<QLabel*>(QStringLiteral("configuration"));
    auto* log = widget->findChild<QLabel*>(QStringLiteral("log"));
    configuration->setText(jobConfiguration(*job));
    QStringList head;
    if (job->error)
        head << QString::fromStdString(job->error->message);
    if (!job->message.empty())
        head << QString::fromStdString(job->message);
    log->setText(head.join(QLatin1Char('\n')));
    m_session.read<std::vector<store::JobEventRecord>>(
        log, [id](const store::Project& project) { return store::events(project, id, 0, 200); },
        [log, head](const Result<std::vector<store::JobEventRecord>>& events) {
            QStringList lines = head;
            if (events)
                for (auto event = events->rbegin(); event != events->rend() && lines.size() < 8;
                     ++event)
                    lines << QStringLiteral("%1 %2").arg(text_format::clock(event->timeMs),
                                                         QString::fromStdString(event->message));
            log->setText(lines.join(QLatin1Char('\n')));
        });
}

void JobsDock::updateDetails() {
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex job = m_model->index(row, 0);
        if (m_tree->isExpanded(job))
            showDetails(job);
    }
}

} // namespace crux::ui
