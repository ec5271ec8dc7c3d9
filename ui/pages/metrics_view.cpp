#include "ui/pages/metrics_view.h"

#include "core/store/records.h"
#include "ui/model/metric_table_model.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/model/session.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/metric_grid.h"
#include "ui/widgets/run_style.h"
#include "ui/widgets/theme_notifier.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr std::size_t kMostZooms = 100;
constexpr int kMostInLegend = 8;
constexpr int kMetricColumn = 150; ///< px: "eval_rewards/accuracies" is read whole
constexpr int kRoomyStrip = 900;   ///< px of a strip with all its words

QIcon sampleIcon(int slot) {
    QPixmap pixmap(48, 32);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintRunSample(painter, QRectF(1, 0, 22, 16), slot);
    return QIcon(pixmap);
}

} // namespace

MetricsView::MetricsView(Session& session, RunBoard& board, RunMetrics& metrics, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_board(board)
    , m_metrics(metrics)
    , m_strip(new QWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(m_stack))
    , m_grid(new MetricGrid(board, metrics, m_stack))
    , m_table(new QTableView(m_stack))
    , m_tableModel(new MetricTableModel(board, metrics, this)) {
    buildStrip();
    m_table->setModel(m_tableModel);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("Metrics of the chosen run"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(metrics::kRow);
    m_table->horizontalHeader()->setFixedHeight(metrics::kHeader);
    m_table->horizontalHeader()->setDefaultSectionSize(kMetricColumn);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_grid);
    m_stack->addWidget(m_table);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_strip);
    column->addWidget(makeRule(this));
    column->addWidget(m_stack, 1);

    connect(m_grid, &MetricGrid::zoomed, this, &MetricsView::zoomTo);
    connect(m_grid, &MetricGrid::zoomReset, this, &MetricsView::zoomReset);
    connect(m_grid, &MetricGrid::clicked, this, &MetricsView::pick);
    connect(m_grid, &MetricGrid::menuRequested, this, &MetricsView::menu);
    connect(m_grid, &MetricGrid::cursorMoved, this, [this](int which, double x) {
        auto cursors = m_grid->cursors().value_or(m_grid->range());
        (which == 0 ? cursors.first : cursors.second) = x;
        m_grid->setCursors(cursors);
        showCursors();
    });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        m_board.inspect(m_board.selected(), m_tableModel->stepOf(index.row()));
    });
    connect(m_empty, &EmptyState::triggered, this, [this] {
        if (m_board.runs().empty())
            return Q_EMIT trainRequested();
        m_board.setShown(m_board.runs().front()->id, true);
    });
    connect(&metrics, &RunMetrics::changed, this, &MetricsView::refresh);
    connect(&board, &RunBoard::shownChanged, this, &MetricsView::refresh);
    connect(&board, &RunBoard::slotsChanged, this, &MetricsView::buildLegend);
    connect(&board, &RunBoard::selectedChanged, this, &MetricsView::buildLegend);
    connect(&board, &RunBoard::axisChanged, this, [this] {
        m_zooms = {Zoom()};
        m_zoomAt = 0;
        setCursorsShown(false);
    });
    connect(&board, &RunBoard::viewChanged, this, &MetricsView::refresh);
    connect(&session, &Session::factsChanged, this, &MetricsView::refresh);
    connect(&session, &Session::jobsChanged, this, &MetricsView::refresh);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            &MetricsView::buildLegend);
    refresh();
}

