#include "ui/widgets/overview_strip.h"

#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QCoreApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace crux::ui {

OverviewStrip::OverviewStrip(TokenView* view, QWidget* parent)
    : QWidget(parent)
    , m_view(view) {
    setFixedWidth(metrics::kOverview);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Overview of the trajectory"));
    setToolTip(tr("Whole trajectory; click to jump"));
    connect(view, &TokenView::layoutChanged, this, qOverload<>(&QWidget::update));
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, [this] {
        m_rendered.reset();
        update();
    });
}

QSize OverviewStrip::sizeHint() const {
    return {metrics::kOverview, 200};
}

double OverviewStrip::rowHeight() const {
    const int lines = std::max<int>(1, static_cast<int>(m_view->layout().lines().size()));
    return std::min<double>(metrics::kOverviewPerLine, double(height()) / lines);
}

/// Rows in px of the strip; a row thinner than a pixel keeps its hottest token.
void OverviewStrip::renderRows() {
    const HeatData& heat = *m_view->data();
    const TokenLayout& layout = m_view->layout();
    const double row = rowHeight();
    const int left = 1, wide = width() - 2;
    m_rows = QImage(size(), QImage::Format_RGB32);
    m_rows.fill(Theme::current().window);
    QPainter painter(&m_rows);
    const int columns = layout.columns();
    const auto& lines = layout.lines();
    std::vector<double> hottest(static_cast<std::size_t>(std::max(1, height()) * (wide + 1)), -1);
    for (int l = 0; l < static_cast<int>(lines.size()); ++l) {
        const TokenLayout::Line& line = lines[static_cast<std::size_t>(l)];
        const int top = static_cast<int>(l * row);
        const int bottom = std::max(top + 1, static_cast<int>((l + 1) * row - (row >= 6 ? 3 : 0)));
        for (int i = 0; i < line.segments; ++i) {
            const TokenLayout::Segment& s = layout.segment(line.firstSegment + i);
            if (!heat.scored(s.token))
                continue;
            const int x0 = left + s.column * wide / columns;
            const int x1 = std::max(x0 + 1, left + (s.column + s.columns) * wide / columns);
            double& best = hottest[static_cast<std::size_t>(
                std::clamp(top, 0, height() - 1) * (wide + 1) + std::min(x0, wide))];
            if (std::abs(heat.heat(s.token)) <= best)
                continue;
            best = std::abs(heat.heat(s.token));
            painter.fillRect(QRect(x0, top, x1 - x0, bottom - top), QColor(heat.fill(s.token)));
        }
    }
    for (int t = 0; t < heat.count(); ++t) {
        const TokenMarks& m = heat.marks(t);
        if (!m.candidate && !m.critical && !m.forced && !m.bookmark)
            continue;
        const int l = layout.lineOf(t);
        if (l >= 0 && m.critical) // the confirmed one: its triangle, pointing into the text
            paintCritical(painter, l * row);
        else if (l >= 0) // marks: a dark tick at the strip's left edge
            painter.fillRect(QRectF(0, l * row, 4, std::max(2.0, std::min(4.0, row - 1))),
                             Theme::current().text);
    }
}

void OverviewStrip::paintCritical(QPainter& painter, double top) const {
    const Theme& theme = Theme::current();
    const double y = std::clamp(top - 1, 0.0, std::max(0.0, height() - 8.0));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.base, 1));
    painter.setBrush(theme.text);
    painter.drawPolygon(QPolygonF{{0.5, y}, {9, y + 4}, {0.5, y + 8}});
    painter.restore();
}

void OverviewStrip::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (!m_view || !m_view->data()) {
        painter.fillRect(rect(), theme.window);
        return;
    }
    (void)m_view->layout().lines(); // lays out first, so that the revision below is the shown one
    if (m_rendered != m_view->data() || m_revision != m_view->layout().revision() ||
        m_rows.size() != size()) {
        renderRows();
        m_rendered = m_view->data();
        m_revision = m_view->layout().revision();
    }
    painter.drawImage(0, 0, m_rows);
    painter.fillRect(QRect(0, 0, 1, height()), theme.line);
    for (const TokenMatch& match : m_view->matches()) // at the right edge, marks are at the left
        if (const int l = m_view->layout().lineOf(match.first); l >= 0)
            painter.fillRect(QRectF(width() - 6, l * rowHeight(), 6,
                                    std::max(2.0, std::min(4.0, rowHeight() - 1))),
                             theme.link);
    const QRectF part = m_view->visiblePart();
    const TokenLayout& layout = m_view->layout();
    const double line = layout.metrics().line();
    const double top = part.top() / line * rowHeight();
    const double bottom = std::min<double>(height(), part.bottom() / line * rowHeight());
    painter.setPen(QPen(theme.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(1, top + 1, width() - 2, std::max(6.0, bottom - top - 2)));
}

void OverviewStrip::jumpTo(double y) {
    if (!m_view || !m_view->data())
        return;
    const double line = m_view->layout().metrics().line();
    const double centre = y / rowHeight() * line;
    m_view->verticalScrollBar()->setValue(
        static_cast<int>(centre - m_view->viewport()->height() / 2.0));
}

void OverviewStrip::mousePressEvent(QMouseEvent* event) {
    jumpTo(event->position().y());
}

void OverviewStrip::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton)
        jumpTo(event->position().y());
}

void OverviewStrip::wheelEvent(QWheelEvent* event) {
    if (m_view)
        QCoreApplication::sendEvent(m_view->verticalScrollBar(), event);
}

} // namespace crux::ui
