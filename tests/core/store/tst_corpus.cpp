// The corpus view, agreement and the filter's cand.* and crit.* fields over one small project.
#include "core/store/corpus.h"
#include "core/store/filter.h"
#include "core/store/migrate.h"
#include "support/temp_project.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <numeric>

using namespace crux;
using namespace crux::store;
using namespace crux::test;

/// Three wrong trajectories and a right one; ids are 10 + index, so that a vocabulary of one piece
/// an id tells places apart. Position 3 is the first response token.
class TestCorpus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void countsCandidates();
    void countsCriticalTokens();
    void methodsFindOneToken();
    void barsSelectWhatTheyCount();
    void filtersByTokens_data();
    void filtersByTokens();
    void criticalFieldsNeedASearch();
    void agreementByTrajectoryAndInAll();
    void agreementWithSlips();
    void cancels();
    void olderProjectsAreBroughtUpToDate();
    void retokenisingForgetsThem();
    void theNewestSearchCounts();
    void scoringAgainChangesTheirScores();
    void branchesAndRightOnesHaveNone();

private:
    Project& project() { return m_temp->project(); }
    void fill();
    TrajectoryId add(const std::string& text, Verdict verdict, int lowest, float s, int slip = -1);
    void find(TrajectoryId id, std::int32_t position, std::optional<bool> confirmed,
              const std::string& method = "critical");
    std::vector<int> rowsOf(const std::string& filter);
    CorpusSummary summary(CorpusTokens of, const std::string& filter = {});

    std::unique_ptr<TempProject> m_temp;
    DatasetId m_data;
    QuestionId m_question;
    ScoreSetId m_set;
    TrajectoryId m_a, m_b, m_c, m_right;
};

TrajectoryId TestCorpus::add(const std::string& text, Verdict verdict, int lowest, float s,
                             int slip) {
    TrajectoryRecord record = trajectoryOf(m_data, m_question, text, verdict);
    record.tokenizerHash = "tok";
    record.slip = slip;
    record.sourceModel = verdict == Verdict::Right ? "right model" : "wrong model";
    const TrajectoryId id = take(addTrajectory(project(), record));
    ScoreRecord scores;
    scores.trajectoryId = id;
    scores.scoreSetId = m_set;
    scores.s.assign(record.ids.size(), .9f);
    scores.s[0] = std::nanf("");
    scores.s[static_cast<std::size_t>(lowest)] = s;
    take(saveScores(project(), scores, nullptr, {}));
    return id;
}

void TestCorpus::find(TrajectoryId id, std::int32_t position, std::optional<bool> confirmed,
                      const std::string& method) {
    Provenance made;
    made.params = {{"search", {{"method", method}}}};
    SearchFindingRecord finding;
    finding.trajectoryId = id;
    finding.search = take(addSearch(project(), made));
    finding.rolloutSet = take(addRolloutSet(project(), {}));
    finding.method = method;
    finding.position = position;
    finding.tokenId = position < 0 ? -1 : 10 + position;
    finding.at = {0, 64};
    finding.before = {32, 64};
    finding.confirmed = confirmed;
    finding.with = {1, 100};
    finding.without = {60, 100};
    std::vector<RolloutEstimate> estimates;
    const auto tokens = static_cast<std::int32_t>(take(trajectory(project(), id)).ids.size());
    for (std::int32_t i = 2; i < std::min(9, tokens); ++i)
        estimates.push_back({i, {position < 0 || i < position ? 40 - i : 0, 64}, false});
    take(saveSearchResult(project(), {finding}, estimates));
}

void TestCorpus::init() {
    m_temp = std::make_unique<TempProject>();
    take(project().write([this]() -> Status { // one transaction: made anew for every row
        fill();
        return {};
    }));
}

