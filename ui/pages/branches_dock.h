// The Branches dock, outline view (UX.md 3.4): the tree of the open trajectory, with keys.
#pragma once

#include "core/base/ids.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTreeView;

namespace crux::ui {

class ActionRegistry;
class BranchTreeModel;
class EmptyState;
class ForceService;
class Session;

/// Selecting a branch shows it under the original. Owner: MainWindow's dock. GUI thread.
class BranchesDock : public QWidget {
    Q_OBJECT
public:
    BranchesDock(Session& session, ForceService& force, QWidget* parent = nullptr);
    void registerActions(ActionRegistry& registry);
    BranchTreeModel& model() { return *m_model; }
    QTreeView* tree() const { return m_tree; }
    TrajectoryId selected() const; ///< path of the current row, none on a fork row
    void openPath(TrajectoryId path);

Q_SIGNALS:
    void forceRequested(); ///< the empty state's action

private:
    void rowChosen();
    void followPane();
    void updateEmpty();
    void moveBy(int step);
    void trashSelected();
    void mainPathSelected();
    void emptyTrash();
    void contextMenu(const QPoint& position);

    Session& m_session;
    ForceService& m_force;
    BranchTreeModel* m_model;
    QStackedWidget* m_stack;
    QTreeView* m_tree;
    EmptyState* m_empty;
    ActionRegistry* m_registry = nullptr;
    bool m_following = false;
};

} // namespace crux::ui
