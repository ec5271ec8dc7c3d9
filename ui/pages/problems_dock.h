// The Problems dock: errors and warnings with time, object, fix and copyable details (UX.md 3.12).
#pragma once

#include <QWidget>

class QStackedWidget;
class QTableView;
class QToolButton;

namespace crux::ui {

class EmptyState;
class ProblemModel;

/// Owner: MainWindow's dock; the model is borrowed from MainWindow. GUI thread.
class ProblemsDock : public QWidget {
    Q_OBJECT
public:
    explicit ProblemsDock(ProblemModel& model, QWidget* parent = nullptr);
    QTableView* table() const { return m_table; }

Q_SIGNALS:
    void jobRequested(qint64 jobId); ///< the object link of a job's event

protected:
    void showEvent(QShowEvent* event) override;

private:
    void update();
    void placeButtons();

    ProblemModel& m_model;
    QStackedWidget* m_stack;
    QTableView* m_table;
    EmptyState* m_empty;
    QToolButton* m_all;
    QToolButton* m_errors;
    QToolButton* m_warnings;
    QToolButton* m_copy;
};

} // namespace crux::ui
