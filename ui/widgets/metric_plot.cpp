#include "ui/widgets/metric_plot.h"

#include "ui/widgets/metric_plot_canvas.h"
#include "ui/widgets/run_style.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kPanelTop = 38, kPanelRight = 14, kLabelled = 64;
constexpr int kDragPixels = 5, kCursorPixels = 5, kNearPixels = 12;
constexpr double kRawAlpha = 0.28, kWheelZoom = 1.25;

class NumberTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return plotNumber(tick);
    }
};

class LogTicker : public QCPAxisTickerLog {
public:
    LogTicker() { setSubTickCount(8); }

protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return plotNumber(tick);
    }
};

} // namespace

QString plotNumber(double value, int digits) {
    if (std::isnan(value))
        return QStringLiteral("\u2013");
    if (std::abs(value) < 1e-300)
        return QStringLiteral("0");
    const double size = std::abs(value);
    QString text = size >= 1e9   ? QString::number(value / 1e9, 'g', digits) + QLatin1Char('G')
                   : size >= 1e6 ? QString::number(value / 1e6, 'g', digits) + QLatin1Char('M')
                   : size >= 1e4 ? QString::number(value / 1e3, 'g', digits) + QLatin1Char('k')
                   : size >= 1   ? QString::number(value, 'g', std::max(digits, 4))
                                 : QString::number(value, 'g', digits);
    text.replace(QLatin1String("e-0"), QLatin1String("e-"));
    if (text.startsWith(QLatin1String("0.")))
        text.remove(0, 1);
    else if (text.startsWith(QLatin1String("-0.")))
        text.remove(1, 1);
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

MetricPlot::Canvas::Canvas(MetricPlot& owner)
    : QCustomPlot(&owner)
    , m_owner(owner) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    xAxis->setRange(0, 1);
    style();
}

void MetricPlot::Canvas::style() {
    stylePlot(*this, kPanelTop, m_content.labels ? kLabelled : kPanelRight);
    xAxis->setTicker(QSharedPointer<NumberTicker>::create());
    xAxis->ticker()->setTickCount(5);
    if (m_content.logY) {
        yAxis->setScaleType(QCPAxis::stLogarithmic);
        yAxis->setTicker(QSharedPointer<LogTicker>::create());
    } else {
        yAxis->setScaleType(QCPAxis::stLinear);
        yAxis->setTicker(QSharedPointer<NumberTicker>::create());
        yAxis->ticker()->setTickCount(4);
    }
    draw();
}

void MetricPlot::Canvas::setContent(PlotContent content, double lower, double upper) {
    m_content = std::move(content);
    xAxis->setRange(lower, upper);
    style();
}

void MetricPlot::Canvas::setRange(double lower, double upper) {
    xAxis->setRange(lower, upper);
    draw();
}

/// Lines are thinned here, so QCustomPlot has nothing to leave out itself.
void MetricPlot::Canvas::addLine(const PlotCurve& curve, bool smooth, QCPRange& y, bool& any) {
    const auto* values = smooth ? curve.smooth : curve.raw;
    const auto* extremes = smooth ? curve.smoothExtremes : curve.rawExtremes;
    if (!curve.x || !values || !extremes)
        return;
    const QCPRange range = xAxis->range();
    const bool peaks = !smooth || curve.smooth == curve.raw;
    thinned(*curve.x, *values, *extremes, range.lower, range.upper, axisRect()->width(), m_x, m_y,
            peaks);
    if (m_content.logY) { // what has no logarithm is not drawn; the subtitle of the panel says so
        std::size_t kept = 0;
        for (std::size_t i = 0; i < m_y.size(); ++i)
            if (m_y[i] > 0) {
                m_x[kept] = m_x[i];
                m_y[kept++] = m_y[i];
            }
        m_x.resize(kept);
        m_y.resize(kept);
    }
    for (std::size_t i = 0; i < m_y.size(); ++i) {
        if (!range.contains(m_x[i]))
            continue;
        y.lower = any ? std::min(y.lower, m_y[i]) : m_y[i];
        y.upper = any ? std::max(y.upper, m_y[i]) : m_y[i];
        any = true;
    }
    m_drawn += static_cast<int>(m_x.size());
    const RunSlot style = runStyle(curve.slot);
    QCPGraph* line = addGraph();
    line->setAdaptiveSampling(false);
    line->setSelectable(QCP::stNone);
    if (smooth || curve.evaluation) {
        const bool selected = curve.run == m_content.selected;
        line->setPen(slotPen(style, curve.evaluation || curve.second ? 1.2 : selected ? 2 : 1.6));
    } else {
        QColor faint = style.color;
        faint.setAlphaF(static_cast<float>(kRawAlpha));
        line->setPen(QPen(faint, 1));
        line->setAntialiased(false);
    }
    line->setData(QVector<double>(m_x.begin(), m_x.end()), QVector<double>(m_y.begin(), m_y.end()),
                  true);
}

