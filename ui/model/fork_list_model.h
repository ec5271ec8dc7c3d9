// The places where branches leave a tree's paths, as a table: position, token, children, the best
// replacement. Owner: the Branches dock. Thread: GUI.
#pragma once

#include "ui/model/branch_tree_model.h"

#include <QAbstractTableModel>

#include <vector>

namespace crux::ui {

/// Follows a BranchTreeModel, filters included.
class ForkListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Position, Token, Children, Best, Right, ColumnCount };
    enum Role {
        PathRole = Qt::UserRole + 1, ///< qint64: the path that is left
        BestPathRole,                ///< qint64: a right branch of the best replacement, else any
        PositionRole,                ///< absolute
        SortRole,
    };
    struct Row {
        TrajectoryId path, bestPath;
        std::int32_t position = -1;
        int shown = 0; ///< counted from 1 in the response
        QString token, best;
        int children = 0, right = 0, bestRight = 0, bestTotal = 0;
    };

    explicit ForkListModel(const BranchTreeModel& tree, QObject* parent = nullptr);
    const std::vector<Row>& rows() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();
    const BranchTreeModel& m_tree;
    std::vector<Row> m_rows;
};

} // namespace crux::ui
