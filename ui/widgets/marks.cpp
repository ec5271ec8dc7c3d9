#include "ui/widgets/marks.h"

#include "ui/widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

#include <cmath>
#include <numbers>

namespace crux::ui::marks {
namespace {

constexpr double kStroke = 1.5;

QPainterPath triangleDown(double inset) {
    // Apex down, 10 x 8; a hollow one keeps its stroke inside the box.
    QPainterPath p;
    p.moveTo(inset * 1.6, inset);
    p.lineTo(10 - inset * 1.6, inset);
    p.lineTo(5, 8 - inset * 1.9);
    p.closeSubpath();
    return p;
}

QPainterPath star() {
    QPainterPath p;
    for (int i = 0; i < 10; ++i) {
        const double radius = i % 2 == 0 ? 5.2 : 2.1;
        const double angle = -std::numbers::pi / 2 + i * std::numbers::pi / 5;
        const QPointF point(5 + radius * std::cos(angle), 5.4 + radius * std::sin(angle));
        i == 0 ? p.moveTo(point) : p.lineTo(point);
    }
    p.closeSubpath();
    return p;
}

QPainterPath forkPath() {
    QPainterPath p;
    p.moveTo(1.5, 0.75);
    p.cubicTo(1.5, 3.5, 5, 3.6, 5, 5.8);
    p.moveTo(8.5, 0.75);
    p.cubicTo(8.5, 3.5, 5, 3.6, 5, 5.8);
    p.lineTo(5, 9.5);
    return p;
}

QColor verdictColor(Verdict verdict) {
    const Theme& theme = Theme::current();
    switch (verdict) {
    case Verdict::Right:
        return theme.right;
    case Verdict::Wrong:
        return theme.wrong;
    default:
        return theme.noAnswer;
    }
}

QPainterPath badgeShape(QPointF centre, Source source) {
    QPainterPath p;
    const double x = centre.x(), y = centre.y();
    switch (source) {
    case Source::Sampled:
        p.addEllipse(centre, 7, 7);
        break;
    case Source::Imported:
        p.addRoundedRect(QRectF(x - 7, y - 7, 14, 14), 2, 2);
        break;
    case Source::Forced:
        p.moveTo(x, y - 8);
        p.lineTo(x + 8, y);
        p.lineTo(x, y + 8);
        p.lineTo(x - 8, y);
        p.closeSubpath();
        break;
    }
    return p;
}

void strokeLines(QPainter& painter, const QPolygonF& line, double width, const QColor& color) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
}

void drawCheck(QPainter& painter, QPointF c, double r, double width, const QColor& color) {
    strokeLines(painter,
                {QPointF(c.x() - r, c.y() + 0.1 * r), QPointF(c.x() - 0.25 * r, c.y() + 0.85 * r),
                 QPointF(c.x() + r, c.y() - 0.75 * r)},
                width, color);
}

void drawCross(QPainter& painter, QPointF c, double r, double width, const QColor& color) {
    strokeLines(painter, {c + QPointF(-r, -r), c + QPointF(r, r)}, width, color);
    strokeLines(painter, {c + QPointF(-r, r), c + QPointF(r, -r)}, width, color);
}

void drawQuestion(QPainter& painter, QPointF c, const QColor& color) {
    QPainterPath p;
    p.moveTo(c.x() - 2.1, c.y() - 1.6);
    p.cubicTo(c.x() - 2.1, c.y() - 4.8, c.x() + 2.4, c.y() - 4.6, c.x() + 2.2, c.y() - 1.9);
    p.cubicTo(c.x() + 2.0, c.y() - 0.4, c.x(), c.y() - 0.5, c.x(), c.y() + 1.3);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap));
    painter.drawPath(p);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QPointF(c.x(), c.y() + 3.7), 0.95, 0.95);
}

