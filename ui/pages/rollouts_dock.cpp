#include "ui/pages/rollouts_dock.h"

#include "ui/model/search_service.h"
#include "ui/pages/rollout_answers.h"
#include "ui/pages/rollout_tables.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/rollout_plot.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr const char* kStateKey = "rollouts";
constexpr int kRoomy = 760;   ///< px for a table with the texts beside it
constexpr double kWide = 1.7; ///< a dock wider than so many heights puts the texts beside the chart

QToolButton* segment(const QString& text, const QString& tip, const char* place, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(tip);
    button->setCheckable(true);
    button->setProperty("segment", QLatin1String(place));
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFixedHeight(metrics::kSmallToolButton);
    return button;
}

QTableView* plainTable(QAbstractItemModel* model, const QString& name, QWidget* parent) {
    auto* table = new QTableView(parent);
    table->setModel(model);
    showRows(*table);
    table->setFrameShape(QFrame::NoFrame);
    table->setAccessibleName(name);
    table->verticalHeader()->setMinimumSectionSize(metrics::kRow);
    table->horizontalHeader()->setFixedHeight(metrics::kHeader);
    table->horizontalHeader()->setHighlightSections(false);
    return table;
}

/// "T 0.5 · top-p 0.95 · seed 0"
QString samplingWords(const store::Provenance& made) {
    const SamplingParams s = samplingOfSpec(made.params);
    QStringList parts{QStringLiteral("T ") + QString::number(s.temperature)};
    if (s.topP < 1)
        parts << QStringLiteral("top-p ") + QString::number(s.topP);
    if (s.topK > 0)
        parts << QStringLiteral("top-k ") + QString::number(s.topK);
    if (made.seed != 0)
        parts << RolloutsDock::tr("seed %1").arg(made.seed);
    return parts.join(QStringLiteral(" · "));
}

} // namespace

RolloutsDock::RolloutsDock(Session& session, SearchService& search, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_search(search)
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(m_stack))
    , m_split(new QSplitter(Qt::Horizontal, m_stack)) {
    auto* strip = new QWidget(this);
    buildStrip(strip);
    buildBody();
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_split);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(strip);
    column->addWidget(makeRule(this));
    column->addWidget(m_stack, 1);

    connect(&session, &Session::currentChanged, this, &RolloutsDock::refresh);
    connect(&session, &Session::rolloutsChanged, this, &RolloutsDock::refresh);
    connect(&session, &Session::projectOpened, this, &RolloutsDock::restoreState);
    connect(&session, &Session::cursorChanged, this, [this](int token) {
        m_plot->setCursor(token);
        if (const int row = m_curveTable->rowOf(token); row >= 0)
            m_curveView->selectRow(row);
    });
    connect(&search, &SearchService::changed, this, [this] {
        refreshStrip();
        refreshEmpty();
    });
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, [this] {
        m_plot->restyle();
        m_pass->restyle();
        refreshStrip();
    });
    connect(m_empty, &EmptyState::triggered, this, [this] {
        m_session.isOpen() && m_session.facts().models.empty() ? Q_EMIT addModelRequested()
                                                               : m_search.searchCurrent();
    });
    setView(View::Curve);
    refresh();
}

