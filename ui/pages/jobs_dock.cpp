#include "ui/pages/jobs_dock.h"

#include "core/store/repositories.h"
#include "ui/model/job_model.h"
#include "ui/model/job_remedies.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/pages/job_delegate.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr int kDetailsHeight = 132;

QToolButton* textButton(const QString& iconName, const QString& text, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setText(text);
    button->setToolTip(text);
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
    auto* strip = m_strip = new QWidget(this);
    strip->setFixedHeight(metrics::kDockStrip);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(4, 4, 4, 4);
    row->setSpacing(4);
    const auto add = [&](Do what, const char* iconName, const QString& text, bool words) {
        QToolButton* button = words ? textButton(QLatin1String(iconName), text, strip)
                                    : makeIconButton(QLatin1String(iconName), text, strip);
        row->addWidget(button);
        m_buttons.insert(static_cast<int>(what), button);
        connect(button, &QToolButton::clicked, this, [this, what] { perform(what); });
    };
    add(Do::Pause, "media-playback-pause", tr("Pause"), true);
    add(Do::Resume, "view-refresh", tr("Resume"), true);
    add(Do::Stop, "media-playback-stop", tr("Stop and save"), true);
    add(Do::Force, "dialog-cancel", tr("Force stop"), true);
    add(Do::Duplicate, "document-duplicate", tr("Duplicate"), true);
    add(Do::Metrics, "office-chart-line", tr("Open metrics"), true);
    m_buttons[static_cast<int>(Do::Metrics)]->hide(); // until a training job is chosen
    row->addStretch(1);
    add(Do::MoveUp, "go-up", tr("Earlier in the queue (Alt+Shift+Up)"), false);
    add(Do::MoveDown, "go-down", tr("Later in the queue (Alt+Shift+Down)"), false);
    add(Do::Copy, "edit-copy", tr("Copy as command line"), false);
    add(Do::Remove, "trash-empty", tr("Remove from the list"), false);

    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new JobDelegate(m_tree));
    m_tree->setIndentation(metrics::kTreeIndent);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setAccessibleName(tr("Jobs"));
    m_tree->header()->setStretchLastSection(true);
    // Together with the last one they fill the dock's 656 px.
    const std::pair<int, int> widths[] = {{JobModel::Name, 158}, {JobModel::Kind, 52},
                                          {JobModel::State, 88}, {JobModel::Progress, 120},
                                          {JobModel::Rate, 62},  {JobModel::TimeLeft, 62},
                                          {JobModel::Device, 52}};
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
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &JobsDock::updateButtons);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &JobsDock::updateButtons);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &JobsDock::contextMenu);
    connect(m_empty, &EmptyState::triggered, this, [this] {
        m_session.facts().trajectories > 0 ? Q_EMIT scoreRequested() : Q_EMIT importRequested();
    });
    connect(&session, &Session::factsChanged, this, &JobsDock::updateButtons);
    updateButtons();
}

void JobsDock::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitStrip();
}

/// Words beside the icons where they fit, else icons alone with the words as tool tips.
void JobsDock::fitStrip() {
    const auto dress = [this](Qt::ToolButtonStyle style) {
        for (QToolButton* button : std::as_const(m_buttons))
            if (!button->text().isEmpty())
                button->setToolButtonStyle(style);
        m_strip->layout()->activate();
        return m_strip->layout()->sizeHint().width();
    };
    if (dress(Qt::ToolButtonTextBesideIcon) > width())
        dress(Qt::ToolButtonIconOnly);
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
    for (auto entry = m_buttons.begin(); entry != m_buttons.end(); ++entry)
        entry.value()->setEnabled(whyNot(static_cast<Do>(entry.key())).isEmpty());
    m_buttons[static_cast<int>(Do::Metrics)]->setVisible(job && job->kind == "train");
    // What has not begun has nothing to save.
    m_buttons[static_cast<int>(Do::Stop)]->setText(
        job && !isActive(job->state) && job->state != store::JobState::Done ? tr("Cancel")
                                                                            : tr("Stop and save"));
    for (const Do what : {Do::Stop, Do::Force}) {
        QToolButton* button = m_buttons[static_cast<int>(what)];
        const QString reason = what == Do::Force ? whyNot(what) : QString();
        button->setToolTip(reason.isEmpty() ? button->text()
                                            : button->text() + QLatin1Char('\n') + reason);
        button->setAccessibleName(button->text());
    }
    fitStrip();
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
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(20, 4, 8, 4);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(24);
    column->addLayout(row, 1);
    auto* remedies = new QWidget(widget);
    remedies->setObjectName(QStringLiteral("remedies"));
    column->addWidget(remedies);
    remedies->hide();
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
    fillRemedies(*widget, *job);
    auto* configuration = widget->findChild<QLabel*>(QStringLiteral("configuration"));
    auto* log = widget->findChild<QLabel*>(QStringLiteral("log"));
    configuration->setText(jobConfiguration(*job));
    QStringList head;
    if (job->error)
        head << QString::fromStdString(job->error->message);
    if (const QString waits = waitingWords(*job); !waits.isEmpty())
        head << waits;
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

/// A job that ran out of memory: what may be changed, as buttons.
void JobsDock::fillRemedies(QWidget& details, const store::JobRecord& job) {
    auto* holder = details.findChild<QWidget*>(QStringLiteral("remedies"));
    const std::vector<JobRemedy> remedies = remediesFor(job);
    const bool any = !remedies.empty() && !m_session.readOnly();
    holder->setVisible(any);
    details.setFixedHeight(kDetailsHeight + (any ? metrics::kFormRow : 0));
    if (!any || holder->layout())
        return;
    auto* row = new QHBoxLayout(holder);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(makeLabel(LabelKind::Second, holder, tr("Start again:")));
    for (const JobRemedy& remedy : remedies) {
        auto* button = new QPushButton(remedy.text, holder);
        button->setToolTip(remedy.tip);
        connect(button, &QPushButton::clicked, this,
                [this, job, remedy] { startRemedy(m_session, job, remedy); });
        row->addWidget(button);
    }
    row->addStretch(1);
    m_tree->doItemsLayout();
}

void JobsDock::updateDetails() {
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex job = m_model->index(row, 0);
        if (m_tree->isExpanded(job))
            showDetails(job);
    }
}

} // namespace crux::ui
