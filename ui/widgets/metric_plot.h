// One panel of the Metrics view: the curves of a metric for several runs, raw and smoothed, with
// alerts as flags, checkpoints on the axis, cursors and the values under the mouse. Draws a million
// points in a few milliseconds: four a pixel column are enough (ui/model/metric_series). Its
// numbers are also a table (ui/pages/metric_table).
#pragma once

#include "ui/model/metric_series.h"

#include <QString>
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

class QCPPainter;

namespace crux::ui {

/// One curve. The vectors are borrowed from RunMetrics and live until the next setContent().
struct PlotCurve {
    qint64 run = 0;
    QString name, part; ///< of the run; "chosen" where a panel has two curves a run
    int slot = 0;
    bool evaluation = false; ///< few points: drawn with their markers, not smoothed
    bool second = false;     ///< the panel's other curve of the run: drawn thinner
    const std::vector<double>* x = nullptr;
    const std::vector<float>*raw = nullptr, *smooth = nullptr;
    const Extremes *rawExtremes = nullptr, *smoothExtremes = nullptr;
};
struct PlotFlag {
    qint64 run = 0;
    int slot = 0;
    double x = 0;
    QString text; ///< "loss spike, step 287"
    bool error = false;
};
struct PlotTick {
    qint64 run = 0;
    int slot = 0;
    double x = 0;
    std::int64_t step = 0;
    bool best = false, gone = false;
};
struct PlotContent {
    QString title, subtitle, axis; ///< metric; what of it; name of the x axis
    std::vector<PlotCurve> curves;
    std::vector<PlotFlag> flags;
    std::vector<PlotTick> ticks;
    bool logY = false, labels = true;
    double line = 0; ///< a level to mark (the clip of grad_norm), 0: none
    std::optional<std::pair<double, double>> range; ///< least y range (accuracies: 0 .. 1)
    qint64 selected = 0;
};

/// Owner: MetricGrid. GUI thread.
class MetricPlot : public QWidget {
    Q_OBJECT
public:
    explicit MetricPlot(QWidget* parent = nullptr);
    ~MetricPlot() override;

    void setContent(PlotContent content, double lower, double upper);
    const PlotContent& content() const;
    void setRange(double lower, double upper); ///< of x
    void setHover(std::optional<double> x);    ///< the line that runs through all panels
    void setCursors(std::optional<std::pair<double, double>> cursors);
    void setInspected(std::optional<double> x);
    void restyle();

    /// Value of a curve at the point nearest to x; NaN: none.
    static double valueAt(const PlotCurve& curve, double x, bool smooth);
    /// The panel as it is shown, without cursor and box, for export; in its own coordinates.
    void paintOn(QCPPainter& painter);
    /// Points drawn at the last repaint; for tests.
    int drawnPoints() const;
    QPointF pixelOf(double x, double y) const;

Q_SIGNALS:
    void zoomed(double lower, double upper);
    void zoomReset();
    void hovered(double x);
    void left();
    void clicked(qint64 run, double x);
    void cursorMoved(int which, double x); ///< 0: A, 1: B
    void menuRequested(qint64 run, double x, const QPoint& global);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    class Canvas;
    Canvas* m_canvas;
};

/// A number as charts write it: no leading 0, U+2212, 12k from 10,000 on.
QString plotNumber(double value, int digits = 3);

} // namespace crux::ui
