#include "ui/widgets/run_style.h"

#include <QPainter>
#include <QPolygonF>

namespace crux::ui {

RunSlot runStyle(int slot, const Theme& theme) {
    const int count = static_cast<int>(theme.runs.size()), kept = slot < 0 ? 0 : slot;
    RunSlot style = theme.runs[static_cast<std::size_t>(kept % count)];
    const RunSlot& form = theme.runs[static_cast<std::size_t>((kept + kept / count) % count)];
    style.dash = form.dash;
    style.marker = form.marker;
    return style;
}

void paintRunMarker(QPainter& painter, const RunSlot& style, QPointF at, const QColor& fill) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style.color, 1.5));
    painter.setBrush(fill);
    constexpr double r = 3;
    switch (style.marker) {
    case 1:
        painter.drawEllipse(at, r, r);
        break;
    case 2:
        painter.drawRect(QRectF(at.x() - r + 0.3, at.y() - r + 0.3, 2 * r - 0.6, 2 * r - 0.6));
        break;
    case 3:
        painter.drawPolygon(QPolygonF({at + QPointF(0, -r - 0.5), at + QPointF(r + 0.5, r - 0.5),
                                       at + QPointF(-r - 0.5, r - 0.5)}));
        break;
    case 4:
        painter.drawPolygon(QPolygonF({at + QPointF(0, -r - 1), at + QPointF(r + 1, 0),
                                       at + QPointF(0, r + 1), at + QPointF(-r - 1, 0)}));
        break;
    default:
        break;
    }
    painter.restore();
}

void paintRunSample(QPainter& painter, const QRectF& box, int slot) {
    const RunSlot style = runStyle(slot);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(style.color, 2);
    pen.setCapStyle(Qt::FlatCap);
    if (style.dash[0] > 0) {
        QList<qreal> pattern;
        for (const double part : style.dash)
            if (part > 0)
                pattern << part / 1.5;
        if (pattern.size() % 2 == 0)
            pen.setDashPattern(pattern);
    }
    painter.setPen(pen);
    painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()));
    painter.restore();
    paintRunMarker(painter, style, box.center(), Theme::current().base);
}

} // namespace crux::ui