void RolloutsDock::buildStrip(QWidget* strip) {
    strip->setFixedHeight(metrics::kDockStrip);
    m_curveButton =
        segment(tr("By position"), tr("Share of right rollouts over the response"), "first", strip);
    m_passButton = segment(tr("pass@k"), tr("With and without the critical token"), "last", strip);
    m_tableButton = makeIconButton(QStringLiteral("table"), tr("The numbers as a table"), strip);
    m_tableButton->setCheckable(true);
    m_scope = new QComboBox(strip);
    m_scope->addItem(tr("this trajectory"));
    m_scope->addItem(tr("mean of all searched"));
    m_scope->setAccessibleName(tr("What pass@k is computed over"));
    m_state = new QLabel(strip);
    m_facts = makeElided(LabelKind::Second, strip);
    m_sets = new QComboBox(strip);
    m_sets->setAccessibleName(tr("Rollout set"));
    m_sets->setToolTip(tr("Rollouts drawn in another way are another set"));
    m_sets->setMaximumWidth(220);
    m_run = new QPushButton(tr("Search"), strip);
    m_run->setIcon(icon(QStringLiteral("vcs-merge")));
    m_launch = makeIconButton(QStringLiteral("configure"),
                              tr("Search with other settings… (Ctrl+Shift+R)"), strip);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(4, 4, 4, 4);
    row->setSpacing(8);
    auto* segments = new QHBoxLayout;
    segments->setSpacing(0);
    segments->addWidget(m_curveButton);
    segments->addWidget(m_passButton);
    row->addLayout(segments);
    row->addWidget(m_tableButton);
    row->addWidget(m_scope);
    row->addWidget(m_state);
    row->addWidget(m_facts, 1);
    row->addWidget(m_sets);
    row->addWidget(m_run);
    row->addWidget(m_launch);
    connect(m_curveButton, &QToolButton::clicked, this, [this] { setView(View::Curve); });
    connect(m_passButton, &QToolButton::clicked, this, [this] { setView(View::PassAtK); });
    connect(m_tableButton, &QToolButton::clicked, this, &RolloutsDock::setTableShown);
    connect(m_scope, &QComboBox::activated, this, [this](int index) { setOverData(index == 1); });
    connect(m_sets, &QComboBox::activated, this, [this](int index) {
        m_session.setRolloutSet(RolloutSetId{m_sets->itemData(index).toLongLong()});
    });
    connect(m_run, &QPushButton::clicked, this,
            [this] { m_search.running() ? m_search.stop() : m_search.searchCurrent(); });
    connect(m_launch, &QToolButton::clicked, this, &RolloutsDock::launchRequested);
}

void RolloutsDock::buildBody() {
    m_views = new QStackedWidget(m_split);
    m_plot = new RolloutPlot(m_views);
    m_curveTable = new CurveTableModel(this);
    m_curveView = plainTable(m_curveTable, tr("Right rollouts by position"), m_views);
    const int widths[] = {56, 88, 44, 40, 48, 44, 44};
    for (int column = 0; column < CurveTableModel::Note; ++column)
        m_curveView->setColumnWidth(column, widths[column]);
    m_curveView->horizontalHeader()->setStretchLastSection(true);
    m_pass = new PassPlot(m_views);
    m_passTable = new PassTableModel(this);
    m_passView = plainTable(m_passTable, tr("pass@k"), m_views);
    m_passEmpty = new EmptyState(m_views);
    for (QWidget* view : {static_cast<QWidget*>(m_plot), static_cast<QWidget*>(m_curveView),
                          static_cast<QWidget*>(m_pass), static_cast<QWidget*>(m_passView),
                          static_cast<QWidget*>(m_passEmpty)})
        m_views->addWidget(view);
    m_answers = new RolloutAnswers(m_session, m_split);
    m_answers->setMinimumWidth(160);
    m_split->addWidget(m_views);
    m_split->addWidget(m_answers);
    m_split->setChildrenCollapsible(true);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    connect(m_plot, &RolloutPlot::clicked, this, [this](int token) { m_session.setCursor(token); });
    connect(m_plot, &RolloutPlot::hovered, this, &RolloutsDock::hovered);
    connect(m_curveView, &QTableView::clicked, this, [this](const QModelIndex& index) {
        m_session.setCursor(m_curveTable->tokenAt(index.row()));
    });
    connect(m_curveView, &QTableView::activated, this, [this](const QModelIndex& index) {
        m_session.setCursor(m_curveTable->tokenAt(index.row()));
    });
    connect(m_passEmpty, &EmptyState::triggered, this, [this] {
        Json spec = m_search.launchSpec(); // as R, with replacements
        spec["without"] = true;
        m_search.remember(spec);
        m_search.searchCurrent();
    });
}

void RolloutsDock::setView(View view) {
    m_view = view;
    m_curveButton->setChecked(view == View::Curve);
    m_passButton->setChecked(view == View::PassAtK);
    m_scope->setVisible(view == View::PassAtK);
    refreshPass();
    setTableShown(m_table);
}

