// The Trajectories table: ids first, summaries page by page when a view asks for them, so that
// 100,000 rows cost one id each. Sorting and filtering happen in SQL. Owner: the dock. Thread: GUI;
// the reader thread of Session does the reading, and replies to an older query are dropped.
#pragma once

#include "core/store/repositories.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QTimer>

#include <optional>
#include <unordered_map>
#include <vector>

namespace crux::ui {

class Session;

class TrajectoryTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Number,
        Verdict,
        Question,
        Scores,
        Answer,
        Gold,
        MinS,
        Branches,
        Tokens,
        Candidates,
        FirstCandidate,
        Dataset,
        Sample,
        SourceModel,
        Label,
        Flags,
        Critical, ///< last: shown columns are stored by their numbers
        ColumnCount
    };
    enum Role {
        IdRole = Qt::UserRole + 1, ///< qint64
        SummaryRole,               ///< const store::TrajectorySummary* as quintptr, 0 while loading
        FilterRole,                ///< "gold=42": the term a click on this cell adds
    };

    explicit TrajectoryTableModel(Session& session, QObject* parent = nullptr);

    void setFilter(const QString& expression);
    QString filter() const { return m_filter; }
    QString sortState() const; ///< "min_s asc", for the project's ui state
    void setSortState(const QString& state);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }

    bool loading() const { return m_asked; }
    TrajectoryId idAt(int row) const;
    int rowOf(TrajectoryId id) const; ///< -1: not among the rows
    const store::TrajectorySummary* summary(int row) const;
    std::int64_t total() const { return m_total; } ///< rows without a filter, -1 not known yet

Q_SIGNALS:
    void loaded(); ///< ids of a new query are here
    void failed(const crux::Error& error);

private:
    void reload();
    void takeIds(std::vector<TrajectoryId> ids);
    void askPage(int page) const;
    void askPages();
    void refreshPages();
    QString display(const store::TrajectorySummary& row, int column) const;
    static QString criticalText(const store::TrajectorySummary& row);
    static QString criticalWords(const store::TrajectorySummary& row);
    QString filterTerm(const store::TrajectorySummary& row, int column) const;

    Session& m_session;
    QString m_filter;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    std::vector<TrajectoryId> m_ids;
    std::unordered_map<std::int64_t, int> m_rows; ///< id -> row
    std::unordered_map<std::int64_t, store::TrajectorySummary> m_summaries;
    std::int64_t m_total = -1;
    quint64 m_query = 0;
    bool m_asked = false, m_again = false;
    mutable std::vector<int> m_wantedPages, m_askedPages;
    mutable QTimer m_pageTimer;
    QTimer m_reloadTimer;
};

} // namespace crux::ui
