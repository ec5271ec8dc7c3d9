// The Corpus dock over a real project: bars and rows filter the table, choices and empty states,
// and the filter bar's completion.
#include "ui/model/corpus_model.h"
#include "ui/model/project_fixture.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/pages/corpus_dock.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/widgets/bar_chart.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>

using namespace crux;
using namespace crux::ui;

class TestCorpusDock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void countsWhatTheFilterShows();
    void aBarFiltersAndTakesItsTermBack();
    void rowsFilterByKeyboard();
    void criticalTokensNeedASearch();
    void agreementIsShownAndFilters();
    void choicesStayWithTheProject();
    void suggestionsFollowTheCursor();

private:
    bool open() {
        return test::openAndWait(*m_session, m_project->file) &&
               QTest::qWaitFor([&] { return !m_dock->model().counting() && counted() > 0; },
                               20'000);
    }
    std::int64_t counted() const { return m_dock->model().summary().counted; }
    void find(TrajectoryId id, int responsePosition);

    std::unique_ptr<test::FilledProject> m_project;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<TrajectoriesDock> m_table;
    std::unique_ptr<CorpusDock> m_dock;
};

void TestCorpusDock::initTestCase() {
    applyTheme(*qApp, ThemeName::Light);
}

void TestCorpusDock::init() {
    m_project = std::make_unique<test::FilledProject>();
    QVERIFY(m_project->fill());
    auto project = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    QVERIFY(project.ok());
    store::VocabularyRecord words;
    words.tokenizerHash = "words";
    for (int id = 0; id < 40; ++id)
        words.pieces.push_back("w" + std::to_string(id));
    words.special.resize(words.pieces.size(), false);
    QVERIFY(store::saveVocabulary(**project, words).ok());
    m_session = std::make_unique<Session>();
    m_table = std::make_unique<TrajectoriesDock>(*m_session);
    m_dock = std::make_unique<CorpusDock>(*m_session);
    connect(m_table.get(), &TrajectoriesDock::filterChanged, m_dock.get(), &CorpusDock::setFilter);
    connect(m_dock.get(), &CorpusDock::termToggled, m_table.get(),
            [this](const QString& term) { m_table->filter().toggleTerm(term); });
    m_table->show();
    m_dock->resize(1200, 240);
    m_dock->show();
}

void TestCorpusDock::cleanup() {
    m_dock.reset();
    m_table.reset();
    m_session.reset();
}

/// A search that found the token at `responsePosition` (from 0) of a trajectory.
void TestCorpusDock::find(TrajectoryId id, int responsePosition) {
    auto opened = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    QVERIFY(opened.ok());
    const auto row = store::trajectory(**opened, id);
    QVERIFY(row.ok());
    store::Provenance made;
    made.params = {{"search", {{"method", "critical"}}}};
    store::SearchFindingRecord finding;
    finding.trajectoryId = id;
    finding.search = *store::addSearch(**opened, made);
    finding.rolloutSet = *store::addRolloutSet(**opened, {});
    finding.method = "critical";
    finding.position = row->promptTokens + responsePosition;
    finding.tokenId = row->ids[static_cast<std::size_t>(finding.position)];
    finding.at = {0, 64};
    QVERIFY(store::saveSearchResult(**opened, {finding}, {}).ok());
}

