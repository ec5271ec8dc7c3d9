// pass@k with and without the critical token: k on a logarithmic axis, a bootstrap band where the
// curves are means over trajectories.
#pragma once

#include "ui/widgets/chart_export.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace crux::ui {

/// One curve. `band`: low and high are set.
struct PassCurve {
    struct Point {
        int k = 1;
        double mean = 0, low = 0, high = 0;
    };
    QString name;
    int slot = 0; ///< run slot of the theme: colour, dash, marker
    bool band = false;
    std::vector<Point> points; ///< k = 1 .. n; none for k > n
};

/// Owner: the dock. GUI thread. The same numbers are in the dock's table.
class PassPlot : public QWidget, public ChartSource {
    Q_OBJECT
public:
    explicit PassPlot(QWidget* parent = nullptr);
    ~PassPlot() override;

    void setCurves(std::vector<PassCurve> curves);
    void restyle();
    const std::vector<PassCurve>& curves() const;

    QString chartTitle() const override;
    std::vector<QStringList> chartNumbers() const override;
    void paintChart(QPaintDevice& device, QSize size) override;
    void afterPaintChart() override { restyle(); }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    class Canvas;
    Canvas* m_canvas;
};

} // namespace crux::ui
