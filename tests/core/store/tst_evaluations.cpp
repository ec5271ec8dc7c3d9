// Evaluations as rows, their numbers, and what compares them: no model is needed.
#include "core/store/comparison.h"
#include "core/store/repositories.h"
#include "support/temp_project.h"

#include <cmath>

using namespace crux;
using namespace crux::store;
using crux::test::take;
using crux::test::TempProject;

class TestEvaluations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_temp = std::make_unique<TempProject>(); }

    void theSameIsTheSameRow();
    void countsFollowTheRows();
    void numbersOfSamples();
    void tablesOfTwo();
    void nothingChanged();
    void samplesVote();
    void setsThatDifferByOneRow();
    void whatMayNotBeCompared();
    void equalQuestionsOfOtherDatasets();
    void missingGoldAnswers();
    void slicesAndDivergence();

private:
    Project& project() { return m_temp->project(); }
    DatasetId dataset(const std::string& name, int count, int skipped = -1);
    /// One sample for each letter: R right, W wrong, N no answer, U ungraded; "|" ends a question.
    EvaluationId evaluate(const std::string& name, DatasetId in, const std::string& verdicts,
                          const Json& extra = Json::object(), bool finish = true);
    Comparison compare(const std::vector<std::string>& names, bool common = false) {
        return take(compareEvaluations(project(), {names, common, false, {}}));
    }
    std::string refusal(const std::vector<std::string>& names) {
        const auto made = compareEvaluations(project(), {names, false, false, {}});
        return made.ok() ? std::string() : made.error().message;
    }
    std::unique_ptr<TempProject> m_temp;
};

DatasetId TestEvaluations::dataset(const std::string& name, int count, int skipped) {
    DatasetRecord record;
    record.name = name;
    const DatasetId id = take(addDataset(project(), record));
    for (int i = 0; i < count; ++i) {
        QuestionRecord question;
        question.datasetId = id;
        question.externalId = cat("q", i);
        question.text = cat("How many are ", i, "?");
        question.gold = i == skipped ? std::string() : cat(i);
        question.meta = {{"level", i % 2}};
        take(addQuestion(project(), question));
    }
    return id;
}

EvaluationId TestEvaluations::evaluate(const std::string& name, DatasetId in,
                                       const std::string& verdicts, const Json& extra,
                                       bool finish) {
    const auto asked = take(questions(project(), in, 0, 1000));
    EvaluationRecord record;
    record.name = name;
    record.hash = cat(name, in.value, dumpJson(extra));
    record.source = "crux";
    record.datasetId = in;
    record.setHash = fingerprintOf(asked);
    for (const QuestionRecord& question : asked)
        record.questions.push_back(question.id);
    record.decoding = {{"temperature", extra.value("temperature", 0.0)}};
    record.grader = extra.value("grader", std::string("crux"));
    const EvaluationId id = take(beginEvaluation(project(), record));
    std::vector<EvaluatedQuestion> rows;
    std::size_t place = 0;
    for (const std::string_view part : split(verdicts, '|')) {
        EvaluatedQuestion row;
        row.questionId = asked[place++].id;
        int sample = 0;
        for (const char letter : part) {
            TrajectoryRecord t;
            t.questionId = row.questionId;
            t.datasetId = in;
            t.naturalKey = cat(name, dumpJson(extra), "/", place, "/", sample);
            t.sampleIndex = sample++;
            t.response = cat("So it is ", letter == 'R' ? "right" : name, ".");
            t.extracted = letter == 'R' ? "right" : "other";
            row.trajectories.push_back(take(addTrajectory(project(), t)));
            row.verdicts.push_back(letter == 'R'   ? Verdict::Right
                                   : letter == 'W' ? Verdict::Wrong
                                   : letter == 'N' ? Verdict::NoAnswer
                                                   : Verdict::Ungraded);
            row.answers.push_back(letter == 'R' ? 0 : letter == 'W' ? 1 : -1);
            row.tokens.push_back(10 * static_cast<int>(place));
        }
        rows.push_back(std::move(row));
    }
    take(saveEvaluated(project(), id, rows, 1.5));
    if (finish)
        take(finishEvaluation(project(), id));
    return id;
}

void TestEvaluations::theSameIsTheSameRow() {
    const DatasetId set = dataset("words", 3);
    const EvaluationId one = evaluate("base", set, "R|W|R");
    QCOMPARE(evaluate("base", set, "R", {{"grader", "authors"}}, false).value, one.value + 1);
    EvaluationRecord record = take(evaluation(project(), one));
    QVERIFY(record.complete && record.finishedMs > 0);
    QCOMPARE(take(beginEvaluation(project(), record)), one);
    QCOMPARE(take(evaluations(project())).size(), std::size_t{2});
    QCOMPARE(take(findEvaluation(project(), "base")).grader, std::string("authors")); // the newest
    QCOMPARE(take(findEvaluation(project(), cat(one.value))).grader, std::string("crux"));
    QVERIFY(findEvaluation(project(), "gone").error().message.find("\"base\"") !=
            std::string::npos);
    QVERIFY(!finishEvaluation(project(), EvaluationId{2}).ok()); // two questions are missing
    QVERIFY(take(checkProject(project())).empty());
    CRUX_OK(removeEvaluation(project(), one));
    QVERIFY(!evaluation(project(), one).ok());
}

