// The Runs dock: every training run of the project as a row, ticked where its curves are shown.
#pragma once

#include "core/base/ids.h"

#include <QStyledItemDelegate>
#include <QWidget>

class QLabel;
class QStackedWidget;
class QTableView;

namespace crux::ui {

class EmptyState;
class RowFilterField;
class RunBoard;
class RunFilter;
class RunTableModel;
class Session;

/// Owner: MainWindow's dock. GUI thread.
class RunsDock : public QWidget {
    Q_OBJECT
public:
    RunsDock(Session& session, RunBoard& board, QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }
    RunTableModel& model() { return *m_model; }
    RowFilterField* filter() const { return m_filter; }
    EmptyState& emptyState() { return *m_empty; }
    QString emptyTitle() const; ///< "" while rows are shown

Q_SIGNALS:
    void trainRequested();
    void jobRequested(qint64 job);

private:
    void updateEmpty();
    void contextMenu(const QPoint& at);

    Session& m_session;
    RunBoard& m_board;
    RunTableModel* m_model;
    RunFilter* m_rows;
    RowFilterField* m_filter;
    QStackedWidget* m_stack;
    QTableView* m_table;
    EmptyState* m_empty;
};

/// Paints the run's line before its name and the state's sign before its word.
class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace crux::ui
