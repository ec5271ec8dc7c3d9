#include "ui/pages/project_dock.h"

#include "core/store/repositories.h"
#include "ui/model/session.h"
#include "ui/pages/project_tree.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

ProjectDock::ProjectDock(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session) {
    m_stack = new QStackedWidget(this);
    m_empty = new EmptyState(m_stack);
    m_tree = new QTreeView(m_stack);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_model = new ProjectTree(ProjectTree::All, this);
    m_tree->setModel(m_model);
    m_tree->setAccessibleName(tr("Project"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(metrics::kTreeIndent);
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(ProjectTree::Name, QHeaderView::Stretch);
    m_tree->setColumnWidth(ProjectTree::What, 90);
    m_tree->setColumnWidth(ProjectTree::Size, 64);
    m_tree->setColumnWidth(ProjectTree::Date, 76);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_tree);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    connect(m_tree, &QTreeView::activated, this, &ProjectDock::activate);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_tree, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu* menu = menuFor(m_tree->indexAt(at));
        if (!menu)
            return;
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(m_tree->viewport()->mapToGlobal(at));
    });
    connect(m_empty, &EmptyState::triggered, this, &ProjectDock::importRequested);
    connect(&session, &Session::factsChanged, this, &ProjectDock::refresh);
    connect(&session, &Session::scoreSetChanged, this, &ProjectDock::refresh);
    connect(&session, &Session::projectOpened, this, &ProjectDock::refresh);
    connect(&session, &Session::projectClosed, this, &ProjectDock::refresh);
    connect(&session, &Session::dataChanged, this, &ProjectDock::loadBookmarks);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, &ProjectDock::refresh);
    refresh();
}

void ProjectDock::refresh() {
    const ProjectFacts& facts = m_session.facts();
    if (!m_session.isOpen()) {
        m_empty->setTexts(tr("No project is open"), tr("Open or make one from the start page."));
        m_empty->setAction({});
    } else if (facts.datasets.empty() && facts.models.empty()) {
        m_empty->setTexts(tr("This project is empty"),
                          tr("It holds neither trajectories nor models yet."));
        m_empty->setAction(tr("Import trajectories…"), QStringLiteral("document-import"));
        m_empty->setReason(m_session.readOnly() ? tr("The project is open read-only.") : QString());
    }
    const bool empty = !m_session.isOpen() || (facts.datasets.empty() && facts.models.empty());
    m_stack->setCurrentIndex(empty ? 0 : 1);
    if (empty)
        return;
    m_model->setFacts(facts, m_session.scoreSet());
    m_tree->expandAll();
    for (int i = 0; i < m_model->rowCount(); ++i)
        m_tree->setFirstColumnSpanned(i, {}, m_model->item(i, ProjectTree::What)->text().isEmpty());
    loadBookmarks();
    loadOrigins();
}

/// Which run and step made each adapter.
void ProjectDock::loadOrigins() {
    m_session.read<std::vector<store::AdapterOrigin>>(
        this, [](const store::Project& project) { return store::adapterOrigins(project); },
        [this](Result<std::vector<store::AdapterOrigin>> origins) {
            if (!origins.ok() || !m_model->setOrigins(*origins))
                return; // the tree stays; the session reports faults of the project
            m_model->setFacts(m_session.facts(), m_session.scoreSet());
            loadBookmarks();
        });
}

void ProjectDock::loadBookmarks() {
    if (!m_session.isOpen())
        return;
    m_session.read<std::vector<store::MarkRecord>>(
        this, [](const store::Project& project) { return store::marks(project, TrajectoryId{}); },
        [this](Result<std::vector<store::MarkRecord>> marks) {
            if (!marks.ok())
                return; // the list stays; the session reports faults of the project
            m_model->setBookmarks(*marks);
            m_tree->expandAll();
        });
}

