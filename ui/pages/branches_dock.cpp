#include "ui/pages/branches_dock.h"

#include "core/store/repositories.h"
#include "ui/model/action_registry.h"
#include "ui/model/branch_tree_model.h"
#include "ui/model/force_service.h"
#include "ui/model/session.h"
#include "ui/model/undo_commands.h"
#include "ui/pages/branch_delegate.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QHeaderView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

namespace crux::ui {

BranchesDock::BranchesDock(Session& session, ForceService& force, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_force(force)
    , m_model(new BranchTreeModel(session, this))
    , m_forks(new ForkListModel(*m_model, this))
    , m_stack(new QStackedWidget(this))
    , m_tree(new QTreeView(m_stack))
    , m_graph(new BranchGraph(*m_model, m_stack))
    , m_next(new NextTokenPane(session, force, m_stack))
    , m_forkTable(new QTableView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new BranchDelegate(m_tree));
    m_tree->setUniformRowHeights(true);
    m_tree->setIndentation(metrics::kTreeIndent);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setAccessibleName(tr("Branches"));
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setMinimumSectionSize(32);
    m_tree->header()->setSectionResizeMode(BranchTreeModel::Node, QHeaderView::Stretch);
    m_tree->header()->resizeSection(BranchTreeModel::Answer, 56);
    m_tree->header()->resizeSection(BranchTreeModel::P, 52);
    m_tree->header()->resizeSection(BranchTreeModel::RightOfN, 84);
    m_tree->header()->resizeSection(BranchTreeModel::Tokens, 56);
    // Without rollouts their column would only take the words' room; with them the lengths give
    // way.
    const auto fitColumns = [this] {
        m_tree->setColumnHidden(BranchTreeModel::RightOfN, !m_model->hasShares());
        m_tree->setColumnHidden(BranchTreeModel::Tokens, m_model->hasShares());
    };
    fitColumns();
    connect(m_model, &QAbstractItemModel::modelReset, this, fitColumns);
    connect(m_model, &QAbstractItemModel::dataChanged, this, fitColumns);

    buildForkTable();
    QWidget* strip = buildStrip();
    for (QWidget* view : {static_cast<QWidget*>(m_tree), static_cast<QWidget*>(m_graph),
                          static_cast<QWidget*>(m_next), static_cast<QWidget*>(m_forkTable),
                          static_cast<QWidget*>(m_empty)})
        m_stack->addWidget(view);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(strip);
    column->addWidget(m_stack, 1);

    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        rowChosen();
        Q_EMIT selectionChanged();
    });
    connect(m_tree, &QWidget::customContextMenuRequested, this, [this](const QPoint& position) {
        contextMenu(m_tree->viewport()->mapToGlobal(position));
    });
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        restoreFolds();
        updateEmpty();
        followPane();
    });
    connect(m_tree, &QTreeView::collapsed, this, [this] { noteFolds(); });
    connect(m_tree, &QTreeView::expanded, this, [this] { noteFolds(); });
    connect(m_graph, &BranchGraph::chosen, this, [this](TrajectoryId path) {
        if (const QModelIndex at = m_model->indexOfPath(path); at.isValid())
            m_tree->setCurrentIndex(at); // the outline's choice is everybody's
    });
    connect(m_graph, &BranchGraph::menuWanted, this,
            [this](TrajectoryId path, const QPoint& global) {
                m_tree->setCurrentIndex(m_model->indexOfPath(path));
                contextMenu(global);
            });
    connect(m_next, &NextTokenPane::forceRequested, this, &BranchesDock::forceTokensRequested);
    connect(m_next, &NextTokenPane::pathRequested, this, &BranchesDock::openPath);
    connect(m_next, &NextTokenPane::depthChanged, this, &BranchesDock::saveState);
    connect(&session, &Session::projectOpened, this, &BranchesDock::restoreState);
    connect(&session, &Session::branchPaneChanged, this, [this] {
        followPane();
        saveState();
    });
    connect(&session, &Session::currentChanged, this, &BranchesDock::updateEmpty);
    connect(&force, &ForceService::changed, this, &BranchesDock::updateEmpty);
    connect(m_empty, &EmptyState::triggered, this, &BranchesDock::forceRequested);
    m_tree->expandAll();
    setView(View::Outline);
}

