// The panels of the Metrics view on one x range: zoom, hover, cursors and the inspected step run
// through all of them. Owner: MetricsView. GUI thread.
#pragma once

#include "ui/widgets/metric_panels.h"

#include <QScrollArea>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QGridLayout;

namespace crux::ui {

class RunBoard;
class RunMetrics;
class WeightHistogram;

class MetricGrid : public QScrollArea {
    Q_OBJECT
public:
    MetricGrid(RunBoard& board, RunMetrics& metrics, QWidget* parent = nullptr);

    /// Builds panels anew where other metrics are there, else gives them their new values.
    void refresh();
    int count() const { return static_cast<int>(m_plots.size()); }
    MetricPlot* plot(int index) const { return m_plots[static_cast<std::size_t>(index)]; }
    MetricPlot* plot(const QString& title) const; ///< nullptr: not shown
    WeightHistogram* weights() const { return m_weights; }

    std::pair<double, double> whole() const; ///< range of x of all shown runs
    std::pair<double, double> range() const { return m_range.value_or(whole()); }
    bool isZoomed() const { return m_range.has_value(); }
    void setRange(std::optional<std::pair<double, double>> range); ///< none: all
    void setCursors(std::optional<std::pair<double, double>> cursors);
    std::optional<std::pair<double, double>> cursors() const { return m_cursors; }
    /// One panel alone, or all again.
    void setMaximised(const QString& title);
    const QString& maximised() const { return m_maximised; }

    QSize exportSize() const;
    void restyle();                    ///< in the theme of the moment
    void paintOn(QCPPainter& painter); ///< all visible panels, for export

Q_SIGNALS:
    void zoomed(double lower, double upper);
    void zoomReset();
    void clicked(qint64 run, double x);
    void cursorMoved(int which, double x);
    void menuRequested(const QString& panel, qint64 run, double x, const QPoint& global);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void place();
    void wire(MetricPlot* plot);
    void setHover(std::optional<double> x);

    RunBoard& m_board;
    RunMetrics& m_metrics;
    QWidget* m_content;
    QGridLayout* m_layout;
    std::vector<MetricPanel> m_panels;
    std::vector<MetricPlot*> m_plots;
    WeightHistogram* m_weights;
    std::optional<std::pair<double, double>> m_range, m_cursors;
    QString m_maximised;
    int m_columns = 0;
};

} // namespace crux::ui
