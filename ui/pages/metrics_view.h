// The Metrics view (UX.md 3.7): legend of the shown runs, axis and smoothing, cursors, zoom with
// history, the panels or their numbers as a table.
#pragma once

#include "core/base/ids.h"

#include <QStringList>
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QMenu;
class QSpinBox;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace crux::ui {

class EmptyState;
class MetricGrid;
class MetricTableModel;
class RunBoard;
class RunMetrics;
class Session;

/// Centre of the Train perspective. Owner: MainWindow. GUI thread.
class MetricsView : public QWidget {
    Q_OBJECT
public:
    MetricsView(Session& session, RunBoard& board, RunMetrics& metrics, QWidget* parent = nullptr);

    MetricGrid& grid() { return *m_grid; }
    QTableView* table() const { return m_table; }
    EmptyState& emptyState() { return *m_empty; }
    void setTableShown(bool shown);
    void setCursorsShown(bool shown);
    /// Back and forward through what was zoomed to; whether there is such a step.
    bool canZoomBack() const { return m_zoomAt > 0; }
    bool canZoomForward() const { return m_zoomAt + 1 < m_zooms.size(); }
    void zoomBack();
    void zoomForward();
    void zoomTo(double lower, double upper);
    void zoomReset();
    QString cursorText() const; ///< "Cursors A 100, B 320: Δ loss −.085"
    /// Why nothing can be exported, "" if it can.
    QString whyNoExport() const;

Q_SIGNALS:
    void runsRequested();  ///< the dock with the table of runs
    void trainRequested(); ///< the empty state's action
    void exportRequested();
    void checkpointRequested(crux::JobId run, std::int64_t step); ///< its folder is wanted
    void historyChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildStrip();
    void buildLegend();
    void refresh();
    void showCursors();
    void applyZoom();
    void pick(qint64 run, double x);
    void menu(const QString& panel, qint64 run, double x, const QPoint& global);
    void runMenu(JobId run, const QPoint& global);

    Session& m_session;
    RunBoard& m_board;
    RunMetrics& m_metrics;
    QWidget* m_strip;
    QWidget* m_legend;
    QWidget* m_words[2]; ///< labels that give way where there is no room
    QHBoxLayout* m_legendRow;
    QStringList m_legendWords; ///< what it shows now
    QComboBox* m_axis;
    QSpinBox* m_halfLife;
    QCheckBox* m_logY;
    QToolButton *m_cursors, *m_back, *m_forward, *m_fit, *m_asTable, *m_export;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    MetricGrid* m_grid;
    QTableView* m_table;
    MetricTableModel* m_tableModel;
    using Zoom = std::optional<std::pair<double, double>>; ///< none: everything
    std::vector<Zoom> m_zooms{Zoom()};
    std::size_t m_zoomAt = 0;
    bool m_filling = false;
};

} // namespace crux::ui
