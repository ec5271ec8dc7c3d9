#include "core/store/filter.h"
#include "core/store/filter_completion.h"
#include "core/store/row_filter.h"
#include "support/temp_project.h"

using namespace crux;
using namespace crux::store;
using namespace crux::test;

class TestFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void selects_data();
    void selects();
    void refuses_data();
    void refuses();
    void scoresNeedAScoreSet();
    void termsOfAConjunction();
    void termsAreAddedAndTakenAway();
    void completes_data();
    void completes();
    void filtersRowsInMemory();
    void valuesAreNeverPasted();
    void sorts();

private:
    std::vector<int> rowsOf(const std::string& filter);
    std::unique_ptr<TempProject> m_temp;
    ScoreSetId m_set;
};

/// Four trajectories, numbered 1..4; 1 to 3 are scored.
void TestFilter::initTestCase() {
    m_temp = std::make_unique<TempProject>();
    Project& project = m_temp->project();
    const auto words = addDataset(project, "words");
    const auto gsm = addDataset(project, "gsm8k");
    const auto q1 = addQuestion(project, words, "1", "Ann has apples.", "17");
    const auto q2 = addQuestion(project, gsm, "2", "A teacher buys 50% more.", "it's");
    const auto add = [&](DatasetId d, QuestionId q, const char* text, Verdict v,
                         const char* model) {
        TrajectoryRecord t = trajectoryOf(d, q, text, v);
        t.sourceModel = model;
        t.extracted = "7";
        return take(addTrajectory(project, t));
    };
    const auto first = add(words, q1, "Ann owed 5 to each", Verdict::Wrong, "6b");
    const auto second = add(words, q1, "Max WAS owed", Verdict::Right, "6b");
    add(gsm, q2, "100%_sure \xC3\xBC", Verdict::Wrong, "175b");
    add(gsm, q2, "ab", Verdict::NoAnswer, "175b");
    take(addMark(project, {{}, first, -1, 0}));
    take(saveNote(project, {{}, second, -1, "odd one", 0}));
    take(addLabel(project, {{}, second, 3, "agree", 0}));
    BranchRecord branch;
    branch.parentId = first;
    take(addBranch(project, branch, trajectoryOf({}, {}, "a branch, owed", {})));
    ScoreSetRecord set;
    set.name = "set";
    m_set = take(addScoreSet(project, set));
    take(setCandidateThreshold(project, m_set, 0.1));
    for (std::int64_t id = 1; id <= 3; ++id) {
        const auto record = take(trajectory(project, TrajectoryId{id}));
        ScoreRecord scores;
        scores.trajectoryId = record.id;
        scores.scoreSetId = m_set;
        scores.s.assign(record.ids.size(), 1.f);
        scores.s[4] = id == 1 ? .05f : id == 2 ? .5f : .9f;
        take(saveScores(project, scores, nullptr, {}));
    }
}

std::vector<int> TestFilter::rowsOf(const std::string& filter) {
    TrajectoryQuery query;
    query.filter = filter;
    query.scoreSet = m_set;
    const auto ids = trajectoryIds(m_temp->project(), query);
    if (!ids.ok()) {
        qWarning("%s", ids.error().message.c_str());
        return {-1};
    }
    std::vector<int> rows;
    for (const TrajectoryId id : *ids)
        rows.push_back(static_cast<int>(id.value));
    return rows;
}

