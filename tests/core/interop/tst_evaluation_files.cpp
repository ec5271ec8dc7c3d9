// Logs of lm-eval and inspect_ai as evaluations: forms, faults, and back out again.
#include "core/interop/export.h"
#include "core/interop/import.h"
#include "core/store/comparison.h"
#include "core/store/repositories.h"
#include "support/temp_project.h"

#include <fstream>
#include <sstream>

using namespace crux;
using namespace crux::interop;
using namespace crux::test;
namespace store = crux::store;

namespace {

Json lmEval(int id, const char* filter, int gold, const char* response, double match) {
    return {{"doc_id", id},
            {"doc",
             {{"question", cat("How many are ", gold, "?")},
              {"answer", cat("Count them.\n#### ", gold)}}},
            {"target", cat("Count them.\n#### ", gold)},
            {"arguments",
             {{"gen_args_0",
               {{"arg_0", cat("Question: How many are ", gold, "?\nAnswer:")},
                {"arg_1", {{"until", Json::array({"Question:"})}, {"do_sample", false}}}}}}},
            {"resps", Json::array({Json::array({response})})},
            {"filtered_resps", Json::array({response})},
            {"filter", filter},
            {"metrics", Json::array({"exact_match"})},
            {"exact_match", match}};
}

Json inspectSample(int id, int epoch, const char* answer, const char* value) {
    return {{"id", id},
            {"epoch", epoch},
            {"input", cat("How many are ", id, "?")},
            {"target", cat(id)},
            {"output",
             {{"completion", cat("The answer is ", answer)}, {"usage", {{"output_tokens", 7}}}}},
            {"scores", {{"match", {{"value", value}, {"answer", answer}}}}}};
}

} // namespace

class TestEvaluationFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_temp = std::make_unique<TempProject>(); }

    void oneEvaluationAFilter();
    void importedAgainIsTheSame();
    void duplicatesAndCutOffLines();
    void inspectLogs();
    void unfinishedInspectLogs();
    void exportsImportAgain();
    void propertiesAreKept();

private:
    store::Project& project() { return m_temp->project(); }
    ImportReport import(const char* file, const std::string& text) {
        const Path path = m_temp->path(file);
        std::ofstream(path, std::ios::binary) << text;
        ImportOptions options;
        options.inputs = {path};
        return take(runImport(project(), options, CancelToken()));
    }
    store::EvaluationRecord by(const std::string& grader) {
        for (const auto& record : take(store::evaluations(project())))
            if (record.grader == grader)
                return record;
        return {};
    }
    static std::string lines(const std::vector<Json>& rows) {
        std::string text;
        for (const Json& row : rows)
            text += dumpJson(row) + "\n";
        return text;
    }
    std::vector<Json> twoFilters() const {
        return {lmEval(0, "strict-match", 4, "So 4.", 0), lmEval(1, "strict-match", 5, "#### 5", 1),
                lmEval(0, "flexible-extract", 4, "So 4.", 1),
                lmEval(1, "flexible-extract", 5, "#### 5", 1)};
    }
    std::unique_ptr<TempProject> m_temp;
};

