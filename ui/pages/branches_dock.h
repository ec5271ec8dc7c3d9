// The Branches dock (UX.md 3.4): the tree of the open trajectory as outline, graph, next-token
// icicle or list of forks, with keys; two rows of the outline compare.
#pragma once

#include "ui/model/fork_list_model.h"
#include "ui/pages/next_token_pane.h"
#include "ui/widgets/branch_graph.h"

#include <QWidget>

#include <vector>

class QButtonGroup;
class QLabel;
class QMenu;
class QStackedWidget;
class QTableView;
class QTreeView;

namespace crux::ui {

class ActionRegistry;
class EmptyState;
class ForceService;
class Session;

/// Selecting a branch shows it under the original; two selected ones are compared with D. Owner:
/// MainWindow's dock. GUI thread.
class BranchesDock : public QWidget {
    Q_OBJECT
public:
    enum class View { Outline, Graph, NextToken, Forks };
    BranchesDock(Session& session, ForceService& force, QWidget* parent = nullptr);
    void registerActions(ActionRegistry& registry);
    BranchTreeModel& model() { return *m_model; }
    QTreeView* tree() const { return m_tree; }
    BranchGraph& graph() { return *m_graph; }
    NextTokenPane& nextTokens() { return *m_next; }
    QTableView* forkTable() const { return m_forkTable; }
    View view() const { return m_view; }
    void setView(View view);
    TrajectoryId selected() const; ///< path of the current row, none on a fork row
    /// Paths of the selected rows in the order of the tree, fork rows left out.
    std::vector<TrajectoryId> selectedPaths() const;
    void openPath(TrajectoryId path);

Q_SIGNALS:
    void forceRequested();  ///< the empty state's action
    void escapeRequested(); ///< Esc in the tree
    void selectionChanged();
    void forceTokensRequested(int position, const std::vector<std::int32_t>& ids);

private:
    // branches_dock_views.cpp
    QWidget* buildStrip();
    void buildForkTable();
    void fillFilterMenu();
    void exportGraph();
    void noteFolds();
    qint64 foldKey(const QModelIndex& at) const;
    void restoreFolds();
    void restoreSelection();
    void saveState();
    void restoreState();

    // branches_dock.cpp
    void rowChosen();
    void followPane();
    void updateEmpty();
    void moveBy(int step);
    void trashSelected();
    void mainPathSelected();
    void emptyTrash();
    QString whyNoDiff() const;
    void diffSelected();
    void contextMenu(const QPoint& global);

    Session& m_session;
    ForceService& m_force;
    BranchTreeModel* m_model;
    ForkListModel* m_forks;
    QStackedWidget* m_stack;
    QTreeView* m_tree;
    BranchGraph* m_graph;
    NextTokenPane* m_next;
    QTableView* m_forkTable;
    QButtonGroup* m_views = nullptr;
    QMenu* m_filterMenu = nullptr;
    EmptyState* m_empty;
    ActionRegistry* m_registry = nullptr;
    View m_view = View::Outline;
    std::vector<qint64> m_folded;  ///< foldKey() of what is folded, the oldest first
    TrajectoryId m_selectedBefore; ///< of a project just opened
    bool m_following = false, m_restoring = false;
};

} // namespace crux::ui
