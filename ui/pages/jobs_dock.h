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

namespace crux::store {
struct JobRecord;
}

namespace crux::ui {

class ActionRegistry;
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
    void registerActions(ActionRegistry& registry);
    QTreeView* tree() const { return m_tree; }

    /// What can be done with the selected job.
    enum class Do {
        Pause,
        Resume,
        Stop,
        Force,
        MoveUp,
        MoveDown,
        Duplicate,
        Again,   ///< its launch sheet, filled as it was
        Metrics, ///< its curves in the Train perspective
        Copy,
        Remove
    };
    void perform(Do what); ///< nothing while whyNot() has a reason
    /// Why it cannot be done now; empty: it can.
    QString whyNot(Do what) const;

Q_SIGNALS:
    void scoreRequested(); ///< the empty state's action
    void importRequested();
    void launchAgainRequested(qint64 job);
    void metricsRequested(qint64 job);
    void selectionChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitStrip();
    void noteStopAsked(JobId id);
    void pauseSelected(JobId id);
    void stopSelected(JobId id);
    void resumeSelected(JobId id);
    void forceStop();
    void contextMenu(const QPoint& position);
    void updateButtons();
    void updateDetails();
    void showDetails(const QModelIndex& job);
    QWidget* detailsWidget(JobId id);
    void fillDetails(QWidget* widget, JobId id);
    void fillRemedies(QWidget& details, const store::JobRecord& job);

    Session& m_session;
    JobModel* m_model;
    QWidget* m_strip = nullptr;
    QStackedWidget* m_stack;
    QTreeView* m_tree;
    EmptyState* m_empty;
    QHash<int, QToolButton*> m_buttons; ///< by Do
    ActionRegistry* m_registry = nullptr;
    QHash<qint64, qint64> m_stopAskedMs; ///< job -> when cancel was asked here
};

} // namespace crux::ui
