#include "ui/pages/corpus_dock.h"

#include "core/store/filter.h"
#include "ui/model/corpus_model.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/widgets/bar_chart.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace crux::ui {

using store::CorpusBar;
using store::CorpusTokens;
using store::Truth;

namespace {

constexpr int kAgreement = 400; ///< least width of the table of agreement
/// Room for all three parts. A narrower dock shows tokens and charts, and agreement to their right.
constexpr int kWidth = 1120;

void dressTable(QTableView* table, const QString& name) {
    showRows(*table);
    table->setFrameShape(QFrame::NoFrame);
    table->setAccessibleName(name);
    table->horizontalHeader()->setFixedHeight(metrics::kHeader);
    table->horizontalHeader()->setHighlightSections(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
}

QComboBox* makeCombo(QWidget* parent, const QString& name) {
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    combo->setToolTip(name);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(10);
    return combo;
}

/// The first entry stands for all; the chosen one stays listed though it may hold nothing now.
void fillCombo(QComboBox* combo, const QString& all, const QStringList& values,
               const QString& chosen) {
    QStringList entries = values;
    if (!chosen.isEmpty() && !entries.contains(chosen))
        entries << chosen;
    QStringList there; // refilled only when it differs: a list may be open
    for (int i = 1; i < combo->count(); ++i)
        there << combo->itemData(i).toString();
    if (combo->count() > 0 && there == entries && combo->currentData().toString() == chosen)
        return;
    combo->clear();
    combo->addItem(all, QString());
    for (const QString& value : entries)
        combo->addItem(value, value);
    combo->setCurrentIndex(std::max(0, combo->findData(chosen)));
    combo->setVisible(entries.size() > 1 || !chosen.isEmpty());
}

} // namespace

CorpusDock::CorpusDock(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(new CorpusModel(session, this))
    , m_tokenModel(new CorpusTokenModel(this))
    , m_barModel(new CorpusBarsModel(this))
    , m_agreementModel(new AgreementModel(this)) {
    auto* strip = buildStrip();
    m_stack = new QStackedWidget(this);
    m_empty = new EmptyState(m_stack);
    m_stack->addWidget(buildNumbers());
    m_stack->addWidget(m_empty);
    m_split = new QSplitter(Qt::Horizontal, this);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(metrics::kSplitter);
    m_split->addWidget(m_stack);
    m_split->addWidget(buildAgreement());
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_split->setSizes({900, 380});
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_split);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(strip);
    column->addWidget(scroll, 1);

    connect(m_model, &CorpusModel::changed, this, [this] {
        showChoices();
        showNumbers();
    });
    connect(m_model, &CorpusModel::countingChanged, this, &CorpusDock::updateStatus);
    connect(&session, &Session::scoreSetChanged, this, &CorpusDock::showChoices);
    connect(&session, &Session::factsChanged, this, &CorpusDock::showChoices);
    connect(m_empty, &EmptyState::triggered, this, [this] {
        const store::CorpusSummary& summary = m_model->summary();
        const bool candidates = m_model->choice().tokens == CorpusTokens::Candidates;
        if (!m_model->fault().isEmpty() || (candidates ? summary.hasScores : summary.hasSearches))
            Q_EMIT undoFilterRequested();
        else
            candidates ? Q_EMIT scoreRequested() : Q_EMIT searchRequested();
    });
    showChoices();
    showNumbers();
}

QWidget* CorpusDock::buildStrip() {
    auto* strip = new QWidget(this);
    strip->setFixedHeight(metrics::kDockStrip);
    m_of = makeCombo(strip, tr("Which tokens are counted"));
    m_of->addItem(tr("Candidates by s_t"));
    m_of->addItem(tr("Critical tokens"));
    m_of->addItem(tr("Confirmed critical tokens"));
    m_of->setMinimumContentsLength(18);
    m_method = makeCombo(strip, tr("Searches of which method"));
    m_dataset = makeCombo(strip, tr("Which dataset"));
    m_source = makeCombo(strip, tr("Trajectories of which model"));
    m_scoreSet = makeCombo(strip, tr("Which score set"));
    m_follow = makeIconButton(QStringLiteral("view-filter"),
                              tr("Count only what the filter of the trajectories shows"), strip);
    m_follow->setCheckable(true);
    m_asTable =
        makeIconButton(QStringLiteral("table"), tr("Show the histograms as a table"), strip);
    m_asTable->setCheckable(true);
    m_cancel = makeIconButton(QStringLiteral("dialog-cancel"), tr("Stop counting"), strip);
    m_status = makeElided(LabelKind::Second, strip);
    m_status->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(4, 4, 4, 4);
    row->setSpacing(4);
    for (QWidget* widget : {static_cast<QWidget*>(m_of), static_cast<QWidget*>(m_method),
                            static_cast<QWidget*>(m_dataset), static_cast<QWidget*>(m_source),
                            static_cast<QWidget*>(m_scoreSet), static_cast<QWidget*>(m_follow),
                            static_cast<QWidget*>(m_asTable)})
        row->addWidget(widget);
    row->addWidget(m_status, 1);
    row->addWidget(m_cancel);
    for (QComboBox* combo : {m_of, m_method, m_dataset, m_source})
        connect(combo, &QComboBox::activated, this, &CorpusDock::choose);
    connect(m_scoreSet, &QComboBox::activated, this,
            [this] { m_session.setScoreSet(ScoreSetId{m_scoreSet->currentData().toLongLong()}); });
    connect(m_follow, &QToolButton::toggled, this, &CorpusDock::choose);
    connect(m_cancel, &QToolButton::clicked, m_model, &CorpusModel::cancel);
    connect(m_asTable, &QToolButton::toggled, this,
            [this](bool on) { m_histograms->setCurrentIndex(on ? 1 : 0); });
    return strip;
}

QWidget* CorpusDock::buildNumbers() {
    auto* split = new QSplitter(Qt::Horizontal, m_stack);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(metrics::kSplitter);
    const auto chosen = [this](QTableView* table) {
        // A click and Enter; activated alone would ask for a double click on some styles.
        const auto toggle = [this](const QModelIndex& at) {
            if (const QString term = at.data(TermRole).toString(); !term.isEmpty())
                Q_EMIT termToggled(term);
        };
        connect(table, &QTableView::clicked, this, toggle);
        auto* enter = new QAction(tr("Filter by this row"), table);
        enter->setShortcuts({Qt::Key_Return, Qt::Key_Enter});
        enter->setShortcutContext(Qt::WidgetShortcut);
        connect(enter, &QAction::triggered, this,
                [table, toggle] { toggle(table->currentIndex()); });
        table->addAction(enter);
    };
    m_tokens = new QTableView(split);
    m_tokens->setModel(m_tokenModel);
    dressTable(m_tokens, tr("Most frequent critical tokens"));
    m_tokens->setItemDelegateForColumn(CorpusTokenModel::Count, new CountBarDelegate(m_tokens));
    m_tokens->horizontalHeader()->setSectionResizeMode(CorpusTokenModel::Count,
                                                       QHeaderView::Stretch);
    m_tokens->setColumnWidth(CorpusTokenModel::Token, 84);
    m_tokens->setColumnWidth(CorpusTokenModel::Trajectories, 80);
    m_tokens->setColumnWidth(CorpusTokenModel::MeanS, 62);
    m_tokens->setMinimumWidth(292); // all of its columns
    chosen(m_tokens);

    m_histograms = new QStackedWidget(split);
    auto* charts = new QWidget(m_histograms);
    auto* row = new QHBoxLayout(charts);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(1);
    const auto chart = [&](const QString& title, CorpusBar what) {
        auto* made = new BarChart(title, charts);
        made->setEdges(corpusEdges(what));
        row->addWidget(made, 1);
        connect(made, &BarChart::activated, this, [this, what](int bar) {
            Q_EMIT termToggled(QString::fromStdString(
                store::corpusTerm(m_model->choice().tokens, what, static_cast<std::size_t>(bar))));
        });
        return made;
    };
    m_relative = chart(tr("Position"), CorpusBar::Relative);
    m_scores = chart(tr("Score s_t"), CorpusBar::Score);
    m_steps = chart(tr("Step"), CorpusBar::Step);
    m_bars = new QTableView(m_histograms);
    m_bars->setModel(m_barModel);
    dressTable(m_bars, tr("Histograms as a table"));
    m_bars->setItemDelegateForColumn(CorpusBarsModel::Count, new CountBarDelegate(m_bars));
    m_bars->horizontalHeader()->setSectionResizeMode(CorpusBarsModel::Count, QHeaderView::Stretch);
    m_bars->setColumnWidth(CorpusBarsModel::What, 160);
    m_bars->setColumnWidth(CorpusBarsModel::Range, 140);
    chosen(m_bars);
    m_histograms->addWidget(charts);
    m_histograms->addWidget(m_bars);
    split->addWidget(m_tokens);
    split->addWidget(m_histograms);
    split->setStretchFactor(0, 0);
    split->setStretchFactor(1, 1);
    split->setSizes({380, 560});
    return split;
}

QWidget* CorpusDock::buildAgreement() {
    auto* panel = new QWidget(this);
    panel->setMinimumWidth(kAgreement);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 2, 4, 2);
    head->setSpacing(6);
    m_truth = makeCombo(panel, tr("What candidates are held against"));
    m_truth->addItem(tr("rollouts"));
    m_truth->addItem(tr("confirmed by rollouts"));
    m_truth->addItem(tr("planted slips"));
    m_truth->setMinimumContentsLength(12);
    head->addWidget(makeElided(LabelKind::Demi, panel, tr("Candidates against")));
    head->addWidget(m_truth);
    m_agreementNote = makeElided(LabelKind::Hint, panel);
    head->addWidget(m_agreementNote, 1);
    connect(m_truth, &QComboBox::activated, this, &CorpusDock::choose);

