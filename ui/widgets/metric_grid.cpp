#include "ui/widgets/metric_grid.h"

#include "core/store/records.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/widgets/plot_library.h"
#include "ui/widgets/theme_notifier.h"
#include "ui/widgets/weight_histogram.h"

#include <QGridLayout>
#include <QResizeEvent>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {
constexpr int kPanelWidth = 340, kPanelHeight = 190, kMostColumns = 3;
}

MetricGrid::MetricGrid(RunBoard& board, RunMetrics& metrics, QWidget* parent)
    : QScrollArea(parent)
    , m_board(board)
    , m_metrics(metrics)
    , m_content(new QWidget)
    , m_layout(new QGridLayout(m_content))
    , m_weights(new WeightHistogram(m_content)) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(m_content);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(1);
    m_weights->hide();
    connect(&metrics, &RunMetrics::changed, this, &MetricGrid::refresh);
    connect(&board, &RunBoard::axisChanged, this, [this] { m_range.reset(); });
    connect(&board, &RunBoard::viewChanged, this, &MetricGrid::refresh);
    connect(&board, &RunBoard::slotsChanged, this, &MetricGrid::refresh);
    connect(&board, &RunBoard::selectedChanged, this, &MetricGrid::refresh);
    connect(&board, &RunBoard::inspected, this, &MetricGrid::refresh);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, &MetricGrid::refresh);
}

MetricPlot* MetricGrid::plot(const QString& title) const {
    for (std::size_t i = 0; i < m_panels.size(); ++i)
        if (m_panels[i].title == title)
            return m_plots[i];
    return nullptr;
}

void MetricGrid::wire(MetricPlot* plot) {
    connect(plot, &MetricPlot::zoomed, this, &MetricGrid::zoomed);
    connect(plot, &MetricPlot::zoomReset, this, &MetricGrid::zoomReset);
    connect(plot, &MetricPlot::clicked, this, &MetricGrid::clicked);
    connect(plot, &MetricPlot::cursorMoved, this, &MetricGrid::cursorMoved);
    connect(plot, &MetricPlot::hovered, this, [this](double x) { setHover(x); });
    connect(plot, &MetricPlot::left, this, [this] { setHover(std::nullopt); });
    connect(plot, &MetricPlot::menuRequested, this,
            [this, plot](qint64 run, double x, const QPoint& global) {
                Q_EMIT menuRequested(plot->content().title, run, x, global);
            });
}

void MetricGrid::setHover(std::optional<double> x) {
    for (MetricPlot* plot : m_plots)
        plot->setHover(x);
}

void MetricGrid::build() {
    for (MetricPlot* plot : m_plots)
        delete plot;
    m_plots.clear();
    for (std::size_t i = 0; i < m_panels.size(); ++i) {
        auto* plot = new MetricPlot(m_content);
        plot->setCursors(m_cursors);
        wire(plot);
        m_plots.push_back(plot);
    }
    m_columns = 0;
}

void MetricGrid::refresh() {
    std::vector<MetricPanel> panels = metricPanels(m_board, m_metrics);
    const auto same =
        std::equal(panels.begin(), panels.end(), m_panels.begin(), m_panels.end(),
                   [](const MetricPanel& a, const MetricPanel& b) { return a.title == b.title; });
    m_panels = std::move(panels);
    if (!same)
        build();
    if (!m_maximised.isEmpty() && !plot(m_maximised))
        m_maximised.clear();
    const RunSeries* inspected = m_metrics.run(m_board.inspectedRun());
    std::optional<double> mark;
    if (inspected && m_board.inspectedStep() >= 0 && !inspected->training.steps.empty())
        mark = axisOfStep(inspected->training, m_board.axis(),
                          static_cast<double>(m_board.inspectedStep()));
    const auto [lower, upper] = range();
    for (std::size_t i = 0; i < m_plots.size(); ++i) {
        m_plots[i]->setInspected(mark);
        m_plots[i]->setContent(metricContent(m_panels[i], m_board, m_metrics), lower, upper);
    }
    const RunSeries* selected = m_metrics.run(m_board.selected());
    const bool weighed = selected && selected->data && !selected->data->weightCounts.empty();
    if (weighed)
        m_weights->setCounts(selected->data->weightCounts,
                             (selected->data->pairs ? tr("rejected tokens, %1, log count")
                                                    : tr("tokens, %1, log count"))
                                 .arg(RunBoard::nameOf(*m_board.run(m_board.selected()))));
    if (weighed != m_weights->isVisibleTo(m_content))
        m_columns = 0;
    m_weights->setVisible(weighed && m_maximised.isEmpty());
    place();
}

