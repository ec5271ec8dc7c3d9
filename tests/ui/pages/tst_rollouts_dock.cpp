// The Rollouts dock on rows made by hand: what the chart, its table and the texts say, how they are
// linked, and what stands where there is nothing.
#include "support/test_paths.h"
#include "tests/ui/model/project_fixture.h"
#include "ui/model/rollout_answers_model.h"
#include "ui/model/search_service.h"
#include "ui/model/worker_client.h"
#include "ui/pages/rollout_answers.h"
#include "ui/pages/rollout_tables.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/widgets/heat_data.h"
#include "ui/widgets/layer_values.h"
#include "ui/widgets/question_header.h"
#include "ui/widgets/rollout_plot.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>
#include <QTreeView>

using namespace crux;
using namespace crux::ui;

namespace {

store::RolloutRecord rollout(int position, int index, std::vector<std::int32_t> ids, bool right) {
    store::RolloutRecord r;
    r.position = position;
    r.index = index;
    r.ids = std::move(ids);
    r.verdict = right ? Verdict::Right : Verdict::Wrong;
    r.answer = right ? "7" : "9";
    r.finishReason = "stop";
    return r;
}

} // namespace

class TestRolloutsDock : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeName::Light); }
    void init();
    void emptyStatesLeadToTheSearch();
    void chartTableAndTextsAgree();
    void pointsLeadToTokens();
    void marksAndWordsOfTheVerdict();
    void rolloutsAreALayer();
    void onlyRolloutsChangeWhileASearchDraws();
    void passAtKOfOneAndOfAll();

private:
    void open(int which);
    void addRollouts(TrajectoryId id);
    void addVerdict(TrajectoryId id, int position, bool confirmed);
    store::Project& project() { return *m_writer; }

    std::unique_ptr<test::FilledProject> m_files;
    std::unique_ptr<store::Project> m_writer;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<SearchService> m_search;
    std::unique_ptr<RolloutsDock> m_dock;
    RolloutSetId m_set;
    int m_first = 0; ///< first response token of the shown trajectory
};

void TestRolloutsDock::init() {
    m_dock.reset();
    m_search.reset();
    m_session.reset();
    m_writer.reset();
    m_files = std::make_unique<test::FilledProject>();
    QVERIFY(m_files->fill());
    m_writer =
        std::move(*store::Project::open(m_files->file.toStdString(), store::OpenMode::ReadWrite));
    store::Provenance made;
    made.weightsHash = "w";
    made.params = {{"temperature", 1.0}, {"stop", {"\n"}}};
    m_set = *store::addRolloutSet(project(), made);
    m_session = std::make_unique<Session>();
    m_session->worker().setProgram(test::binaryDir() + QStringLiteral("/tests/crux_fake_worker"));
    m_search = std::make_unique<SearchService>(*m_session);
    m_dock = std::make_unique<RolloutsDock>(*m_session, *m_search);
    m_dock->resize(900, 300);
    m_dock->show();
    QVERIFY(test::openAndWait(*m_session, m_files->file));
}

void TestRolloutsDock::open(int which) {
    const TrajectoryId id = m_files->ids[static_cast<std::size_t>(which)];
    m_session->openTrajectory(id);
    QTRY_VERIFY(m_session->current() && m_session->current()->record.id == id);
    m_first = m_session->current()->record.promptTokens;
}

/// Trajectory " one owed.\n three nine": tokens f, f+1, f+2, f+3; ids follow the positions.
void TestRolloutsDock::addRollouts(TrajectoryId id) {
    const auto row = *store::trajectory(project(), id);
    const int f = row.promptTokens;
    const auto own = [&](int position) { return row.ids[static_cast<std::size_t>(position)]; };
    const auto added =
        store::saveRollouts(project(), id, m_set,
                            {rollout(f - 1, 0, {own(f), 900}, true),
                             rollout(f - 1, 1, {901}, false), rollout(f, 1, {902}, true),
                             rollout(f + 1, 0, {903}, false), rollout(f + 1, 1, {904}, false)});
    QVERIFY(added.ok());
}

void TestRolloutsDock::addVerdict(TrajectoryId id, int position, bool confirmed) {
    store::SearchFindingRecord found;
    found.trajectoryId = id;
    found.search =
        *store::addSearch(project(), {"w", "", "", Json{{"search", position}}, 0, "", "", ""});
    found.rolloutSet = m_set;
    found.method = "critical";
    found.position = position;
    found.tokenId = 1;
    found.at = {0, 2};
    found.confirmation = {confirmed ? 0 : 5, 8};
    found.confirmed = confirmed;
    found.with = {0, 8};
    found.without = {4, 8};
    QVERIFY(store::saveSearchResult(project(), {found}, {}).ok());
}

void TestRolloutsDock::emptyStatesLeadToTheSearch() {
    m_session->openTrajectory({});
    QTRY_COMPARE(m_dock->emptyTitle(), QStringLiteral("No rollouts to show"));
    open(1);
    QTRY_COMPARE(m_dock->emptyTitle(), QStringLiteral("No rollouts of this trajectory are stored"));
    addRollouts(m_files->ids[1]);
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->emptyTitle(), QString(), 20'000); // seen without being told
    m_dock->setView(RolloutsDock::View::PassAtK);
    QCOMPARE(m_dock->emptyTitle(), QStringLiteral("No replacements of a critical token are drawn"));
}