void MetricPlot::Canvas::setYRange(QCPRange y, bool any) {
    if (m_content.range && !m_content.logY) {
        y.lower = any ? std::min(y.lower, m_content.range->first) : m_content.range->first;
        y.upper = any ? std::max(y.upper, m_content.range->second) : m_content.range->second;
        any = true;
    }
    if (!any)
        y = m_content.logY ? QCPRange(0.1, 10) : QCPRange(0, 1);
    if (m_content.logY) {
        const double pad = std::pow(y.upper / y.lower, 0.06) * 1.05;
        yAxis->setRange(y.lower / pad, y.upper * pad);
        return;
    }
    const double least = std::max(std::abs(y.upper), 1e-6) * 1e-3;
    const double pad = std::max(0.06 * (y.upper - y.lower), least);
    yAxis->setRange(y.lower - pad, y.upper + pad);
}

void MetricPlot::Canvas::draw() {
    clearPlottables();
    m_drawn = 0;
    QCPRange y;
    bool any = false;
    for (const PlotCurve& curve : m_content.curves) // raw below, so that means stay readable
        if (!curve.evaluation && curve.smooth != curve.raw)
            addLine(curve, false, y, any);
    const auto isSelected = [this](const PlotCurve& curve) {
        return curve.run == m_content.selected;
    };
    for (const bool selected : {false, true}) // the chosen run on top
        for (const PlotCurve& curve : m_content.curves)
            if (isSelected(curve) == selected)
                addLine(curve, !curve.evaluation, y, any);
    setYRange(y, any);
    replot();
}

double MetricPlot::valueAt(const PlotCurve& curve, double x, bool smooth) {
    const auto* values = smooth && curve.smooth ? curve.smooth : curve.raw;
    if (!curve.x || !values || curve.x->empty())
        return std::nan("");
    const auto& grid = *curve.x;
    auto at = std::lower_bound(grid.begin(), grid.end(), x) - grid.begin();
    const auto count = static_cast<std::ptrdiff_t>(std::min(grid.size(), values->size()));
    if (at > 0 && (at == count || x - grid[static_cast<std::size_t>(at - 1)] <
                                      grid[static_cast<std::size_t>(at)] - x))
        --at;
    if (at >= count)
        return std::nan("");
    const float value = (*values)[static_cast<std::size_t>(at)];
    // Beyond a run's ends there is nothing to read.
    const double pitch = count > 1 ? (grid[static_cast<std::size_t>(count - 1)] - grid.front()) /
                                         static_cast<double>(count - 1)
                                   : 1;
    if (std::abs(grid[static_cast<std::size_t>(at)] - x) > std::max(2 * pitch, 1e-9))
        return std::nan("");
    return std::isfinite(value) ? static_cast<double>(value) : std::nan("");
}

std::vector<MetricPlot::Canvas::Reading> MetricPlot::Canvas::readings(double x,
                                                                      double mouseY) const {
    std::vector<Reading> list;
    for (const PlotCurve& curve : m_content.curves) {
        Reading one{&curve, valueAt(curve, x, false), valueAt(curve, x, true), 0};
        const double shown = curve.evaluation || std::isnan(one.smooth) ? one.raw : one.smooth;
        if (std::isnan(shown))
            continue;
        one.distance = std::abs(yAxis->coordToPixel(shown) - mouseY);
        list.push_back(one);
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Reading& a, const Reading& b) { return a.distance < b.distance; });
    return list;
}

