#include "core/interop/export.h"
#include "core/interop/import.h"
#include "support/temp_project.h"
#include "support/test_paths.h"

#include <fstream>
#include <sstream>

using namespace crux;
using namespace crux::interop;
using namespace crux::test;
namespace store = crux::store;

class TestImport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void columnsAreGuessedAndMapped();
    void importingAgainAddsNothing();
    void answersAreGraded();
    void repeatedIdsAreNamed();
    void splitsAndLimits();
    void cancelKeepsWholeBatches();
    void breathesBetweenShortBatches();
    void csvRows();
    void previewShowsWhatWouldHappen();
    void wrongOptionsAreSaid();
    void specIsRead();
    void exportsImportAgain();
    void exportedTableAndLabels();
    void exportedCorpusAndAgreement();
    void exportedHeatMaps();
    void modelSolutions();
    void gsm8kQuestions();
    void wordProblems();
    void cliffPotentials();
};

namespace {

void put(const Path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

ImportReport import(TempProject& temp, const ImportOptions& options) {
    return take(runImport(temp.project(), options, CancelToken()));
}

ImportOptions optionsFor(std::vector<Path> inputs, std::string kind = "auto") {
    ImportOptions options;
    options.inputs = std::move(inputs);
    options.kind = std::move(kind);
    return options;
}

Path shared(const char* name) {
    return Path((sharedDir() + "/").toStdString() + name);
}

std::vector<TrajectoryId> rowsOf(const TempProject& temp, const std::string& filter) {
    store::TrajectoryQuery query;
    query.filter = filter;
    return take(store::trajectoryIds(const_cast<TempProject&>(temp).project(), query));
}

store::TrajectoryRecord rowOf(TempProject& temp, const std::string& filter) {
    const auto ids = rowsOf(temp, filter);
    if (ids.size() != 1)
        qFatal("%zu rows for %s", ids.size(), filter.c_str());
    return take(store::trajectory(temp.project(), ids.front()));
}

} // namespace

void TestImport::columnsAreGuessedAndMapped() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file, "{\"problem\":\"2+2?\",\"output\":\"#### 4\",\"target\":4,\"is_correct\":true,"
              "\"model_name\":\"m\",\"why\":\"because 5\"}\n");
    const auto report = import(temp, optionsFor({file}));
    QCOMPARE(report.trajectories, 1);
    const auto row = rowOf(temp, "");
    QCOMPARE(row.response, "#### 4");
    QCOMPARE(row.prompt, "Question: 2+2?\nAnswer: ");
    QCOMPARE(row.sourceModel, "m");
    QVERIFY(row.publishedCorrect == std::optional<bool>(true));
    QVERIFY(row.ids.empty());
    QCOMPARE(take(store::datasets(temp.project())).front().name, "rows");
    ImportOptions other = optionsFor({file});
    other.dataset = "other";
    other.columns = {{"response", "why"}};
    import(temp, other);
    QCOMPARE(rowOf(temp, "dataset=other").response, "because 5");
}

void TestImport::importingAgainAddsNothing() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    std::string rows;
    for (int i = 0; i < 50; ++i) // the same response twice is two samples, not a repetition
        rows += cat("{\"question\":\"q", i / 4, "\",\"response\":\"#### ", i % 2,
                    "\",\"answer\":\"1\"}\n");
    put(file, rows);
    auto report = import(temp, optionsFor({file}));
    QCOMPARE(report.kept, 50);
    QCOMPARE(report.trajectories, 50);
    QCOMPARE(report.questions, 13);
    QCOMPARE(report.present, 0);
    report = import(temp, optionsFor({file}));
    QCOMPARE(report.kept, 50);
    QCOMPARE(report.present, 50);
    QCOMPARE(report.trajectories, 0);
    put(file, rows + "{\"question\":\"new\",\"response\":\"#### 1\",\"answer\":\"1\"}\n");
    report = import(temp, optionsFor({file}));
    QCOMPARE(report.trajectories, 1);
    QCOMPARE(rowsOf(temp, "").size(), std::size_t{51});
    QVERIFY(take(store::checkProject(temp.project())).empty());
}

