#include "ui/widgets/bar_chart.h"

#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr double kTitle = 20, kAxis = 18, kRight = 10;

/// The next of 1, 2, 5, 10, 20, .. not below `value`.
qint64 roundUp(qint64 value) {
    for (qint64 step = 1;; step *= 10)
        for (const qint64 factor : {1, 2, 5})
            if (step * factor >= value)
                return step * factor;
}

} // namespace

BarChart::BarChart(const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_title(title) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(title);
    offerChartMenu(this, *this);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            qOverload<>(&QWidget::update));
}

void BarChart::setBars(std::vector<Bar> bars) {
    m_bars = std::move(bars);
    m_current = std::min(m_current, static_cast<int>(m_bars.size()) - 1);
    m_hover = -1;
    update();
}

void BarChart::setEdges(const QStringList& edges) {
    m_edges = edges;
    update();
}

qint64 BarChart::axisTop() const {
    qint64 most = 0;
    for (const Bar& bar : m_bars)
        most = std::max(most, bar.count);
    return roundUp(std::max<qint64>(most, 1));
}

QRectF BarChart::plotRect(QSizeF size) const {
    const double left =
        12 + QFontMetricsF(fonts::small()).horizontalAdvance(format::integer(axisTop()));
    return {left, kTitle + 6, std::max(20.0, size.width() - left - kRight),
            std::max(10.0, size.height() - kTitle - 6 - kAxis)};
}

QRectF BarChart::barRect(int bar) const {
    return barRect(bar, size());
}

QRectF BarChart::barRect(int bar, QSizeF size) const {
    const QRectF plot = plotRect(size);
    const double step = plot.width() / std::max<double>(1, static_cast<double>(m_bars.size()));
    const double left = std::round(plot.left() + bar * step);
    return {left, plot.top(), std::max(1.0, std::round(plot.left() + (bar + 1) * step) - left),
            plot.height()};
}

int BarChart::barAt(QPointF position) const {
    for (int bar = 0; bar < static_cast<int>(m_bars.size()); ++bar)
        if (const QRectF box = barRect(bar);
            position.x() >= box.left() && position.x() < box.right() && position.y() >= box.top() &&
            position.y() <= box.bottom() + kAxis)
            return bar;
    return -1;
}

void BarChart::paintAxes(QPainter& painter, QSizeF size, qint64 top) const {
    const Theme& theme = Theme::current();
    const QRectF plot = plotRect(size);
    painter.setFont(fonts::small());
    for (const auto& [share, value] : {std::pair{1.0, top}, std::pair{0.5, top / 2}}) {
        if (share < 1 && top % 2 != 0)
            continue;
        const double y = std::round(plot.bottom() - share * plot.height());
        painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), theme.chartGrid);
        painter.setPen(theme.secondText);
        painter.drawText(QRectF(0, y - 8, plot.left() - 5, 16), Qt::AlignRight | Qt::AlignVCenter,
                         format::integer(value));
    }
    painter.fillRect(QRectF(plot.left() - 1, plot.top(), 1, plot.height() + 1),
                     theme.controlBorder);
    painter.fillRect(QRectF(plot.left() - 1, plot.bottom(), plot.width() + 1, 1),
                     theme.controlBorder);
    double free = -100; // texts that would touch the one before are left out
    for (qsizetype i = 0; i < m_edges.size(); ++i) {
        const double x = i < static_cast<qsizetype>(m_bars.size())
                             ? barRect(static_cast<int>(i), size).left()
                             : plot.right();
        const double half = painter.fontMetrics().horizontalAdvance(m_edges[i]) / 2.0;
        if (m_edges[i].isEmpty() || x - half < free)
            continue;
        const double middle = std::min(x, size.width() - half - 2);
        painter.drawText(QRectF(middle - half, plot.bottom() + 2, 2 * half + 1, kAxis - 3),
                         Qt::AlignCenter, m_edges[i]);
        free = middle + half + 6;
    }
}