void TestEvaluationFiles::oneEvaluationAFilter() {
    const auto report = import("samples_gsm8k.jsonl", lines(twoFilters()));
    QCOMPARE(report.rejectedCount, std::int64_t{0});
    QCOMPARE(report.trajectories, std::int64_t{2}); // one verdict a filter, one trajectory
    QCOMPARE(take(store::evaluations(project())).size(), std::size_t{3});
    QCOMPARE(by("lm-eval strict-match").counts.right, std::int64_t{1});
    QCOMPARE(by("lm-eval flexible-extract").counts.right, std::int64_t{2});
    const auto own = by("crux");
    QCOMPARE(own.counts.right, std::int64_t{2});
    QVERIFY(own.complete);
    QCOMPARE(own.source, std::string("lm-eval"));
    QCOMPARE(own.decoding.at("until")[0].get<std::string>(), std::string("Question:"));
    const auto why = take(store::whyNotComparable(project(), by("lm-eval strict-match"), own, {}));
    QVERIFY(why.find("graders differ") != std::string::npos);
    const auto answers = take(store::answersOf(
        project(), take(store::evaluatedQuestions(project(), own)).front().trajectories));
    QCOMPARE(answers.front().answer, std::string("4"));
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestEvaluationFiles::importedAgainIsTheSame() {
    import("samples_gsm8k.jsonl", lines(twoFilters()));
    import("samples_gsm8k.jsonl", lines(twoFilters()));
    QCOMPARE(take(store::evaluations(project())).size(), std::size_t{3});
    QCOMPARE(take(store::trajectoryIds(project(), {})).size(), std::size_t{2});
}

void TestEvaluationFiles::duplicatesAndCutOffLines() {
    auto rows = twoFilters();
    rows.push_back(lmEval(1, "strict-match", 5, "#### 6", 0));
    const std::string text = lines(rows);
    const auto report = import("samples_gsm8k.jsonl", text + text.substr(0, 200));
    QCOMPARE(report.rejectedCount, std::int64_t{2});
    QVERIFY(report.rejected[0].reason.find("the id 1 is there twice") != std::string::npos);
    QVERIFY(!by("crux").complete); // and so it is not compared unasked
    QCOMPARE(by("lm-eval strict-match").counts.graded(), std::int64_t{2});
}

void TestEvaluationFiles::inspectLogs() {
    const Json log{{"version", 2},
                   {"status", "success"},
                   {"eval", {{"task", "counting"}, {"model", "openai/some"}}},
                   {"plan", {{"config", {{"temperature", 0.7}}}}},
                   {"samples",
                    {inspectSample(3, 1, "3", "C"), inspectSample(3, 2, "4", "I"),
                     inspectSample(8, 1, "8", "C"), inspectSample(8, 2, "8", "C"),
                     inspectSample(8, 2, "9", "C")}}};
    const auto report = import("log.json", dumpJson(log));
    QCOMPARE(report.rejectedCount, std::int64_t{1});
    QCOMPARE(report.kept, std::int64_t{4});
    const auto record = by("inspect match");
    QCOMPARE(record.name, std::string("openai/some"));
    QCOMPARE(record.samples, 2);
    QCOMPARE(record.counts.right, std::int64_t{3});
    QCOMPARE(record.counts.tokens, std::int64_t{28});
    QCOMPARE(by("crux").counts.right, std::int64_t{3});
    const auto stats = store::statsOf(take(store::evaluatedQuestions(project(), record)));
    QCOMPARE(stats.pass.back().mean, 1.0);
}

void TestEvaluationFiles::unfinishedInspectLogs() {
    Json log{{"version", 2},
             {"status", "cancelled"},
             {"eval", {{"model", "m"}}},
             {"samples", Json::array({inspectSample(3, 1, "3", "C")})}};
    import("log.json", dumpJson(log));
    QVERIFY(!by("inspect match").complete);
    ImportOptions options;
    options.inputs = {m_temp->path("log.eval")};
    std::ofstream(options.inputs[0]) << "PK";
    const auto refused = runImport(project(), options, CancelToken());
    QVERIFY(!refused.ok() && refused.error().message.find("--to json") != std::string::npos);
}

void TestEvaluationFiles::exportsImportAgain() {
    import("samples_gsm8k.jsonl", lines(twoFilters()));
    ExportOptions options;
    options.kind = "lm-eval";
    options.evaluations = {cat(by("lm-eval strict-match").id.value)};
    std::ostringstream out;
    QCOMPARE(take(runExport(project(), options, out, CancelToken())), std::int64_t{2});
    const Json row = take(parseJson(split(out.str(), '\n')[0]));
    QCOMPARE(row.at("exact_match").get<double>(), 0.0);
    QCOMPARE(row.at("target").get<std::string>(), std::string("4"));
    init();
    import("samples_again.jsonl", out.str());
    QCOMPARE(by("crux").counts.right, std::int64_t{2});
}

/// MATH500's file: subject and level make slices.
void TestEvaluationFiles::propertiesAreKept() {
    const Json row{{"problem", "What is 1+1?"},
                   {"solution", "It is \\boxed{2}"},
                   {"answer", "2"},
                   {"subject", "Algebra"},
                   {"level", 2},
                   {"unique_id", "test/algebra/1.json"}};
    import("math.jsonl", dumpJson(row) + "\n");
    const auto rows =
        take(store::questions(project(), take(store::datasets(project()))[0].id, 0, 10));
    QCOMPARE(rows[0].externalId, std::string("test/algebra/1.json"));
    QCOMPARE(rows[0].meta.at("subject").get<std::string>(), std::string("Algebra"));
    QCOMPARE(rows[0].meta.at("level").get<int>(), 2);
}

QTEST_GUILESS_MAIN(TestEvaluationFiles)
#include "tst_evaluation_files.moc"