void TestImport::answersAreGraded() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file, "{\"id\":1,\"question\":\"a\",\"response\":\"so #### 4\",\"answer\":\"x #### 4\"}\n"
              "{\"id\":2,\"question\":\"b\",\"response\":\"so #### "
              "5\",\"answer\":\"4\",\"correct\":true}\n"
              "{\"id\":3,\"question\":\"c\",\"response\":\"so #### 5\",\"correct\":\"wrong\"}\n");
    import(temp, optionsFor({file}));
    const auto right = rowOf(temp, "verdict=right");
    QCOMPARE(right.extracted, "4");
    QCOMPARE(
        right.response.substr(static_cast<std::size_t>(right.extractedBegin),
                              static_cast<std::size_t>(right.extractedEnd - right.extractedBegin)),
        "4");
    const auto wrong = rowOf(temp, "verdict=wrong and gold=4");
    QVERIFY(wrong.publishedCorrect == std::optional<bool>(true)); // kept beside our own verdict
    const auto ungraded = rowOf(temp, "gold=\"\"");
    QVERIFY(ungraded.verdict == Verdict::Wrong); // no gold answer: the published label stands
    QCOMPARE(ungraded.verdictReason, "published");
}

void TestImport::repeatedIdsAreNamed() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file,
        "{\"question_id\":1,\"id\":\"a\",\"question\":\"q\",\"response\":\"x\"}\n"
        "{\"question_id\":1,\"id\":\"a\",\"question\":\"q\",\"response\":\"y\"}\n"
        "{\"question_id\":1,\"id\":\"b\",\"question\":\"another\",\"response\":\"y\"}\n"
        "{\"question_id\":1,\"id\":\"c\",\"sample\":3,\"question\":\"q\",\"response\":\"z\"}\n"
        "{\"question_id\":1,\"id\":\"c\",\"sample\":3,\"question\":\"q\",\"response\":\"z\"}\n");
    const auto report = import(temp, optionsFor({file}));
    QCOMPARE(report.rejectedCount, 3);
    QCOMPARE(report.rejected[0].line, 2);
    QVERIFY(report.rejected[0].reason.find("line 1") != std::string::npos);
    QCOMPARE(report.rejected[1].line, 3);
    QVERIFY(report.rejected[1].reason.find("another question") != std::string::npos);
    QCOMPARE(report.rejected[2].line, 5);
    QVERIFY(report.rejected[2].reason.find("line 4") != std::string::npos);
    QCOMPARE(report.trajectories, 2);
}

void TestImport::splitsAndLimits() {
    TempProject temp;
    const Path file = temp.path("questions.jsonl");
    put(file, "{\"id\":1,\"split\":\"train\",\"question\":\"a\",\"answer\":\"1\"}\n"
              "{\"id\":2,\"split\":\"test\",\"question\":\"b\",\"answer\":\"2\"}\n"
              "{\"id\":3,\"split\":\"test\",\"question\":\"c\",\"answer\":\"3\"}\n");
    ImportOptions options = optionsFor({file});
    options.split = "test";
    const auto report = import(temp, options);
    QCOMPARE(report.questions, 2);
    QCOMPARE(report.skipped, 1);
    QCOMPARE(take(store::datasets(temp.project())).front().split, "test");
    options.dataset = "limited";
    options.split.clear();
    options.limit = 2;
    QCOMPARE(import(temp, options).questions, 2);
}

void TestImport::cancelKeepsWholeBatches() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    std::string rows;
    for (int i = 0; i < 5000; ++i)
        rows += cat("{\"id\":", i, ",\"question\":\"q", i, "\",\"response\":\"r\"}\n");
    put(file, rows);
    CancelToken cancel;
    const auto report = runImport(temp.project(), optionsFor({file}), cancel,
                                  [&](std::int64_t done, std::int64_t total, const ImportReport&) {
                                      QVERIFY(done > 0 && done <= total);
                                      cancel.cancel();
                                  });
    QVERIFY(!report.ok());
    QVERIFY(report.error().code == ErrorCode::Cancelled);
    const auto there = rowsOf(temp, "").size();
    QVERIFY(there > 0 && there < 5000);
    QCOMPARE(import(temp, optionsFor({file})).trajectories,
             static_cast<std::int64_t>(5000 - there));
    QVERIFY(take(store::checkProject(temp.project())).empty());
}