void TestEvaluations::countsFollowTheRows() {
    const DatasetId set = dataset("words", 3);
    const EvaluationId id = evaluate("base", set, "R|W|N");
    EvaluationRecord record = take(evaluation(project(), id));
    QCOMPARE(record.counts, (EvaluationCounts{3, 1, 1, 1, 0, 60, 0}));
    auto rows = take(evaluatedQuestions(project(), record));
    QCOMPARE(rows.size(), std::size_t{3});
    rows[1].verdicts[0] = Verdict::Right;
    rows[1].tokens[0] = 1;
    CRUX_OK(saveEvaluated(project(), id, {rows[1]}, 0.5)); // replaces, counts nothing twice
    record = take(evaluation(project(), id));
    QCOMPARE(record.counts, (EvaluationCounts{3, 2, 0, 1, 0, 41, 0}));
    QCOMPARE(record.seconds, 2.0);
    QCOMPARE(take(evaluatedQuestions(project(), record)), rows);
    CRUX_OK(saveEvaluated(project(), id, {{rows[2].questionId, {}, {}, {}, {}}}, 0));
    QCOMPARE(take(evaluation(project(), id)).counts, (EvaluationCounts{3, 2, 0, 0, 0, 11, 1}));
    QVERIFY(take(checkProject(project())).empty());
}

void TestEvaluations::numbersOfSamples() {
    const DatasetId set = dataset("words", 2);
    const auto record = take(evaluation(project(), evaluate("base", set, "RRWW|NWWR")));
    const EvaluationStats stats = statsOf(take(evaluatedQuestions(project(), record)));
    QVERIFY(!stats.wilson);
    QCOMPARE(stats.accuracy, 0.375);
    QCOMPARE(stats.noAnswerRate, 0.125);
    QCOMPARE(stats.meanTokens, 15.0);
    QCOMPARE(stats.pass.size(), std::size_t{3}); // 1, 2, 4
    QCOMPARE(stats.pass[2].mean, 1.0);
    QVERIFY(std::fabs(stats.pass[1].mean - (5.0 / 6 + 0.5) / 2) < 1e-12);
    QCOMPARE(stats.majority.back().value, 0.25); // a tie, and a wrong majority
    const EvaluationStats none = statsOf({});
    QVERIFY(std::isnan(none.accuracy) && none.pass.empty());
}

void TestEvaluations::tablesOfTwo() {
    const DatasetId set = dataset("words", 6);
    evaluate("base", set, "R|W|R|W|W|N");
    evaluate("dpo", set, "R|R|W|R|R|W");
    const Comparison made = compare({"base", "dpo"});
    QCOMPARE(made.pairs.size(), std::size_t{1});
    const PairedResult& pair = made.pairs[0];
    QCOMPARE(pair.counts, (PairedCounts{1, 3, 1, 1}));
    QCOMPARE(pair.fixed, (std::vector<std::size_t>{1, 3, 4}));
    QCOMPARE(pair.broken, std::vector<std::size_t>{2});
    QCOMPARE(pair.difference, 2.0 / 6);
    QVERIFY(pair.newcombe);
    QCOMPARE(pair.interval.low, pairedInterval({1, 3, 1, 1}).low);
    QCOMPARE(pair.mcnemarMidP, mcnemarMidP(3, 1));
    QVERIFY(made.cautions.front().find("only 6 questions") != std::string::npos);
    // Without names: the oldest against the rest.
    QCOMPARE(compare({}).columns[0].evaluation.name, std::string("base"));
    evaluate("cdpo", set, "R|R|R|R|R|R");
    QCOMPARE(compare({}).pairs.size(), std::size_t{2});
}

void TestEvaluations::nothingChanged() {
    const DatasetId set = dataset("words", 2);
    evaluate("base", set, "R|W");
    evaluate("same", set, "R|W");
    const Comparison made = compare({});
    QCOMPARE(made.pairs[0].counts, (PairedCounts{1, 0, 0, 1}));
    QCOMPARE(made.pairs[0].mcnemarMidP, 1.0);
    QCOMPARE(made.pairs[0].difference, 0.0);
}