    m_agreementStack = new QStackedWidget(panel);
    m_agreement = new QTableView(m_agreementStack);
    m_agreement->setModel(m_agreementModel);
    dressTable(m_agreement, tr("Agreement of candidates with rollouts"));
    m_agreement->horizontalHeader()->setSectionResizeMode(AgreementModel::Measure,
                                                          QHeaderView::Stretch);
    m_agreement->setColumnWidth(AgreementModel::Value, 54);
    m_agreement->setColumnWidth(AgreementModel::Interval, 92);
    m_agreement->setColumnWidth(AgreementModel::Counts, 96);
    const auto toggle = [this](const QModelIndex& at) {
        if (const QString term = at.data(TermRole).toString(); !term.isEmpty())
            Q_EMIT termToggled(term);
    };
    connect(m_agreement, &QTableView::clicked, this, toggle);
    auto* enter = new QAction(tr("Filter by this row"), m_agreement);
    enter->setShortcuts({Qt::Key_Return, Qt::Key_Enter});
    enter->setShortcutContext(Qt::WidgetShortcut);
    connect(enter, &QAction::triggered, this,
            [this, toggle] { toggle(m_agreement->currentIndex()); });
    m_agreement->addAction(enter);
    auto* nothing = makeLabel(LabelKind::Second, m_agreementStack,
                              tr("Agreement needs scores and a search of the same wrong "
                                 "trajectories, or planted slips."));
    nothing->setWordWrap(true);
    nothing->setAlignment(Qt::AlignCenter);
    nothing->setMargin(12);
    m_agreementStack->addWidget(m_agreement);
    m_agreementStack->addWidget(nothing);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_agreementStack, 1);
    return panel;
}