void TestImport::breathesBetweenShortBatches() {
    for (const bool refuseBad : {false, true}) { // refusing looks the file through first
        TempProject temp;
        const Path file = temp.path("rows.jsonl");
        std::string rows;
        for (int i = 0; i < 100; ++i)
            rows += cat("{\"question\":\"q", i, "\",\"response\":\"#### 1\",\"answer\":\"1\"}\n");
        put(file, rows);
        ImportOptions options = optionsFor({file});
        options.skipBadLines = !refuseBad;
        int breaths = 0;
        const ImportPace pace{1e-9, [&] {
                                  ++breaths; // no transaction is open: others may write
                                  store::DatasetRecord other;
                                  other.name = cat("other ", breaths);
                                  QVERIFY(store::addDataset(temp.project(), other).ok());
                              }};
        const auto report = take(runImport(temp.project(), options, CancelToken(), {}, pace));
        QCOMPARE(report.trajectories, 100);
        QVERIFY(breaths >= (refuseBad ? 200 : 100));
    }
}

void TestImport::csvRows() {
    TempProject temp;
    const Path file = temp.path("rows.csv");
    put(file, "\xEF\xBB\xBFquestion,response,answer,correct\r\n"
              "\"a, \"\"quoted\"\"\",\"two\r\nlines #### 7\",7,1\r\n"
              "b,#### 8,9,0\r\n");
    const auto report = import(temp, optionsFor({file}));
    QCOMPARE(report.trajectories, 2);
    const auto first = rowOf(temp, "verdict=right");
    QCOMPARE(first.response, "two\nlines #### 7");
    QCOMPARE(take(store::question(temp.project(), first.questionId)).text, "a, \"quoted\"");
}

void TestImport::previewShowsWhatWouldHappen() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file, "{\"question\":\"q\",\"response\":\"" + std::string(500, 'x') +
                  "\",\"extra\":[1]}\n"
                  "broken\n{\"question\":\"q\"}\n");
    const auto preview = take(previewImport(optionsFor({file})));
    QCOMPARE(preview.kind, "jsonl");
    QVERIFY(preview.complete);
    QCOMPARE(preview.rowsSeen, 3);
    QCOMPARE(preview.rejectedCount, 2);
    QCOMPARE(preview.rejected[0].line, 2);
    QVERIFY(preview.rejected[1].reason.find("response") != std::string::npos);
    QCOMPARE(preview.rows.size(), std::size_t{1});
    QCOMPARE(preview.rows[0].size(), preview.columns.size());
    QCOMPARE(preview.mapping.at("question"), "question");
    for (const std::string& cell : preview.rows[0])
        QVERIFY(cell.size() < 210);
    QVERIFY(!take(previewImport(optionsFor({file}), 5, 1)).complete);
}

void TestImport::wrongOptionsAreSaid() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file, "{\"a\":1,\"b\":2}\n");
    const auto message = [&](const ImportOptions& options) {
        const auto report = runImport(temp.project(), options, CancelToken());
        return report.ok() ? std::string() : report.error().message;
    };
    QVERIFY(message(optionsFor({file})).find("a, b") != std::string::npos);
    ImportOptions options = optionsFor({file});
    options.columns = {{"question", "nope"}};
    QVERIFY(message(options).find("\"nope\"") != std::string::npos);
    options.columns = {{"colour", "a"}};
    QVERIFY(message(options).find("\"colour\"") != std::string::npos);
    QVERIFY(message(optionsFor({file}, "xml")).find("\"xml\"") != std::string::npos);
    QVERIFY(!message(optionsFor({temp.path("none.jsonl")})).empty());
    QVERIFY(!message(optionsFor({temp.file().parent_path()})).empty());
    QVERIFY(!message(optionsFor({})).empty());
    options = optionsFor({file});
    options.task = "poetry";
    QVERIFY(!message(options).empty());
    options = optionsFor({file});
    options.promptTemplate = "none such";
    QVERIFY(!message(options).empty());
    QVERIFY(take(store::datasets(temp.project())).empty());
}

