// What a MetricPlot draws over its axes and lines: title, markers, labels, flags, checkpoints,
// cursors and the box of values.
#include "ui/widgets/metric_plot_canvas.h"
#include "ui/widgets/run_style.h"

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kMarkerPitch = 90, kNameHeight = 13, kMostReadings = 5;
constexpr int kMostFlagWords = 1; ///< more flags in sight are drawn without words

QPen dotted(const QColor& color) {
    QPen pen(color, 1);
    pen.setDashPattern({2, 3});
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

} // namespace

void MetricPlot::Canvas::paintOver(QPainter& painter, bool forExport) const {
    painter.setFont(fonts::small());
    paintTitle(painter);
    paintMarkers(painter);
    paintNotNumbers(painter);
    paintTicks(painter);
    paintFlags(painter);
    if (m_content.labels)
        paintLabels(painter);
    if (m_content.curves.empty()) {
        painter.setPen(Theme::current().secondText);
        painter.drawText(axisRect()->rect(), Qt::AlignCenter, MetricPlot::tr("no values yet"));
    }
    paintLines(painter);
    if (forExport)
        return;
    if (m_mine && m_hover && !m_selecting)
        paintBox(painter);
    if (hasFocus()) {
        painter.setPen(QPen(Theme::current().accent, metrics::kFocusRing));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void MetricPlot::Canvas::paintTitle(QPainter& painter) const {
    const Theme& theme = Theme::current();
    const QRect line(8, 4, width() - 16, 16);
    painter.setFont(fonts::uiDemi());
    painter.setPen(theme.text);
    const QString title =
        painter.fontMetrics().elidedText(m_content.title, Qt::ElideMiddle, line.width());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, title);
    const int after = line.left() + painter.fontMetrics().horizontalAdvance(title) + 10;
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    const int axisWidth = painter.fontMetrics().horizontalAdvance(m_content.axis);
    const int room = line.right() - after - axisWidth - 12;
    if (room > 20)
        painter.drawText(
            QRect(after, line.top(), room, line.height()), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_content.subtitle, Qt::ElideRight, room));
    if (line.right() - axisWidth > after)
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_content.axis);
}

/// A marker every 90 px of a run's mean; on every point of an evaluation that has room.
void MetricPlot::Canvas::paintMarkers(QPainter& painter) const {
    const QRect plot = axisRect()->rect();
    painter.save();
    painter.setClipRect(plot.adjusted(-4, -4, 5, 5));
    for (const PlotCurve& curve : m_content.curves) {
        const RunSlot style = runStyle(curve.slot);
        const int pitch = curve.evaluation ? 10 : kMarkerPitch;
        // Runs of one pace would hide each other's markers.
        const int shift = curve.evaluation ? 0 : 14 * (curve.slot % 5);
        const auto& grid = curve.x ? *curve.x : std::vector<double>();
        if (grid.empty())
            continue;
        for (int pixel = plot.left() + shift; pixel <= plot.right(); pixel += pitch) {
            const double x = xAxis->pixelToCoord(pixel);
            auto at = std::lower_bound(grid.begin(), grid.end(), x);
            if (at == grid.end())
                break;
            if (pixelX(*at) - pixel > pitch)
                continue;
            const double y = valueAt(curve, *at, !curve.evaluation);
            if (!std::isnan(y) && (!m_content.logY || y > 0))
                paintRunMarker(painter, style, QPointF(pixelX(*at), yAxis->coordToPixel(y)),
                               Theme::current().base);
        }
    }
    painter.restore();
}

/// A cross at the foot where a step was no number: it has no height, and must not go unseen.
void MetricPlot::Canvas::paintNotNumbers(QPainter& painter) const {
    const QRect plot = axisRect()->rect();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const PlotCurve& curve : m_content.curves) {
        if (!curve.x || !curve.raw)
            continue;
        const QCPRange range = xAxis->range();
        const auto first = std::lower_bound(curve.x->begin(), curve.x->end(), range.lower);
        const auto last = std::upper_bound(first, curve.x->end(), range.upper);
        painter.setPen(QPen(runStyle(curve.slot).color, 2));
        double before = -100;
        for (auto at = first; at != last; ++at) {
            const auto i = static_cast<std::size_t>(at - curve.x->begin());
            if (i >= curve.raw->size() || !std::isnan((*curve.raw)[i]))
                continue;
            const double x = pixelX(*at), y = plot.bottom() - 6;
            if (x - before < 6)
                continue;
            before = x;
            painter.drawLine(QPointF(x - 3.5, y - 3.5), QPointF(x + 3.5, y + 3.5));
            painter.drawLine(QPointF(x - 3.5, y + 3.5), QPointF(x + 3.5, y - 3.5));
        }
    }
    painter.restore();
}

