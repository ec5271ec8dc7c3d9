// The Branches dock, outline view (UX.md 3.4): the tree of the open trajectory, with keys; two rows
// compare.
#pragma once

#include "core/base/ids.h"

#include <QWidget>

#include <vector>

class QLabel;
class QStackedWidget;
class QTreeView;

namespace crux::ui {

class ActionRegistry;
class BranchTreeModel;
class EmptyState;
class ForceService;
class Session;

/// Selecting a branch shows it under the original; two selected ones are compared with D. Owner:
/// MainWindow's dock. GUI thread.
class BranchesDock : public QWidget {
    Q_OBJECT
public:
    BranchesDock(Session& session, ForceService& force, QWidget* parent = nullptr);
    void registerActions(ActionRegistry& registry);
    BranchTreeModel& model() { return *m_model; }
    QTreeView* tree() const { return m_tree; }
    TrajectoryId selected() const; ///< path of the current row, none on a fork row
    /// Paths of the selected rows in the order of the tree, fork rows left out.
    std::vector<TrajectoryId> selectedPaths() const;
    void openPath(TrajectoryId path);

Q_SIGNALS:
    void forceRequested();  ///< the empty state's action
    void escapeRequested(); ///< Esc in the tree
    void selectionChanged();

private:
    void rowChosen();
    void followPane();
    void updateEmpty();
    void moveBy(int step);
    void trashSelected();
    void mainPathSelected();
    void emptyTrash();
    QString whyNoDiff() const;
    void diffSelected();
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
