// The dock "Compare configuration": the parameters of the shown runs, differences only by default.
#pragma once

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace crux::ui {

class ConfigDiffModel;
class EmptyState;
class RunBoard;

/// Owner: MainWindow's dock. GUI thread.
class ConfigDock : public QWidget {
    Q_OBJECT
public:
    explicit ConfigDock(RunBoard& board, QWidget* parent = nullptr);
    ConfigDiffModel& model() { return *m_model; }
    QTableView* table() const { return m_table; }
    QLineEdit* keys() const { return m_keys; }
    QString emptyTitle() const; ///< "" while rows are shown

private:
    void update();
    ConfigDiffModel* m_model;
    QCheckBox* m_only;
    QLineEdit* m_keys;
    QLabel* m_note;
    QStackedWidget* m_stack;
    QTableView* m_table;
    EmptyState* m_empty;
};

} // namespace crux::ui
