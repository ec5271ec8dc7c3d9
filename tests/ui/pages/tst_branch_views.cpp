// Graph, next tokens and forks of the Branches dock: they choose what the outline and the heat map
// show, stay readable with thousands of branches, and are as they were when a project opens again.
#include "ui/model/action_registry.h"
#include "ui/model/force_service.h"
#include "ui/model/project_fixture.h"
#include "ui/pages/branches_dock.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QTableView>
#include <QTreeView>

#include <memory>

using namespace crux;
using namespace crux::ui;

namespace {

/// Answers questions about next tokens from a script.
class ScriptedForce : public ForceService {
public:
    using ForceService::ForceService;
    QString unavailableReason() const override { return {}; }
    void nextTokens(TrajectoryId, int position, const std::vector<std::int32_t>& append, int,
                    QObject*,
                    std::function<void(Result<std::vector<AlternativeRow>>)> done) override {
        asked.emplace_back(position, append);
        AlternativeRow row;
        row.id = 77;
        row.text = QStringLiteral(" deeper");
        row.p = 0.9F;
        done(std::vector<AlternativeRow>{row});
    }
    std::vector<std::pair<int, std::vector<std::int32_t>>> asked;
};

} // namespace

class TestBranchViews : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void theGraphChoosesWhatIsShown();
    void theGraphFollowsTheOutline();
    void thousandsOfBranchesAreWindowed();
    void theGraphIsWrittenAsSvg();
    void forksNameTheBestReplacement();
    void filtersHoldInAllViews();
    void blocksAreAsHighAsTheirProbability();
    void zoomingInAsksForMore();
    void stateReturnsWithTheProject();

private:
    TrajectoryId branch(TrajectoryId parent, int fork, const std::string& end, Verdict verdict,
                        const char* model = "tiny");
    void addAlternatives();
    bool openRoot() {
        if (!test::openAndWait(*m_session, m_project->file))
            return false;
        m_session->openTrajectory(m_root);
        return QTest::qWaitFor(
            [&] {
                return m_session->current() && m_session->current()->record.id == m_root &&
                       m_dock->model().textOf(m_root).tokens > 0;
            },
            20'000);
    }
    int nodeOf(TrajectoryId path) {
        const auto& nodes = m_dock->graph().nodes();
        for (int i = 0; i < static_cast<int>(nodes.size()); ++i)
            if (nodes[static_cast<std::size_t>(i)].path == path)
                return i;
        return -1;
    }
    void start();

    std::unique_ptr<test::FilledProject> m_project;
    TrajectoryId m_root;
    int m_prompt = 0;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<ScriptedForce> m_force;
    std::unique_ptr<BranchesDock> m_dock;
};

TrajectoryId TestBranchViews::branch(TrajectoryId parent, int fork, const std::string& end,
                                     Verdict verdict, const char* model) {
    const auto project =
        store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    if (!project.ok())
        return {};
    const auto from = store::trajectory(**project, parent);
    const auto at = static_cast<std::size_t>(from->promptTokens + fork);
    const auto prefix = static_cast<std::size_t>(from->offsets[2 * at]) - from->prompt.size();
    auto child = test::makeTrajectory(m_project->dataset, from->questionId,
                                      from->response.substr(0, prefix) + end, verdict);
    for (std::size_t i = 0; i < child.ids.size(); ++i)
        child.ids[i] =
            i < at ? from->ids[i]
                   : static_cast<std::int32_t>(500 + qHash(QByteArray::fromStdString(end)) % 400);
    child.source = Source::Forced;
    child.sourceModel = model;
    store::BranchRecord row;
    row.rootId = m_root;
    row.parentId = parent;
    row.forkPosition = static_cast<std::int32_t>(at);
    row.kind = "token";
    row.forcedIds = {child.ids[at]};
    row.forcedP = 0.2F;
    const auto made = store::addBranch(**project, row, child);
    return made.ok() ? made->childId : TrajectoryId{};
}

/// Three alternatives at every place: the own token .5, 601 .3, 602 .1.
void TestBranchViews::addAlternatives() {
    auto project = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    QVERIFY(project.ok());
    const auto row = store::trajectory(**project, m_root);
    const auto scores = store::scores(**project, m_root, m_project->scoreSet);
    store::AlternativesRecord alternatives;
    alternatives.k = 3;
    for (const std::int32_t id : row->ids)
        for (const auto& [other, p] :
             {std::pair{601, .3F}, std::pair{id, .5F}, std::pair{602, .1F}}) {
            alternatives.ids.push_back(other);
            alternatives.p.push_back(p);
        }
    alternatives.pPositive = alternatives.pNegative = alternatives.s = alternatives.p;
    QVERIFY(store::saveScores(**project, **scores, &alternatives, {}).ok());
}

void TestBranchViews::initTestCase() {
    applyTheme(*qApp, ThemeName::Light);
}

void TestBranchViews::start() {
    m_session = std::make_unique<Session>();
    m_force = std::make_unique<ScriptedForce>(*m_session);
    m_dock = std::make_unique<BranchesDock>(*m_session, *m_force);
    m_dock->resize(700, 400);
    m_dock->show();
}