void hatchPath(QPainter& painter, const QPainterPath& clip, double pitch, const QPen& pen) {
    painter.save();
    painter.setClipPath(clip, Qt::IntersectClip);
    painter.setPen(pen);
    const QRectF box = clip.boundingRect();
    // Lines of x + y = const, so that neighbouring boxes continue one another.
    const double first = std::floor((box.left() + box.top()) / pitch) * pitch;
    for (double sum = first; sum < box.right() + box.bottom(); sum += pitch)
        painter.drawLine(QPointF(sum - box.top(), box.top()),
                         QPointF(sum - box.bottom(), box.bottom()));
    painter.restore();
}

struct MarkWords {
    Q_DECLARE_TR_FUNCTIONS(MarkWords)
};

template <typename Draw> QPixmap pixmapOf(double ratio, Draw draw) {
    QPixmap pixmap(QSize(16, 16) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    draw(painter, QRectF(0, 0, 16, 16));
    return pixmap;
}

} // namespace

QSizeF size(Mark mark) {
    return mark == Mark::Candidate || mark == Mark::Critical ? QSizeF(10, 8) : QSizeF(10, 10);
}

bool isFilled(Mark mark) {
    return mark != Mark::Candidate && mark != Mark::Fork;
}

QPainterPath path(Mark mark) {
    QPainterPath p;
    switch (mark) {
    case Mark::Candidate:
        return triangleDown(kStroke / 2);
    case Mark::Critical:
        return triangleDown(0);
    case Mark::Forced:
        p.moveTo(5, 0);
        p.lineTo(10, 5);
        p.lineTo(5, 10);
        p.lineTo(0, 5);
        p.closeSubpath();
        return p;
    case Mark::Fork:
        return forkPath();
    case Mark::Bookmark:
        return star();
    }
    return p;
}

void paint(QPainter& painter, Mark mark, QPointF topLeft, const QColor& ink,
           const QColor& hollowFill) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(topLeft);
    if (isFilled(mark)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
    } else {
        painter.setPen(QPen(ink, kStroke, Qt::SolidLine, Qt::FlatCap,
                            mark == Mark::Fork ? Qt::RoundJoin : Qt::MiterJoin));
        painter.setBrush(mark == Mark::Candidate && hollowFill.isValid() ? QBrush(hollowFill)
                                                                         : QBrush(Qt::NoBrush));
    }
    painter.drawPath(path(mark));
    painter.restore();
}

void paintVerdict(QPainter& painter, const QRectF& box, Verdict verdict, Source source,
                  bool running, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF c = box.center();
    const QPainterPath shape = badgeShape(c, source);
    if (running || verdict == Verdict::Ungraded) {
        // Hatched while text is written; an empty outline where nobody has graded yet.
        if (running)
            hatchPath(painter, shape, 3, QPen(theme.secondText, 1));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.secondText, 1.2));
        painter.translate(c);
        painter.scale(0.92, 0.92);
        painter.translate(-c);
        painter.drawPath(shape);
        painter.restore();
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(verdictColor(verdict));
    painter.drawPath(shape);
    if (verdict == Verdict::Right)
        drawCheck(painter, c, 3.3, 1.8, Qt::white);
    else if (verdict == Verdict::Wrong)
        drawCross(painter, c, 2.6, 1.8, Qt::white);
    else
        drawQuestion(painter, c, Qt::white);
    painter.restore();
}

void paintBlank(QPainter& painter, BlankGlyph glyph, const QRectF& cell, double baseline,
                const QColor& ink) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1.2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    const double x = cell.center().x();
    if (glyph == BlankGlyph::Space) {
        // An open box 7 x 6 standing on the baseline.
        painter.drawPolyline(QPolygonF{QPointF(x - 3, baseline - 3), QPointF(x - 3, baseline + 1),
                                       QPointF(x + 3, baseline + 1), QPointF(x + 3, baseline - 3)});
    } else if (glyph == BlankGlyph::LineEnd) {
        const double y = baseline - 2.5;
        painter.drawPolyline(
            QPolygonF{QPointF(x + 3.6, baseline - 9), QPointF(x + 3.6, y), QPointF(x - 3.6, y)});
        painter.drawPolyline(
            QPolygonF{QPointF(x - 0.9, y - 2.7), QPointF(x - 3.6, y), QPointF(x - 0.9, y + 2.7)});
    } else {
        const double y = baseline - 4;
        painter.drawLine(QPointF(x - 3.8, y), QPointF(x + 2.6, y));
        painter.drawPolyline(
            QPolygonF{QPointF(x, y - 2.6), QPointF(x + 2.6, y), QPointF(x, y + 2.6)});
        painter.drawLine(QPointF(x + 3.9, y - 3), QPointF(x + 3.9, y + 3));
    }
    painter.restore();
}