qint64 MetricPlot::Canvas::runAt(QPointF mouse) const {
    const auto near = readings(xAxis->pixelToCoord(mouse.x()), mouse.y());
    if (!near.empty() && near.front().distance < kNearPixels)
        return near.front().curve->run;
    for (const Reading& one : near)
        if (one.curve->run == m_content.selected)
            return m_content.selected;
    return near.empty() ? m_content.selected : near.front().curve->run;
}

int MetricPlot::Canvas::cursorAt(double pixel) const {
    if (!m_cursors)
        return -1;
    const double a = std::abs(pixelX(m_cursors->first) - pixel),
                 b = std::abs(pixelX(m_cursors->second) - pixel);
    return std::min(a, b) > kCursorPixels ? -1 : a < b ? 0 : 1;
}

void MetricPlot::Canvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->position();
    m_moving = cursorAt(m_pressed.x());
    m_down = true;
    m_selecting = false;
}

void MetricPlot::Canvas::mouseMoveEvent(QMouseEvent* event) {
    m_mouse = event->position();
    const double x = xAxis->pixelToCoord(m_mouse.x());
    if (m_down && m_moving >= 0)
        return Q_EMIT m_owner.cursorMoved(m_moving, x);
    if (m_down) {
        m_selecting = std::abs(m_mouse.x() - m_pressed.x()) > kDragPixels;
        m_dragTo = m_mouse.x();
        update();
    }
    const QRect plot = axisRect()->rect();
    m_mine = m_mouse.x() >= plot.left() && m_mouse.x() <= plot.right();
    setCursor(cursorAt(m_mouse.x()) >= 0 ? Qt::SizeHorCursor : Qt::ArrowCursor);
    if (m_mine)
        Q_EMIT m_owner.hovered(x);
    else
        Q_EMIT m_owner.left();
}

void MetricPlot::Canvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !std::exchange(m_down, false))
        return;
    if (std::exchange(m_moving, -1) >= 0)
        return;
    const double x = xAxis->pixelToCoord(event->position().x());
    if (!std::exchange(m_selecting, false)) {
        if (axisRect()
                ->rect()
                .adjusted(-4, -kPanelTop, 4, 24)
                .contains(event->position().toPoint()))
            Q_EMIT m_owner.clicked(runAt(event->position()), x);
        return;
    }
    update();
    const double from = xAxis->pixelToCoord(m_pressed.x());
    Q_EMIT m_owner.zoomed(std::min(from, x), std::max(from, x));
}

void MetricPlot::Canvas::mouseDoubleClickEvent(QMouseEvent*) {
    m_down = false;
    Q_EMIT m_owner.zoomReset();
}

/// Ctrl+wheel zooms; the bare wheel scrolls the panels.
void MetricPlot::Canvas::wheelEvent(QWheelEvent* event) {
    if (!(event->modifiers() & Qt::ControlModifier))
        return event->ignore();
    const double centre = xAxis->pixelToCoord(event->position().x());
    const double factor = event->angleDelta().y() > 0 ? 1 / kWheelZoom : kWheelZoom;
    const QCPRange range = xAxis->range();
    Q_EMIT m_owner.zoomed(centre - (centre - range.lower) * factor,
                          centre + (range.upper - centre) * factor);
    event->accept();
}

void MetricPlot::Canvas::leaveEvent(QEvent* event) {
    QCustomPlot::leaveEvent(event);
    m_mine = false;
    Q_EMIT m_owner.left();
}

/// The next logged point of the chosen run; from the middle when there is none yet.
void MetricPlot::Canvas::stepHover(int direction) {
    const PlotCurve* curve = nullptr;
    for (const PlotCurve& one : m_content.curves)
        if (one.x && !one.evaluation && (!curve || one.run == m_content.selected))
            curve = &one;
    if (!curve || curve->x->empty())
        return;
    const auto& grid = *curve->x;
    const double at = m_hover.value_or(xAxis->range().center());
    auto index = std::lower_bound(grid.begin(), grid.end(), at) - grid.begin();
    index = m_hover ? index + direction : index;
    index = std::clamp<std::ptrdiff_t>(index, 0, static_cast<std::ptrdiff_t>(grid.size()) - 1);
    m_mine = true;
    m_mouse = axisRect()->center();
    Q_EMIT m_owner.hovered(grid[static_cast<std::size_t>(index)]);
}