void TestBranchViews::init() {
    m_project = std::make_unique<test::FilledProject>();
    QVERIFY(m_project->fill());
    m_root = m_project->ids[1]; // " one owed.\n three nine"
    auto project = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    m_prompt = store::trajectory(**project, m_root)->promptTokens;
    start();
}

void TestBranchViews::cleanup() {
    m_dock.reset();
    m_force.reset();
    m_session.reset();
}

void TestBranchViews::theGraphChoosesWhatIsShown() {
    const TrajectoryId first = branch(m_root, 1, " two.\n four", Verdict::Right);
    const TrajectoryId deep = branch(first, 3, " seven", Verdict::Wrong);
    QVERIFY(openRoot());
    m_dock->setView(BranchesDock::View::Graph);
    QCOMPARE(m_dock->graph().nodes().size(), std::size_t{3});
    const int node = nodeOf(deep);
    QVERIFY(node >= 0);
    QTest::mouseClick(&m_dock->graph(), Qt::LeftButton, {},
                      m_dock->graph().viewRect(node).center().toPoint());
    // A branch of a branch is shown below its parent.
    QTRY_VERIFY_WITH_TIMEOUT(m_session->branchPane() && m_session->branchPane()->record.id == deep,
                             20'000);
    QCOMPARE(m_session->current()->record.id, first);
    QCOMPARE(m_dock->selected(), deep);
    // Left of it lies what it left; Enter shows that.
    QTest::keyClick(&m_dock->graph(), Qt::Key_Left);
    QTest::keyClick(&m_dock->graph(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->branchPane() && m_session->branchPane()->record.id == first,
                             20'000);
}

void TestBranchViews::theGraphFollowsTheOutline() {
    const TrajectoryId first = branch(m_root, 1, " two.\n four", Verdict::Right);
    QVERIFY(openRoot());
    m_dock->tree()->setCurrentIndex(m_dock->model().indexOfPath(first));
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->graph().selected(), first, 20'000);
}

void TestBranchViews::thousandsOfBranchesAreWindowed() {
    // One transaction: what is tested is the view.
    std::vector<TrajectoryId> children;
    {
        auto project =
            store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
        const auto from = store::trajectory(**project, m_root);
        QVERIFY((*project)
                    ->write([&]() -> Status {
                        for (int i = 0; i < 2000; ++i) {
                            auto child = test::makeTrajectory(m_project->dataset, from->questionId,
                                                              " one was.", Verdict::Wrong);
                            store::BranchRecord row;
                            row.rootId = row.parentId = m_root;
                            row.forkPosition = from->promptTokens + 1;
                            row.kind = "token";
                            row.forcedIds = {40 + i};
                            CRUX_TRY(made, store::addBranch(**project, row, child));
                            children.push_back(made.childId);
                        }
                        return {};
                    })
                    .ok());
    }
    QVERIFY(openRoot());
    m_dock->setView(BranchesDock::View::Graph);
    const std::size_t before = m_dock->graph().nodes().size();
    QVERIFY(before < 40); // root, fork, twelve children, "more"
    int more = -1;
    for (std::size_t i = 0; i < before; ++i)
        if (m_dock->graph().nodes()[i].kind == BranchGraph::Node::Kind::More)
            more = static_cast<int>(i);
    QVERIFY(more >= 0);
    QVERIFY(m_dock->graph().nodes()[static_cast<std::size_t>(more)].hidden > 1900);
    m_dock->graph().showMore(more);
    QVERIFY(m_dock->graph().nodes().size() > before);
    QVERIFY(m_dock->graph().nodes().size() < 200);
    // What is chosen elsewhere comes into sight.
    m_dock->graph().setSelected(children[1500]);
    QVERIFY(nodeOf(children[1500]) >= 0);
    QVERIFY(nodeOf(children[1]) < 0);
}

void TestBranchViews::theGraphIsWrittenAsSvg() {
    branch(m_root, 1, " two.\n four", Verdict::Right);
    QVERIFY(openRoot());
    const QString file = m_project->folder.filePath(QStringLiteral("graph.svg"));
    QVERIFY(m_dock->graph().exportSvg(file).ok());
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray svg = written.readAll();
    QVERIFY(svg.contains("<svg") && svg.contains("two"));
    QVERIFY(!m_dock->graph().exportSvg(QStringLiteral("/no/folder/graph.svg")).ok());
}

void TestBranchViews::forksNameTheBestReplacement() {
    branch(m_root, 1, " two.\n four", Verdict::Right);
    branch(m_root, 1, " bad", Verdict::Wrong);
    branch(m_root, 1, " bad", Verdict::Wrong);
    const TrajectoryId late = branch(m_root, 3, " six", Verdict::Wrong);
    QVERIFY(openRoot());
    m_dock->setView(BranchesDock::View::Forks);
    const QAbstractItemModel* forks = m_dock->forkTable()->model();
    QTRY_COMPARE_WITH_TIMEOUT(forks->rowCount(), 2, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(forks->index(0, ForkListModel::Best).data().toString(),
                              QStringLiteral("␣two.↵  1/1"), 20'000);
    QCOMPARE(forks->index(0, ForkListModel::Right).data().toString(), QStringLiteral("1/3"));
    m_dock->forkTable()->setCurrentIndex(forks->index(1, 0));
    m_dock->forkTable()->setFocus();
    QTest::keyClick(m_dock->forkTable(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->branchPane() && m_session->branchPane()->record.id == late,
                             20'000);
    QCOMPARE(m_session->cursor(), m_prompt + 3);
}

void TestBranchViews::filtersHoldInAllViews() {
    const TrajectoryId right = branch(m_root, 1, " two.\n four", Verdict::Right, "tiny");
    const TrajectoryId wrong = branch(m_root, 3, " six", Verdict::Wrong, "other");
    QVERIFY(openRoot());
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->model().modelNames().size(), 2, 20'000);
    m_dock->model().setShow(BranchTreeModel::Show::Right);
    QVERIFY(nodeOf(right) >= 0 && nodeOf(wrong) < 0);
    QCOMPARE(m_dock->forkTable()->model()->rowCount(), 1);
    m_dock->model().setShow(BranchTreeModel::Show::Forced);
    QVERIFY(nodeOf(right) >= 0 && nodeOf(wrong) >= 0);
    m_dock->model().setModelFilter(QStringLiteral("other"));
    QVERIFY(nodeOf(right) < 0 && nodeOf(wrong) >= 0);
}

void TestBranchViews::blocksAreAsHighAsTheirProbability() {
    addAlternatives();
    QVERIFY(openRoot());
    m_session->setCursor(m_prompt + 1);
    m_dock->setView(BranchesDock::View::NextToken);
    Icicle& icicle = m_dock->nextTokens().icicle();
    QTRY_COMPARE_WITH_TIMEOUT(icicle.tree().first.size(), std::size_t{3}, 20'000);
    const auto& own = icicle.tree().first.front();
    QVERIFY(own.original);
    QCOMPARE(own.p, 0.5);
    QCOMPARE(own.children.size(), std::size_t{3}); // along the trajectory alternatives are stored
    const auto blocks = icicle.blocks();
    QCOMPARE(blocks[0].way, (std::vector<int>{0}));
    QVERIFY(std::abs(blocks[0].box.height() - icicle.height() * 0.5) < 1);
    // A click makes the block the whole height.
    QTest::mouseClick(&icicle, Qt::LeftButton, {}, blocks[0].box.center().toPoint());
    QCOMPARE(icicle.root(), (std::vector<int>{0}));
    QVERIFY(std::abs(icicle.blocks()[0].box.height() - icicle.height()) < 1);
    QTest::keyClick(&icicle, Qt::Key_Backspace);
    QVERIFY(icicle.root().empty());
}

void TestBranchViews::zoomingInAsksForMore() {
    addAlternatives();
    QVERIFY(openRoot());
    m_session->setCursor(m_prompt + 1);
    m_dock->setView(BranchesDock::View::NextToken);
    Icicle& icicle = m_dock->nextTokens().icicle();
    QTRY_COMPARE_WITH_TIMEOUT(icicle.tree().first.size(), std::size_t{3}, 20'000);
    QVERIFY(icicle.tree().first[1].children.empty()); // 601: nobody went that way
    icicle.zoomTo({1});
    QCOMPARE(m_force->asked.size(), std::size_t{1});
    QCOMPARE(m_force->asked[0].first, m_prompt + 1);
    QCOMPARE(m_force->asked[0].second, (std::vector<std::int32_t>{601}));
    QCOMPARE(icicle.tree().first[1].children.size(), std::size_t{1});
    QCOMPARE(icicle.tree().first[1].children[0].text, QStringLiteral(" deeper"));
    QCOMPARE(icicle.root(), (std::vector<int>{1})); // still zoomed
}

void TestBranchViews::stateReturnsWithTheProject() {
    const TrajectoryId first = branch(m_root, 1, " two.\n four", Verdict::Right);
    branch(first, 3, " seven", Verdict::Wrong);
    QVERIFY(openRoot());
    m_dock->setView(BranchesDock::View::Outline);
    const QModelIndex at = m_dock->model().indexOfPath(first);
    m_dock->tree()->setCurrentIndex(at);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->branchPane() != nullptr, 20'000);
    m_dock->tree()->collapse(m_dock->model().indexOfPath(first));
    m_session->closeProject(); // writes what it keeps
    cleanup();
    start();
    QVERIFY(openRoot());
    QTRY_VERIFY_WITH_TIMEOUT(m_session->branchPane() && m_session->branchPane()->record.id == first,
                             20'000);
    QVERIFY(!m_dock->tree()->isExpanded(m_dock->model().indexOfPath(first)));
}

QTEST_MAIN(TestBranchViews)
#include "tst_branch_views.moc"
