// The views of the Branches dock: which one is shown, its filter, and what of it a project keeps.
#include "core/base/json.h"
#include "ui/model/branch_tree_model.h"
#include "ui/model/session.h"
#include "ui/pages/branches_dock.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"

#include <QActionGroup>
#include <QButtonGroup>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>

#include <functional>

namespace crux::ui {

namespace {

constexpr std::size_t kMostFolds = 500; ///< kept of a project; the oldest go

constexpr const char* kStateKey = "branches";

} // namespace

QWidget* BranchesDock::buildStrip() {
    auto* strip = new QWidget(this);
    strip->setFixedHeight(metrics::kDockStrip);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(4, 4, 4, 4);
    row->setSpacing(0);
    m_views = new QButtonGroup(strip);
    const std::pair<QString, QString> names[] = {
        {tr("Outline"), tr("The tree as lines")},
        {tr("Graph"), tr("The tree as a graph: drag moves it, Ctrl and the wheel zoom")},
        {tr("Next token"), tr("What may follow at the cursor, block height is probability")},
        {tr("Forks"), tr("The places where branches leave, as a table")}};
    for (int view = 0; view < 4; ++view) {
        auto* button = new QToolButton(strip);
        button->setText(names[view].first);
        button->setToolTip(names[view].second);
        button->setCheckable(true);
        button->setProperty("segment", QLatin1String(view == 0   ? "first"
                                                     : view == 3 ? "last"
                                                                 : "middle"));
        button->setFixedHeight(metrics::kSmallToolButton);
        m_views->addButton(button, view);
        row->addWidget(button);
    }
    row->addStretch(1);
    connect(m_views, &QButtonGroup::idClicked, this, [this](int view) {
        setView(static_cast<View>(view));
        saveState();
    });
    auto* filter =
        makeIconButton(QStringLiteral("view-filter"), tr("Which branches are listed"), strip);
    m_filterMenu = new QMenu(filter);
    connect(m_filterMenu, &QMenu::aboutToShow, this, &BranchesDock::fillFilterMenu);
    filter->setMenu(m_filterMenu);
    filter->setPopupMode(QToolButton::InstantPopup);
    auto* fold = makeIconButton(QStringLiteral("collapse-all"), tr("Fold all"), strip);
    auto* trash = makeIconButton(QStringLiteral("trash-empty"), tr("Empty the trash…"), strip);
    connect(fold, &QToolButton::clicked, this, [this] {
        if (m_view == View::Graph)
            return m_graph->fit();
        m_tree->collapseAll();
        m_tree->expandToDepth(0);
        noteFolds();
    });
    connect(trash, &QToolButton::clicked, this, &BranchesDock::emptyTrash);
    for (auto* button : {filter, fold, trash})
        row->addWidget(button);
    return strip;
}

/// Built anew each time: the models are those of the tree that is shown.
void BranchesDock::fillFilterMenu() {
    m_filterMenu->clear();
    const auto choice = [&](QActionGroup* group, const QString& text, bool on,
                            std::function<void()> run) {
        QAction* action = group->addAction(m_filterMenu->addAction(text));
        action->setCheckable(true);
        action->setChecked(on);
        connect(action, &QAction::triggered, this, std::move(run));
    };
    auto* shows = new QActionGroup(m_filterMenu);
    const std::pair<QString, BranchTreeModel::Show> kinds[] = {
        {tr("All branches"), BranchTreeModel::Show::All},
        {tr("Right only"), BranchTreeModel::Show::Right},
        {tr("Wrong only"), BranchTreeModel::Show::Wrong},
        {tr("Forced tokens only"), BranchTreeModel::Show::Forced}};
    for (const auto& [text, show] : kinds)
        choice(shows, text, m_model->show() == show, [this, show = show] {
            m_model->setShow(show);
            saveState();
        });
    const QStringList models = m_model->modelNames();
    if (models.isEmpty())
        return;
    m_filterMenu->addSeparator();
    auto* names = new QActionGroup(m_filterMenu);
    choice(names, tr("By all models"), m_model->modelFilter().isEmpty(),
           [this] { m_model->setModelFilter({}); });
    for (const QString& name : models)
        choice(names, tr("By %1").arg(name), m_model->modelFilter() == name,
               [this, name] { m_model->setModelFilter(name); });
}

void BranchesDock::buildForkTable() {
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(m_forks);
    sorted->setSortRole(ForkListModel::SortRole);
    m_forkTable->setModel(sorted);
    m_forkTable->setSortingEnabled(true);
    m_forkTable->sortByColumn(ForkListModel::Position, Qt::AscendingOrder);
    showRows(*m_forkTable);
    m_forkTable->setFrameShape(QFrame::NoFrame);
    m_forkTable->setAccessibleName(tr("Forks"));
    m_forkTable->horizontalHeader()->setFixedHeight(metrics::kHeader);
    m_forkTable->horizontalHeader()->setSectionResizeMode(ForkListModel::Best,
                                                          QHeaderView::Stretch);
    m_forkTable->setColumnWidth(ForkListModel::Position, 78);
    m_forkTable->setColumnWidth(ForkListModel::Token, 64);
    m_forkTable->setColumnWidth(ForkListModel::Children, 66);
    m_forkTable->setColumnWidth(ForkListModel::Right, 52);
    const auto open = [this](const QModelIndex& at) {
        const TrajectoryId path{at.data(ForkListModel::BestPathRole).toLongLong()};
        const int position = at.data(ForkListModel::PositionRole).toInt();
        if (!path)
            return;
        openPath(path);
        m_session.setCursor(position);
    };
    connect(m_forkTable, &QTableView::clicked, this, open);
    auto* enter = new QAction(tr("Show the best branch"), m_forkTable);
    enter->setShortcuts({Qt::Key_Return, Qt::Key_Enter});
    enter->setShortcutContext(Qt::WidgetShortcut);
    connect(enter, &QAction::triggered, this, [this, open] { open(m_forkTable->currentIndex()); });
    m_forkTable->addAction(enter);
}

void BranchesDock::setView(View view) {
    m_view = view;
    m_views->button(static_cast<int>(view))->setChecked(true);
    updateEmpty();
    if (view == View::Graph)
        m_graph->setSelected(selected());
}

void BranchesDock::exportGraph() {
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Export the graph"), {}, tr("SVG files (*.svg)"));
    if (file.isEmpty())
        return;
    if (const Status done = m_graph->exportSvg(file); !done.ok())
        m_session.post(noticeFromError(done.error(), tr("The graph was not written.")));
}

// --- what a project keeps

void BranchesDock::noteFolds() {
    if (m_restoring)
        return;
    const std::function<void(const QModelIndex&)> walk = [&](const QModelIndex& above) {
        for (int row = 0; row < m_model->rowCount(above); ++row) {
            const QModelIndex at = m_model->index(row, 0, above);
            if (m_model->rowCount(at) == 0)
                continue;
            const qint64 key = foldKey(at);
            std::erase(m_folded, key);
            if (!m_tree->isExpanded(at))
                m_folded.push_back(key);
            walk(at);
        }
    };
    walk({});
    if (m_folded.size() > kMostFolds)
        m_folded.erase(m_folded.begin(), m_folded.end() - kMostFolds);
    saveState();
}

qint64 BranchesDock::foldKey(const QModelIndex& at) const {
    if (const qint64 path = at.data(BranchTreeModel::PathRole).toLongLong(); path != 0)
        return path;
    // A fork row: its first child tells it, and has no fold of its own sign.
    return -m_model->index(0, 0, at).data(BranchTreeModel::PathRole).toLongLong();
}

void BranchesDock::restoreFolds() {
    m_restoring = true;
    m_tree->expandAll();
    const std::function<void(const QModelIndex&)> walk = [&](const QModelIndex& above) {
        for (int row = 0; row < m_model->rowCount(above); ++row) {
            const QModelIndex at = m_model->index(row, 0, above);
            if (std::find(m_folded.begin(), m_folded.end(), foldKey(at)) != m_folded.end())
                m_tree->collapse(at);
            walk(at);
        }
    };
    if (!m_folded.empty())
        walk({});
    m_restoring = false;
    restoreSelection();
}

/// The branch that was open when the project was closed, once, when its tree is there.
void BranchesDock::restoreSelection() {
    const auto current = m_session.current();
    if (!m_selectedBefore || !current)
        return;
    if (m_model->branchOf(m_selectedBefore) && !m_session.branchPane())
        openPath(m_selectedBefore);
    m_selectedBefore = {};
}

void BranchesDock::saveState() {
    if (!m_session.isOpen() || m_restoring)
        return;
    const auto pane = m_session.branchPane();
    const Json state{{"view", static_cast<int>(m_view)},
                     {"levels", m_next->depth()},
                     {"show", static_cast<int>(m_model->show())},
                     {"folded", m_folded},
                     {"selected", pane && !m_session.paneIsLive() ? pane->record.id.value : 0}};
    m_session.setUiState(QLatin1String(kStateKey), QString::fromStdString(dumpJson(state)));
}

void BranchesDock::restoreState() {
    m_folded.clear();
    m_selectedBefore = {};
    const auto state = parseJson(m_session.uiState(QLatin1String(kStateKey)).toStdString());
    if (!state.ok() || !state->is_object())
        return setView(View::Outline);
    m_restoring = true;
    const auto number = [&](const char* key, std::int64_t otherwise) {
        const auto found = state->find(key);
        return found != state->end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                                   : otherwise;
    };
    if (const auto folded = state->find("folded"); folded != state->end() && folded->is_array())
        for (const Json& key : *folded)
            if (key.is_number_integer())
                m_folded.push_back(key.get<qint64>());
    m_selectedBefore = TrajectoryId{number("selected", 0)};
    m_next->setDepth(static_cast<int>(std::clamp<std::int64_t>(number("levels", 3), 1, 5)));
    m_model->setShow(
        static_cast<BranchTreeModel::Show>(std::clamp<std::int64_t>(number("show", 0), 0, 3)));
    setView(static_cast<View>(std::clamp<std::int64_t>(number("view", 0), 0, 3)));
    m_restoring = false;
}

} // namespace crux::ui
