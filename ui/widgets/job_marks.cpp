// Job states and severities: the second half of marks.h.
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

namespace crux::ui::marks {
namespace {

using store::JobState;

struct JobWords {
    Q_DECLARE_TR_FUNCTIONS(JobWords)
};

void polyline(QPainter& painter, const QPolygonF& points, double width, const QColor& color) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(points);
}

void filled(QPainter& painter, const QPolygonF& points, const QColor& color) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(points);
}

void clockFace(QPainter& painter, QPointF c, const QColor& ink) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink, 1.4));
    painter.drawEllipse(c, 6, 6);
    polyline(painter, {c + QPointF(0, -3.4), c, c + QPointF(2.6, 1.6)}, 1.4, ink);
}

void dashed(QPainter& painter, const QColor& color, double width) {
    QPen pen(color, width);
    pen.setDashPattern({2 / width * 1.2, 2 / width});
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
}

void crossBadge(QPainter& painter, QPointF c, double radius, const QColor& fill) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawEllipse(c, radius, radius);
    const double r = radius * 0.38;
    polyline(painter, {c + QPointF(-r, -r), c + QPointF(r, r)}, 1.8, Qt::white);
    polyline(painter, {c + QPointF(-r, r), c + QPointF(r, -r)}, 1.8, Qt::white);
}

void drawWaiting(QPainter& painter, QPointF c, JobState state) {
    const Theme& theme = Theme::current();
    if (state == JobState::Draft) {
        dashed(painter, theme.secondText, 1.3);
        painter.drawRect(QRectF(c.x() - 5, c.y() - 6, 10, 12));
    } else if (state == JobState::Queued) {
        clockFace(painter, c, theme.secondText);
    } else {
        dashed(painter, theme.accent, 1.6);
        painter.drawEllipse(c, 6, 6);
    }
}

void drawActive(QPainter& painter, QPointF c, JobState state) {
    const Theme& theme = Theme::current();
    if (state == JobState::Running) {
        filled(painter, {c + QPointF(-4, -5.5), c + QPointF(6, 0), c + QPointF(-4, 5.5)},
               theme.accent);
        return;
    }
    if (state == JobState::Paused || state == JobState::Pausing) {
        const bool solid = state == JobState::Paused;
        painter.setBrush(solid ? QBrush(theme.text) : QBrush(Qt::NoBrush));
        painter.setPen(solid ? QPen(Qt::NoPen) : QPen(theme.text, 1.2));
        painter.drawRect(QRectF(c.x() - 4.5, c.y() - 5, 3, 10));
        painter.drawRect(QRectF(c.x() + 1.5, c.y() - 5, 3, 10));
        return;
    }
    const bool hollow = state == JobState::Stopping;
    painter.setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(theme.secondText));
    painter.setPen(hollow ? QPen(theme.text, 1.6) : QPen(Qt::NoPen));
    painter.drawRect(QRectF(c.x() - 4, c.y() - 4, 8, 8));
}

} // namespace

void paintJobState(QPainter& painter, const QRectF& box, JobState state) {
    const Theme& theme = Theme::current();
    const QPointF c = box.center();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    switch (state) {
    case JobState::Draft:
    case JobState::Queued:
    case JobState::Preparing:
        drawWaiting(painter, c, state);
        break;
    case JobState::Running:
    case JobState::Pausing:
    case JobState::Paused:
    case JobState::Stopping:
    case JobState::Stopped:
        drawActive(painter, c, state);
        break;
    case JobState::Done:
        polyline(painter, {c + QPointF(-5, 0.5), c + QPointF(-1.5, 4), c + QPointF(5, -4)}, 2,
                 theme.text);
        break;
    case JobState::Failed:
        polyline(painter, {c + QPointF(-4, -4), c + QPointF(4, 4)}, 2.4, theme.wrong);
        polyline(painter, {c + QPointF(-4, 4), c + QPointF(4, -4)}, 2.4, theme.wrong);
        break;
    case JobState::Interrupted:
        filled(painter,
               {c + QPointF(1.5, -7), c + QPointF(-4.5, 1), c + QPointF(-0.5, 1),
                c + QPointF(-2, 7), c + QPointF(4.5, -1.5), c + QPointF(0.5, -1.5)},
               theme.wrong);
        break;
    case JobState::Cancelled:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.secondText, 1.4));
        painter.drawEllipse(c, 5.5, 5.5);
        polyline(painter, {c + QPointF(-3.6, 3.6), c + QPointF(3.6, -3.6)}, 1.4, theme.secondText);
        break;
    }
    painter.restore();
}

void paintSeverity(QPainter& painter, const QRectF& box, Severity severity) {
    const Theme& theme = Theme::current();
    const QPointF c = box.center();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor outline(0x1A, 0x1A, 0x1A);
    switch (severity) {
    case Severity::Error:
        crossBadge(painter, c, 7.5, theme.wrong);
        break;
    case Severity::Warning:
        painter.setBrush(theme.warning);
        painter.setPen(QPen(outline, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(
            QPolygonF{c + QPointF(0, -6.6), c + QPointF(7.2, 6.4), c + QPointF(-7.2, 6.4)});
        polyline(painter, {c + QPointF(0, -2), c + QPointF(0, 1.8)}, 1.7, outline);
        painter.setPen(Qt::NoPen);
        painter.setBrush(outline);
        painter.drawEllipse(c + QPointF(0, 4.4), 1, 1);
        break;
    case Severity::Information:
    case Severity::Passed:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, 1.5));
        painter.drawEllipse(c, 6.8, 6.8);
        if (severity == Severity::Passed) {
            polyline(painter,
                     {c + QPointF(-3, 0.3), c + QPointF(-0.8, 2.6), c + QPointF(3.2, -2.4)}, 1.6,
                     theme.accent);
        } else {
            polyline(painter, {c + QPointF(0, -0.4), c + QPointF(0, 3.4)}, 1.7, theme.accent);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.accent);
            painter.drawEllipse(c + QPointF(0, -3.2), 1.05, 1.05);
        }
        break;
    }
    painter.restore();
}

QString jobStateWord(JobState state) {
    switch (state) {
    case JobState::Draft:
        return JobWords::tr("Draft");
    case JobState::Queued:
        return JobWords::tr("Queued");
    case JobState::Preparing:
        return JobWords::tr("Preparing");
    case JobState::Running:
        return JobWords::tr("Running");
    case JobState::Pausing:
        return JobWords::tr("Pausing");
    case JobState::Paused:
        return JobWords::tr("Paused");
    case JobState::Stopping:
        return JobWords::tr("Stopping");
    case JobState::Stopped:
        return JobWords::tr("Stopped");
    case JobState::Done:
        return JobWords::tr("Done");
    case JobState::Failed:
        return JobWords::tr("Failed");
    case JobState::Interrupted:
        return JobWords::tr("Interrupted");
    case JobState::Cancelled:
        return JobWords::tr("Cancelled");
    }
    return {};
}

} // namespace crux::ui::marks