void TestRolloutsDock::chartTableAndTextsAgree() {
    addRollouts(m_files->ids[1]);
    open(1);
    const QAbstractItemModelTester table(&m_dock->table());
    const QAbstractItemModelTester answers(&m_dock->answers().model());
    QTRY_COMPARE(m_dock->plot().shownPoints(), 3);
    QCOMPARE(m_dock->table().rowCount(), 3);
    const auto cell = [&](int row, CurveTableModel::Column column) {
        return m_dock->table().index(row, column).data().toString();
    };
    QCOMPARE(cell(0, CurveTableModel::Position), QStringLiteral("0")); // the bare prompt
    QCOMPARE(cell(1, CurveTableModel::Right), QStringLiteral("2"));    // one of them shared
    QCOMPARE(cell(1, CurveTableModel::Total), QStringLiteral("2"));
    QCOMPARE(cell(2, CurveTableModel::Right), QStringLiteral("0"));
    m_session->setCursor(m_first);
    QTRY_COMPARE(m_dock->answers().model().shared(), 1); // none is where the cursor started
    QCOMPARE(m_dock->answers().model().total(), 2);
    QVERIFY(m_dock->answers().words().contains(QStringLiteral("2 of 2 right")));
    QVERIFY2(m_dock->answers().words().contains(QStringLiteral("1 drawn here, 1 shared")),
             qPrintable(m_dock->answers().words()));
    m_session->setCursor(m_first + 3); // nothing stored there
    QTRY_COMPARE(m_dock->answers().model().total(), 0);
}

void TestRolloutsDock::pointsLeadToTokens() {
    addRollouts(m_files->ids[1]);
    open(1);
    QTRY_COMPARE(m_dock->plot().shownPoints(), 3);
    m_session->setCursor(m_first);
    QSignalSpy hovered(m_dock.get(), &RolloutsDock::hovered);
    QWidget* canvas = m_dock->plot().childAt(m_dock->plot().rect().center());
    QVERIFY(canvas);
    const QPoint at = m_dock->plot().pointOf(m_first + 1);
    QTest::mouseMove(canvas, at);
    QTRY_VERIFY(!hovered.isEmpty());
    QCOMPARE(hovered.last().at(0).toInt(), m_first + 1);
    QTest::mouseClick(canvas, Qt::LeftButton, {}, at);
    QCOMPARE(m_session->cursor(), m_first + 1);
}

void TestRolloutsDock::marksAndWordsOfTheVerdict() {
    const TrajectoryId id = m_files->ids[1];
    addRollouts(id);
    const int f = store::trajectory(project(), id)->promptTokens;
    addVerdict(id, f + 1, true);
    open(1);
    QTRY_VERIFY(m_session->current()->rollouts && m_session->current()->rollouts->critical());
    const HeatData heat(m_session->current(), HeatOptions::from(m_session->view()));
    QVERIFY(heat.marks(f + 1).critical && heat.marks(f + 1).candidate);
    QVERIFY(heat.markWords(f + 1).startsWith(QStringLiteral("critical token, candidate")));
    QuestionHeader header;
    header.setSnapshot(m_session->current());
    QVERIFY(header.criticalText() == QStringLiteral("candidate at 2 = critical token at 2"));
    // Newer fresh rollouts that end right take the mark away.
    addVerdict(id, f + 2, false);
    QTRY_VERIFY_WITH_TIMEOUT(!m_session->current()->rollouts->critical(), 20'000);
    header.setSnapshot(m_session->current());
    QCOMPARE(header.criticalText(), QStringLiteral("token at 3 not confirmed by rollouts"));
}

void TestRolloutsDock::rolloutsAreALayer() {
    open(1);
    const auto has = [&] {
        const auto layers = availableLayers(*m_session->current());
        return std::any_of(layers.begin(), layers.end(),
                           [](const auto& entry) { return entry.first == Layer::Rollouts; });
    };
    QVERIFY(!has());
    addRollouts(m_files->ids[1]);
    QTRY_VERIFY_WITH_TIMEOUT(has(), 20'000);
    const auto values = layerValues(Layer::Rollouts, {}, *m_session->current());
    QCOMPARE(values[static_cast<std::size_t>(m_first)], 1.0F);
    QCOMPARE(values[static_cast<std::size_t>(m_first) + 1], 0.0F);
    QVERIFY(std::isnan(values[static_cast<std::size_t>(m_first) + 2]));
}

// Views that show no rollouts are not disturbed several times a second.
void TestRolloutsDock::onlyRolloutsChangeWhileASearchDraws() {
    open(1);
    QSignalSpy current(m_session.get(), &Session::currentChanged);
    QSignalSpy rollouts(m_session.get(), &Session::rolloutsChanged);
    addRollouts(m_files->ids[1]);
    QTRY_VERIFY_WITH_TIMEOUT(!rollouts.isEmpty(), 20'000);
    QCOMPARE(current.size(), 0);
}

void TestRolloutsDock::passAtKOfOneAndOfAll() {
    for (const int which : {1, 2}) {
        const TrajectoryId id = m_files->ids[static_cast<std::size_t>(which)];
        addRollouts(id);
        addVerdict(id, store::trajectory(project(), id)->promptTokens + 1, true);
    }
    open(1);
    m_dock->setView(RolloutsDock::View::PassAtK);
    QTRY_COMPARE(m_dock->passPlot().curves().size(), std::size_t{2});
    const PassCurve& without = m_dock->passPlot().curves()[0];
    QCOMPARE(without.points.size(), std::size_t{8}); // none for k > n
    QCOMPARE(without.points[0].mean, 0.5);
    QVERIFY(!without.band);
    QCOMPARE(m_dock->passPlot().curves()[1].points[7].mean, 0.0);
    m_dock->setOverData(true);
    QTRY_VERIFY(m_dock->passPlot().curves().size() == 2 && m_dock->passPlot().curves()[0].band);
    QCOMPARE(m_dock->passPlot().curves()[0].points[0].mean, 0.5);
}

QTEST_MAIN(TestRolloutsDock)
#include "tst_rollouts_dock.moc"
