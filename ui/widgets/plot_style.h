// Charts in the design's look (pictures of the window: chart marks): fonts, axes, grid and lines of
// the theme, probabilities without a leading 0, text with a halo.
#pragma once

#include "ui/widgets/plot_library.h"
#include "ui/widgets/theme.h"

#include <functional>

namespace crux::ui {

/// Axes, grid, background, fonts and margins (44 left, 22 bottom, `right`, `top`).
void stylePlot(QCustomPlot& plot, int top = 20, int right = 12);
/// The plot as a vector picture of `size` on any device; `over` paints what the chart adds on top,
/// in the same coordinates, by the plot's axis rectangle.
void paintPlot(QCustomPlot& plot, QPaintDevice& device, QSize size,
               const std::function<void(QPainter&)>& over);
/// Solid line of a run slot, its marker hollow as in the theme's sheet.
QPen slotPen(const RunSlot& slot, double width = 1.6);
/// Text with a 3 px halo in the base colour; `box` and flags as for QPainter::drawText.
void drawHaloText(QPainter& painter, const QRectF& box, int flags, const QString& text,
                  const QColor& ink);

/// Ticks of a share in [0, 1]: 0, .2, .4 .. 1.
class ShareTicker : public QCPAxisTickerFixed {
public:
    explicit ShareTicker(double step = 0.2) { setTickStep(step); }

protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

} // namespace crux::ui