TrajectoryId BranchesDock::selected() const {
    return TrajectoryId{
        m_tree->currentIndex().siblingAtColumn(0).data(BranchTreeModel::PathRole).toLongLong()};
}

void BranchesDock::updateEmpty() {
    QWidget* const views[] = {m_tree, m_graph, m_next, m_forkTable};
    // What may follow at the cursor is worth seeing before there is any branch.
    const bool filled = m_model->hasBranches() || m_view == View::NextToken;
    m_stack->setCurrentWidget(filled ? views[static_cast<int>(m_view)] : m_empty);
    m_empty->setTexts(tr("No branches"), tr("A branch starts where another token is forced."));
    m_empty->setAction(tr("Force a token…"));
    m_empty->setReason(m_force.unavailableReason());
}

void BranchesDock::rowChosen() {
    if (m_following)
        return;
    const std::vector<TrajectoryId> paths = selectedPaths();
    if (paths.size() == 1) // more are being gathered for a comparison
        openPath(paths.front());
}

std::vector<TrajectoryId> BranchesDock::selectedPaths() const {
    std::vector<TrajectoryId> paths;
    const QItemSelectionModel* chosen = m_tree->selectionModel();
    // Downwards in the outline, whatever the order of clicking was.
    for (QModelIndex at = m_model->index(0, 0); at.isValid(); at = m_tree->indexBelow(at))
        if (chosen->isRowSelected(at.row(), at.parent()))
            if (const TrajectoryId path{at.data(BranchTreeModel::PathRole).toLongLong()})
                paths.push_back(path);
    return paths;
}

QString BranchesDock::whyNoDiff() const {
    const std::vector<TrajectoryId> paths = selectedPaths();
    if (m_session.paneIsLive())
        return tr("The branch is being written.");
    if (paths.size() > 2)
        return tr("Select two branches, not more.");
    if (paths.empty() || (paths.size() == 1 && paths.front() == m_model->root()))
        return tr("Select a branch, or two of them (Ctrl+click).");
    return {};
}

/// Two rows against each other, or one branch against the root.
void BranchesDock::diffSelected() {
    if (!whyNoDiff().isEmpty())
        return;
    const std::vector<TrajectoryId> paths = selectedPaths();
    if (paths.size() == 2)
        compareBranches(m_session, paths[0], paths[1]);
    else
        compareBranches(m_session, m_model->root(), paths[0]);
}

void BranchesDock::openPath(TrajectoryId path) {
    const auto current = m_session.current();
    if (!current)
        return;
    if (m_session.paneIsLive()) // several may be written: the chosen one is watched
        return m_force.follow(path);
    const store::BranchRecord* branch = m_model->branchOf(path);
    if (!branch) { // the root itself: one pane
        m_session.openBranchPane(TrajectoryId{});
        if (current->record.id != path)
            m_session.openTrajectory(path);
        return;
    }
    // Two panes compare a branch with what it left; a branch of a branch is shown below its parent.
    if (current->record.id != branch->parentId)
        m_session.openTrajectory(branch->parentId);
    m_session.openBranchPane(path);
}

void BranchesDock::followPane() {
    const auto pane = m_session.branchPane();
    const auto current = m_session.current();
    const TrajectoryId path = pane      ? pane->record.id
                              : current ? current->record.id
                                        : TrajectoryId{};
    const store::BranchRecord* branch = pane ? m_model->branchOf(path) : nullptr;
    if (branch && branch->unread && !m_session.readOnly())
        m_session.write(this, [id = branch->id](const store::Project& project) {
            return store::setBranchRead(project, id);
        });
    m_model->noteVisited(path);
    const QModelIndex index = m_model->indexOfPath(path);
    if (!index.isValid())
        return;
    m_graph->setSelected(path);
    m_following = true;
    m_tree->setCurrentIndex(index);
    if (m_session.diffShown() && current)
        m_tree->selectionModel()->select(m_model->indexOfPath(current->record.id),
                                         QItemSelectionModel::Select | QItemSelectionModel::Rows);
    m_tree->scrollTo(index);
    m_following = false;
}

void BranchesDock::moveBy(int step) {
    const TrajectoryId path = m_model->sibling(selected(), step);
    if (path)
        m_tree->setCurrentIndex(m_model->indexOfPath(path));
}