void MetricsView::buildStrip() {
    m_strip->setFixedHeight(metrics::kDockStrip);
    auto* row = new QHBoxLayout(m_strip);
    row->setContentsMargins(4, 2, 4, 2); // room for focus rings around the legend
    row->setSpacing(6);
    m_legend = new QWidget(m_strip);
    m_legend->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_legendRow = new QHBoxLayout(m_legend);
    m_legendRow->setContentsMargins(4, 2, 4, 2);
    m_legendRow->setSpacing(2);
    row->addWidget(m_legend, 1);
    m_words[0] = makeLabel(LabelKind::Second, m_strip, tr("x"));
    row->addWidget(m_words[0]);
    m_axis = new QComboBox(m_strip);
    m_axis->addItems({tr("step"), tr("epoch"), tr("tokens"), tr("time")});
    m_axis->setAccessibleName(tr("What the x axis counts"));
    row->addWidget(m_axis);
    m_words[1] = makeLabel(LabelKind::Second, m_strip, tr("Half-life"));
    row->addWidget(m_words[1]);
    m_halfLife = new QSpinBox(m_strip);
    m_halfLife->setRange(0, 100000);
    m_halfLife->setSpecialValueText(tr("off"));
    m_halfLife->setSuffix(tr(" steps"));
    m_halfLife->setKeyboardTracking(false);
    m_halfLife->setAccessibleName(tr("Half-life of the running mean"));
    m_halfLife->setToolTip(tr("Strong lines are a running mean whose weights halve every so many "
                              "steps; all points count, whatever is drawn"));
    row->addWidget(m_halfLife);
    m_logY = new QCheckBox(tr("log y"), m_strip);
    row->addWidget(m_logY);
    m_cursors = new QToolButton(m_strip);
    m_cursors->setCheckable(true);
    m_cursors->setText(tr("Cursors"));
    m_cursors->setFixedHeight(metrics::kSmallToolButton);
    row->addWidget(m_cursors);
    const auto add = [&](const char* iconName, const QString& name) {
        QToolButton* button = makeIconButton(QLatin1String(iconName), name, m_strip);
        row->addWidget(button);
        return button;
    };
    m_back = add("go-previous", tr("Zoom back"));
    m_forward = add("go-next", tr("Zoom forward"));
    m_fit = add("zoom-original", tr("Show all steps (double click)"));
    m_asTable = add("table", tr("The numbers of the chosen run as a table"));
    m_asTable->setCheckable(true);
    m_export = add("document-export", tr("Export the curves\u2026"));
    connect(m_axis, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (!m_filling)
            m_board.setAxis(static_cast<RunAxis>(index));
    });
    connect(m_halfLife, &QSpinBox::valueChanged, this, [this](int steps) {
        if (!m_filling)
            m_board.setHalfLife(steps);
    });
    connect(m_logY, &QCheckBox::toggled, this, [this](bool on) {
        if (!m_filling)
            m_board.setLogY(on);
    });
    connect(m_cursors, &QToolButton::toggled, this, &MetricsView::setCursorsShown);
    connect(m_back, &QToolButton::clicked, this, &MetricsView::zoomBack);
    connect(m_forward, &QToolButton::clicked, this, &MetricsView::zoomForward);
    connect(m_fit, &QToolButton::clicked, this, [this] {
        m_grid->setMaximised({});
        zoomReset();
    });
    connect(m_asTable, &QToolButton::toggled, this, &MetricsView::setTableShown);
    connect(m_export, &QToolButton::clicked, this, &MetricsView::exportRequested);
}

void MetricsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    for (QWidget* word : m_words)
        word->setVisible(width() >= kRoomyStrip);
    showCursors();
}

/// One button a run: a click chooses it, its menu hides it or gives it another colour.
void MetricsView::buildLegend() {
    // Made anew only when it says something else: a button that has the focus keeps it.
    QStringList words{QString::number(static_cast<int>(Theme::current().name)),
                      QString::number(m_board.selected().value)};
    for (const JobId id : m_board.shown())
        if (const store::JobRecord* run = m_board.run(id))
            words << QStringLiteral("%1/%2/%3")
                         .arg(id.value)
                         .arg(m_board.slot(id))
                         .arg(RunBoard::nameOf(*run));
    if (words == m_legendWords)
        return;
    m_legendWords = words;
    while (QLayoutItem* item = m_legendRow->takeAt(0)) {
        if (QWidget* widget = item->widget())
            widget->deleteLater();
        delete item;
    }
    int placed = 0;
    for (const JobId id : m_board.shown()) {
        const store::JobRecord* run = m_board.run(id);
        if (!run)
            continue;
        if (++placed > kMostInLegend)
            break;
        auto* button = new QToolButton(m_legend);
        const bool selected = id == m_board.selected();
        button->setIcon(sampleIcon(m_board.slot(id)));
        button->setIconSize({24, 16});
        button->setText(
            QFontMetrics(fonts::ui()).elidedText(RunBoard::nameOf(*run), Qt::ElideMiddle, 120));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setFixedHeight(metrics::kSmallToolButton);
        button->setFont(selected ? fonts::uiDemi() : fonts::ui());
        button->setToolTip(RunBoard::nameOf(*run));
        button->setAccessibleName(selected ? tr("%1, chosen").arg(RunBoard::nameOf(*run))
                                           : RunBoard::nameOf(*run));
        button->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(button, &QToolButton::clicked, this, [this, id] { m_board.select(id); });
        connect(button, &QWidget::customContextMenuRequested, this,
                [this, id, button](const QPoint& at) { runMenu(id, button->mapToGlobal(at)); });
        m_legendRow->addWidget(button);
    }
    auto* more = new QToolButton(m_legend);
    more->setIcon(icon(QStringLiteral("list-add")));
    more->setText(tr("Runs\u2026"));
    more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more->setAutoRaise(true);
    more->setFixedHeight(metrics::kSmallToolButton);
    connect(more, &QToolButton::clicked, this, &MetricsView::runsRequested);
    m_legendRow->addWidget(more);
    m_legendRow->addStretch(1);
}