BarChart* CorpusDock::chart(CorpusBar what) const {
    return what == CorpusBar::Relative ? m_relative
           : what == CorpusBar::Score  ? m_scores
           : what == CorpusBar::Step   ? m_steps
                                       : nullptr;
}

void CorpusDock::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int room = width();
    if (room == event->oldSize().width())
        return;
    const bool narrow = room < kWidth;
    m_split->setMinimumWidth(narrow ? room + metrics::kSplitter + kAgreement : 0);
    if (narrow)
        m_split->setSizes({room, kAgreement});
}

void CorpusDock::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_model->setShown(true);
}

void CorpusDock::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_model->setShown(false);
}

void CorpusDock::setFilter(const QString& expression) {
    m_filter = expression;
    m_model->setFilter(expression);
    markChosen();
}

void CorpusDock::choose() {
    if (m_filling)
        return;
    CorpusChoice choice = m_model->choice();
    choice.tokens = static_cast<CorpusTokens>(m_of->currentIndex());
    choice.method = m_method->currentData().toString();
    choice.dataset = m_dataset->currentData().toString();
    choice.model = m_source->currentData().toString();
    choice.truth = static_cast<Truth>(m_truth->currentIndex());
    choice.followFilter = m_follow->isChecked();
    m_model->setChoice(choice);
}

void CorpusDock::showChoices() {
    m_filling = true;
    const CorpusChoice& choice = m_model->choice();
    m_of->setCurrentIndex(static_cast<int>(choice.tokens));
    m_truth->setCurrentIndex(static_cast<int>(choice.truth));
    m_follow->setChecked(choice.followFilter);
    fillCombo(m_method, tr("All methods"), m_model->methods(), choice.method);
    fillCombo(m_dataset, tr("All datasets"), m_model->datasets(), choice.dataset);
    fillCombo(m_source, tr("All models"), m_model->models(), choice.model);
    if (choice.tokens == CorpusTokens::Candidates && choice.method.isEmpty())
        m_method->hide();
    const auto& sets = m_session.facts().scoreSets;
    if (m_scoreSet->count() != static_cast<int>(sets.size())) {
        m_scoreSet->clear();
        for (const auto& set : sets)
            m_scoreSet->addItem(text_format::scoreSetName(set),
                                QVariant::fromValue<qint64>(set.id.value));
    }
    m_scoreSet->setCurrentIndex(
        m_scoreSet->findData(QVariant::fromValue<qint64>(m_session.scoreSet().value)));
    m_scoreSet->setVisible(m_scoreSet->count() > 1);
    m_filling = false;
}