void TestCorpus::fill() {
    m_data = addDataset(project(), "d");
    m_question = addQuestion(project(), m_data, "1", "q");
    VocabularyRecord words;
    words.tokenizerHash = "tok";
    for (int id = 0; id < 60; ++id)
        words.pieces.push_back(id == 15 ? " owed" : cat("w", id));
    words.special.resize(words.pieces.size(), false);
    take(saveVocabulary(project(), words));
    ScoreSetRecord set;
    set.name = "set";
    m_set = take(addScoreSet(project(), set));
    take(setCandidateThreshold(project(), m_set, 0.1));
    m_a = add("abc\ndefg", Verdict::Wrong, 5, .01f, 5);    // candidate at 5, step 1
    m_b = add("abcdefgh. ij", Verdict::Wrong, 8, .05f, 4); // candidate at 8
    m_c = add("xyz", Verdict::Wrong, 4, .5f);              // lowest only
    m_right = add("abc", Verdict::Right, 4, .001f);
    find(m_a, 5, true);
    find(m_b, 5, std::nullopt);
    find(m_c, -1, std::nullopt);
}

CorpusSummary TestCorpus::summary(CorpusTokens of, const std::string& filter) {
    CorpusQuery query;
    query.filter = filter;
    query.scoreSet = m_set;
    query.tokens = of;
    return take(corpusSummary(project(), query, {}));
}

std::vector<int> TestCorpus::rowsOf(const std::string& filter) {
    TrajectoryQuery query;
    query.filter = filter;
    query.scoreSet = m_set;
    const auto ids = trajectoryIds(project(), query);
    if (!ids.ok()) {
        qWarning("%s", ids.error().message.c_str());
        return {-1};
    }
    std::vector<int> rows;
    for (const TrajectoryId id : *ids)
        rows.push_back(static_cast<int>(id.value));
    return rows;
}

void TestCorpus::countsCandidates() {
    const CorpusSummary all = summary(CorpusTokens::Candidates);
    QCOMPARE(all.trajectories, std::int64_t{4});
    QCOMPARE(all.counted, std::int64_t{3}); // one each of the wrong ones
    QCOMPARE(all.holders, std::int64_t{3});
    QCOMPARE(all.strings, std::int64_t{3});
    QCOMPARE(all.tokens.size(), std::size_t{3});
    QCOMPARE(all.tokens[0].text, " owed"); // equal counts: by text
    QCOMPARE(all.tokens[0].meanS, static_cast<double>(.01f));
    QCOMPARE(all.steps[0], std::int64_t{3});
    QCOMPARE(all.relative[5], std::int64_t{1}); // a: 2 of 8 tokens in
    QCOMPARE(std::accumulate(all.scores.begin(), all.scores.end(), std::int64_t{0}),
             std::int64_t{3});
    QCOMPARE(all.scores[4], std::int64_t{1}); // .01 as float32 lies just below its edge
    QCOMPARE(all.scores[8], std::int64_t{1});
    QVERIFY(all.hasScores && all.hasSearches);
    QCOMPARE(summary(CorpusTokens::Candidates, "id<2").counted, std::int64_t{1});
    QCOMPARE(summary(CorpusTokens::Candidates, "model~right").counted, std::int64_t{0});
}

void TestCorpus::countsCriticalTokens() {
    find(m_a, 5, true, "cliff"); // found by "critical" already: the same token
    const CorpusSummary found = summary(CorpusTokens::Critical);
    QCOMPARE(found.counted, std::int64_t{2});
    QCOMPARE(found.holders, std::int64_t{2});
    QCOMPARE(found.tokens.size(), std::size_t{1});
    QCOMPARE(found.tokens[0].count, std::int64_t{2});
    QCOMPARE(found.tokens[0].trajectories, std::int64_t{2});
    CorpusQuery query;
    query.scoreSet = m_set;
    query.tokens = CorpusTokens::Critical;
    query.method = "critical";
    QCOMPARE(take(corpusSummary(project(), query, {})).counted, std::int64_t{2});
    query.tokens = CorpusTokens::Confirmed;
    QCOMPARE(take(corpusSummary(project(), query, {})).counted, std::int64_t{1});
}

/// The same token by another method is no second one.
void TestCorpus::methodsFindOneToken() {
    const auto before = summary(CorpusTokens::Critical);
    find(m_a, 5, true, "cliff");
    const auto after = summary(CorpusTokens::Critical);
    QCOMPARE(after.counted, before.counted);
    QCOMPARE(summary(CorpusTokens::Confirmed).counted, 1);
}