void MetricsView::refresh() {
    m_filling = true;
    m_axis->setCurrentIndex(static_cast<int>(m_board.axis()));
    m_halfLife->setValue(static_cast<int>(std::lround(m_board.halfLife())));
    m_logY->setChecked(m_board.logY());
    m_filling = false;
    buildLegend();
    const bool any = m_grid->count() > 0;
    if (!any) {
        const auto runs = m_board.runs();
        const bool reading = m_metrics.reading() && !m_board.shown().empty();
        if (!m_metrics.fault().isEmpty()) {
            m_empty->setTexts(tr("The metrics could not be read"), m_metrics.fault());
            m_empty->setAction({});
        } else if (runs.empty()) {
            m_empty->setTexts(tr("Nothing was trained yet"),
                              tr("Loss, rewards and accuracies of training runs are drawn here, "
                                 "while they run and after."));
            m_empty->setAction(tr("Train\u2026"), QStringLiteral("run-build"), true);
        } else if (m_board.shown().empty()) {
            m_empty->setTexts(tr("No run is shown"),
                              tr("Tick runs in the table of runs to draw their curves."));
            m_empty->setAction(tr("Show the newest run"), QStringLiteral("view-visible"));
        } else {
            m_empty->setTexts(reading ? tr("Reading the metrics\u2026") : tr("No metrics yet"),
                              reading ? QString()
                                      : tr("The first numbers come with the first step."));
            m_empty->setAction({});
        }
        m_empty->setReason(!m_session.isOpen() ? tr("No project is open.")
                           : runs.empty() && m_session.readOnly()
                               ? tr("The project is open for reading only.")
                               : QString());
    }
    m_stack->setCurrentWidget(!any                     ? static_cast<QWidget*>(m_empty)
                              : m_asTable->isChecked() ? static_cast<QWidget*>(m_table)
                                                       : m_grid);
    for (QWidget* one : {static_cast<QWidget*>(m_cursors), static_cast<QWidget*>(m_fit),
                         static_cast<QWidget*>(m_asTable), static_cast<QWidget*>(m_export)})
        one->setEnabled(any);
    applyZoom();
}

QString MetricsView::whyNoExport() const {
    return m_grid->count() > 0 ? QString() : tr("No curve is shown.");
}

void MetricsView::setTableShown(bool shown) {
    m_asTable->setChecked(shown);
    refresh();
}

void MetricsView::setCursorsShown(bool shown) {
    m_cursors->setChecked(shown);
    if (shown && !m_grid->cursors()) {
        const auto [lower, upper] = m_grid->range();
        m_grid->setCursors(
            std::pair(lower + 0.25 * (upper - lower), lower + 0.75 * (upper - lower)));
    } else if (!shown) {
        m_grid->setCursors(std::nullopt);
    }
    showCursors();
}

/// The difference of the chosen run's first panel, mean against mean.
QString MetricsView::cursorText() const {
    const auto cursors = m_grid->cursors();
    if (!cursors || m_grid->count() == 0)
        return tr("Cursors");
    QString text =
        tr("Cursors A %1, B %2").arg(plotNumber(cursors->first, 4), plotNumber(cursors->second, 4));
    const QString wanted =
        m_grid->maximised().isEmpty() ? QStringLiteral("loss") : m_grid->maximised();
    const MetricPlot* plot = m_grid->plot(wanted) ? m_grid->plot(wanted) : m_grid->plot(0);
    for (const PlotCurve& curve : plot->content().curves) {
        if (curve.run != m_board.selected().value || curve.evaluation)
            continue;
        const double change = MetricPlot::valueAt(curve, cursors->second, true) -
                              MetricPlot::valueAt(curve, cursors->first, true);
        if (!std::isnan(change))
            text += tr(": \u0394 %1 %2")
                        .arg(plot->content().title,
                             (change > 0 ? QStringLiteral("+") : QString()) + plotNumber(change));
        break;
    }
    return text;
}