void TestImport::specIsRead() {
    const auto options = take(importOptionsFromSpec(Json{{"inputs", {"a.jsonl"}},
                                                         {"kind", "csv"},
                                                         {"answer_column", "gold"},
                                                         {"bad_lines", "refuse"},
                                                         {"limit", 5},
                                                         {"task", "math"}}));
    QCOMPARE(options.inputs.front().string(), "a.jsonl");
    QCOMPARE(options.columns.at("gold"), "gold");
    QVERIFY(!options.skipBadLines);
    QCOMPARE(options.limit, 5);
    QVERIFY(!importOptionsFromSpec(Json::object()).ok());
    QVERIFY(!importOptionsFromSpec(Json{{"inputs", {1}}}).ok());
    QVERIFY(!importOptionsFromSpec(Json{{"inputs", {"a"}}, {"kind", 3}}).ok());
}

void TestImport::exportsImportAgain() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "How many?", "5");
    auto t = trajectoryOf(dataset, question, "#### 5", Verdict::Right);
    t.slip = 4;
    take(store::addTrajectory(temp.project(), t));
    t.response = "#### 6";
    take(store::addTrajectory(temp.project(), t));
    const Path out = temp.path("out.jsonl");
    ExportOptions options;
    options.where = "text~5";
    QCOMPARE(take(exportToFile(temp.project(), options, out, CancelToken())), 1);
    TempProject other;
    const auto report = import(other, optionsFor({out}));
    QCOMPARE(report.trajectories, 1);
    const auto row = rowOf(other, "verdict=right");
    QVERIFY(row.ids == t.ids);
    QCOMPARE(row.promptTokens, 3);
    QCOMPARE(row.slip, 4);
    options.kind = "nothing";
    QVERIFY(!exportToFile(temp.project(), options, out, CancelToken()).ok());
    options = {};
    options.where = "((";
    QVERIFY(!exportToFile(temp.project(), options, out, CancelToken()).ok());
    QVERIFY(!exportToFile(temp.project(), {}, temp.path("no/folder"), CancelToken()).ok());
    QVERIFY(!exportToFile(temp.project(), {}, "/dev/full/x", CancelToken()).ok());
}

void TestImport::exportedTableAndLabels() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "a, \"b\"\nc", "5");
    const auto id = take(store::addTrajectory(
        temp.project(), trajectoryOf(dataset, question, "xyz", Verdict::Wrong)));
    take(store::addLabel(temp.project(), {{}, id, 4, "agree", 0}));
    std::ostringstream table;
    ExportOptions options;
    options.kind = "csv";
    QCOMPARE(take(runExport(temp.project(), options, table, CancelToken())), 1);
    QVERIFY(table.str().find("1,d,\"a, \"\"b\"\"\nc\",5,wrong,") != std::string::npos);
    std::ostringstream labels;
    options.kind = "labels";
    QCOMPARE(take(runExport(temp.project(), options, labels, CancelToken())), 1);
    const Json row = take(parseJson(labels.str()));
    QCOMPARE(row["token"].get<std::string>(), "y");
    QCOMPARE(row["label"].get<std::string>(), "agree");
    QCOMPARE(row["token_id"].get<int>(), 14);
    QVERIFY(row["s"].is_null() && row["rollouts"].is_null()); // neither scored nor searched
}