/// Names beside the last points, moved apart where they meet.
void MetricPlot::Canvas::paintLabels(QPainter& painter) const {
    struct Label {
        double x, y;
        QString text;
        bool selected;
    };
    std::vector<Label> labels;
    const QRect plot = axisRect()->rect();
    for (const PlotCurve& curve : m_content.curves) {
        if (!curve.x || curve.x->empty() || curve.evaluation)
            continue;
        const double end = std::min(curve.x->back(), xAxis->range().upper);
        const double y = valueAt(curve, end, true);
        if (end < xAxis->range().lower || std::isnan(y) || (m_content.logY && y <= 0))
            continue;
        labels.push_back({pixelX(end) + 6, yAxis->coordToPixel(y),
                          curve.part.isEmpty() ? curve.name : curve.part,
                          curve.run == m_content.selected});
    }
    std::sort(labels.begin(), labels.end(),
              [](const Label& a, const Label& b) { return a.y < b.y; });
    for (std::size_t i = 1; i < labels.size(); ++i)
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + kNameHeight);
    double limit = plot.bottom();
    for (std::size_t i = labels.size(); i-- > 0; limit = labels[i].y - kNameHeight)
        labels[i].y = std::min(labels[i].y, limit);
    for (const Label& label : labels) {
        const double room = width() - 4 - label.x;
        const QString text =
            painter.fontMetrics().elidedText(label.text, Qt::ElideRight, static_cast<int>(room));
        drawHaloText(painter, QRectF(label.x, label.y - 8, room, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, text,
                     label.selected ? Theme::current().text : Theme::current().secondText);
    }
}

void MetricPlot::Canvas::paintFlags(QPainter& painter) const {
    const Theme& theme = Theme::current();
    const QRect plot = axisRect()->rect();
    const auto seen = std::count_if(m_content.flags.begin(), m_content.flags.end(),
                                    [this](const PlotFlag& flag) { return inside(flag.x); });
    for (const PlotFlag& flag : m_content.flags) {
        if (!inside(flag.x))
            continue;
        const double x = std::round(pixelX(flag.x)) + 0.5;
        QPen dashed(flag.error ? theme.errorEdge : theme.text, 1);
        dashed.setDashPattern({4, 3});
        painter.setPen(dashed);
        painter.drawLine(QPointF(x, plot.top() - 14), QPointF(x, plot.bottom()));
        const QRectF cloth(x, plot.top() - 15, 8, 7);
        painter.setPen(Qt::NoPen);
        painter.setBrush(flag.error ? theme.errorEdge : theme.text);
        painter.drawRect(cloth);
        painter.setBrush(Qt::NoBrush);
        const bool near = m_mine && m_hover && std::abs(pixelX(*m_hover) - x) < 8;
        if (seen > kMostFlagWords && !near)
            continue;
        const double wide = painter.fontMetrics().horizontalAdvance(flag.text) + 4;
        const double left = x + 12 + wide <= width() ? x + 12 : x - 4 - wide;
        drawHaloText(painter, QRectF(left, plot.top() - 20, wide, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, flag.text, theme.text);
    }
}

/// Triangles that stand on the axis; hollow where the checkpoint was given up for newer ones.
void MetricPlot::Canvas::paintTicks(QPainter& painter) const {
    const QRect plot = axisRect()->rect();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const PlotTick& tick : m_content.ticks) {
        if (!inside(tick.x))
            continue;
        const double x = pixelX(tick.x), y = plot.bottom() - (tick.best ? 2 : 0);
        const QColor color = runStyle(tick.slot).color;
        painter.setPen(QPen(color, 1));
        painter.setBrush(tick.gone ? Theme::current().base : color);
        painter.drawPolygon(
            QPolygonF({QPointF(x, y - 6), QPointF(x + 3.5, y), QPointF(x - 3.5, y)}));
        if (tick.best)
            painter.drawLine(QPointF(x - 4, y + 2), QPointF(x + 4, y + 2));
    }
    painter.restore();
}

