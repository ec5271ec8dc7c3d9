// The Trajectories dock: filter, virtual table, empty states (UX.md 3.1, 3.9, 3.11).
#pragma once

#include "core/base/ids.h"

#include <QWidget>

class QStackedWidget;
class QTableView;

namespace crux::ui {

class ActionRegistry;
class EmptyState;
class FilterBar;
class Session;
class TrajectoryTableModel;

/// Selecting a row opens its trajectory. Owner: MainWindow's dock. GUI thread.
class TrajectoriesDock : public QWidget {
    Q_OBJECT
public:
    explicit TrajectoriesDock(Session& session, QWidget* parent = nullptr);

    void registerActions(ActionRegistry& registry);
    void step(int rows);   ///< next or previous row, also without focus
    void goToRow(int row); ///< opens the row, counted from 0
    void focusFilter();
    FilterBar& filter() { return *m_filter; }
    TrajectoryTableModel& model() { return *m_model; }
    QTableView* table() const { return m_table; }
    void select(TrajectoryId id);
    QString emptyTitle() const; ///< "" while rows are shown

Q_SIGNALS:
    void importRequested();
    void sampleRequested();
    void exportRequested();
    void trainRequested(const QString& filter);    ///< on trajectories that match it
    void filterChanged(const QString& expression); ///< applied, also when a project opens
    void opened();                                 ///< Enter: the heat map wants the focus
    void shownChanged(qint64 shown, qint64 total); ///< total -1: not known

private:
    void restore();
    void readValues(const QString& field);
    void filterEdited(const QString& expression);
    void showColumns(const QPoint& global);
    void saveColumns();
    void saveSlice();
    void openRow(int row);
    void updateEmpty();
    void followCurrent();
    void cellMenu(const QPoint& position);
    void labelMenu();

    Session& m_session;
    TrajectoryTableModel* m_model;
    FilterBar* m_filter;
    QStackedWidget* m_stack;
    QTableView* m_table;
    EmptyState* m_empty;
    bool m_selecting = false;
    bool m_offersSampling = false; ///< what the empty state's button does
    QString m_lastFilter;          ///< what undo returns to
    bool m_filterByUser = true;    ///< not by undo, redo or a project that opens
};

} // namespace crux::ui