void TestFilter::selects_data() {
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<std::vector<int>>("rows");
    const auto row = [](const char* filter, std::vector<int> rows) {
        QTest::newRow(filter) << QByteArray(filter) << std::move(rows);
    };
    using V = std::vector<int>;
    row("", V{1, 2, 3, 4});
    row("verdict=wrong", V{1, 3});
    row("verdict != wrong", V{2, 4});
    row("verdict=no_answer", V{4});
    row("min_s<0.1", V{1});
    row("min_s >= .5", V{2, 3});
    row("not min_s<0.1", V{2, 3}); // what has no score is neither
    row("candidates>0", V{1, 3});  // the lowest of a wrong one counts
    row("candidates=0", V{2});
    row("tokens<5", V{4});
    row("branches>0", V{1});
    row("dataset=gsm8k", V{3, 4});
    row("dataset~WORD", V{1, 2});
    row("question~\"apples.\"", V{1, 2});
    row("question~50%", V{3, 4});
    row("text~\"each\"", V{1});
    row("text~OWED", V{1, 2}); // no regard to case
    row("text~\"was owed\"", V{2});
    row("text~%_", V{3});       // no wild cards
    row("text~\xC3\xBC", V{3}); // shorter than three characters
    row("text=ab", V{4});
    row("text!=ab", V{1, 2, 3});
    row("owed", V{1, 2});
    row("owed each", V{1});
    row("\"owed 5\"", V{1});
    row("teacher", V{3, 4}); // a bare word looks into questions too
    row("answer=7 and gold=17", V{1, 2});
    row("extracted!=7", V{});
    row("gold=\"it's\"", V{3, 4});
    row("model=6b", V{1, 2});
    row("model~75", V{3, 4});
    row("source=imported", V{1, 2, 3, 4});
    row("label=agree", V{2});
    row("note=yes", V{2});
    row("note=no", V{1, 3, 4});
    row("note~odd", V{2});
    row("marked=yes", V{1});
    row("marked!=yes", V{2, 3, 4});
    row("id>=3", V{3, 4});
    row("sample=0", V{1, 2, 3, 4});
    row("verdict=wrong and (dataset=gsm8k or min_s<0.1)", V{1, 3});
    row("verdict=wrong or verdict=right and min_s<0.1", V{1, 3}); // and binds closer
    row("NOT verdict=wrong AND id<4", V{2});
    row("not (verdict=wrong or id=4)", V{2});
    row("verdict==wrong", V{1, 3});
    row("text~\"\\\"\"", V{});
}

void TestFilter::selects() {
    QFETCH(QByteArray, filter);
    QFETCH(std::vector<int>, rows);
    CRUX_OK(parseFilter(filter.toStdString()));
    QCOMPARE(rowsOf(filter.toStdString()), rows);
}

void TestFilter::refuses_data() {
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<QByteArray>("where");
    QTest::addColumn<QByteArray>("names");
    const auto row = [](QByteArray filter, const char* where, const char* names) {
        QTest::newRow(filter.left(40)) << filter << QByteArray(where) << QByteArray(names);
    };
    row("crit.word=\" owed\"", "column 1", "crit.token");
    row("verdict=good", "column 9", "right, wrong");
    row("verdict=wrong and", "column 18", "field");
    row("min_s<low", "column 7", "number");
    row("min_s~1", "column 6", "~");
    row("min_s<", "column 7", "value");
    row("text<3", "column 5", "=, != or ~");
    row("(verdict=wrong", "column 15", "bracket");
    row("verdict=wrong)", "column 14", "end");
    row("text~\"open", "column 11", "closing");
    row("a ! b", "column 4", "=");
    row("or verdict=wrong", "column 1", "field");
    row("\xC3\xBC\xC3\xBC=1", "column 1", "known field"); // columns count characters
    row("x \xC3\xBC min_s<q", "column 11", "number");
    row(QByteArray(60, '('), "column 51", "50");
    row(QByteArray("not ").repeated(100) + "x", "column 201", "50");
    row(QByteArray("x ").repeated(300), "column 401", "200");
    row("a\xFF", "column 2", "UTF-8");
    row("min_s<nan", "column 7", "number");
    row("min_s<1e999", "column 7", "number");
}