void BarChart::paint(QPainter& painter, QSizeF size) const {
    const Theme& theme = Theme::current();
    painter.fillRect(QRectF({0, 0}, size), theme.base);
    painter.setFont(fonts::uiDemi());
    painter.setPen(theme.text);
    const int room = static_cast<int>(size.width()) - 12;
    painter.drawText(QRectF(8, 2, room, kTitle), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_title, Qt::ElideRight, room));
    const QRectF plot = plotRect(size);
    const qint64 top = axisTop();
    paintAxes(painter, size, top);
    for (int i = 0; i < static_cast<int>(m_bars.size()); ++i) {
        const Bar& bar = m_bars[static_cast<std::size_t>(i)];
        const QRectF box = barRect(i, size);
        if (bar.count > 0) {
            const double height =
                std::max(2.0, std::round(static_cast<double>(bar.count) / static_cast<double>(top) *
                                         plot.height()));
            const double gap = box.width() > 6 ? 1 : 0;
            const QRectF filled(box.left() + gap, plot.bottom() - height, box.width() - 2 * gap,
                                height);
            painter.fillRect(filled, theme.accent);
            if (bar.chosen)
                marks::paintHatch(painter, filled, theme.base);
        }
        if (bar.chosen) {
            painter.setPen(QPen(theme.text, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box.adjusted(0.5, -1.5, -0.5, -0.5));
        }
    }
}

void BarChart::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    paint(painter, size());
    if (m_hover >= 0) { // over the bar, thinly
        QColor wash = theme.text;
        wash.setAlphaF(0.08F);
        painter.fillRect(barRect(m_hover), wash);
    }
    if (!hasFocus())
        return;
    const bool one = m_current >= 0;
    painter.setPen(QPen(one ? theme.text : theme.accent, metrics::kFocusRing));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(one ? barRect(m_current).adjusted(1, 0, -1, 0)
                         : QRectF(rect()).adjusted(1, 1, -1, -1));
}

void BarChart::paintChart(QPaintDevice& device, QSize size) {
    QPainter painter(&device);
    paint(painter, size);
}

std::vector<QStringList> BarChart::chartNumbers() const {
    std::vector<QStringList> rows{{QStringLiteral("range"), QStringLiteral("count")}};
    qint64 all = 0;
    for (const Bar& bar : m_bars) {
        all += bar.count;
        rows.push_back({bar.range, QString::number(bar.count)});
    }
    return all > 0 ? rows : std::vector<QStringList>{rows.front()};
}

void BarChart::setCurrent(int bar) {
    m_current = m_bars.empty() ? -1 : std::clamp(bar, 0, static_cast<int>(m_bars.size()) - 1);
    if (m_current >= 0) {
        setAccessibleDescription(m_bars[static_cast<std::size_t>(m_current)].tip);
        QAccessibleEvent told(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&told);
        const QRectF box = barRect(m_current);
        QToolTip::showText(
            mapToGlobal(QPoint(static_cast<int>(box.left()), static_cast<int>(box.bottom()))),
            m_bars[static_cast<std::size_t>(m_current)].tip, this);
    }
    update();
}

void BarChart::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_bars.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        return setCurrent(m_current < 0 ? last : m_current - 1);
    case Qt::Key_Right:
        return setCurrent(m_current + 1);
    case Qt::Key_Home:
        return setCurrent(0);
    case Qt::Key_End:
        return setCurrent(last);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_current >= 0)
            Q_EMIT activated(m_current);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void BarChart::mouseMoveEvent(QMouseEvent* event) {
    const int bar = barAt(event->position());
    if (bar == m_hover)
        return;
    m_hover = bar;
    setCursor(bar >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void BarChart::mouseReleaseEvent(QMouseEvent* event) {
    const int bar = barAt(event->position());
    if (event->button() != Qt::LeftButton || bar < 0)
        return;
    m_current = bar;
    update();
    Q_EMIT activated(bar);
}

void BarChart::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

void BarChart::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void BarChart::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

bool BarChart::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int bar = barAt(help->pos());
    if (bar >= 0)
        QToolTip::showText(help->globalPos(), m_bars[static_cast<std::size_t>(bar)].tip, this);
    else
        QToolTip::hideText();
    return true;
}

} // namespace crux::ui
