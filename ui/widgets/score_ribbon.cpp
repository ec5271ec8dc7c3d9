#include "ui/widgets/score_ribbon.h"

#include "core/spec/intervals.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

constexpr double kPlotLeft = 56, kPlotTop = 14, kAxisHeight = 16;
constexpr int kMostPoints = 160; // more points of the line would hide it

/// A round distance of axis ticks, about 80 px apart.
int tickStep(int positions, double width) {
    const double wanted = positions / std::max(1.0, width / 90);
    for (int step = 1;; step *= 10)
        for (const int factor : {1, 2, 5})
            if (step * factor >= wanted)
                return step * factor;
}

} // namespace

ScoreRibbon::ScoreRibbon(QWidget* parent)
    : QWidget(parent) {
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Score ribbon"));
    setAccessibleDescription(tr("s_t by position; the heat map below holds the same numbers"));
}

QSize ScoreRibbon::sizeHint() const {
    return {400, metrics::kRibbon};
}

QSize ScoreRibbon::minimumSizeHint() const {
    return {120, metrics::kRibbonInPane};
}

void ScoreRibbon::setData(HeatDataPtr heat) {
    m_data = std::move(heat);
    update();
}

void ScoreRibbon::setCursor(int token) {
    if (token != m_cursor) {
        m_cursor = token;
        update();
    }
}

void ScoreRibbon::setHover(int token) {
    if (token != m_hover) {
        m_hover = token;
        update();
    }
}

void ScoreRibbon::setSelection(int first, int last) {
    m_first = first;
    m_last = last;
    update();
}

QString ScoreRibbon::rangeText() const {
    if (!m_data || m_first < 0 || m_last >= m_data->count())
        return {};
    const int from = m_data->shownPosition(m_first), to = m_data->shownPosition(m_last);
    const QString tokens = tr("%1–%2: %n token(s)", nullptr, to - from + 1).arg(from).arg(to);
    int lowest = -1;
    for (int t = m_first; t <= m_last; ++t)
        if (ColorScale::isScored(m_data->score(t)) &&
            (lowest < 0 || m_data->score(t) < m_data->score(lowest)))
            lowest = t;
    return lowest < 0 ? tokens
                      : tr("%1, lowest s_t %2 at %3")
                            .arg(tokens, format::probability(m_data->score(lowest)))
                            .arg(m_data->shownPosition(lowest));
}

void ScoreRibbon::setAxisLength(int positions) {
    m_axisLength = positions;
    update();
}

void ScoreRibbon::setRightMargin(int margin) {
    m_rightMargin = margin;
    update();
}

QRectF ScoreRibbon::plotRect() const {
    return {kPlotLeft, kPlotTop, std::max(40.0, width() - kPlotLeft - m_rightMargin),
            std::max(10.0, height() - kPlotTop - kAxisHeight)};
}

int ScoreRibbon::positions() const {
    const int own = m_data ? std::max(0, m_data->count() - m_data->promptTokens()) : 0;
    return std::max({1, own, m_axisLength});
}

double ScoreRibbon::xOf(int token) const {
    const QRectF plot = plotRect();
    return plot.left() +
           (token - (m_data ? m_data->promptTokens() : 0) + 0.5) / positions() * plot.width();
}

int ScoreRibbon::tokenAt(double x) const {
    if (!m_data || m_data->count() <= m_data->promptTokens())
        return -1;
    const QRectF plot = plotRect();
    const int at = static_cast<int>(std::floor((x - plot.left()) / plot.width() * positions()));
    return std::clamp(at + m_data->promptTokens(), m_data->promptTokens(), m_data->count() - 1);
}

/// Own rollouts, else shares that came with the trajectory.
std::vector<std::pair<int, double>> ScoreRibbon::curve() const {
    std::vector<std::pair<int, double>> points;
    if (!m_data)
        return points;
    const TrajectorySnapshot& snapshot = m_data->snapshot();
    if (snapshot.rollouts)
        for (const store::RolloutEstimate& estimate : snapshot.rollouts->curve)
            if (estimate.position >= m_data->promptTokens() && estimate.position < m_data->count())
                points.emplace_back(estimate.position, estimate.share());
    if (!points.empty())
        return points;
    for (const auto& [layer, values] : snapshot.layers) {
        if (layer.kind != "rollout_correctness")
            continue;
        const int count = std::min(m_data->count(), static_cast<int>(values.size()));
        for (int t = std::max(0, m_data->promptTokens()); t < count; ++t)
            if (const float v = values[static_cast<std::size_t>(t)]; ColorScale::isScored(v))
                points.emplace_back(t, std::clamp(static_cast<double>(v), 0.0, 1.0));
        break;
    }
    return points;
}