void TestImport::exportedCorpusAndAgreement() {
    TempProject temp;
    const store::Project& project = temp.project();
    const auto dataset = addDataset(project, "d");
    const auto question = addQuestion(project, dataset, "q1", "?", "5");
    auto record = trajectoryOf(dataset, question, "abcdef", Verdict::Wrong);
    record.tokenizerHash = "tok";
    record.slip = 5;
    const auto id = take(store::addTrajectory(project, record));
    store::VocabularyRecord words{"tok", std::vector<std::string>(40, "w"), {}};
    words.pieces[14] = " owed";
    words.special.resize(40, false);
    take(store::saveVocabulary(project, words));
    store::ScoreSetRecord set;
    set.name = "set";
    ExportOptions options;
    options.scoreSet = take(store::addScoreSet(project, set));
    store::ScoreRecord scores;
    scores.trajectoryId = id;
    scores.scoreSetId = options.scoreSet;
    scores.s.assign(record.ids.size(), .9F);
    scores.s[4] = .01F;
    take(store::saveScores(project, scores, nullptr, {}));
    store::SearchFindingRecord finding;
    finding.trajectoryId = id;
    finding.search = take(store::addSearch(project, {}));
    finding.rolloutSet = take(store::addRolloutSet(project, {}));
    finding.method = "critical";
    finding.position = 4;
    finding.tokenId = 14;
    finding.at = {0, 64};
    take(store::saveSearchResult(project, {finding}, {{4, {0, 64}, false}}));
    take(store::addLabel(project, {{}, id, 4, "agree", 0}));

    const auto lines = [&](const char* kind) {
        options.kind = kind;
        std::ostringstream out;
        const auto rows = take(runExport(project, options, out, CancelToken()));
        std::vector<Json> list;
        std::istringstream text(out.str());
        for (std::string line; std::getline(text, line);)
            list.push_back(take(parseJson(line)));
        QTest::qCompare(static_cast<std::int64_t>(list.size()), rows, "lines", "rows", __FILE__,
                        __LINE__);
        return list;
    };
    const auto corpus = lines("corpus");
    QCOMPARE(corpus[0]["what"].get<std::string>(), "summary");
    QCOMPARE(corpus[1]["token"].get<std::string>(), " owed");
    QCOMPARE(corpus[1]["filter"].get<std::string>(), "cand.token=\" owed\"");
    const auto agreement = lines("agreement");
    QCOMPARE(agreement.size(), std::size_t{5}); // row and totals, totals of confirmed, row, totals
    QCOMPARE(agreement[0]["critical"][0].get<int>(), 4);
    QCOMPARE(agreement[1]["totals"]["precision"]["k"].get<int>(), 1);
    QCOMPARE(agreement[2]["against"].get<std::string>(), "confirmed");
    QCOMPARE(agreement[4]["totals"]["recall"]["k"].get<int>(), 0); // the slip lies beside
    QCOMPARE(agreement[4]["totals"]["recall_near"]["k"].get<int>(), 1);
    const Json label = lines("labels")[0];
    QVERIFY(std::abs(label["s"].get<double>() - .01) < 1e-6);
    QCOMPARE(label["candidate"].get<bool>(), true);
    QCOMPARE(label["rollouts"]["total"].get<int>(), 64);
    QCOMPARE(label["found_by"][0]["method"].get<std::string>(), "critical");
}

void TestImport::exportedHeatMaps() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "1 < 2?", "5");
    take(store::addTrajectory(temp.project(),
                              trajectoryOf(dataset, question, "a_b", Verdict::Wrong)));
    take(
        store::addTrajectory(temp.project(), trajectoryOf(dataset, question, "c", Verdict::Right)));
    ExportOptions options;
    options.kind = "heat-maps-html";
    std::ostringstream page;
    QCOMPARE(take(runExport(temp.project(), options, page, CancelToken())), 2);
    const QString html = QString::fromStdString(page.str());
    QVERIFY(html.startsWith(QStringLiteral("<!DOCTYPE html>")));
    QVERIFY(html.endsWith(QStringLiteral("</html>\n")));
    QCOMPARE(html.count(QStringLiteral("<section>")), 2);
    QVERIFY(html.contains(QStringLiteral("1 &lt; 2?")));
    QVERIFY(html.contains(QStringLiteral("class=\"t none\""))); // not scored: hatched
    options.kind = "heat-maps-latex";
    options.where = "verdict=wrong";
    std::ostringstream fragment;
    QCOMPARE(take(runExport(temp.project(), options, fragment, CancelToken())), 1);
    QVERIFY(fragment.str().find("\\_") != std::string::npos);
    QVERIFY(fragment.str().find("\\colorbox[HTML]{FFFFFF}") != std::string::npos);
}

void TestImport::modelSolutions() {
    CRUX_NEEDS_SHARED("gsm8k/model_solutions.jsonl");
    TempProject temp;
    const auto report = import(temp, optionsFor({shared("gsm8k/model_solutions.jsonl")}));
    QCOMPARE(report.questions, 660);
    QCOMPARE(report.trajectories, 4 * 660);
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(rowsOf(temp, "model=175b_verification").size(), std::size_t{660});
    int disagree = 0;
    for (const TrajectoryId id : rowsOf(temp, "")) {
        const auto row = take(store::trajectory(temp.project(), id));
        QVERIFY(row.publishedCorrect.has_value());
        disagree += *row.publishedCorrect != (row.verdict == Verdict::Right) ? 1 : 0;
    }
    qInfo("verdicts that differ from the published ones: %d of 2640", disagree);
    QCOMPARE(disagree, 0);
    QVERIFY(take(store::checkProject(temp.project())).empty());
}

