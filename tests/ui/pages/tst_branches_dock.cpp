// The outline's keys on a real project: two branches compared and put back, the way down again.
#include "tests/ui/model/project_fixture.h"
#include "ui/model/action_registry.h"
#include "ui/model/branch_tree_model.h"
#include "ui/model/force_service.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/undo_commands.h"
#include "ui/model/view_settings.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/heat_map_view.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QTreeView>
#include <QUndoStack>

#include <memory>

using namespace crux;
using namespace crux::ui;

class TestBranchesDock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void twoBranchesAreCompared();
    void oneBranchIsComparedWithItsRoot();
    void aComparisonHasOneScale();
    void undoAndRedoCloseAndShowIt();
    void anotherChoiceEndsIt();
    void nothingChosenHasAReason();
    void theWayDownIsTheLastOne();

private:
    TrajectoryId branch(TrajectoryId parent, int fork, const std::string& end);
    void select(const std::vector<TrajectoryId>& paths);
    bool shown(TrajectoryId upper, TrajectoryId lower) const {
        return QTest::qWaitFor([&] {
            return m_session->current() && m_session->current()->record.id == upper &&
                   m_session->branchPane() && m_session->branchPane()->record.id == lower;
        });
    }
    QAction* action(const char* id) {
        m_registry->update();
        return m_registry->action(QLatin1String(id));
    }

    test::FilledProject m_project;
    TrajectoryId m_root, m_first, m_second, m_third; ///< third leaves the second
    int m_prompt = 0;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<ForceService> m_force;
    std::unique_ptr<BranchesDock> m_dock;
    std::unique_ptr<HeatMapView> m_view;
    std::unique_ptr<ActionRegistry> m_registry;
};

/// A child that leaves `parent` at response token `fork` with the words of `end`.
TrajectoryId TestBranchesDock::branch(TrajectoryId parent, int fork, const std::string& end) {
    const auto project =
        store::Project::open(m_project.file.toStdString(), store::OpenMode::ReadWrite);
    if (!project.ok())
        return {};
    const auto from = store::trajectory(**project, parent);
    if (!from.ok())
        return {};
    m_prompt = from->promptTokens;
    const auto at = static_cast<std::size_t>(from->promptTokens + fork);
    const auto prefixBytes = static_cast<std::size_t>(from->offsets[2 * at]);
    auto child = test::makeTrajectory(
        m_project.dataset, from->questionId,
        (from->prompt + from->response)
                .substr(from->prompt.size(), prefixBytes - from->prompt.size()) +
            end,
        Verdict::Right);
    for (std::size_t i = 0; i < child.ids.size(); ++i) // other words, other ids
        child.ids[i] =
            i < at ? from->ids[i] : static_cast<std::int32_t>(500 + i + qHash(end) % 400);
    child.source = Source::Forced;
    child.rootId = m_root;
    store::BranchRecord row;
    row.rootId = m_root;
    row.parentId = parent;
    row.forkPosition = static_cast<std::int32_t>(at);
    row.kind = "token";
    row.forcedIds = {child.ids[at]};
    const auto made = store::addBranch(**project, row, child);
    return made.ok() ? made->childId : TrajectoryId{};
}

void TestBranchesDock::initTestCase() {
    applyTheme(*qApp, ThemeName::Light);
    QVERIFY(m_project.fill());
    m_root = m_project.ids[1]; // " one owed.\n three nine"
    m_first = branch(m_root, 1, " two.\n four");
    m_second = branch(m_root, 2, " five six");
    QVERIFY(m_first && m_second);
    m_third = branch(m_second, 3, " seven");
    QVERIFY(m_third);
}

void TestBranchesDock::init() {
    m_view.reset();
    m_dock.reset();
    m_force.reset();
    m_registry = std::make_unique<ActionRegistry>();
    m_session = std::make_unique<Session>();
    m_force = std::make_unique<ForceService>(*m_session);
    m_dock = std::make_unique<BranchesDock>(*m_session, *m_force);
    m_dock->registerActions(*m_registry);
    m_view = std::make_unique<HeatMapView>(*m_session);
    connect(m_dock.get(), &BranchesDock::escapeRequested, m_session.get(),
            [this] { closeComparison(*m_session); });
    m_dock->resize(400, 300);
    m_dock->show();
    m_view->resize(652, 656);
    m_view->show();
    QVERIFY(test::openAndWait(*m_session, m_project.file));
    m_session->setScoreSet(m_project.scoreSet);
    m_session->openTrajectory(m_root);
    QVERIFY(QTest::qWaitFor(
        [&] { return m_session->current() && m_dock->model().indexOfPath(m_third).isValid(); }));
}