void TestCorpus::barsSelectWhatTheyCount() {
    for (const CorpusTokens of :
         {CorpusTokens::Candidates, CorpusTokens::Critical, CorpusTokens::Confirmed}) {
        const CorpusSummary all = summary(of);
        const auto check = [&](CorpusBar what, std::size_t bar, std::int64_t count,
                               const std::string& token = {}) {
            const std::string term = corpusTerm(of, what, bar, token);
            QVERIFY2(parseFilter(term).ok(), term.c_str());
            // One token a trajectory here: rows and tokens are as many.
            QVERIFY2(static_cast<std::int64_t>(rowsOf(term).size()) == count, term.c_str());
        };
        for (const CorpusToken& token : all.tokens)
            check(CorpusBar::Token, 0, token.trajectories, token.text);
        for (std::size_t i = 0; i < all.relative.size(); ++i)
            check(CorpusBar::Relative, i, all.relative[i]);
        for (std::size_t i = 0; i < all.steps.size(); ++i)
            check(CorpusBar::Step, i, all.steps[i]);
        for (std::size_t i = 0; i < all.scores.size(); ++i)
            check(CorpusBar::Score, i, all.scores[i]);
    }
}

void TestCorpus::filtersByTokens_data() {
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<std::vector<int>>("rows");
    const auto row = [](const char* filter, std::vector<int> rows) {
        QTest::newRow(filter) << QByteArray(filter) << std::move(rows);
    };
    using V = std::vector<int>;
    row("cand.token=\" owed\"", V{1});
    row("cand.token~OWE", V{1});
    row("cand.token=w18", V{2});
    row("cand.token!=\" owed\"", V{2, 3});
    row("not cand.token=\" owed\"", V{2, 3, 4});
    row("cand.pos=3", V{1});
    row("cand.step=1 and cand.s<0.1", V{1, 2});
    row("cand.s<0.1 and cand.pos=2", V{}); // of one and the same token
    row("cand.hit=yes", V{1});
    row("cand.hit=no", V{2, 3});
    row("crit.token=\" owed\"", V{1, 2});
    row("crit.token=nothing", V{});
    row("crit.pos=3 and crit.confirmed=yes", V{1});
    row("crit.confirmed=no", V{2});
    row("crit.hit=no", V{2});
    row("crit.rel>=25 and crit.rel<30", V{1});
    row("crit.s<0.1", V{1});
    row("crit.method=critical and crit.at=0", V{1, 2});
    row("crit.method=cliff", V{});
    row("crit.before=0.5", V{1, 2});
    row("crit.without>0.5 and crit.with<0.05", V{1, 2});
    row("crit=0", V{3, 4});
    row("crit>0 or verdict=right", V{1, 2, 4});
    row("searched=yes", V{1, 2, 3});
    row("rollouts=0", V{1, 2, 3, 4});
    row("pass=0.25", V{1, 2, 3, 4});
    row("samples=4 and verdict=right", V{4});
    row("slip=yes", V{1, 2});
    row("sampled_by~wrong", V{1, 2, 3});
    row("verdict=wrong and min_s<0.1 and text~\"abc\" and crit.token=\" owed\"", V{1, 2});
    row("(crit.token=\" owed\" or cand.pos=2) and tokens<9", V{1, 3});
}

void TestCorpus::filtersByTokens() {
    QFETCH(QByteArray, filter);
    QFETCH(std::vector<int>, rows);
    CRUX_OK(parseFilter(filter.toStdString()));
    QCOMPARE(rowsOf(filter.toStdString()), rows);
}

void TestCorpus::criticalFieldsNeedASearch() {
    TempProject empty;
    TrajectoryQuery query;
    query.filter = "crit.token=x";
    const auto ids = trajectoryIds(empty.project(), query);
    QVERIFY(!ids.ok());
    QVERIFY(ids.error().message.find("cand.token") != std::string::npos);
    CorpusQuery corpus;
    const CorpusSummary nothing = take(corpusSummary(empty.project(), corpus, {}));
    QVERIFY(!nothing.hasScores && !nothing.hasSearches);
    QCOMPARE(nothing.counted, std::int64_t{0});
}

