// The chart of the Rollouts dock: share of right rollouts by position, each with its 95 % Wilson
// interval; the 5 % line, the first position where all are wrong, candidate and critical token. Its
// numbers are also a table (ui/pages/rollout_tables).
#pragma once

#include "ui/model/trajectory_snapshot.h"
#include "ui/widgets/chart_export.h"

#include <QWidget>

namespace crux::ui {

/// Owner: the dock. GUI thread. Wheel and drag zoom along the positions, double click shows all.
class RolloutPlot : public QWidget, public ChartSource {
    Q_OBJECT
public:
    explicit RolloutPlot(QWidget* parent = nullptr);
    ~RolloutPlot() override;

    void setSnapshot(SnapshotPtr snapshot); ///< the zoom stays while it is the same trajectory
    void setCursor(int token);              ///< absolute; -1: none
    void setHover(int token);
    void restyle(); ///< after a change of theme or font

    QString chartTitle() const override;
    std::vector<QStringList> chartNumbers() const override;
    void paintChart(QPaintDevice& device, QSize size) override;
    void afterPaintChart() override { restyle(); }

    int shownPoints() const;
    QPoint pointOf(int token) const; ///< in widget coordinates; for tests

Q_SIGNALS:
    void clicked(int token);
    void hovered(int token); ///< -1: left

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    class Canvas;
    Canvas* m_canvas;
};

} // namespace crux::ui