void RolloutsDock::setTableShown(bool shown) {
    m_table = shown;
    m_tableButton->setChecked(shown);
    if (m_view == View::Curve)
        m_views->setCurrentWidget(shown ? static_cast<QWidget*>(m_curveView) : m_plot);
    else if (m_pass->curves().empty())
        m_views->setCurrentWidget(m_passEmpty);
    else
        m_views->setCurrentWidget(shown ? static_cast<QWidget*>(m_passView) : m_pass);
    giveTableRoom();
    saveState();
}

void RolloutsDock::setOverData(bool all) {
    m_overData = all;
    m_scope->setCurrentIndex(all ? 1 : 0);
    refreshPass();
    setTableShown(m_table);
    refreshEmpty();
}

/// A table beside the texts needs a wide dock.
void RolloutsDock::giveTableRoom() {
    m_answers->setVisible(!m_table || m_split->orientation() == Qt::Vertical || width() >= kRoomy);
}

void RolloutsDock::setHover(int token) {
    m_plot->setHover(token);
}

void RolloutsDock::saveState() {
    if (m_filling || !m_session.isOpen())
        return;
    const Json state{{"view", static_cast<int>(m_view)}, {"table", m_table}, {"all", m_overData}};
    m_session.setUiState(QLatin1String(kStateKey), QString::fromStdString(dumpJson(state)));
}

void RolloutsDock::restoreState() {
    const auto state = parseJson(m_session.uiState(QLatin1String(kStateKey)).toStdString());
    m_filling = true; // what is read back is not stored again
    m_dataCurves.clear();
    m_passStamp = {-1, 0};
    if (state.ok() && state->is_object()) {
        const auto flag = [&](const char* key) {
            const auto found = state->find(key);
            return found != state->end() && found->is_boolean() && found->get<bool>();
        };
        const auto view = state->find("view");
        m_overData = flag("all");
        m_table = flag("table");
        m_scope->setCurrentIndex(m_overData ? 1 : 0);
        setView(view != state->end() && *view == 1 ? View::PassAtK : View::Curve);
    }
    m_filling = false;
}

void RolloutsDock::refresh() {
    const SnapshotPtr current = m_session.current();
    m_plot->setSnapshot(current);
    m_plot->setCursor(m_session.cursor());
    const int scroll = m_curveView->currentIndex().row();
    m_curveTable->setSnapshot(current);
    if (const int row = m_curveTable->rowOf(m_session.cursor()); row >= 0)
        m_curveView->selectRow(row);
    else if (scroll >= 0 && scroll < m_curveTable->rowCount())
        m_curveView->scrollTo(m_curveTable->index(scroll, 0));
    refreshSets();
    refreshPass();
    setTableShown(m_table);
    refreshStrip();
    refreshEmpty();
}

QString RolloutsDock::facts() const {
    const SnapshotPtr current = m_session.current();
    if (!current || isEmpty(current->rollouts) || !current->rollouts->set)
        return {};
    const RolloutFacts& rollouts = *current->rollouts;
    QStringList parts;
    std::int32_t least = 0, most = 0;
    for (const store::RolloutEstimate& at : rollouts.curve) {
        least = least == 0 ? at.count.total : std::min(least, at.count.total);
        most = std::max(most, at.count.total);
    }
    parts << tr("%n position(s)", nullptr, static_cast<int>(rollouts.curve.size()))
          << (least == most ? tr("n %1").arg(most) : tr("n %1 to %2").arg(least).arg(most));
    if (rollouts.sets.size() == 1)
        parts << samplingWords(rollouts.sets.front().provenance);
    parts << tr("%1 rollouts stored").arg(format::integer(rollouts.rollouts));
    return parts.join(QStringLiteral(" · "));
}

QString RolloutsDock::searchingText() const {
    const auto job = m_search.job();
    if (!job)
        return {};
    const SnapshotPtr current = m_session.current();
    const auto drawn = current && current->rollouts ? current->rollouts->rollouts : 0;
    QString text = marks::jobStateWord(job->state);
    if (job->state == store::JobState::Running && job->tokensPerSecond > 0)
        text += QStringLiteral(" · ") +
                tr("%1 tokens/s").arg(format::integer(std::llround(job->tokensPerSecond)));
    return text + QStringLiteral(" · ") + tr("%1 rollouts stored").arg(format::integer(drawn));
}