void TestCorpus::agreementByTrajectoryAndInAll() {
    AgreementQuery query;
    query.scoreSet = m_set;
    query.window = 3;
    const AgreementReport report = take(agreementReport(project(), query, {}));
    QCOMPARE(report.rows.size(), std::size_t{3});
    QCOMPARE(report.rows[0].candidates, (std::vector<std::int32_t>{5}));
    QCOMPARE(report.rows[0].critical, (std::vector<std::int32_t>{5}));
    QCOMPARE(*report.rows[0].numbers.rank, 1.0);
    QCOMPARE(report.rows[0].numbers.shares, 6);  // of the response's positions 3 .. 8
    QCOMPARE(*report.rows[1].numbers.rank, 7.0); // .9 everywhere but the candidate
    QCOMPARE(report.totals.precision.k, std::int64_t{1});
    QCOMPARE(report.totals.precision.n, std::int64_t{3});
    QCOMPARE(report.totals.precisionNear.k, std::int64_t{2});
    QCOMPARE(report.totals.recall.k, std::int64_t{1});
    QCOMPARE(report.totals.recall.n, std::int64_t{2});
    const auto one = take(trajectoryAgreement(project(), m_b, query));
    QVERIFY(one && one->numbers.criticalNear == 1 && one->numbers.criticalHit == 0);
    QVERIFY(!take(trajectoryAgreement(project(), m_right, query)));
    query.truth = Truth::Confirmed;
    QCOMPARE(take(agreementReport(project(), query, {})).totals.recall.n, std::int64_t{1});
    query.filter = "id>1";
    QCOMPARE(take(agreementReport(project(), query, {})).rows.size(), std::size_t{2});
    query.method = "cliff";
    QVERIFY(take(agreementReport(project(), query, {})).rows.empty());
}

void TestCorpus::agreementWithSlips() {
    AgreementQuery query;
    query.scoreSet = m_set;
    query.truth = Truth::Slips;
    const AgreementReport report = take(agreementReport(project(), query, {}));
    QCOMPARE(report.rows.size(), std::size_t{2});
    QCOMPARE(report.totals.recall.k, std::int64_t{1});
    QCOMPARE(report.totals.recallNear.k, std::int64_t{1});
}

void TestCorpus::cancels() {
    const CancelToken cancel;
    cancel.cancel();
    const auto stopped = corpusSummary(project(), {}, cancel);
    QVERIFY(!stopped.ok() && stopped.error().code == ErrorCode::Cancelled);
}

/// A file as version 1 wrote it: without the tables and columns that came later.
void TestCorpus::olderProjectsAreBroughtUpToDate() {
    const auto before = rowsOf("cand.token=\" owed\" and crit.step=1");
    const auto low = rowsOf("crit.s<0.1 and crit.confirmed=yes and crit.without>0.5");
    const Path file = m_temp->file();
    m_temp->close();
    {
        SQLite::Database old(file.string(), SQLite::OPEN_READWRITE);
        for (const char* trigger : {"found_insert", "found_delete", "found_scored"})
            old.exec(std::string("DROP TRIGGER ") + trigger);
        old.exec("DROP TABLE found_score");
        old.exec("DROP TABLE found_token");
        old.exec("ALTER TABLE trajectory DROP COLUMN answer_spans");
        old.exec("DROP INDEX search_result_by_token");
        old.exec("ALTER TABLE search_result DROP COLUMN token_id");
        old.exec("ALTER TABLE search_result DROP COLUMN sign");
        old.exec("DROP TABLE lowest_token");
        old.exec("DROP TABLE trajectory_steps");
        for (const char* table : {"run_data", "step_rows", "step_tokens"})
            old.exec(std::string("DROP TABLE ") + table);
        old.exec("DROP TABLE evaluation_question");
        old.exec("CREATE TABLE evaluation_sample(evaluation_id INTEGER NOT NULL REFERENCES"
                 " evaluation(id) ON DELETE CASCADE, trajectory_id INTEGER NOT NULL)");
        old.exec("PRAGMA user_version = 1");
    }
    const auto migrated = take(Project::open(file, OpenMode::ReadWrite));
    TrajectoryQuery query;
    query.filter = "cand.token=\" owed\" and crit.step=1";
    query.scoreSet = m_set;
    const auto ids = take(trajectoryIds(*migrated, query));
    QCOMPARE(ids.size(), before.size());
    QCOMPARE(ids.size(), std::size_t{1});
    query.filter = "crit.s<0.1 and crit.confirmed=yes and crit.without>0.5";
    QCOMPARE(take(trajectoryIds(*migrated, query)).size(), low.size());
    QCOMPARE(low, std::vector<int>{1});
    QVERIFY(take(checkProject(*migrated)).empty());
    SQLite::Database file5(file.string(), SQLite::OPEN_READONLY);
    QVERIFY(file5.tableExists("evaluation_question") && !file5.tableExists("evaluation_sample"));
}