void paintArrow(QPainter& painter, const QRectF& box, bool open, const QColor& ink) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF c = box.center();
    const QPolygonF line =
        open ? QPolygonF{c + QPointF(-3.5, -1.75), c + QPointF(0, 1.75), c + QPointF(3.5, -1.75)}
             : QPolygonF{c + QPointF(-1.75, -3.5), c + QPointF(1.75, 0), c + QPointF(-1.75, 3.5)};
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink, kStroke, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.drawPolyline(line);
    painter.restore();
}

void paintHatch(QPainter& painter, const QRectF& box, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath clip;
    clip.addRect(box);
    hatchPath(painter, clip, 6, QPen(color, 0.8));
    painter.restore();
}

void paintInterval(QPainter& painter, const QRectF& box, int k, int n) {
    if (n <= 0)
        return;
    const Theme& theme = Theme::current();
    painter.save();
    const double width = std::clamp(box.width(), 34.0, 52.0);
    const double left = box.left(), y = box.center().y();
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(QPointF(left, y), QPointF(left + width, y));
    // Wilson score interval, z = 1.96.
    const double z = 1.96, p = static_cast<double>(k) / n, z2n = z * z / n;
    const double centre = (p + z2n / 2) / (1 + z2n);
    const double half = z * std::sqrt(p * (1 - p) / n + z2n / (4 * n)) / (1 + z2n);
    QColor color = k == 0 ? theme.runs[1].color : theme.runs[0].color;
    QColor band = color;
    band.setAlphaF(0.35F);
    const double x0 = left + std::max(0.0, centre - half) * width;
    const double x1 = left + std::min(1.0, centre + half) * width;
    painter.fillRect(QRectF(x0, y - 3, std::max(2.0, x1 - x0), 6), band);
    painter.fillRect(QRectF(left + p * width - (k == 0 ? 0 : 1), y - 6, 2, 12), color);
    painter.restore();
}

QPixmap verdictPixmap(Verdict verdict, Source source, bool running, double ratio) {
    return pixmapOf(ratio, [&](QPainter& p, const QRectF& box) {
        paintVerdict(p, box, verdict, source, running);
    });
}

QPixmap jobStatePixmap(store::JobState state, double ratio) {
    return pixmapOf(ratio, [&](QPainter& p, const QRectF& box) { paintJobState(p, box, state); });
}

QPixmap severityPixmap(Severity severity, double ratio) {
    return pixmapOf(ratio,
                    [&](QPainter& p, const QRectF& box) { paintSeverity(p, box, severity); });
}

QPixmap markPixmap(Mark mark, double ratio) {
    return pixmapOf(ratio, [&](QPainter& p, const QRectF& box) {
        const QSizeF s = size(mark);
        paint(p, mark, box.center() - QPointF(s.width() / 2, s.height() / 2),
              Theme::current().text);
    });
}

QString verdictWord(Verdict verdict) {
    switch (verdict) {
    case Verdict::Right:
        return MarkWords::tr("right");
    case Verdict::Wrong:
        return MarkWords::tr("wrong");
    case Verdict::NoAnswer:
        return MarkWords::tr("no answer");
    case Verdict::Ungraded:
        return MarkWords::tr("not graded");
    }
    return {};
}

QString verdictWord(const store::TrajectoryRecord& record) {
    return record.answerSpans.empty() ? verdictWord(record.verdict) : MarkWords::tr("ambiguous");
}

QString sourceWord(Source source) {
    switch (source) {
    case Source::Imported:
        return MarkWords::tr("imported");
    case Source::Sampled:
        return MarkWords::tr("sampled by a model");
    case Source::Forced:
        return MarkWords::tr("forced");
    }
    return {};
}

} // namespace crux::ui::marks
