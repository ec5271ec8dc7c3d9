// The Jobs dock (UX.md 3.6): rows with state, progress and rate; an unfolded job shows its log,
// configuration and what made it stop.
#pragma once

#include "core/base/ids.h"

#include <QHash>
#include <QWidget>

class QPushButton;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace crux::ui {

class EmptyState;
class JobModel;
class Session;

/// Owner: MainWindow's dock. GUI thread.
class JobsDock : public QWidget {
    Q_OBJECT
public:
    explicit JobsDock(Session& session, QWidget* parent = nullptr);
    JobModel& model() { return *m_model; }
    void select(JobId id);
    JobId selected() const;

    // what the buttons and menu actions do with the selected job
    void cancelSelected();
    void resumeSelected();
    void forceStopSelected();
    void duplicateSelected();
    void removeSelected();
    void copyCommandLine();

Q_SIGNALS:
    void scoreRequested(); ///< the empty state's action
    void importRequested();
    void selectionChanged();

private:
    void updateButtons();
    void updateDetails();
    void showDetails(const QModelIndex& job);
    QWidget* detailsWidget(JobId id);
    void fillDetails(QWidget* widget, JobId id);

    Session& m_session;
    JobModel* m_model;
    QStackedWidget* m_stack;
    QTreeView* m_tree;
    EmptyState* m_empty;
    QToolButton* m_cancel;
    QToolButton* m_resume;
    QToolButton* m_force;
    QToolButton* m_duplicate;
    QToolButton* m_remove;
    QToolButton* m_copy;
    QHash<qint64, qint64> m_stopAskedMs; ///< job -> when cancel was asked here
};

} // namespace crux::ui