void TestFilter::refuses() {
    QFETCH(QByteArray, filter);
    QFETCH(QByteArray, where);
    QFETCH(QByteArray, names);
    const Status status = parseFilter(filter.toStdString());
    QVERIFY(!status.ok());
    QCOMPARE(QByteArray::fromStdString(status.error().where), where);
    QVERIFY2(status.error().message.find(names.toStdString()) != std::string::npos,
             status.error().message.c_str());
}

void TestFilter::scoresNeedAScoreSet() {
    TrajectoryQuery query;
    query.filter = "min_s<0.5";
    const auto ids = trajectoryIds(m_temp->project(), query);
    QVERIFY(!ids.ok());
    QVERIFY(ids.error().message.find("score set") != std::string::npos);
}

void TestFilter::termsOfAConjunction() {
    const auto terms = filterTerms("verdict=wrong and min_s < 0.1 owed");
    QCOMPARE(terms.size(), std::size_t{3});
    QCOMPARE(terms[1].field, "min_s");
    QCOMPARE(terms[1].op, "<");
    QCOMPARE(terms[1].value, "0.1");
    QCOMPARE(terms[2].value, "owed");
    QVERIFY(filterTerms("a or b").empty());
    QVERIFY(filterTerms("not a").empty());
    QVERIFY(filterTerms("((").empty());
    QVERIFY(filterFields().size() >= 16);
}

void TestFilter::termsAreAddedAndTakenAway() {
    QCOMPARE(filterAnd("", "id=1"), "id=1");
    QCOMPARE(filterAnd("a or b", "id=1"), "(a or b) and id=1");
    QCOMPARE(filterAnd("id=1 and verdict=wrong", "id=1"), "id=1 and verdict=wrong");
    const std::string range = "cand.rel>=5.0 and cand.rel<10.0";
    const std::string both = filterAnd("verdict=wrong", range);
    QVERIFY(filterHas(both, range));
    QVERIFY(!filterHas("cand.rel>=5.0", range));
    QCOMPARE(filterWithout(both, range), "verdict=wrong");
    QCOMPARE(filterWithout("verdict=wrong", range), "verdict=wrong");
    // Whatever a token holds comes back as it was.
    for (const std::string text : {" owed", "\"", "\\", "a\nb\tc", "", "\xC3\xA9", "and"}) {
        const auto terms = filterTerms("crit.token=" + quotedForFilter(text));
        QCOMPARE(terms.size(), std::size_t{1});
        QCOMPARE(terms[0].value, text);
        QCOMPARE(filterTerms(filterTermText(terms[0])), terms);
    }
}

void TestFilter::completes_data() {
    QTest::addColumn<QByteArray>("typed");
    QTest::addColumn<QByteArray>("first"); ///< of the suggestions
    QTest::addColumn<QByteArray>("valuesOf");
    QTest::addColumn<int>("begin");
    const auto row = [](const char* typed, const char* first, const char* valuesOf, int begin) {
        QTest::newRow(*typed ? typed : "nothing")
            << QByteArray(typed) << QByteArray(first) << QByteArray(valuesOf) << begin;
    };
    row("", "verdict", "", 0);
    row("ver", "verdict", "", 0);
    row("verdict", "=", "", 7);
    row("verdict ", "=", "", 8);
    row("verdict=", "right", "", 8);
    row("verdict=wr", "wrong", "", 8);
    row("verdict=wrong", "", "", 0);
    row("verdict=wrong ", "and", "", 14);
    row("verdict=wrong a", "and", "", 14);
    row("verdict=wrong and ", "verdict", "", 18);
    row("verdict=wrong and crit.t", "crit.token", "", 18);
    row("crit.token=", "", "crit.token", 11);
    row("crit.token=\" ow", "", "crit.token", 11);
    row("(note=", "yes", "", 6);
    row("min_s<0.1", "", "", 0);
    row("token", "tokens", "", 0); // crit.token and cand.token follow
    row("nofield=", "", "", 0);
}