void BranchesDock::trashSelected() {
    const TrajectoryId path = selected();
    const std::vector<BranchId> ids = m_model->subtree(path);
    const store::BranchRecord* branch = m_model->branchOf(path);
    if (!branch || ids.empty() || branch->running)
        return;
    if (const auto pane = m_session.branchPane(); pane && pane->record.id == path)
        m_session.openBranchPane(TrajectoryId{});
    trashBranches(m_session, ids);
}

void BranchesDock::mainPathSelected() {
    const TrajectoryId path = selected();
    if (path && m_model->root())
        makeMainPath(m_session, m_model->root(), path);
}

void BranchesDock::emptyTrash() {
    if (m_session.readOnly() || !m_session.isOpen())
        return;
    QMessageBox question(QMessageBox::Question, tr("Empty the trash"),
                         tr("Remove all branches in the trash of this project for good?"),
                         QMessageBox::NoButton, this);
    question.setInformativeText(tr("This cannot be undone."));
    auto* remove = question.addButton(tr("Remove"), QMessageBox::DestructiveRole);
    question.addButton(QMessageBox::Cancel);
    question.exec();
    if (question.clickedButton() != remove)
        return;
    m_session.undoStack().clear(); // commands that would bring removed rows back
    m_session.write(this, [](const store::Project& project) { return store::emptyTrash(project); });
}

void BranchesDock::contextMenu(const QPoint& global) {
    if (!m_registry || !selected())
        return;
    QMenu menu;
    for (const char* id : {"branches.diff", "branches.main_path", "branches.trash",
                           "branches.parent", "branches.child", "branches.expand"})
        if (QAction* action = m_registry->action(QLatin1String(id)))
            menu.addAction(action);
    menu.exec(global);
}

void BranchesDock::registerActions(ActionRegistry& registry) {
    m_registry = &registry;
    const auto add = [&](const char* id, const QString& text, const QStringList& keys,
                         std::function<void()> run, std::function<QString()> reason = {}) {
        ActionRegistry::Spec spec;
        spec.reason = std::move(reason);
        spec.id = QStringLiteral("branches.") + QLatin1String(id);
        spec.menu = tr("Branch");
        spec.text = text;
        spec.scope = ActionScope::Branches;
        spec.keys = keys;
        spec.run = std::move(run);
        QAction* action = registry.add(std::move(spec));
        m_tree->addAction(action);
        m_graph->addAction(action); // the same keys, on the same selection
    };
    add("next", tr("Next sibling"), {QStringLiteral("Alt+Down")}, [this] { moveBy(1); });
    add("previous", tr("Previous sibling"), {QStringLiteral("Alt+Up")}, [this] { moveBy(-1); });
    add("parent", tr("To the parent fork"), {QStringLiteral("Alt+Left")}, [this] {
        if (const TrajectoryId path = m_model->parentPath(selected()))
            m_tree->setCurrentIndex(m_model->indexOfPath(path));
    });
    add("child", tr("To the last visited child"), {QStringLiteral("Alt+Right")}, [this] {
        if (const TrajectoryId path = m_model->lastVisitedChild(selected()))
            m_tree->setCurrentIndex(m_model->indexOfPath(path));
    });
    add(
        "diff", tr("Compare two branches"), {QStringLiteral("D")}, [this] { diffSelected(); },
        [this] { return whyNoDiff(); });
    add(
        "close", tr("Close the comparison or the branch pane"), {QStringLiteral("Esc")},
        [this] { Q_EMIT escapeRequested(); },
        [this] { return m_session.branchPane() ? QString() : tr("No branch is shown."); });
    add("main_path", tr("Make main path"), {QStringLiteral("*")}, [this] { mainPathSelected(); });
    add("trash", tr("Move to trash"), {QStringLiteral("Del")}, [this] { trashSelected(); });
    add(
        "export_svg", tr("Export the graph as SVG…"), {}, [this] { exportGraph(); },
        [this] { return m_model->hasBranches() ? QString() : tr("There are no branches."); });
    add("expand", tr("Unfold the subtree"), {QStringLiteral("Shift+Right")},
        [this] { m_tree->expandRecursively(m_tree->currentIndex().siblingAtColumn(0)); });
}

} // namespace crux::ui