void ScoreRibbon::paintAxes(QPainter& painter, const QRectF& plot) const {
    const Theme& theme = Theme::current();
    painter.fillRect(QRectF(plot.left(), std::round(plot.center().y()), plot.width(), 1),
                     theme.chartGrid);
    painter.fillRect(QRectF(plot.left() - 1, plot.top(), 1, plot.height() + 1),
                     theme.controlBorder);
    painter.fillRect(QRectF(plot.left() - 1, plot.bottom(), plot.width() + 1, 1),
                     theme.controlBorder);
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    const auto yLabel = [&](double value, const QString& text) {
        const double y = plot.bottom() - value * plot.height();
        painter.drawText(QRectF(plot.left() - 28, y - 8, 22, 16), Qt::AlignRight | Qt::AlignVCenter,
                         text);
    };
    yLabel(1, QStringLiteral("1"));
    if (plot.height() >= 40)
        yLabel(0.5, QStringLiteral(".5"));
    yLabel(0, QStringLiteral("0"));
    const int step = tickStep(positions(), plot.width());
    const int prompt = m_data ? m_data->promptTokens() : 0;
    for (int p = 1; p <= positions(); p = p == 1 && step > 1 ? step : p + step) {
        const double x = xOf(prompt + p - 1);
        painter.fillRect(QRectF(std::round(x), plot.bottom(), 1, 4), theme.controlBorder);
        if (x + 16 < width())
            painter.drawText(QRectF(x - 30, plot.bottom() + 2, 60, kAxisHeight - 2),
                             Qt::AlignHCenter | Qt::AlignVCenter, QString::number(p));
    }
    // What the drawn things are: the name over a sample of each.
    painter.setPen(theme.text);
    painter.drawText(QRectF(6, plot.top(), 28, 14), Qt::AlignLeft | Qt::AlignVCenter,
                     QStringLiteral("s_t"));
    painter.fillRect(QRectF(6, plot.top() + 14, 16, 2), theme.hatch);
    if (!curve().empty() && plot.height() >= 40) {
        painter.drawText(QRectF(6, plot.top() + 17, 28, 14), Qt::AlignLeft | Qt::AlignVCenter,
                         QStringLiteral("k/n"));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.runs[0].color, 1.6));
        painter.drawLine(QPointF(6, plot.top() + 34), QPointF(22, plot.top() + 34));
        painter.setBrush(theme.base);
        painter.drawEllipse(QPointF(14, plot.top() + 34), 3, 3);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
}

void ScoreRibbon::paintBars(QPainter& painter, const QRectF& plot) const {
    const Theme& theme = Theme::current();
    const double pitch = plot.width() / positions();
    const double width = std::max(1.0, std::floor(pitch) - (pitch >= 3 ? 1 : 0));
    const ColorScale scale(LayerMeaning{Layer::Score, {}, 0, 1, true, false, true, {}, {}},
                           m_data->options().scale, m_data->options().palette,
                           m_data->options().theme, m_data->options().reference);
    // With several positions on one pixel the lowest s_t is what shows.
    double lastX = -10, lowest = 2;
    const auto draw = [&](double x, double s) {
        const double y = plot.bottom() - s * plot.height();
        painter.fillRect(QRectF(x, plot.top(), width, std::max(0.0, y - plot.top())),
                         scale.color(s).fill);
        painter.fillRect(QRectF(x, std::round(y) - 1, width, 1), theme.secondText);
    };
    for (int t = std::max(0, m_data->promptTokens()); t < m_data->count(); ++t) {
        const float s = m_data->score(t);
        if (!ColorScale::isScored(s))
            continue;
        const double x = std::round(xOf(t) - width / 2);
        if (x != lastX && lowest <= 1)
            draw(lastX, lowest);
        lowest = x == lastX ? std::min(lowest, static_cast<double>(s)) : static_cast<double>(s);
        lastX = x;
    }
    if (lowest <= 1)
        draw(lastX, lowest);
}