void TestFilter::completes() {
    QFETCH(QByteArray, typed);
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, valuesOf);
    QFETCH(int, begin);
    const auto found = completeFilter(typed.toStdString(), static_cast<std::size_t>(typed.size()));
    const std::string shown = found.suggestions.empty() ? "" : found.suggestions[0].text;
    QCOMPARE(QByteArray::fromStdString(shown), first);
    QCOMPARE(QByteArray::fromStdString(found.valuesOf), valuesOf);
    if (!first.isEmpty())
        QCOMPARE(static_cast<int>(found.suggestions[0].begin), begin);
    else if (!valuesOf.isEmpty())
        QCOMPARE(static_cast<int>(found.begin), begin);
}

void TestFilter::filtersRowsInMemory() {
    using K = RowField::Kind;
    const std::vector<RowField> fields{
        {K::Text, "kind", ""}, {K::Number, "pos", ""}, {K::YesNo, "done", ""}};
    const auto fits = [&](const char* expression, const char* kind, double pos, bool done) {
        const auto filter = RowFilter::make(expression, fields);
        if (!filter.ok())
            return -1;
        return filter->matches([&](std::size_t field) -> RowValue {
            if (field == 0)
                return std::string(kind);
            return field == 1 ? pos : done ? 1.0 : 0.0;
        })
                   ? 1
                   : 0;
    };
    QCOMPARE(fits("", "label", 3, true), 1);
    QCOMPARE(fits("kind=label and pos<4", "label", 3, true), 1);
    QCOMPARE(fits("kind=label and pos<3", "label", 3, true), 0);
    QCOMPARE(fits("not kind~LAB or done=no", "label", 3, true), 0);
    QCOMPARE(fits("done=yes", "label", 3, true), 1);
    QCOMPARE(fits("abel", "label", 3, true), 1); // a bare word
    QCOMPARE(fits("kind!=note", "label", 3, true), 1);
    QCOMPARE(fits("verdict=wrong", "label", 3, true), -1); // no field of this table
    QCOMPARE(fits("pos<", "label", 3, true), -1);
}

void TestFilter::valuesAreNeverPasted() {
    for (const char* text : {"text~\"'; DROP TABLE trajectory; --\"", "gold=\"' OR 1=1 --\"",
                             "text~'a\" OR \"b'", "text~\"abc\\\" NEAR def\""})
        QVERIFY(rowsOf(text).empty());
    QCOMPARE(rowsOf("").size(), std::size_t{4});
}

void TestFilter::sorts() {
    const auto sorted = [&](const char* key, bool descending) {
        TrajectoryQuery query;
        query.sortKey = key;
        query.descending = descending;
        query.scoreSet = m_set;
        std::vector<int> rows;
        for (const TrajectoryId id : take(trajectoryIds(m_temp->project(), query)))
            rows.push_back(static_cast<int>(id.value));
        return rows;
    };
    QCOMPARE(sorted("id", true), (std::vector<int>{4, 3, 2, 1}));
    QCOMPARE(sorted("min_s", false), (std::vector<int>{1, 2, 3, 4})); // unscored last
    QCOMPARE(sorted("min_s", true), (std::vector<int>{3, 2, 1, 4}));
    QCOMPARE(sorted("tokens", false), (std::vector<int>{4, 2, 3, 1}));
    QCOMPARE(sorted("candidates", true), (std::vector<int>{1, 3, 2, 4}));
    QCOMPARE(sorted("question", false), (std::vector<int>{3, 4, 1, 2}));
    for (const char* key : {"verdict", "extracted", "gold", "branches", "source", "sample"})
        QCOMPARE(sorted(key, false).size(), std::size_t{4});
    TrajectoryQuery query;
    query.sortKey = "id; DROP TABLE";
    QVERIFY(!trajectoryIds(m_temp->project(), query).ok());
}

QTEST_APPLESS_MAIN(TestFilter)
#include "tst_filter.moc"
