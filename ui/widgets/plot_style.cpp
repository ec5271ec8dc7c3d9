#include "ui/widgets/plot_style.h"

#include <QPainterPath>

namespace crux::ui {

namespace {

constexpr int kLeft = 44, kBottom = 22;

void styleAxis(QCPAxis& axis, const Theme& theme) {
    axis.setBasePen(QPen(theme.controlBorder, 1));
    axis.setTickPen(QPen(theme.controlBorder, 1));
    axis.setSubTicks(false);
    axis.setTickLengthIn(0);
    axis.setTickLengthOut(4);
    axis.setTickLabelFont(fonts::small());
    axis.setTickLabelColor(theme.secondText);
    axis.setTickLabelPadding(3);
    axis.setLabelFont(fonts::small());
    axis.setLabelColor(theme.secondText);
    axis.setLabelPadding(0);
    axis.grid()->setPen(QPen(theme.chartGrid, 1));
    axis.grid()->setZeroLinePen(Qt::NoPen);
    axis.grid()->setSubGridVisible(false);
}

} // namespace

void stylePlot(QCustomPlot& plot, int top, int right) {
    const Theme& theme = Theme::current();
    plot.setBackground(QBrush(theme.base));
    plot.axisRect()->setAutoMargins(QCP::msNone);
    plot.axisRect()->setMargins(QMargins(kLeft, top, right, kBottom));
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis})
        styleAxis(*axis, theme);
    plot.xAxis->grid()->setVisible(false);
}

void paintPlot(QCustomPlot& plot, QPaintDevice& device, QSize size,
               const std::function<void(QPainter&)>& over) {
    QCPPainter painter(&device);
    painter.setRenderHint(QPainter::Antialiasing);
    plot.toPainter(&painter, size.width(), size.height());
    over(painter);
}

QPen slotPen(const RunSlot& slot, double width) {
    QPen pen(slot.color, width);
    pen.setCapStyle(Qt::FlatCap);
    if (slot.dash[0] > 0) {
        QList<qreal> pattern;
        for (const double part : slot.dash)
            if (part > 0)
                pattern << part;
        if (pattern.size() % 2 == 0)
            pen.setDashPattern(pattern);
    }
    return pen;
}

void drawHaloText(QPainter& painter, const QRectF& box, int flags, const QString& text,
                  const QColor& ink) {
    const QFontMetricsF metrics(painter.font());
    const QRectF at = metrics.boundingRect(box, flags, text);
    QPainterPath path;
    path.addText(at.left(), at.top() + metrics.ascent(), painter.font(), text);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.strokePath(path,
                       QPen(Theme::current().base, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setPen(ink);
    painter.drawText(at.adjusted(0, 0, 2, 0), Qt::AlignLeft | Qt::AlignTop, text);
    painter.restore();
}

QString ShareTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
    if (std::abs(tick) < 1e-9)
        return QStringLiteral("0");
    QString text = QString::number(tick, 'g', 3);
    if (text.startsWith(QLatin1String("0.")))
        text.remove(0, 1);
    return text;
}

} // namespace crux::ui
