#include "ui/pages/batch_inspector.h"

#include "core/store/records.h"
#include "ui/model/run_board.h"
#include "ui/model/session.h"
#include "ui/model/view_settings.h"
#include "ui/pages/step_row_model.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/metric_panels.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme_notifier.h"
#include "ui/widgets/token_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

BatchInspector::BatchInspector(Session& session, RunBoard& board, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_board(board)
    , m_head(new QWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(m_stack))
    , m_split(new QSplitter(Qt::Vertical, m_stack))
    , m_table(new QTableView(m_split))
    , m_model(new StepRowModel(this)) {
    buildHead();
    m_table->setModel(m_model);
    showRows(*m_table);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("Rows of the step"));
    QHeaderView* header = m_table->horizontalHeader();
    header->setFixedHeight(metrics::kHeader);
    header->setHighlightSections(false);
    header->setSectionResizeMode(StepRowModel::Question, QHeaderView::Stretch);
    const std::pair<int, int> widths[] = {{StepRowModel::Row, 48},
                                          {StepRowModel::Loss, 58},
                                          {StepRowModel::Margin, 58},
                                          {StepRowModel::Weight, 58},
                                          {StepRowModel::Tokens, 62}};
    for (const auto& [column, width] : widths)
        header->resizeSection(column, width);

    m_tokenStack = new QStackedWidget(m_split);
    auto* none = new QWidget(m_tokenStack);
    auto* noneColumn = new QVBoxLayout(none);
    m_noTokens = makeLabel(LabelKind::Second, none);
    m_noTokens->setWordWrap(true);
    m_nearest = new QToolButton(none);
    m_nearest->setFixedHeight(metrics::kSmallToolButton);
    noneColumn->addWidget(m_noTokens);
    noneColumn->addWidget(m_nearest);
    noneColumn->addStretch(1);
    auto* sides = new QSplitter(Qt::Vertical, m_tokenStack);
    sides->setChildrenCollapsible(false);
    m_sides[0] = buildSide(tr("Chosen"));
    m_sides[1] = buildSide(tr("Rejected"));
    for (const Side& side : m_sides)
        sides->addWidget(side.box);
    auto* shown = new QWidget(m_tokenStack);
    auto* shownColumn = new QVBoxLayout(shown);
    shownColumn->setContentsMargins(0, 0, 0, 0);
    shownColumn->setSpacing(0);
    auto* below = new QHBoxLayout;
    below->setContentsMargins(8, 4, 8, 4);
    below->setSpacing(12);
    m_tokenFacts = makeElided(LabelKind::Hint, shown);
    m_scale = makeLabel(LabelKind::Hint, shown);
    below->addWidget(m_tokenFacts, 1);
    below->addWidget(m_scale);
    shownColumn->addWidget(sides, 1);
    shownColumn->addLayout(below);
    m_tokenStack->addWidget(none);
    m_tokenStack->addWidget(shown);
    m_split->addWidget(m_table);
    m_split->addWidget(m_tokenStack);
    m_split->setChildrenCollapsible(false);
    m_split->setStretchFactor(0, 0);
    m_split->setStretchFactor(1, 1);
    connect(m_split, &QSplitter::splitterMoved, this, [this] { m_splitByUser = true; });
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_split);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_head);
    column->addWidget(makeRule(this));
    column->addWidget(m_stack, 1);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &BatchInspector::loadRow);
    connect(m_nearest, &QToolButton::clicked, this, &BatchInspector::goKept);
    connect(&board, &RunBoard::inspected, this, &BatchInspector::load);
    connect(&session, &Session::projectClosed, this, &BatchInspector::load);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            &BatchInspector::showTokens);
    load();
}

