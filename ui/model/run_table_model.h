// The training runs of the project as a table: state, method, base, data, steps, latest and best
// metrics. Owner: the Runs dock. Thread: GUI; the session's reader does the reading.
#pragma once

#include "core/store/records.h"
#include "core/store/row_filter.h"
#include "core/store/step_repo.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QTimer>

#include <vector>

namespace crux::ui {

class RunBoard;
class Session;

class RunTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Name,
        State,
        Method,
        Steps,
        Loss,
        BestEval,
        Margin,
        Accuracy,
        Base,
        Data,
        Adapter,
        Started,
        ColumnCount
    };
    enum Role {
        IdRole = Qt::UserRole + 1, ///< qint64 JobId
        SlotRole,                  ///< int, colour and dash
        ShownRole,                 ///< bool
        StateRole,                 ///< int store::JobState
        SortRole,
    };

    RunTableModel(Session& session, RunBoard& board, QObject* parent = nullptr);
    JobId idAt(int row) const;
    int rowOf(JobId id) const; ///< -1: not there

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    static const std::vector<store::RowField>& filterFields();
    store::RowValue filterValue(int row, std::size_t field) const;

private:
    struct Row {
        store::JobRecord job;
        QString name, method, base, adapter;
        store::RunSummary summary;
        bool read = false;
    };
    void takeJobs();
    void look();
    double number(const Row& row, const char* metric) const;
    QString display(const Row& row, int column) const;
    QVariant sortValue(const Row& row, int column) const;

    Session& m_session;
    RunBoard& m_board;
    std::vector<Row> m_rows;
    quint64 m_token = 0;
    QTimer m_later;
};

/// The runs that an expression of the filter language selects.
class RunFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit RunFilter(RunTableModel& model, QObject* parent = nullptr);
    void setFilter(store::RowFilter filter);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    RunTableModel& m_model;
    store::RowFilter m_filter;
};

} // namespace crux::ui
