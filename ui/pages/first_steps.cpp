#include "ui/pages/first_steps.h"

#include "core/store/repositories.h"
#include "ui/model/session.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {

const char* const kDismissedKey = "first_steps/dismissed";
constexpr int kSign = 16;

struct StepTexts {
    const char* title;
    const char* text;
    const char* button;
};
constexpr std::array<StepTexts, FirstSteps::StepCount> kTexts{{
    {QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Import trajectories"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "JSONL or CSV, with a preview"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Import…")},
    {QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Load models"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "a base model, a positive and a negative one"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Load models…")},
    {QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Score"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "contrastive score s_t of every token"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Score…")},
    {QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Inspect"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "find the first candidate of a wrong trajectory"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Next candidate")},
    {QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Branch"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "force another token and read the new branch"),
     QT_TRANSLATE_NOOP("crux::ui::FirstSteps", "Alternatives")},
}};

QPixmap openCircle(double ratio) {
    QPixmap pixmap(QSize(kSign, kSign) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::current().controlBorder, 1.5));
    painter.drawEllipse(QRectF(1.5, 1.5, 13, 13));
    return pixmap;
}

} // namespace

FirstSteps::FirstSteps(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* head = new QWidget(this);
    head->setAutoFillBackground(true);
    head->setBackgroundRole(QPalette::Window);
    m_head = makeLabel(LabelKind::Plain, head);
    m_project = makeLabel(LabelKind::Demi, head);
    m_progress = new QProgressBar(head);
    m_progress->setRange(0, StepCount);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(8);
    m_progress->setAccessibleName(tr("First steps done"));
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    line->addWidget(m_head);
    line->addWidget(m_project, 1);
    auto* headColumn = new QVBoxLayout(head);
    headColumn->setContentsMargins(12, 10, 12, 12);
    headColumn->addLayout(line);
    headColumn->addWidget(m_progress);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head);
    column->addWidget(makeRule(this));
    for (int step = 0; step < StepCount; ++step) {
        column->addWidget(buildRow(step));
        column->addWidget(makeRule(this));
    }
    auto* hide = new QPushButton(tr("Hide this list"), this);
    hide->setToolTip(tr("View › Docks brings it back"));
    column->addSpacing(12);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 0, 12, 0);
    foot->addWidget(hide);
    foot->addStretch(1);
    column->addLayout(foot);
    column->addStretch(1);

    connect(hide, &QPushButton::clicked, this, [this] {
        QSettings().setValue(QLatin1String(kDismissedKey), true);
        Q_EMIT hideRequested();
    });
    connect(&session, &Session::projectOpened, this, &FirstSteps::refresh);
    connect(&session, &Session::projectClosed, this, [this] { setFacts({}, {}); });
    connect(&session, &Session::dataChanged, this, &FirstSteps::refresh);
    connect(&session, &Session::cursorChanged, this, &FirstSteps::noteCursor);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, &FirstSteps::show);
    show();
    if (session.isOpen())
        refresh();
}

QWidget* FirstSteps::buildRow(int step) {
    auto* row = new QWidget(this);
    Row& parts = m_rows[static_cast<std::size_t>(step)];
    const StepTexts& texts = kTexts[static_cast<std::size_t>(step)];
    parts.sign = new QLabel(row);
    parts.title = new QLabel(QStringLiteral("%1. %2").arg(step + 1).arg(tr(texts.title)), row);
    parts.text = makeLabel(LabelKind::Second, row, tr(texts.text));
    parts.text->setWordWrap(true);
    parts.button = new QPushButton(tr(texts.button), row);
    auto* texts2 = new QVBoxLayout;
    texts2->setSpacing(4);
    texts2->addWidget(parts.title);
    texts2->addWidget(parts.text);
    texts2->addWidget(parts.button, 0, Qt::AlignLeft);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(12, 8, 12, 8);
    line->setSpacing(8);
    line->addWidget(parts.sign, 0, Qt::AlignTop);
    line->addLayout(texts2, 1);
    connect(parts.button, &QPushButton::clicked, this,
            [this, step] { Q_EMIT stepRequested(step); });
    return row;
}

std::array<bool, FirstSteps::StepCount> FirstSteps::stepsDone(const ProjectSummary& facts) {
    std::array<bool, StepCount> done{};
    done[Import] = facts.trajectories > 0;
    // A contrast needs two sides: whole models, or adapters of one.
    done[LoadModels] = facts.models >= 2 || (facts.models == 1 && facts.adapters >= 2);
    done[Score] = facts.scored > 0;
    done[Inspect] = facts.inspected;
    done[Branch] = facts.branched;
    return done;
}

void FirstSteps::setFacts(const ProjectSummary& facts, const QString& projectName) {
    m_done = stepsDone(facts);
    m_inspected = facts.inspected;
    m_project->setText(projectName);
    show();
}

void FirstSteps::refresh() {
    m_session.read<ProjectSummary>(
        this, [](const store::Project& project) { return loadProjectSummary(project); },
        [this](Result<ProjectSummary> facts) {
            if (!facts.ok())
                return; // the list stays as it was; the session reports faults of the project
            ProjectSummary now = *facts;
            now.inspected = now.inspected || m_inspected; // its note may not be stored yet
            setFacts(now, m_session.projectName());
        });
}

int FirstSteps::doneCount() const {
    return static_cast<int>(std::count(m_done.begin(), m_done.end(), true));
}

int FirstSteps::nextStep() const {
    return static_cast<int>(std::find(m_done.begin(), m_done.end(), false) - m_done.begin());
}

void FirstSteps::show() {
    const bool open = m_session.isOpen();
    m_head->setText(open ? tr("%1 of %2 done in").arg(doneCount()).arg(int(StepCount))
                         : tr("Open or make a project to begin"));
    m_project->setVisible(open);
    m_progress->setVisible(open);
    m_progress->setValue(doneCount());
    for (int step = 0; step < StepCount; ++step) {
        Row& row = m_rows[static_cast<std::size_t>(step)];
        const bool done = open && m_done[static_cast<std::size_t>(step)];
        const bool next = open && step == nextStep();
        row.sign->setPixmap(done ? marks::severityPixmap(Severity::Passed, devicePixelRatioF())
                                 : openCircle(devicePixelRatioF()));
        row.sign->setAccessibleName(done ? tr("done") : tr("not done"));
        row.title->setFont(next ? fonts::uiDemi() : fonts::ui());
        row.button->setVisible(next);
    }
}

void FirstSteps::noteCursor() {
    const SnapshotPtr snapshot = m_session.current();
    if (m_inspected || !snapshot || m_session.readOnly())
        return;
    const auto& candidates = snapshot->candidates;
    if (std::find(candidates.begin(), candidates.end(), m_session.cursor()) == candidates.end())
        return;
    m_inspected = true;
    m_session.setUiState(QLatin1String(kInspectedKey), QStringLiteral("1"));
    m_done[Inspect] = true;
    show();
}

bool FirstSteps::dismissed() {
    return QSettings().value(QLatin1String(kDismissedKey), false).toBool();
}

} // namespace crux::ui