void MetricPlot::Canvas::paintLines(QPainter& painter) const {
    const Theme& theme = Theme::current();
    const QRect plot = axisRect()->rect();
    if (m_content.line > 0 && yAxis->range().contains(m_content.line)) {
        QPen dashed(theme.text, 1);
        dashed.setDashPattern({4, 3});
        painter.setPen(dashed);
        const double y = std::round(yAxis->coordToPixel(m_content.line)) + 0.5;
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    }
    const auto vertical = [&](double x) {
        const double at = std::round(pixelX(x)) + 0.5;
        painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()));
    };
    if (m_inspected && inside(*m_inspected)) {
        painter.setPen(QPen(theme.accent, 2));
        vertical(*m_inspected);
    }
    if (m_cursors) {
        const std::pair<double, QString> both[] = {{m_cursors->first, QStringLiteral("A")},
                                                   {m_cursors->second, QStringLiteral("B")}};
        for (const auto& [x, letter] : both) {
            if (!inside(x))
                continue;
            painter.setPen(dotted(theme.text));
            vertical(x);
            drawHaloText(painter, QRectF(pixelX(x) + 4, plot.bottom() - 18, 12, 16),
                         Qt::AlignLeft | Qt::AlignVCenter, letter, theme.text);
        }
    }
    if (m_hover && inside(*m_hover)) {
        painter.setPen(QPen(theme.controlBorder, 1));
        vertical(*m_hover);
    }
    if (m_down && m_selecting) {
        QColor fill = theme.accent;
        fill.setAlphaF(0.18F);
        const double from = std::min(m_pressed.x(), m_dragTo),
                     to = std::max(m_pressed.x(), m_dragTo);
        painter.fillRect(QRectF(from, plot.top(), to - from, plot.height()), fill);
    }
}

/// "step 287", then the nearest curves: mean, and the raw value in brackets.
void MetricPlot::Canvas::paintBox(QPainter& painter) const {
    const Theme& theme = Theme::current();
    const auto all = readings(*m_hover, m_mouse.y());
    if (all.empty())
        return;
    const auto shown = std::min<std::size_t>(all.size(), kMostReadings);
    QStringList names, values;
    double widest = 0;
    const QFontMetrics metrics(fonts::small());
    for (std::size_t i = 0; i < shown; ++i) {
        const Reading& one = all[i];
        names << (one.curve->part.isEmpty() ? one.curve->name
                                            : one.curve->name + QLatin1Char(' ') + one.curve->part);
        values << (one.curve->evaluation || one.raw == one.smooth || std::isnan(one.smooth)
                       ? plotNumber(one.raw)
                       : QStringLiteral("%1 (%2)").arg(plotNumber(one.smooth),
                                                       plotNumber(one.raw)));
        widest = std::max<double>(widest, metrics.horizontalAdvance(names.last()) +
                                              metrics.horizontalAdvance(values.last()));
    }
    const QString head =
        m_content.axis + QLatin1Char(' ') + plotNumber(*m_hover, 6) +
        (all.size() > shown ? MetricPlot::tr(", %1 more").arg(all.size() - shown) : QString());
    const double wide = std::max(widest + 56, metrics.horizontalAdvance(head) + 24.0);
    const double high = 24 + 16.0 * static_cast<double>(shown);
    const double x = pixelX(*m_hover);
    QRectF box(x + 12, 26, wide, high);
    if (box.right() > width() - 2)
        box.moveRight(x - 12);
    box.moveLeft(std::max(box.left(), 2.0));
    painter.setPen(QPen(theme.controlBorder, 1));
    painter.setBrush(theme.base);
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.setBrush(Qt::NoBrush);
    painter.setFont(fonts::small());
    painter.setPen(theme.text);
    painter.drawText(box.adjusted(8, 3, -8, 0), Qt::AlignLeft | Qt::AlignTop, head);
    for (std::size_t i = 0; i < shown; ++i) {
        const QRectF line(box.left() + 8, box.top() + 20 + 16.0 * static_cast<double>(i), wide - 16,
                          16);
        paintRunSample(painter, QRectF(line.left(), line.top(), 18, 16), all[i].curve->slot);
        painter.setFont(fonts::small());
        painter.setPen(theme.text);
        painter.drawText(line.adjusted(24, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         names[static_cast<qsizetype>(i)]);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                         values[static_cast<qsizetype>(i)]);
    }
}

} // namespace crux::ui