void BatchInspector::buildHead() {
    m_head->setFixedHeight(metrics::kDockStrip);
    auto* row = new QHBoxLayout(m_head);
    row->setContentsMargins(8, 4, 4, 4);
    row->setSpacing(8);
    m_title = makeElided(LabelKind::Demi, m_head);
    m_facts = makeElided(LabelKind::Second, m_head);
    m_layers = new QComboBox(m_head);
    m_layers->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_layers->setAccessibleName(tr("What the tokens are coloured by"));
    m_previous = makeIconButton(QStringLiteral("go-previous"), tr("Step before"), m_head);
    m_next = makeIconButton(QStringLiteral("go-next"), tr("Step after"), m_head);
    row->addWidget(m_title);
    row->addWidget(m_facts, 1);
    row->addWidget(m_layers);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    connect(m_layers, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (!m_filling && index >= 0)
            setLayer(m_layers->itemText(index));
    });
    connect(m_previous, &QToolButton::clicked, this, [this] { go(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { go(1); });
}

BatchInspector::Side BatchInspector::buildSide(const QString& name) {
    Side side;
    side.box = new QWidget(this);
    auto* column = new QVBoxLayout(side.box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* line = new QWidget(side.box);
    line->setFixedHeight(metrics::kRow);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(8, 0, 4, 0);
    row->setSpacing(8);
    side.fold = makeIconButton(QStringLiteral("go-down"), tr("Fold"), line);
    side.title = makeLabel(LabelKind::Demi, line, name);
    side.badge = new QLabel(line);
    side.facts = makeElided(LabelKind::Second, line);
    side.open = makeIconButton(QStringLiteral("view-list-text"),
                               tr("Open the trajectory in Explore"), line);
    side.open->setAccessibleName(tr("%1: open the trajectory in Explore").arg(name));
    row->addWidget(side.fold);
    row->addWidget(side.title);
    row->addWidget(side.badge);
    row->addWidget(side.facts, 1);
    row->addWidget(side.open);
    side.view = new TokenView(side.box);
    side.view->setAccessibleName(name);
    side.view->setFrameShape(QFrame::NoFrame);
    column->addWidget(line);
    column->addWidget(side.view, 1);
    connect(side.view, &TokenView::cursorMoved, this,
            [this, view = side.view](int token) { showTokenFacts(*view, token); });
    const int index = name == tr("Chosen") ? 0 : 1;
    connect(side.fold, &QToolButton::clicked, this, [this, index] {
        Side& folded = m_sides[index];
        folded.unfolded = folded.view->isHidden();
        setUnfolded(folded, *folded.unfolded);
    });
    connect(side.open, &QToolButton::clicked, this, [this, index] {
        Q_EMIT trajectoryRequested(
            (index == 0 ? m_tokens.chosen : m_tokens.rejected).trajectory.value);
    });
    return side;
}

void BatchInspector::load() {
    const JobId run = m_board.inspectedRun();
    const std::int64_t step = m_board.inspectedStep();
    const quint64 token = ++m_token;
    if (!m_session.isOpen() || !run || step < 0) {
        m_reading = false;
        return take({});
    }
    m_reading = true;
    m_session.read<StepView>(
        this, [run, step](const store::Project& project) { return loadStep(project, run, step); },
        [this, token](Result<StepView> view) {
            if (token != m_token)
                return;
            m_reading = false;
            if (view.ok())
                return take(std::move(*view));
            if (view.error().code != ErrorCode::Cancelled)
                m_session.post(noticeFromError(view.error(), tr("The step could not be read.")));
        });
}

void BatchInspector::take(StepView view) {
    m_step = std::move(view);
    m_tokens = {};
    m_model->setStep(m_step);
    const store::JobRecord* run = m_board.run(m_step.run);
    m_title->setText(
        run && m_step.step >= 0
            ? tr("%1, step %2").arg(RunBoard::nameOf(*run), format::integer(m_step.step))
            : QString());
    QStringList facts;
    if (m_step.step >= 0) {
        facts << (m_step.pairs ? tr("%n pair(s)", nullptr, static_cast<int>(m_step.rows.size()))
                               : tr("%n row(s)", nullptr, static_cast<int>(m_step.rows.size())))
              << tr("loss %1").arg(plotNumber(m_step.loss, 4));
        if (m_step.step != m_step.asked)
            facts << tr("nearest to step %1").arg(format::integer(m_step.asked));
        for (const store::RunFlag& flag : m_step.flags)
            facts << flagWord(flag.kind);
    }
    m_facts->setText(facts.join(QStringLiteral(" \u00b7 ")));
    for (QToolButton* button : {m_previous, m_next})
        button->setEnabled(m_step.step >= 0);
    updateEmpty();
    // The worst row whose tokens can be shown.
    const auto kept = std::find_if(m_step.rows.begin(), m_step.rows.end(),
                                   [](const StepRowView& row) { return row.row.kept; });
    const auto first = kept == m_step.rows.end() ? 0 : static_cast<int>(kept - m_step.rows.begin());
    if (m_model->rowCount() > 0)
        m_table->selectRow(first);
    giveRoom();
    showTokens();
}

/// The tokens get what a few rows leave, until the user moves the line between them.
void BatchInspector::giveRoom() {
    constexpr int kRows = 3;
    if (m_splitByUser || m_model->rowCount() == 0)
        return;
    const int table =
        m_table->horizontalHeader()->height() +
        std::min(kRows, m_model->rowCount()) * m_table->verticalHeader()->defaultSectionSize() + 2;
    m_table->setMinimumHeight(m_table->horizontalHeader()->height() +
                              m_table->verticalHeader()->defaultSectionSize());
    m_split->setSizes({table, std::max(1, m_split->height() - table)});
}

void BatchInspector::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    giveRoom();
}

void BatchInspector::updateEmpty() {
    m_stack->setCurrentIndex(m_step.rows.empty() ? 0 : 1);
    m_layers->setVisible(!m_step.rows.empty());
    m_scale->setVisible(!m_step.rows.empty());
    if (!m_step.rows.empty())
        return;
    if (m_board.inspectedRun() && !m_reading && m_step.asked >= 0)
        m_empty->setTexts(tr("Nothing is stored of this step"),
                          tr("The run was made by an older program, or has not begun its first "
                             "step."));
    else
        m_empty->setTexts(tr("No step is chosen"),
                          tr("Click a curve in Metrics: the rows of that step are shown here, with "
                             "the weight and the loss of every token."));
    m_empty->setAction({});
}

QString BatchInspector::headline() const {
    return m_title->text() + QStringLiteral("  ") + m_facts->text();
}

QString BatchInspector::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

void BatchInspector::loadRow() {
    const StepRowView* row = m_model->row(m_table->currentIndex().row());
    const quint64 token = ++m_rowToken;
    if (!row)
        return;
    m_session.read<StepTokens>(
        this,
        [run = m_step.run, step = m_step.step, row = *row](const store::Project& project) {
            return loadStepTokens(project, run, step, row);
        },
        [this, token](Result<StepTokens> tokens) {
            if (token != m_rowToken)
                return;
            if (tokens.ok())
                m_tokens = std::move(*tokens);
            else if (tokens.error().code != ErrorCode::Cancelled)
                m_session.post(noticeFromError(tokens.error(), tr("The row could not be read.")));
            updateLayers();
            showTokens();
        });
}

/// The layers this row has. Where every weight is 1 the weights say nothing: the loss does.
void BatchInspector::updateLayers() {
    if (!m_tokens.chosen.snapshot)
        return;
    QStringList names;
    for (const auto& [layer, values] : m_tokens.chosen.snapshot->layers)
        names << QString::fromStdString(layer.name);
    const bool weighted = m_tokens.chosen.weighted || m_tokens.rejected.weighted;
    m_filling = true;
    m_layers->clear();
    m_layers->addItems(names);
    if (!names.contains(m_layer))
        m_layer = weighted ? step_layers::weight() : step_layers::contribution();
    m_layers->setCurrentText(m_layer);
    m_filling = false;
}

void BatchInspector::setLayer(const QString& name) {
    m_layer = name;
    m_layers->setCurrentText(name);
    showTokens();
}

void BatchInspector::showTokens() {
    m_tokenStack->setCurrentIndex(m_tokens.kept ? 1 : 0);
    if (!m_tokens.kept) {
        const bool other = m_step.nearestKept >= 0 && m_step.nearestKept != m_step.step;
        const bool here = m_step.nearestKept == m_step.step;
        m_noTokens->setText(
            here ? tr("The values of this row's tokens were not stored: a step keeps those of its "
                      "rows of highest loss (token_rows).")
            : other
                ? tr("The values of this step's tokens were not stored, so that a long run stays "
                     "small.")
                : tr("The run stores no values of tokens (token_rows is 0)."));
        m_nearest->setVisible(other);
        m_nearest->setText(
            tr("Go to step %1, which has them").arg(format::integer(m_step.nearestKept)));
    }
    m_tokenFacts->setText({});
    m_sides[1].box->setVisible(m_step.pairs);
    m_sides[0].title->setText(m_step.pairs ? tr("Chosen") : tr("Completion"));
    showSide(m_sides[0], m_tokens.chosen, m_sides[0].title->text());
    showSide(m_sides[1], m_tokens.rejected, tr("Rejected"));
}

void BatchInspector::showSide(const Side& side, const StepCompletion& completion,
                              const QString& name) {
    side.open->setVisible(static_cast<bool>(completion.trajectory));
    side.badge->setVisible(static_cast<bool>(completion.trajectory));
    side.badge->setPixmap(
        marks::verdictPixmap(completion.verdict, Source::Sampled, false, devicePixelRatioF()));
    side.badge->setToolTip(marks::verdictWord(completion.verdict));
    if (!completion.snapshot) {
        side.facts->setText({});
        side.view->setData(nullptr);
        return;
    }
    HeatOptions options;
    options.layer = Layer::Imported;
    options.importedLayer = m_layer;
    options.palette = m_session.view().palette;
    options.theme = Theme::current().name;
    const auto has = [&](const QString& wanted) {
        return std::any_of(
            completion.snapshot->layers.begin(), completion.snapshot->layers.end(),
            [&](const auto& layer) { return QString::fromStdString(layer.first.name) == wanted; });
    };
    const QString second =
        m_layer == step_layers::logRatio() ? step_layers::contribution() : step_layers::logRatio();
    if (has(second)) {
        options.underline = Layer::Imported;
        options.underlineLayer = second;
    }
    auto heat = std::make_shared<const HeatData>(completion.snapshot, options);
    const ColorScale& scale = heat->scale();
    m_scale->setText(tr("%1 %2 \u2026 %3 %4")
                         .arg(scale.meaning().lowWords, scale.text(scale.meaning().low),
                              scale.text(scale.meaning().high), scale.meaning().highWords));
    QStringList facts;
    if (!completion.answer.isEmpty())
        facts << completion.answer;
    facts << tr("%n token(s)", nullptr, static_cast<int>(completion.snapshot->tokens.size()))
          << (completion.weighted ? tr("weighted") : tr("every weight 1"));
    if (m_step.pairs)
        facts << tr("reward %1").arg(plotNumber(completion.reward));
    if (heat->underlineScale())
        facts << tr("underline: %1").arg(second);
    side.facts->setText(facts.join(QStringLiteral(" \u00b7 ")));
    // Equal weights say nothing: the other completion gets the room.
    setUnfolded(side,
                side.unfolded.value_or(m_layer != step_layers::weight() || completion.weighted ||
                                       !(m_tokens.chosen.weighted || m_tokens.rejected.weighted)));
    side.view->setAccessibleName(tr("%1, coloured by %2").arg(name, m_layer));
    side.view->setData(std::move(heat));
}

void BatchInspector::setUnfolded(const Side& side, bool unfolded) {
    side.view->setVisible(unfolded);
    side.box->setMaximumHeight(unfolded ? QWIDGETSIZE_MAX : metrics::kRow);
    side.fold->setIcon(icon(unfolded ? QStringLiteral("go-down") : QStringLiteral("go-next")));
    const QString words = unfolded ? tr("Fold") : tr("Unfold");
    side.fold->setToolTip(words);
    side.fold->setAccessibleName(QStringLiteral("%1: %2").arg(side.title->text(), words));
}

/// The values of one token in words: what the card shows, without a pointer.
void BatchInspector::showTokenFacts(const TokenView& view, int token) {
    const HeatDataPtr& heat = view.data();
    QStringList facts;
    if (heat && token >= 0 && token < heat->count()) {
        const TrajectorySnapshot& s = heat->snapshot();
        facts << tr("token %1 %2")
                     .arg(token + 1)
                     .arg(format::visibleBlanks(s.tokens[static_cast<std::size_t>(token)].text));
        for (const auto& [layer, values] : s.layers)
            facts << QStringLiteral("%1 %2").arg(
                QString::fromStdString(layer.name),
                plotNumber(static_cast<double>(values[static_cast<std::size_t>(token)])));
    }
    m_tokenFacts->setText(facts.join(QStringLiteral(" \u00b7 ")));
}

QString BatchInspector::tokenFacts() const {
    return m_tokenFacts->text();
}

/// Arrow keys in a completion: the actions of the big heat map are Explore's.
void BatchInspector::keyPressEvent(QKeyEvent* event) {
    using Move = TokenView::Move;
    const bool word = event->modifiers() & Qt::ControlModifier;
    const std::pair<int, Move> moves[] = {{Qt::Key_Left, word ? Move::WordLeft : Move::Left},
                                          {Qt::Key_Right, word ? Move::WordRight : Move::Right},
                                          {Qt::Key_Up, Move::Up},
                                          {Qt::Key_Down, Move::Down},
                                          {Qt::Key_Home, Move::LineStart},
                                          {Qt::Key_End, Move::LineEnd}};
    for (const Side& side : m_sides)
        if (side.view->hasFocus())
            for (const auto& [key, move] : moves)
                if (event->key() == key)
                    return side.view->moveCursor(move);
    QWidget::keyPressEvent(event);
}

void BatchInspector::go(int direction) {
    m_session.read<std::int64_t>(
        this,
        [run = m_step.run, step = m_step.step, direction](const store::Project& project) {
            return neighbourStep(project, run, step, direction);
        },
        [this, run = m_step.run](Result<std::int64_t> step) {
            if (step.ok() && run == m_step.run)
                m_board.inspect(run, *step);
        });
}

void BatchInspector::goKept() {
    if (m_step.nearestKept >= 0)
        m_board.inspect(m_step.run, m_step.nearestKept);
}

} // namespace crux::ui
