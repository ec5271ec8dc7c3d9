// The numbers behind the charts: one run's metrics, a row a step (UX.md 3.13: charts have a table).
// Owner: MetricsView. Thread: GUI.
#pragma once

#include "ui/model/run_metrics.h"

#include <QAbstractTableModel>

namespace crux::ui {

class RunBoard;

class MetricTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Step, Epoch, Tokens, Minutes, FirstMetric };
    MetricTableModel(RunBoard& board, RunMetrics& metrics, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    std::int64_t stepOf(int row) const;

private:
    void refresh();
    const RunSeries* series() const;
    float value(int row, const std::string& metric) const;

    RunBoard& m_board;
    RunMetrics& m_metrics;
    std::vector<std::string> m_names;
    int m_rows = 0;
    JobId m_run;
};

} // namespace crux::ui