void CorpusDock::showNumbers() {
    const store::CorpusSummary& summary = m_model->summary();
    const CorpusTokens of = m_model->choice().tokens;
    m_tokenModel->setTokens(summary.tokens, of);
    std::vector<CorpusBarRow> all;
    for (const CorpusBar what : {CorpusBar::Relative, CorpusBar::Score, CorpusBar::Step})
        for (CorpusBarRow& row : corpusBars(summary, of, what))
            all.push_back(std::move(row));
    m_barModel->setRows(std::move(all));
    const store::AgreementReport& report = m_model->agreement();
    m_agreementModel->setTotals(report.totals, m_model->choice().truth, m_model->window());
    m_agreementStack->setCurrentIndex(report.rows.empty() ? 1 : 0);
    m_agreementNote->setText(report.rows.empty() ? QString()
                                                 : tr("%n wrong trajectory(s)", nullptr,
                                                      static_cast<int>(report.rows.size())));
    markChosen();
    updateEmpty();
    updateStatus();
}

void CorpusDock::markChosen() {
    const auto bars = [&](BarChart* chart, CorpusBar what) {
        std::vector<Bar> list;
        for (const CorpusBarRow& row :
             corpusBars(m_model->summary(), m_model->choice().tokens, what))
            list.push_back({row.count, row.tip,
                            store::filterHas(m_filter.toStdString(), row.term.toStdString()),
                            row.range});
        chart->setBars(std::move(list));
    };
    bars(m_relative, CorpusBar::Relative);
    bars(m_scores, CorpusBar::Score);
    bars(m_steps, CorpusBar::Step);
    m_tokenModel->setFilter(m_filter);
    m_barModel->setFilter(m_filter);
}

QString CorpusDock::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

void CorpusDock::updateEmpty() {
    const store::CorpusSummary& summary = m_model->summary();
    const CorpusTokens of = m_model->choice().tokens;
    const bool candidates = of == CorpusTokens::Candidates;
    m_empty->setReason({});
    if (summary.counted > 0) {
        m_stack->setCurrentIndex(0);
        return;
    }
    if (!m_model->fault().isEmpty()) {
        m_empty->setTexts(tr("The corpus was not counted"), m_model->fault());
        m_empty->setAction(tr("Undo last filter"), QStringLiteral("edit-undo"));
    } else if (candidates && !summary.hasScores) {
        m_empty->setTexts(tr("No candidates"), tr("A candidate is a token with a low s_t, and no "
                                                  "trajectory is scored yet."));
        m_empty->setAction(tr("Score…"), QStringLiteral("speedometer"), true);
    } else if (!candidates && !summary.hasSearches) {
        m_empty->setTexts(tr("No critical tokens"),
                          tr("Critical tokens are found by rollouts, and no trajectory was "
                             "searched yet."));
        m_empty->setAction(tr("Search…"), QStringLiteral("edit-find"), true);
    } else if (m_model->inUse().isEmpty()) {
        m_empty->setTexts(candidates ? tr("No candidates") : tr("No critical tokens"),
                          candidates ? tr("Only wrong trajectories have candidates.")
                                     : tr("The searches found none."));
        m_empty->setAction({});
    } else {
        m_empty->setTexts(
            tr("Nothing to count"),
            tr("No trajectory of this filter has such a token: %1").arg(m_model->inUse()));
        m_empty->setAction(tr("Undo last filter"), QStringLiteral("edit-undo"));
    }
    if (!m_session.isOpen())
        m_empty->setReason(tr("No project is open."));
    m_stack->setCurrentWidget(m_empty);
}

QString CorpusDock::tokensWord() const {
    const int count = static_cast<int>(m_model->summary().counted);
    switch (m_model->choice().tokens) {
    case CorpusTokens::Candidates:
        return tr("%n candidate(s)", nullptr, count);
    case CorpusTokens::Critical:
        return tr("%n critical token(s)", nullptr, count);
    case CorpusTokens::Confirmed:
        return tr("%n confirmed critical token(s)", nullptr, count);
    }
    return {};
}

QString CorpusDock::headline() const {
    const store::CorpusSummary& summary = m_model->summary();
    return tr("%1, %2 different, in %3 of %4 trajectories")
        .arg(tokensWord(), format::integer(summary.strings), format::integer(summary.holders),
             format::integer(summary.trajectories));
}

void CorpusDock::updateStatus() {
    m_cancel->setVisible(m_model->counting());
    m_status->setText(m_model->counting()    ? tr("counting…")
                      : m_model->cancelled() ? tr("stopped: these are the numbers from before")
                      : m_model->summary().counted == 0 ? QString()
                                                        : headline());
}

} // namespace crux::ui
