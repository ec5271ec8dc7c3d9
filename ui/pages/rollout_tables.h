// The data tables behind the charts of the Rollouts dock: a row a position, a row a k.
#pragma once

#include "ui/model/trajectory_snapshot.h"
#include "ui/widgets/pass_plot.h"

#include <QAbstractTableModel>

namespace crux::ui {

/// Owner: the dock. GUI thread. Rows by position; everything is text for screen readers too.
class CurveTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Position, Token, Right, Total, Share, Low, High, Note, ColumnCount };
    explicit CurveTableModel(QObject* parent = nullptr);

    void setSnapshot(SnapshotPtr snapshot);
    int tokenAt(int row) const; ///< absolute position of a row
    int rowOf(int token) const; ///< -1: no rollouts there

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString noteOf(const store::RolloutEstimate& estimate) const;
    const store::RolloutEstimate& estimate(int row) const;

    SnapshotPtr m_snapshot;
};

/// Owner: the dock. GUI thread. A column a curve, with its band where there is one.
class PassTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit PassTableModel(QObject* parent = nullptr);
    void setCurves(std::vector<PassCurve> curves);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<PassCurve> m_curves;
};

} // namespace crux::ui