void TestBranchesDock::select(const std::vector<TrajectoryId>& paths) {
    auto* chosen = m_dock->tree()->selectionModel();
    chosen->clear();
    for (const TrajectoryId path : paths)
        chosen->setCurrentIndex(m_dock->model().indexOfPath(path),
                                QItemSelectionModel::Select | QItemSelectionModel::Rows);
}

void TestBranchesDock::twoBranchesAreCompared() {
    select({m_second, m_first}); // the order of the tree counts
    QVERIFY(action("branches.diff")->isEnabled());
    action("branches.diff")->trigger();
    QVERIFY(shown(m_first, m_second));
    QVERIFY(m_session->diffShown());
    // They part where the first one left the root.
    QCOMPARE(sharedPrefix(*m_session->current(), *m_session->branchPane()), m_prompt + 1);
    QCOMPARE(m_session->cursor(), m_prompt + 1);
    for (HeatMapPane* pane : {&m_view->pane(), &m_view->branchPane()}) {
        const HeatDataPtr data = pane->text()->data();
        QVERIFY(data);
        QCOMPARE(data->relation().firstDifference, m_prompt + 1);
        QVERIFY(data->dimmed(m_prompt));
        QVERIFY(!data->dimmed(m_prompt + 1));
        QVERIFY(pane->headVisible());
    }
    QCOMPARE(m_dock->selectedPaths().size(), std::size_t{2});
    action("branches.close")->trigger();
    QVERIFY(shown(m_root, m_second)); // as the first click had left it
    QVERIFY(!m_session->diffShown());
}

void TestBranchesDock::oneBranchIsComparedWithItsRoot() {
    select({m_third});
    QVERIFY(shown(m_second, m_third)); // a single row shows a branch below its parent
    action("branches.diff")->trigger();
    QVERIFY(shown(m_root, m_third));
    QCOMPARE(sharedPrefix(*m_session->current(), *m_session->branchPane()), m_prompt + 2);
    action("branches.close")->trigger();
    QVERIFY(shown(m_second, m_third)); // as it was before
}

void TestBranchesDock::aComparisonHasOneScale() {
    m_session->view().sameScaleInPanes = false;
    m_session->view().threshold = 0.9;
    m_session->view().notify();
    select({m_first, m_second});
    action("branches.diff")->trigger();
    QVERIFY(shown(m_first, m_second));
    QCOMPARE(m_view->pane().text()->data()->threshold(), 0.9);
    QCOMPARE(m_view->branchPane().text()->data()->threshold(), 0.9);
}

void TestBranchesDock::undoAndRedoCloseAndShowIt() {
    select({m_first, m_second});
    action("branches.diff")->trigger();
    QVERIFY(shown(m_first, m_second));
    m_session->undoStack().undo();
    QVERIFY(QTest::qWaitFor([&] { return m_session->current()->record.id == m_root; }));
    QVERIFY(!m_session->diffShown());
    m_session->undoStack().redo();
    QVERIFY(shown(m_first, m_second));
    QVERIFY(m_session->diffShown());
    closeComparison(*m_session); // takes the command back, so that redo shows it again
    QVERIFY(m_session->undoStack().canRedo());
}

void TestBranchesDock::anotherChoiceEndsIt() {
    select({m_first, m_second});
    action("branches.diff")->trigger();
    QVERIFY(shown(m_first, m_second));
    m_dock->tree()->setCurrentIndex(m_dock->model().indexOfPath(m_second));
    QVERIFY(shown(m_root, m_second));
    QVERIFY(!m_session->diffShown());
}

void TestBranchesDock::nothingChosenHasAReason() {
    select({});
    QVERIFY(!action("branches.diff")->isEnabled());
    QVERIFY(!m_registry->entry(QStringLiteral("branches.diff"))->reason().isEmpty());
    select({m_first, m_second, m_third});
    QVERIFY(!action("branches.diff")->isEnabled());
}

void TestBranchesDock::theWayDownIsTheLastOne() {
    m_session->openBranchPane(m_second);
    QVERIFY(shown(m_root, m_second));
    m_session->openBranchPane({});
    QVERIFY(QTest::qWaitFor([&] { return !m_session->branchPane(); }));
    QCOMPARE(m_dock->selected(), m_root);
    QCOMPARE(m_dock->model().firstChild(m_root), m_first);
    action("branches.child")->trigger(); // not the first child, the one that was open
    QVERIFY(shown(m_root, m_second));
    action("branches.child")->trigger();
    QVERIFY(shown(m_second, m_third)); // never visited: the first
}

QTEST_MAIN(TestBranchesDock)
#include "tst_branches_dock.moc"