/// The values stand in the button where it has room for them, else in its tool tip.
void MetricsView::showCursors() {
    const QString text = cursorText();
    m_cursors->setText(width() >= kRoomyStrip ? text : tr("Cursors"));
    m_cursors->setAccessibleName(text);
    m_cursors->setToolTip(
        (m_grid->cursors() ? text + QLatin1Char('\n') : QString()) +
        tr("Two cursors with their difference; drag them, or A and B in a panel"));
}

void MetricsView::zoomTo(double lower, double upper) {
    if (!(lower < upper))
        return;
    const auto [first, last] = m_grid->whole();
    lower = std::max(lower, first);
    upper = std::min(upper, last);
    const double least = 1e-6 * (last - first);
    if (upper - lower < least)
        return;
    m_zooms.resize(m_zoomAt + 1);
    m_zooms.push_back(lower <= first && upper >= last ? Zoom() : Zoom(std::pair(lower, upper)));
    if (m_zooms.size() > kMostZooms)
        m_zooms.erase(m_zooms.begin());
    m_zoomAt = m_zooms.size() - 1;
    m_grid->setRange(m_zooms[m_zoomAt]);
    applyZoom();
}

void MetricsView::zoomReset() {
    const auto [first, last] = m_grid->whole();
    if (m_zooms[m_zoomAt])
        zoomTo(first, last);
}

void MetricsView::zoomBack() {
    if (!canZoomBack())
        return;
    m_grid->setRange(m_zooms[--m_zoomAt]);
    applyZoom();
}

void MetricsView::zoomForward() {
    if (!canZoomForward())
        return;
    m_grid->setRange(m_zooms[++m_zoomAt]);
    applyZoom();
}

void MetricsView::applyZoom() {
    m_back->setEnabled(canZoomBack());
    m_forward->setEnabled(canZoomForward());
    m_fit->setEnabled(m_zooms[m_zoomAt].has_value() || !m_grid->maximised().isEmpty());
    showCursors();
    Q_EMIT historyChanged();
}

void MetricsView::pick(qint64 run, double x) {
    const JobId id{run};
    const RunSeries* series = m_metrics.run(id);
    if (!series)
        return;
    m_board.select(id);
    m_board.inspect(id, stepAt(series->training, m_board.axis(), x));
}

void MetricsView::runMenu(JobId run, const QPoint& global) {
    QMenu menu;
    connect(menu.addAction(tr("Hide this run")), &QAction::triggered, this,
            [this, run] { m_board.setShown(run, false); });
    connect(menu.addAction(tr("Show only this run")), &QAction::triggered, this,
            [this, run] { m_board.showOnly({run}); });
    QMenu* colours = menu.addMenu(tr("Colour and dash"));
    for (int slot = 0; slot < 10; ++slot)
        connect(colours->addAction(sampleIcon(slot), tr("Line %1").arg(slot + 1)),
                &QAction::triggered, this, [this, run, slot] { m_board.setSlot(run, slot); });
    menu.exec(global);
}

void MetricsView::menu(const QString& panel, qint64 run, double x, const QPoint& global) {
    QMenu menu;
    const RunSeries* series = m_metrics.run(JobId{run});
    if (m_grid->maximised().isEmpty())
        connect(menu.addAction(tr("Show %1 alone").arg(panel)), &QAction::triggered, this,
                [this, panel] {
                    m_grid->setMaximised(panel);
                    applyZoom();
                });
    else
        connect(menu.addAction(tr("Show all panels")), &QAction::triggered, this, [this] {
            m_grid->setMaximised({});
            applyZoom();
        });
    if (series) {
        const std::int64_t step = stepAt(series->training, m_board.axis(), x);
        connect(menu.addAction(tr("Look at step %1").arg(format::integer(step))),
                &QAction::triggered, this, [this, run, x] { pick(run, x); });
        // The checkpoint nearest to the mouse, when there is one that still lies there.
        const store::CheckpointRecord* nearest = nullptr;
        for (const store::CheckpointRecord& one : series->checkpoints)
            if (!one.deleted &&
                (!nearest || std::abs(one.step - step) < std::abs(nearest->step - step)))
                nearest = &one;
        if (nearest)
            connect(menu.addAction(
                        tr("Copy the folder of checkpoint %1").arg(format::integer(nearest->step))),
                    &QAction::triggered, this, [this, run, at = nearest->step] {
                        Q_EMIT checkpointRequested(JobId{run}, at);
                    });
    }
    menu.exec(global);
}

} // namespace crux::ui