void TestImport::gsm8kQuestions() {
    CRUX_NEEDS_SHARED("gsm8k/test.jsonl");
    TempProject temp;
    ImportOptions options = optionsFor({shared("gsm8k/test.jsonl")});
    options.dataset = "gsm8k";
    options.split = "test";
    auto report = import(temp, options);
    QCOMPARE(report.questions, 1319);
    QCOMPARE(report.trajectories, 0);
    const auto all = take(store::questions(temp.project(), report.datasets.front(), 0, 1));
    QCOMPARE(all.front().gold, "18");
    // The solutions of the same questions join them.
    options.inputs = {shared("gsm8k/model_solutions.jsonl")};
    report = import(temp, options);
    QCOMPARE(report.questions, 0);
    QCOMPARE(report.trajectories, 2640);
}

void TestImport::wordProblems() {
    CRUX_NEEDS_SHARED("models/wordproblems/trajectories.jsonl");
    TempProject temp;
    ImportOptions options = optionsFor({shared("models/wordproblems/questions.jsonl")});
    options.dataset = "wordproblems";
    options.promptTemplate = "wordproblems";
    QCOMPARE(import(temp, options).questions, 700);
    options.inputs = {shared("models/wordproblems/trajectories.jsonl")};
    const auto report = import(temp, options);
    QCOMPARE(report.trajectories, 1600);
    QCOMPARE(report.questions, 0);
    QCOMPARE(report.rejectedCount, 0);
    int slips = 0;
    std::string differing;
    for (const TrajectoryId id : rowsOf(temp, "")) {
        const auto row = take(store::trajectory(temp.project(), id));
        QVERIFY(row.publishedCorrect.has_value());
        QCOMPARE(row.slip >= 0, !*row.publishedCorrect);
        slips += row.slip >= 0 ? 1 : 0;
        if (*row.publishedCorrect != (row.verdict == Verdict::Right))
            differing += row.externalId + " ";
    }
    // One answer lacks its "####" line; our grader reads its last number, the label does not.
    QCOMPARE(differing, "685_9 ");
    QCOMPARE(slips, 829);
}

void TestImport::cliffPotentials() {
    CRUX_NEEDS_SHARED("cliff_tokens/sampled_off_8__GSM1K_186_path_0.json");
    TempProject temp;
    const std::string stem = "cliff_tokens/sampled_off_8__GSM1K_186_path_0";
    const auto report = import(temp, optionsFor({shared((stem + ".json").c_str()),
                                                 shared((stem + "__per_token.csv").c_str())}));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.trajectories, 1);
    QCOMPARE(take(store::datasets(temp.project())).front().name, "gsm1k");
    const auto row = rowOf(temp, "verdict=wrong");
    QCOMPARE(row.extracted, "73");
    QCOMPARE(row.sourceModel, "Qwen3-0.6B");
    QCOMPARE(row.ids.size(), std::size_t{117});
    QCOMPARE(row.offsets.size(), std::size_t{234});
    const auto layers = take(store::layersOf(temp.project(), row.id));
    QCOMPARE(layers.size(), std::size_t{1});
    const auto& values = layers.front().second;
    QCOMPARE(values.size(), std::size_t{117});
    QVERIFY(std::isnan(values.back())); // one potential fewer than tokens
    // The published position 32 counts from 1: the drop is at index 31, the token "7".
    QCOMPARE(values[30], 0.8125f);
    QCOMPARE(values[31], 0.25f);
    const std::string whole = row.prompt + row.response;
    QCOMPARE(whole.substr(static_cast<std::size_t>(row.offsets[62]),
                          static_cast<std::size_t>(row.offsets[63] - row.offsets[62])),
             "7");
    QCOMPARE(row.provenance.params["cliffs"][0]["response_index"].get<int>(), 31);
    QVERIFY(take(store::checkProject(temp.project())).empty());
}

QTEST_APPLESS_MAIN(TestImport)
#include "tst_import.moc"