void RolloutsDock::refreshStrip() {
    const auto job = m_search.job();
    m_state->setVisible(job.has_value());
    if (job)
        m_state->setPixmap(marks::jobStatePixmap(job->state, devicePixelRatioF()));
    m_facts->setText(job ? searchingText() : facts());
    const QString reason = m_search.unavailableReason();
    m_run->setText(job ? tr("Stop") : tr("Search"));
    m_run->setIcon(icon(job ? QStringLiteral("media-playback-stop") : QStringLiteral("vcs-merge")));
    m_run->setEnabled(job || reason.isEmpty());
    m_run->setToolTip(job                 ? tr("Stop the search; what it drew stays (Esc)")
                      : !reason.isEmpty() ? reason
                      : m_search.positionsReason().isEmpty()
                          ? tr("Search this trajectory by rollouts (R)")
                          : tr("Tokenise this trajectory and search it by rollouts (R)"));
    m_launch->setEnabled(m_session.isOpen() && !m_session.readOnly());
}

void RolloutsDock::refreshSets() {
    const SnapshotPtr current = m_session.current();
    const std::size_t count =
        current && current->rollouts ? current->rollouts->sets.size() : std::size_t{0};
    m_sets->setVisible(count > 1);
    if (count < 2 || m_sets->view()->isVisible())
        return;
    m_sets->clear();
    for (const store::RolloutSetRecord& set : current->rollouts->sets) {
        m_sets->addItem(tr("%1 · %2 rollouts")
                            .arg(samplingWords(set.provenance), format::integer(set.rollouts)),
                        QVariant::fromValue<qlonglong>(set.id.value));
        if (set.id == current->rollouts->set)
            m_sets->setCurrentIndex(m_sets->count() - 1);
    }
}

void RolloutsDock::refreshEmpty() {
    const SnapshotPtr current = m_session.current();
    const bool something =
        current && (m_plot->shownPoints() > 0 || (m_view == View::PassAtK && m_overData));
    m_stack->setCurrentWidget(something ? static_cast<QWidget*>(m_split) : m_empty);
    if (something)
        return;
    if (!current) {
        m_empty->setTexts(tr("No rollouts to show"), m_session.isOpen()
                                                         ? tr("Choose a trajectory first.")
                                                         : tr("Open a project first."));
        m_empty->setAction({});
        m_empty->setReason({});
        m_empty->setHint({});
        return;
    }
    m_empty->setTexts(
        tr("No rollouts of this trajectory are stored"),
        tr("A search draws continuations of its prefixes, judges them, and shows after which token "
           "the right answer is out of reach."));
    const QString reason = m_search.unavailableReason();
    if (m_session.facts().models.empty()) {
        m_empty->setAction(tr("Add a model…"), QStringLiteral("list-add"), true);
        m_empty->setReason(m_session.readOnly() ? reason : QString());
        m_empty->setHint({});
        return;
    }
    const auto job = m_search.job();
    m_empty->setAction(tr("Search this trajectory"), QStringLiteral("vcs-merge"), true);
    m_empty->setReason(job ? tr("A search of it is %1.").arg(marks::jobStateWord(job->state))
                           : reason);
    m_empty->setHint(tr("R in the heat map"));
}

QString RolloutsDock::factsText() const {
    return m_facts->text();
}

QString RolloutsDock::emptyTitle() const {
    return m_stack->currentWidget() == m_empty       ? m_empty->title()
           : m_views->currentWidget() == m_passEmpty ? m_passEmpty->title()
                                                     : QString();
}

void RolloutsDock::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const Qt::Orientation wanted =
        width() > kWide * (height() - metrics::kDockStrip) ? Qt::Horizontal : Qt::Vertical;
    if (m_split->orientation() == wanted)
        return giveTableRoom();
    m_split->setOrientation(wanted);
    const int room = wanted == Qt::Horizontal ? width() : height();
    m_split->setSizes({room * 3 / 5, room * 2 / 5});
    giveTableRoom();
}

} // namespace crux::ui