void TestEvaluations::samplesVote() {
    const DatasetId set = dataset("words", 3);
    evaluate("base", set, "RRW|WWR|RW");
    evaluate("dpo", set, "RWW|RRW|RR");
    const PairedResult pair = compare({}).pairs[0];
    QCOMPARE(pair.counts, (PairedCounts{0, 2, 1, 0})); // a tie is no right answer
    QVERIFY(!pair.newcombe);
    QVERIFY(std::fabs(pair.difference - (1.0 / 3 + 2.0 / 3 + 1 - 2.0 / 3 - 1.0 / 3 - 0.5) / 3) <
            1e-12);
}

void TestEvaluations::setsThatDifferByOneRow() {
    const DatasetId set = dataset("words", 4), shorter = dataset("fewer", 3);
    evaluate("base", set, "R|W|R|W");
    evaluate("dpo", shorter, "R|R|R");
    const std::string why = refusal({"base", "dpo"});
    QVERIFY2(why.find("lacks 1 question (q3)") != std::string::npos, why.c_str());
    const Comparison made = compare({"base", "dpo"}, true);
    QCOMPARE(made.pairs[0].counts, (PairedCounts{2, 1, 0, 0}));
    QCOMPARE(made.pairs[0].onlyBaseline, std::vector<std::size_t>{3});
    QCOMPARE(made.pairs[0].baselineAccuracy, 2.0 / 3); // over what both were asked
    QVERIFY(made.cautions.size() >= 2);
}

void TestEvaluations::whatMayNotBeCompared() {
    const DatasetId set = dataset("words", 3);
    evaluate("base", set, "R|W|R");
    QVERIFY(refusal({}).find("two evaluations") != std::string::npos);
    evaluate("strict", set, "R|W|R", {{"grader", "authors"}});
    QVERIFY(refusal({"base", "strict"}).find("\"authors\"") != std::string::npos);
    evaluate("warm", set, "R|W|R", {{"temperature", 0.5}});
    QVERIFY(refusal({"base", "warm"}).find("temperature 0.0 and 0.5") != std::string::npos);
    QVERIFY(
        take(compareEvaluations(project(), {{"base", "warm"}, false, true, {}})).cautions.size() ==
        2);
    evaluate("half", set, "R|W", {{"temperature", 0.0}}, false);
    QVERIFY(refusal({"base", "half"}).find("cut off: 2 of 3") != std::string::npos);
    QVERIFY(refusal({"base", "base"}).find("baseline itself") != std::string::npos);
    evaluate("dpo", set, "R|R|R");
    const Comparison made = compare({}); // what cannot be compared is listed with its reason
    QCOMPARE(made.columns.size(), std::size_t{2});
    QCOMPARE(made.refused.size(), std::size_t{3});
    for (const RefusedEvaluation& one : made.refused)
        QVERIFY(!one.reason.empty());
}

void TestEvaluations::equalQuestionsOfOtherDatasets() {
    const DatasetId one = dataset("words", 3), other = dataset("imported", 3);
    evaluate("base", one, "R|W|R");
    evaluate("theirs", other, "R|R|R");
    QCOMPARE(compare({}).pairs[0].counts, (PairedCounts{2, 1, 0, 0}));
}

void TestEvaluations::missingGoldAnswers() {
    const DatasetId set = dataset("words", 3, 1);
    evaluate("base", set, "R|U|W");
    evaluate("dpo", set, "R|U|R");
    const Comparison made = compare({});
    QCOMPARE(made.pairs[0].counts, (PairedCounts{1, 1, 0, 0}));
    QCOMPARE(made.pairs[0].ungraded, std::vector<std::size_t>{1});
    QCOMPARE(made.columns[0].stats.questions, std::int64_t{2});
    QVERIFY(made.cautions.back().find("no gold answer") != std::string::npos);
}

void TestEvaluations::slicesAndDivergence() {
    const DatasetId set = dataset("words", 4);
    evaluate("base", set, "R|W|R|W");
    evaluate("dpo", set, "W|R|R|R");
    const Comparison made = compare({});
    const auto slices = take(slicesOf(project(), made));
    QVERIFY(slices.size() >= 4); // two levels, three lengths
    QCOMPARE(slices[0].by, std::string("level"));
    QCOMPARE(slices[0].value, std::string("0"));
    QCOMPARE(slices[0].stats[0].accuracy, 1.0);
    QCOMPARE(slices[0].stats[1].accuracy, 0.5);
    const auto& a = *made.columns[0].rows[1];
    const auto& b = *made.columns[1].rows[1];
    const Divergence parts = take(firstDivergence(project(), a.trajectories[0], b.trajectories[0]));
    QCOMPARE(parts.byte, std::size_t{9});
    QCOMPARE(parts.baseline, std::string("base."));
    QCOMPARE(parts.candidate, std::string("right."));
    const Divergence none = take(firstDivergence(project(), a.trajectories[0], a.trajectories[0]));
    QVERIFY(none.position == -1 && none.baseline.empty());
}

QTEST_GUILESS_MAIN(TestEvaluations)
#include "tst_evaluations.moc"