void TestCorpus::retokenisingForgetsThem() {
    TrajectoryRecord record = take(trajectory(project(), m_a));
    record.ids.back() = 1;
    take(setTokens(project(), m_a, record.ids, record.offsets, record.promptTokens, "tok"));
    QCOMPARE(rowsOf("cand.token=\" owed\""), std::vector<int>());
    QCOMPARE(rowsOf("crit.token=\" owed\""), std::vector<int>{2});
    QVERIFY(take(checkProject(project())).empty());
}

void TestCorpus::theNewestSearchCounts() {
    // Another search of the same method finds the same place, and does not confirm it.
    Provenance made;
    made.params = {{"search", {{"method", "critical"}, {"n", 128}}}};
    SearchFindingRecord finding;
    finding.trajectoryId = m_a;
    finding.search = take(addSearch(project(), made));
    finding.rolloutSet = take(addRolloutSet(project(), {}));
    finding.method = "critical";
    finding.position = 5;
    finding.tokenId = 15;
    finding.at = {1, 64};
    finding.confirmed = false;
    take(saveSearchResult(project(), {finding}, {}));
    QCOMPARE(rowsOf("crit.confirmed=yes"), std::vector<int>{});
    QCOMPARE(rowsOf("crit.at>0"), std::vector<int>{1});
    QCOMPARE(rowsOf("crit>1"), std::vector<int>{}); // it is one place
    QCOMPARE(summary(CorpusTokens::Critical).counted, std::int64_t{2});
    finding.position = -1; // asked again it finds none: the older search counts
    take(saveSearchResult(project(), {finding}, {}));
    QCOMPARE(rowsOf("crit.confirmed=yes"), std::vector<int>{1});
    QVERIFY(take(checkProject(project())).empty());
}

void TestCorpus::scoringAgainChangesTheirScores() {
    QCOMPARE(rowsOf("crit.s<0.1"), std::vector<int>{1});
    ScoreRecord scores = *take(store::scores(project(), m_a, m_set));
    scores.s[5] = .7f;
    take(saveScores(project(), scores, nullptr, {}));
    QCOMPARE(rowsOf("crit.s<0.1"), std::vector<int>{});
    QCOMPARE(rowsOf("crit.s>0.6 and crit.s<0.8"), std::vector<int>{1});
    QVERIFY(take(checkProject(project())).empty());
}

void TestCorpus::branchesAndRightOnesHaveNone() {
    // A branch has scores and a verdict too, but is no row of the table.
    BranchRecord branch;
    branch.rootId = branch.parentId = m_a;
    branch.forkPosition = 5;
    TrajectoryRecord child = take(trajectory(project(), m_a));
    child.id = {};
    const auto made = take(addBranch(project(), branch, child));
    ScoreRecord scores = *take(store::scores(project(), m_a, m_set));
    scores.trajectoryId = made.childId;
    take(saveScores(project(), scores, nullptr, {}));
    find(m_right, 4, true); // pivotal searches look at right ones as well
    QCOMPARE(rowsOf("cand.token=\" owed\""), std::vector<int>{1});
    QCOMPARE(rowsOf("crit.hit=yes"), std::vector<int>{1});
    QCOMPARE(rowsOf("crit.token=w14"), std::vector<int>{4});
    QCOMPARE(rowsOf("cand.hit=yes"), std::vector<int>{1});
    QCOMPARE(summary(CorpusTokens::Candidates).counted, std::int64_t{3});
    QCOMPARE(summary(CorpusTokens::Critical).counted, std::int64_t{3});
}

QTEST_APPLESS_MAIN(TestCorpus)
#include "tst_corpus.moc"
