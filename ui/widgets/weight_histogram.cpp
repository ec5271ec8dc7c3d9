#include "ui/widgets/weight_histogram.h"

#include "ui/widgets/color_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kAxisLeft = 44, kAboveBars = 38, kRightOfBars = 14, kBelowBars = 22;

/// 0 for none, so that one token still shows.
double barHeight(std::int64_t count) {
    return count <= 0 ? 0 : std::log10(static_cast<double>(count)) + 0.3;
}

QString power(int exponent) {
    return exponent >= 6   ? QStringLiteral("%1M").arg(std::lround(std::pow(10, exponent - 6)))
           : exponent >= 4 ? QStringLiteral("%1k").arg(std::lround(std::pow(10, exponent - 3)))
                           : format::integer(std::lround(std::pow(10, exponent)));
}

} // namespace

WeightHistogram::WeightHistogram(QWidget* parent)
    : QWidget(parent) {
    setMouseTracking(true);
    setMinimumSize(200, 140);
}

void WeightHistogram::setCounts(std::vector<std::int64_t> counts, const QString& subtitle) {
    if (counts == m_counts && subtitle == m_subtitle)
        return;
    m_counts = std::move(counts);
    m_subtitle = subtitle;
    std::int64_t total = 0;
    for (const std::int64_t count : m_counts)
        total += count;
    setAccessibleName(tr("Token weights 1 \u2212 s_t, %1").arg(subtitle));
    setAccessibleDescription(tr("%1 tokens").arg(format::integer(total)));
    update();
}

QRectF WeightHistogram::plotRect() const {
    return QRectF(rect()).adjusted(kAxisLeft, kAboveBars, -kRightOfBars, -kBelowBars);
}

void WeightHistogram::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintOn(painter);
}

void WeightHistogram::paintOn(QPainter& painter) const {
    const Theme& theme = Theme::current();
    painter.fillRect(rect(), theme.base);
    painter.setFont(fonts::uiDemi());
    painter.setPen(theme.text);
    const QString title = tr("weight 1 \u2212 s_t");
    const QRect line(8, 4, width() - 16, 16);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, title);
    const int after = 18 + painter.fontMetrics().horizontalAdvance(title);
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    painter.drawText(
        line.adjusted(after - 8, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(m_subtitle, Qt::ElideRight, line.width() - after));
    const QRectF plot = plotRect();
    double top = 1;
    for (const std::int64_t count : m_counts)
        top = std::max(top, barHeight(count));
    for (int exponent = 0; exponent + 0.3 <= top; exponent += top > 4 ? 2 : 1) {
        const double y = plot.bottom() - plot.height() * (exponent + 0.3) / top;
        painter.setPen(QPen(theme.chartGrid, 1));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter.setPen(theme.secondText);
        painter.drawText(QRectF(0, y - 8, plot.left() - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                         power(exponent));
    }
    const double wide = m_counts.empty() ? 0 : plot.width() / static_cast<double>(m_counts.size());
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        const double high = plot.height() * barHeight(m_counts[i]) / top;
        const double middle = (static_cast<double>(i) + 0.5) / static_cast<double>(m_counts.size());
        const QRectF bar(plot.left() + wide * static_cast<double>(i), plot.bottom() - high, wide,
                         high);
        if (high <= 0)
            continue;
        painter.fillRect(bar, ramps::sequential(PaletteName::Orange, theme.name, middle).fill);
        painter.setPen(QPen(theme.controlBorder, 1));
        painter.drawRect(bar);
    }
    painter.setPen(QPen(theme.controlBorder, 1));
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    painter.drawLine(plot.topLeft(), plot.bottomLeft());
    painter.setPen(theme.secondText);
    for (int tick = 0; tick <= 5; ++tick) {
        const double x = plot.left() + plot.width() * tick / 5;
        const QString text = tick == 0   ? QStringLiteral("0")
                             : tick == 5 ? QStringLiteral("1")
                                         : QStringLiteral(".%1").arg(2 * tick);
        painter.drawText(QRectF(x - 20, plot.bottom() + 4, 40, 16), Qt::AlignCenter, text);
    }
}

void WeightHistogram::mouseMoveEvent(QMouseEvent* event) {
    const QRectF plot = plotRect();
    const double at = (event->position().x() - plot.left()) / plot.width();
    if (m_counts.empty() || at < 0 || at >= 1)
        return QToolTip::hideText();
    const auto count = static_cast<double>(m_counts.size());
    const auto bin = static_cast<std::size_t>(at * count);
    QToolTip::showText(event->globalPosition().toPoint(),
                       tr("%1 to %2: %3 tokens")
                           .arg(format::brief(static_cast<double>(bin) / count),
                                format::brief(static_cast<double>(bin + 1) / count),
                                format::integer(m_counts[bin])),
                       this);
}

} // namespace crux::ui