void TestCorpusDock::countsWhatTheFilterShows() {
    QVERIFY(open());
    QCOMPARE(counted(), 2); // the lowest of both wrong ones
    QVERIFY(m_dock->emptyTitle().isEmpty());
    QVERIFY(m_dock->headline().contains(QStringLiteral("2 of 3")));
    m_table->filter().setExpression(QStringLiteral("id=%1").arg(m_project->ids[1].value));
    QTRY_COMPARE_WITH_TIMEOUT(counted(), 1, 20'000);
    CorpusChoice all = m_dock->model().choice();
    all.followFilter = false;
    m_dock->model().setChoice(all);
    QTRY_COMPARE_WITH_TIMEOUT(counted(), 2, 20'000);
    m_table->filter().setExpression(QStringLiteral("verdict=right"));
    all.followFilter = true;
    m_dock->model().setChoice(all);
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->emptyTitle(), QStringLiteral("Nothing to count"), 20'000);
}

void TestCorpusDock::aBarFiltersAndTakesItsTermBack() {
    QVERIFY(open());
    BarChart* chart = m_dock->chart(store::CorpusBar::Score);
    const auto bars = chart->bars();
    const auto filled =
        std::find_if(bars.begin(), bars.end(), [](const Bar& bar) { return bar.count == 2; });
    QVERIFY(filled != bars.end());
    const QPoint at = chart->barRect(static_cast<int>(filled - bars.begin())).center().toPoint();
    QTest::mouseClick(chart, Qt::LeftButton, {}, at);
    const QString term = m_table->filter().expression();
    QVERIFY2(term.startsWith(QStringLiteral("cand.s>=")), qPrintable(term));
    QTRY_COMPARE_WITH_TIMEOUT(m_table->model().rowCount(), 2, 20'000);
    QVERIFY(chart->bars()[static_cast<std::size_t>(filled - bars.begin())].chosen);
    QTest::mouseClick(chart, Qt::LeftButton, {}, at);
    QVERIFY(m_table->filter().expression().isEmpty());
    // The same with keys: from the first bar to the filled one.
    chart->setFocus();
    QTest::keyClick(chart, Qt::Key_Home);
    for (auto bar = bars.begin(); bar != filled; ++bar)
        QTest::keyClick(chart, Qt::Key_Right);
    QTest::keyClick(chart, Qt::Key_Return);
    QCOMPARE(m_table->filter().expression(), term);
}

void TestCorpusDock::rowsFilterByKeyboard() {
    QVERIFY(open());
    QTableView* table = m_dock->tokenTable();
    table->setCurrentIndex(table->model()->index(0, 0));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Return);
    const QString term = table->model()->index(0, 0).data(TermRole).toString();
    QVERIFY(term.startsWith(QStringLiteral("cand.token=")));
    QTRY_COMPARE_WITH_TIMEOUT(m_table->filter().expression(), term, 5'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_table->model().rowCount(), 2, 20'000); // one word, two responses
    // The histograms' twin says the same.
    QCOMPARE(
        m_dock->barTable()->model()->rowCount(),
        static_cast<int>(store::kRelativeBars + store::kScoreEdges.size() - 1 + store::kStepBars));
}

void TestCorpusDock::criticalTokensNeedASearch() {
    QVERIFY(open());
    CorpusChoice choice = m_dock->model().choice();
    choice.tokens = store::CorpusTokens::Critical;
    m_dock->model().setChoice(choice);
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->emptyTitle(), QStringLiteral("No critical tokens"), 20'000);
    find(m_project->ids[1], 1);
    QTRY_COMPARE_WITH_TIMEOUT(counted(), 1, 20'000);
    QVERIFY(m_dock->emptyTitle().isEmpty());
}

void TestCorpusDock::agreementIsShownAndFilters() {
    find(m_project->ids[1], 1);
    find(m_project->ids[2], 3);
    QVERIFY(open());
    const auto& totals = m_dock->model().agreement().totals;
    QCOMPARE(totals.precision.k, 1);
    QCOMPARE(totals.precision.n, 2);
    QCOMPARE(totals.recallNear.k, 2);
    QTableView* table = m_dock->agreementTable();
    QStringList measures;
    for (int row = 0; row < table->model()->rowCount(); ++row)
        measures << table->model()->index(row, AgreementModel::Measure).data().toString();
    const auto missed = static_cast<int>(measures.indexOf(QStringLiteral("Missed")));
    QCOMPARE(table->model()->index(missed, AgreementModel::Counts).data().toString(),
             QStringLiteral("1 of 2"));
    table->setCurrentIndex(table->model()->index(missed, 0));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(m_table->filter().expression(), QStringLiteral("crit.hit=no"));
    QTRY_COMPARE_WITH_TIMEOUT(m_table->model().rowCount(), 1, 20'000);
    QCOMPARE(m_table->model().idAt(0), m_project->ids[2]);
}

void TestCorpusDock::choicesStayWithTheProject() {
    CorpusChoice choice;
    choice.tokens = store::CorpusTokens::Confirmed;
    choice.truth = store::Truth::Slips;
    choice.dataset = QStringLiteral("a \"b\"");
    choice.followFilter = false;
    QCOMPARE(CorpusChoice::fromJson(choice.toJson()), choice);
    QCOMPARE(CorpusChoice::fromJson(QStringLiteral("{\"tokens\":99,\"method\":3}")).tokens,
             store::CorpusTokens::Confirmed);
    QCOMPARE(CorpusChoice::fromJson(QStringLiteral("nonsense")), CorpusChoice());
}

void TestCorpusDock::suggestionsFollowTheCursor() {
    QVERIFY(open());
    FilterBar& bar = m_table->filter();
    bar.field()->setText(QStringLiteral("verd"));
    bar.complete();
    QCOMPARE(bar.suggestions().value(0), QStringLiteral("verdict"));
    bar.field()->setText(QStringLiteral("cand.token="));
    bar.complete(); // asks the project for its tokens
    QTRY_VERIFY_WITH_TIMEOUT(!bar.suggestions().isEmpty(), 20'000);
    QVERIFY(bar.suggestions().value(0).startsWith(QLatin1Char('w')));
}

QTEST_MAIN(TestCorpusDock)
#include "tst_corpus_dock.moc"
