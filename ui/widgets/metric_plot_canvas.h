// The canvas of a MetricPlot: QCustomPlot draws axes and lines, metric_plot_paint.cpp draws flags,
// ticks, cursors and words over them. Included by the files of MetricPlot only.
#pragma once

#include "ui/widgets/metric_plot.h"
#include "ui/widgets/plot_style.h"

namespace crux::ui {

class MetricPlot::Canvas : public QCustomPlot {
public:
    explicit Canvas(MetricPlot& owner);

    void setContent(PlotContent content, double lower, double upper);
    void setRange(double lower, double upper);
    void style();
    void paintOver(QPainter& painter, bool forExport) const;

    PlotContent m_content;
    std::optional<double> m_hover, m_inspected;
    std::optional<std::pair<double, double>> m_cursors;
    int m_drawn = 0;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    /// A value of a curve at the mouse, for the box.
    struct Reading {
        const PlotCurve* curve = nullptr;
        double raw = 0, smooth = 0, distance = 0;
    };
    void draw();
    void addLine(const PlotCurve& curve, bool smooth, QCPRange& y, bool& any);
    void setYRange(QCPRange y, bool any);
    std::vector<Reading> readings(double x, double mouseY) const;
    qint64 runAt(QPointF mouse) const;
    int cursorAt(double pixel) const; ///< 0, 1; -1: none near
    void stepHover(int direction);
    double pixelX(double x) const { return xAxis->coordToPixel(x); }
    bool inside(double x) const { return xAxis->range().contains(x); }

    void paintTitle(QPainter& painter) const;
    void paintMarkers(QPainter& painter) const;
    void paintNotNumbers(QPainter& painter) const;
    void paintLabels(QPainter& painter) const;
    void paintFlags(QPainter& painter) const;
    void paintTicks(QPainter& painter) const;
    void paintLines(QPainter& painter) const;
    void paintBox(QPainter& painter) const;

    MetricPlot& m_owner;
    std::vector<double> m_x, m_y; ///< scratch
    QPointF m_pressed, m_mouse;
    double m_dragTo = 0;
    int m_moving = -1;                                        ///< cursor that is dragged
    bool m_down = false, m_selecting = false, m_mine = false; ///< the hover is this panel's
};

} // namespace crux::ui