void ProjectDock::activate(const QModelIndex& index) {
    const QModelIndex name = index.siblingAtColumn(ProjectTree::Name);
    const qint64 id = name.data(ProjectTree::IdRole).toLongLong();
    const QString text = name.data(ProjectTree::TextRole).toString();
    switch (name.data(ProjectTree::KindRole).toInt()) {
    case ProjectTree::Dataset:
        Q_EMIT filterRequested(QStringLiteral("dataset=\"%1\"").arg(text));
        break;
    case ProjectTree::Slice:
        Q_EMIT filterRequested(text);
        break;
    case ProjectTree::ScoreSet:
        m_session.setScoreSet(ScoreSetId{id});
        break;
    case ProjectTree::Model:
        Q_EMIT modelChosen(id, 0);
        break;
    case ProjectTree::Adapter:
        Q_EMIT modelChosen(0, id);
        break;
    case ProjectTree::Run:
        Q_EMIT runRequested(id, name.data(ProjectTree::PositionRole).toLongLong());
        break;
    case ProjectTree::Bookmark: {
        const int position = name.data(ProjectTree::PositionRole).toInt();
        m_session.openTrajectory(TrajectoryId{id});
        connect(
            &m_session, &Session::currentChanged, this,
            [this, position] { m_session.setCursor(position); }, Qt::SingleShotConnection);
        break;
    }
    default:
        break;
    }
}

QMenu* ProjectDock::menuFor(const QModelIndex& index) {
    const QModelIndex name = index.siblingAtColumn(ProjectTree::Name);
    const int kind = name.data(ProjectTree::KindRole).toInt();
    if (!index.isValid() || (kind != ProjectTree::Adapter && kind != ProjectTree::Run))
        return nullptr;
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    if (kind == ProjectTree::Adapter)
        fillAdapterMenu(*menu, name);
    else
        menu->addAction(icon(QStringLiteral("office-chart-line")), tr("Open the run's metrics"),
                        this, [this, at = QPersistentModelIndex(name)] { activate(at); });
    return menu;
}

void ProjectDock::fillAdapterMenu(QMenu& menu, const QModelIndex& adapter) {
    const qint64 id = adapter.data(ProjectTree::IdRole).toLongLong();
    const ProjectFacts& facts = m_session.facts();
    const QString readOnly =
        m_session.readOnly() ? tr("The project is open for reading only.") : QString();
    const auto add = [&](const QString& text, const char* iconName, AdapterUse use,
                         const QString& reason) {
        QAction* action = menu.addAction(icon(QLatin1String(iconName)), text, this,
                                         [this, id, use] { Q_EMIT useRequested(id, use); });
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason.isEmpty() ? text : reason);
    };
    const QString nothing = !readOnly.isEmpty()       ? readOnly
                            : facts.trajectories == 0 ? tr("The project has no trajectories yet.")
                                                      : QString();
    add(tr("Score with it as the positive model…"), "speedometer", AdapterUse::ScorePositive,
        nothing);
    add(tr("Score with it as the negative model…"), "speedometer", AdapterUse::ScoreNegative,
        nothing);
    const bool questions = std::any_of(facts.datasets.begin(), facts.datasets.end(),
                                       [](const auto& one) { return one.questions > 0; });
    add(tr("Sample answers with it…"), "media-playback-start", AdapterUse::Sample,
        !readOnly.isEmpty() ? readOnly
        : questions         ? QString()
                            : tr("The project has no questions yet."));
    add(tr("Train on from it…"), "run-build", AdapterUse::Train, readOnly);
    menu.addSeparator();
    for (int row = 0; row < m_model->rowCount(adapter); ++row) {
        const QModelIndex below = m_model->index(row, ProjectTree::Name, adapter);
        if (below.data(ProjectTree::KindRole).toInt() == ProjectTree::Run)
            menu.addAction(icon(QStringLiteral("office-chart-line")),
                           tr("Open the metrics of “%1”").arg(below.data().toString()), this,
                           [this, at = QPersistentModelIndex(below)] { activate(at); });
    }
    for (const store::AdapterRecord& record : facts.adapters)
        if (record.id.value == id)
            menu.addAction(icon(QStringLiteral("edit-copy")), tr("Copy the path of its folder"),
                           this, [path = QString::fromStdString(record.path)] {
                               QGuiApplication::clipboard()->setText(path);
                           });
}

} // namespace crux::ui