/// Wilson, 95 %: a band behind the curve.
void ScoreRibbon::paintIntervals(QPainter& painter, const QRectF& plot) const {
    const RolloutFactsPtr& rollouts = m_data->snapshot().rollouts;
    if (!rollouts)
        return;
    QPolygonF upper, lower;
    for (const store::RolloutEstimate& estimate : rollouts->curve) {
        if (estimate.position < m_data->promptTokens() || estimate.position >= m_data->count())
            continue;
        const Interval interval = wilson(estimate.count.right, estimate.count.total);
        const double x = xOf(estimate.position);
        upper << QPointF(x, plot.bottom() - interval.high * plot.height());
        lower.prepend(QPointF(x, plot.bottom() - interval.low * plot.height()));
    }
    if (upper.size() < 2)
        return;
    QColor band = Theme::current().runs[0].color;
    band.setAlphaF(0.22F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(band);
    painter.drawPolygon(upper + lower);
}

void ScoreRibbon::paintCurve(QPainter& painter, const QRectF& plot) const {
    const auto points = curve();
    if (points.empty())
        return;
    const Theme& theme = Theme::current();
    QPolygonF line;
    for (const auto& [token, share] : points)
        line << QPointF(xOf(token), plot.bottom() - share * plot.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    paintIntervals(painter, plot);
    painter.setPen(QPen(theme.runs[0].color, 1.6));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
    if (line.size() <= kMostPoints) {
        painter.setPen(QPen(theme.runs[0].color, 1.5));
        painter.setBrush(theme.base);
        for (const QPointF& point : line)
            painter.drawEllipse(point, 2.6, 2.6);
    }
    painter.restore();
}

void ScoreRibbon::paintMarks(QPainter& painter, const QRectF& plot) const {
    const Theme& theme = Theme::current();
    for (int t = std::max(0, m_data->promptTokens()); t < m_data->count(); ++t) {
        const TokenMarks& m = m_data->marks(t);
        if (!m.candidate && !m.critical && !m.forced && !m.bookmark)
            continue;
        const Mark mark = m.critical    ? Mark::Critical
                          : m.forced    ? Mark::Forced
                          : m.candidate ? Mark::Candidate
                                        : Mark::Bookmark;
        const QSizeF size = marks::size(mark);
        marks::paint(painter, mark,
                     QPointF(xOf(t) - size.width() / 2, plot.top() - 2 - size.height()), theme.text,
                     theme.base);
    }
}

/// In words, on a plate of its own: bars would shine through.
void ScoreRibbon::paintRange(QPainter& painter, const QRectF& plot) const {
    const QString text = rangeText();
    if (text.isEmpty())
        return;
    const Theme& theme = Theme::current();
    painter.setFont(fonts::small());
    const double width = painter.fontMetrics().horizontalAdvance(text) + 12;
    const double middle = (xOf(m_first) + xOf(m_last)) / 2;
    const QRectF plate(
        std::clamp(middle - width / 2, plot.left(), std::max(plot.left(), plot.right() - width)),
        plot.bottom() - 19, width, 18);
    painter.fillRect(plate, theme.base);
    painter.setPen(theme.controlBorder);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plate.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.setPen(theme.text);
    painter.drawText(plate, Qt::AlignCenter, text);
}

void ScoreRibbon::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.base);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
    const QRectF plot = plotRect();
    if (m_data && m_first >= 0) {
        const double half = plot.width() / positions() / 2;
        painter.fillRect(QRectF(QPointF(xOf(m_first) - half, plot.top()),
                                QPointF(xOf(m_last) + half, plot.bottom())),
                         theme.selection);
    }
    paintAxes(painter, plot);
    if (!m_data)
        return;
    paintBars(painter, plot);
    if (m_data->hasScores() && m_data->threshold() > 0) {
        const double y =
            std::round(plot.bottom() - std::min(1.0, m_data->threshold()) * plot.height()) - 0.5;
        QPen pen(theme.text, 1);
        pen.setDashPattern({4, 3});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    }
    if (m_hover >= m_data->promptTokens() && m_hover < m_data->count())
        painter.fillRect(QRectF(std::round(xOf(m_hover)), plot.top(), 1, plot.height()),
                         theme.controlBorder);
    if (m_cursor >= m_data->promptTokens() && m_cursor < m_data->count())
        painter.fillRect(QRectF(std::round(xOf(m_cursor)) - 1, plot.top(), 2, plot.height()),
                         theme.accent);
    paintCurve(painter, plot);
    paintMarks(painter, plot);
    if (!m_data->hasScores() && curve().empty()) {
        painter.setPen(theme.secondText);
        painter.setFont(fonts::ui());
        painter.drawText(plot, Qt::AlignCenter, tr("not scored"));
    }
}

void ScoreRibbon::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        m_pressX = event->position().x();
    m_brushing = false;
}

void ScoreRibbon::mouseMoveEvent(QMouseEvent* event) {
    const double x = event->position().x();
    const int token = tokenAt(x);
    if (m_pressX >= 0 && (m_brushing || std::abs(x - m_pressX) > 3)) {
        m_brushing = true;
        const int from = tokenAt(m_pressX);
        setSelection(std::min(from, token), std::max(from, token));
        Q_EMIT brushed(m_first, m_last);
        return;
    }
    setHover(plotRect().adjusted(0, -kPlotTop, 0, kAxisHeight).contains(event->position()) ? token
                                                                                           : -1);
    Q_EMIT hovered(m_hover);
}

void ScoreRibbon::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_pressX < 0)
        return;
    m_pressX = -1;
    if (m_brushing)
        return;
    if (m_first >= 0) { // a click without a drag takes the range back
        setSelection(-1, -1);
        Q_EMIT brushed(-1, -1);
    }
    if (const int token = tokenAt(event->position().x()); token >= 0)
        Q_EMIT clicked(token);
}

void ScoreRibbon::leaveEvent(QEvent*) {
    setHover(-1);
    Q_EMIT hovered(-1);
}

} // namespace crux::ui