/// The histogram is the sixth panel, as in the design, where there are as many.
void MetricGrid::place() {
    const int columns =
        m_maximised.isEmpty() ? std::clamp(viewport()->width() / kPanelWidth, 1, kMostColumns) : 1;
    std::vector<QWidget*> order(m_plots.begin(), m_plots.end());
    if (!m_maximised.isEmpty()) {
        order = {plot(m_maximised)};
    } else if (m_weights->isVisibleTo(m_content)) {
        const auto at = std::min<std::size_t>(5, order.size());
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(at), m_weights);
    }
    if (columns == m_columns && m_layout->count() == static_cast<int>(order.size()))
        return;
    while (QLayoutItem* item = m_layout->takeAt(0))
        delete item;
    for (int row = 0; row < m_layout->rowCount(); ++row)
        m_layout->setRowMinimumHeight(row, 0);
    for (MetricPlot* plot : m_plots)
        plot->setVisible(m_maximised.isEmpty() || plot == order.front());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const int row = static_cast<int>(i) / columns;
        m_layout->addWidget(order[i], row, static_cast<int>(i) % columns);
        m_layout->setRowMinimumHeight(row, kPanelHeight);
    }
    m_columns = columns;
}

void MetricGrid::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    place();
}

std::pair<double, double> MetricGrid::whole() const {
    double lower = std::numeric_limits<double>::infinity(), upper = -lower;
    for (const JobId id : m_board.shown())
        if (const RunSeries* series = m_metrics.run(id)) {
            const auto& x = series->training.axis(m_board.axis());
            if (x.empty())
                continue;
            lower = std::min(lower, x.front());
            upper = std::max(upper, x.back());
        }
    if (!(lower < upper))
        return std::isfinite(lower) ? std::pair(lower - 0.5, lower + 0.5) : std::pair(0.0, 1.0);
    const double pad = 0.01 * (upper - lower);
    return {lower - pad, upper + pad};
}

void MetricGrid::setRange(std::optional<std::pair<double, double>> wanted) {
    m_range = wanted;
    const auto [lower, upper] = range();
    for (MetricPlot* plot : m_plots)
        plot->setRange(lower, upper);
}

void MetricGrid::setCursors(std::optional<std::pair<double, double>> cursors) {
    m_cursors = cursors;
    for (MetricPlot* plot : m_plots)
        plot->setCursors(cursors);
}

void MetricGrid::setMaximised(const QString& title) {
    m_maximised = plot(title) ? title : QString();
    m_columns = 0;
    refresh();
}

QSize MetricGrid::exportSize() const {
    return m_content->size();
}

void MetricGrid::restyle() {
    for (MetricPlot* plot : m_plots)
        plot->restyle();
}

void MetricGrid::paintOn(QCPPainter& painter) {
    const auto at = [&](QWidget* widget, const auto& paint) {
        painter.save();
        painter.translate(widget->pos());
        paint();
        painter.restore();
    };
    for (MetricPlot* plot : m_plots)
        if (plot->isVisibleTo(m_content))
            at(plot, [&] { plot->paintOn(painter); });
    if (m_weights->isVisibleTo(m_content))
        at(m_weights, [&] { m_weights->paintOn(painter); });
}

} // namespace crux::ui