void MetricPlot::Canvas::keyPressEvent(QKeyEvent* event) {
    const QCPRange range = xAxis->range();
    const double centre = m_hover.value_or(range.center());
    const auto zoom = [&](double factor) {
        Q_EMIT m_owner.zoomed(centre - (centre - range.lower) * factor,
                              centre + (range.upper - centre) * factor);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return stepHover(-1);
    case Qt::Key_Right:
        return stepHover(1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return Q_EMIT m_owner.clicked(m_content.selected, centre);
    case Qt::Key_A:
        return Q_EMIT m_owner.cursorMoved(0, centre);
    case Qt::Key_B:
        return Q_EMIT m_owner.cursorMoved(1, centre);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(1 / kWheelZoom);
    case Qt::Key_Minus:
        return zoom(kWheelZoom);
    case Qt::Key_Home:
        return Q_EMIT m_owner.zoomReset();
    default:
        event->ignore();
    }
}

void MetricPlot::Canvas::contextMenuEvent(QContextMenuEvent* event) {
    Q_EMIT m_owner.menuRequested(runAt(event->pos()), xAxis->pixelToCoord(event->pos().x()),
                                 event->globalPos());
}

void MetricPlot::Canvas::focusInEvent(QFocusEvent* event) {
    QCustomPlot::focusInEvent(event);
    update();
}

void MetricPlot::Canvas::focusOutEvent(QFocusEvent* event) {
    QCustomPlot::focusOutEvent(event);
    update();
}

/// More columns, more points.
void MetricPlot::Canvas::resizeEvent(QResizeEvent* event) {
    QCustomPlot::resizeEvent(event);
    draw();
}

void MetricPlot::Canvas::paintEvent(QPaintEvent* event) {
    QCustomPlot::paintEvent(event);
    QPainter painter(this);
    paintOver(painter, false);
}

MetricPlot::MetricPlot(QWidget* parent)
    : QWidget(parent)
    , m_canvas(new Canvas(*this)) {
    setMinimumSize(200, 140);
    setFocusProxy(m_canvas);
}

MetricPlot::~MetricPlot() = default;

void MetricPlot::setContent(PlotContent content, double lower, double upper) {
    m_canvas->setAccessibleName(tr("%1 by %2").arg(content.title, content.axis));
    m_canvas->setAccessibleDescription(tr("The table of this view holds the same numbers"));
    m_canvas->setContent(std::move(content), lower, upper);
}
const PlotContent& MetricPlot::content() const {
    return m_canvas->m_content;
}
void MetricPlot::setRange(double lower, double upper) {
    m_canvas->setRange(lower, upper);
}
void MetricPlot::setHover(std::optional<double> x) {
    m_canvas->m_hover = x;
    m_canvas->update();
}
void MetricPlot::setCursors(std::optional<std::pair<double, double>> cursors) {
    m_canvas->m_cursors = cursors;
    m_canvas->update();
}
void MetricPlot::setInspected(std::optional<double> x) {
    m_canvas->m_inspected = x;
    m_canvas->update();
}
void MetricPlot::restyle() {
    m_canvas->style();
}
int MetricPlot::drawnPoints() const {
    return m_canvas->m_drawn;
}
QPointF MetricPlot::pixelOf(double x, double y) const {
    return {m_canvas->xAxis->coordToPixel(x), m_canvas->yAxis->coordToPixel(y)};
}

void MetricPlot::paintOn(QCPPainter& painter) {
    m_canvas->toPainter(&painter, m_canvas->width(), m_canvas->height());
    painter.setClipping(false);
    m_canvas->paintOver(painter, true);
}

void MetricPlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_canvas->setGeometry(rect());
}

} // namespace crux::ui
