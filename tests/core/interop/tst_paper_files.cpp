// The paper's own files, PTS and Cliff Tokens: what an import makes of them, what it refuses, and
// that an export imports as the same again. Files: tests/data/interop (make_interop.py).
#include "core/interop/export.h"
#include "core/interop/import.h"
#include "support/temp_project.h"
#include "support/test_paths.h"

#include <cmath>
#include <fstream>
#include <sstream>

using namespace crux;
using namespace crux::interop;
using namespace crux::test;
namespace store = crux::store;

class TestPaperFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kindsAreFound_data();
    void kindsAreFound();
    void sampledAnswers();
    void checkedAnswersKeepTheirLabels();
    void selectedAnswers();
    void pairsWithScores_data();
    void pairsWithScores();
    void scoresNeedTheirTokenizer();
    void rolloutsGoToTheirPrefixes();
    void rolloutsOntoStoredTrajectories();
    void rolloutsThatCannotBePlaced();
    void pivotalTokens_data();
    void pivotalTokens();
    void pivotalTokensThatAreNone();
    void samplesRoundTrip_data();
    void samplesRoundTrip();
    void rolloutsRoundTrip();
    void storedRolloutsRoundTrip();
    void pivotalRoundTrip_data();
    void pivotalRoundTrip();
    void cliffRoundTrip();
    void idsThatDisagreeWithTheTokenizer();
    void questionsWithoutGold();
    void largeDocumentsStream();
};

namespace {

Path data(const char* name) {
    return Path((dataDir() + "/interop/").toStdString() + name);
}

std::string tokenizer(const char* name) {
    return (dataDir() + "/text/").toStdString() + name;
}

constexpr const char* kSampling = "GSM8K_train_sampling.T0.50.finished.jsonl";
constexpr const char* kChecked = "GSM8K_train_sampling.T0.50.finished.checked.json";
constexpr const char* kDpo = "GSM8K.dpo_top_k1.T0.50.json";
constexpr const char* kWith = "tiny-model/GSM8K_with_token_on_train_set_result.jsonl";
constexpr const char* kWithout = "tiny-model/GSM8K_without_token_on_train_set_result.jsonl";

ImportOptions optionsFor(std::vector<Path> inputs, const char* tokens = nullptr) {
    ImportOptions options;
    options.inputs = std::move(inputs);
    options.dataset = "d";
    if (tokens != nullptr)
        options.tokenizer = tokenizer(tokens);
    return options;
}

ImportReport import(TempProject& temp, const ImportOptions& options) {
    const auto report = take(runImport(temp.project(), options, CancelToken()));
    for (const RejectedRow& row : report.rejected)
        qInfo("refused: %s line %lld: %s", row.file.c_str(), static_cast<long long>(row.line),
              row.reason.c_str());
    return report;
}

std::vector<TrajectoryId> rowsOf(TempProject& temp, const std::string& filter = "") {
    store::TrajectoryQuery query;
    query.filter = filter;
    return take(store::trajectoryIds(temp.project(), query));
}

void put(const Path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string exported(TempProject& temp, const char* kind, std::vector<std::string>* notes = {}) {
    ExportOptions options;
    options.kind = kind;
    options.notes = notes;
    std::ostringstream out;
    take(runExport(temp.project(), options, out, CancelToken()));
    return out.str();
}

/// What a round trip must keep: prompt, response, verdict, label, sample and ids of every row.
std::string rowsAsText(TempProject& temp) {
    std::ostringstream all;
    for (const TrajectoryId id : rowsOf(temp)) {
        const auto row = take(store::trajectory(temp.project(), id));
        const auto question = take(store::question(temp.project(), row.questionId));
        all << question.externalId << '|' << question.text << '|' << question.gold << '|'
            << row.sampleIndex << '|' << row.prompt << '|' << row.response << '|'
            << verdictName(row.verdict) << '|' << row.extracted << '|' << row.ids.size() << '|'
            << dumpJson(Json(row.ids)) << '\n';
    }
    return all.str();
}

/// Every rollout of the newest set of each trajectory, by what it continues.
std::string rolloutsAsText(TempProject& temp) {
    std::ostringstream all;
    for (const TrajectoryId id : rowsOf(temp)) {
        const auto row = take(store::trajectory(temp.project(), id));
        const auto sets = take(store::rolloutSets(temp.project(), id));
        if (sets.empty())
            continue;
        for (const auto& variant :
             take(store::rolloutVariants(temp.project(), id, sets.front().id)))
            for (const auto& r :
                 take(store::rolloutsOf(temp.project(), id, sets.front().id, variant)))
                all << row.prompt << '|' << r.position << '|' << r.variant << '|' << r.index << '|'
                    << dumpJson(Json(r.ids)) << '|' << verdictName(r.verdict) << '|' << r.answer
                    << '\n';
    }
    return all.str();
}

} // namespace

void TestPaperFiles::kindsAreFound_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("kind");
    QTest::newRow("sampling") << kSampling << "paper-sampling";
    QTest::newRow("checked") << kChecked << "paper-checked";
    QTest::newRow("sft") << "GSM8K.sft_pos_top_k1_sft_neg_top_p0.5.T0.50.json"
                         << "paper-sft";
    QTest::newRow("dpo") << kDpo << "paper-dpo";
    QTest::newRow("ce") << "GSM8K.dpo_top_k1.T0.50.bos.CE_scored.json"
                        << "paper-ce";
    QTest::newRow("inputs") << "tiny-model/GSM8K_with_token_on_train_set.jsonl"
                            << "paper-rollouts";
    QTest::newRow("with") << kWith << "paper-rollouts";
    QTest::newRow("without") << kWithout << "paper-rollouts";
    QTest::newRow("pts tokens") << "pts_tokens.jsonl"
                                << "pts";
    QTest::newRow("pts events") << "pts_events.jsonl"
                                << "pts";
    QTest::newRow("pts pairs") << "pts_dpo.jsonl"
                               << "pairs";
}

void TestPaperFiles::kindsAreFound() {
    QFETCH(QString, file);
    QFETCH(QString, kind);
    const auto preview = take(previewImport(optionsFor({data(file.toUtf8().constData())})));
    QCOMPARE(QString::fromStdString(preview.kind), kind);
    QVERIFY(preview.rowsSeen > 0);
    QCOMPARE(preview.rejectedCount, kind == "pts" && file.contains("events") ? 1 : 0);
    QVERIFY(!preview.rows.empty());
    for (const std::string& column : preview.columns)
        QVERIFY(!QString::fromStdString(column).startsWith("__"));
}

void TestPaperFiles::sampledAnswers() {
    TempProject temp;
    const auto report = import(temp, optionsFor({data(kSampling)}));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.questions, 2);
    QCOMPARE(report.trajectories, 8);
    QCOMPARE(rowsOf(temp, "verdict=right").size(), std::size_t{3});
    const auto first = take(store::trajectory(temp.project(), rowsOf(temp).front()));
    // The script stripped the prompt, so the model wrote the blank: it is the prompt's again.
    QVERIFY(first.prompt.ends_with("\nAnswer: "));
    QCOMPARE(first.response, "13-5=8. The answer is 8.");
    QVERIFY(first.provenance.params["few_shot"].get<std::string>().find("2 + 2") !=
            std::string::npos);
    // This one wrote something else in its place.
    const auto other = take(store::trajectory(temp.project(), rowsOf(temp)[3]));
    QVERIFY(other.prompt.ends_with("\nAnswer:"));
    QCOMPARE(other.response, "\n13 apples. The answer is 13.");
    QCOMPARE(import(temp, optionsFor({data(kSampling)})).trajectories, 0);
}

void TestPaperFiles::checkedAnswersKeepTheirLabels() {
    TempProject temp;
    const auto report = import(temp, optionsFor({data(kChecked)}));
    QCOMPARE(report.trajectories, 8);
    for (const TrajectoryId id : rowsOf(temp)) {
        const auto row = take(store::trajectory(temp.project(), id));
        QVERIFY(row.publishedCorrect.has_value());
        QCOMPARE(*row.publishedCorrect, row.verdict == Verdict::Right);
    }
    // Sampled and checked files of one run name the same rows.
    QCOMPARE(import(temp, optionsFor({data(kSampling)})).trajectories, 0);
}

void TestPaperFiles::selectedAnswers() {
    TempProject temp;
    auto report =
        import(temp, optionsFor({data("GSM8K.sft_pos_top_k1_sft_neg_top_p0.5.T0.50.json")}));
    QCOMPARE(report.questions, 2);
    QCOMPARE(report.trajectories, 5);
    QCOMPARE(rowsOf(temp, "verdict=right").size(), std::size_t{2});
    ImportOptions pairs = optionsFor({data(kDpo)});
    pairs.dataset = "pairs";
    report = import(temp, pairs);
    QCOMPARE(report.trajectories, 4);
    const auto row = take(store::trajectory(temp.project(), rowsOf(temp, "dataset=pairs").front()));
    QCOMPARE(take(store::question(temp.project(), row.questionId)).text,
             "Ann has 13 apples and gives 5 away. How many are left?");
    QVERIFY(row.publishedCorrect == std::optional<bool>(true));
}

void TestPaperFiles::pairsWithScores_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("tokens");
    QTest::addColumn<bool>("bos");
    QTest::newRow("with BOS") << QByteArray("GSM8K.dpo_top_k1.T0.50.bos.CE_scored.json")
                              << QByteArray("llama3-like") << true;
    QTest::newRow("without") << QByteArray("GSM8K.dpo_top_k1.T0.50.plain.CE_scored.json")
                             << QByteArray("qwen2-like") << false;
}

// ce_prob has one entry less than the ids, and belongs to the ids from the second on: with a BOS
// that is every token of the text, without one every token but the first (REFERENCE.md A.4).
void TestPaperFiles::pairsWithScores() {
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, tokens);
    QFETCH(bool, bos);
    TempProject temp;
    const auto report = import(temp, optionsFor({data(file.constData())}, tokens.constData()));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.trajectories, 4);
    const auto sets = take(store::scoreSets(temp.project()));
    QCOMPARE(sets.size(), std::size_t{1});
    QCOMPARE(sets.front().scored, 4);
    std::ifstream in(data(file.constData()));
    const Json document = Json::parse(in);
    for (int side = 0; side < 2; ++side) {
        const auto id = rowsOf(temp)[static_cast<std::size_t>(side)];
        const auto row = take(store::trajectory(temp.project(), id));
        const auto scores = take(store::scores(temp.project(), id, sets.front().id));
        const Json& given = document["prob_result"][0][side == 0 ? "pos" : "neg"]["ce_prob"];
        QCOMPARE(scores->s.size(), given.size() + 1);
        QVERIFY(std::isnan(scores->s[0]));
        for (std::size_t i = 0; i < given.size(); ++i)
            QCOMPARE(scores->s[i + 1], given[i].get<float>());
        QCOMPARE(row.offsets[1] == 0, bos); // the first token is the BOS, or the text's own
        QVERIFY(!row.tokenizerHash.empty());
    }
}

void TestPaperFiles::scoresNeedTheirTokenizer() {
    TempProject temp;
    const char* file = "GSM8K.dpo_top_k1.T0.50.bos.CE_scored.json";
    const auto none = runImport(temp.project(), optionsFor({data(file)}), CancelToken());
    QVERIFY(!none.ok());
    QVERIFY(none.error().message.find("tokenizer") != std::string::npos);
    const auto other = import(temp, optionsFor({data(file)}, "qwen2-like"));
    QCOMPARE(other.rejectedCount, 2);
    QVERIFY(other.rejected[0].reason.find("scores do not fit") != std::string::npos);
    QVERIFY(other.rejected[0].reason.starts_with("row 1: "));
    QVERIFY(rowsOf(temp).empty()); // a pair counts as a whole
    ImportOptions nowhere = optionsFor({data(file)});
    nowhere.tokenizer = "nobody";
    QVERIFY(runImport(temp.project(), nowhere, CancelToken()).error().message.find("nobody") !=
            std::string::npos);
}

void TestPaperFiles::rolloutsGoToTheirPrefixes() {
    TempProject temp;
    const auto report = import(temp, optionsFor({data(kWith), data(kWithout)}, "llama3-like"));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.warningCount, 0);
    QCOMPARE(report.trajectories, 2);
    const auto id = rowsOf(temp).front();
    const auto row = take(store::trajectory(temp.project(), id));
    QVERIFY(row.prompt.ends_with("\nAnswer: "));
    QCOMPARE(row.verdict, Verdict::Wrong); // the file's label; the response is cut short
    const auto sets = take(store::rolloutSets(temp.project(), id));
    QCOMPARE(sets.size(), std::size_t{1});
    const auto estimates = take(store::rolloutEstimates(temp.project(), id, sets.front().id));
    QVERIFY(estimates.size() > 5);
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        QCOMPARE(estimates[i].count.total, 4);
        QCOMPARE(estimates[i].count.right, std::max(0, 4 - static_cast<int>(i)));
        QCOMPARE(estimates[i].position, estimates[0].position + static_cast<std::int32_t>(i));
    }
    // Each prefix was sampled on its own: a rollout stands for its own prefix alone.
    const auto at =
        take(store::rolloutsAt(temp.project(), id, sets.front().id, estimates[2].position));
    QCOMPARE(at.size(), std::size_t{4});
    // Replacements hang on the prefix before the banned token, and begin with the one drawn.
    const auto next = static_cast<std::size_t>(estimates[0].position) + 1;
    const auto banned = take(store::rolloutsOf(temp.project(), id, sets.front().id,
                                               cat("ban ", row.ids[next], " full")));
    QVERIFY(banned.size() >= 2);
    QCOMPARE(banned[0].index, 0);
    QVERIFY(banned[0].ids.front() != row.ids[next]);
    QCOMPARE(banned[0].verdict, Verdict::Right);
    // The curve is an imported layer too: searches run on it.
    QCOMPARE(take(store::layersOf(temp.project(), id)).size(), std::size_t{1});
    QCOMPARE(import(temp, optionsFor({data(kWith), data(kWithout)}, "llama3-like")).rollouts, 0);
    QVERIFY(take(store::checkProject(temp.project())).empty());
}

void TestPaperFiles::rolloutsOntoStoredTrajectories() {
    TempProject temp;
    import(temp, optionsFor({data(kDpo)}));
    const auto report = import(temp, optionsFor({data(kWith)}, "llama3-like"));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.trajectories, 0); // the rejected answers are there, whole
    const auto rejected = rowsOf(temp, "verdict=wrong");
    QCOMPARE(rejected.size(), std::size_t{2});
    for (const TrajectoryId id : rejected)
        QCOMPARE(take(store::rolloutSets(temp.project(), id)).size(), std::size_t{1});
    QVERIFY(take(store::trajectory(temp.project(), rejected[0])).response.ends_with("18."));
}

void TestPaperFiles::rolloutsThatCannotBePlaced() {
    TempProject temp;
    const Path file = temp.path("r_result.jsonl");
    const auto line = [](const char* prefix, const char* generations) {
        return cat("{\"id\":\"#0#\",\"question\":\"Question: How many?\\nAnswer: ", prefix,
                   "\",\"answer\":[\"8\"],\"response_label\":false,\"generation_result\":",
                   generations, "}\n");
    };
    put(file, line("Ann has 13", "[\" so 8.\"]") + line("Ann ha", "[\"s 8.\"]") +
                  line("Ann has ", "[\" 8\",\"8\"]") + line("Ann has 13", "[\" and 8\"]") +
                  line("Bob", "[\" 8\"]") + line("Ann has 1", "[3]") +
                  "{\"id\":\"#0#\",\"question\":\"no prompt\",\"generation_result\":[]}\n"
                  "{\"question\":\"Question: q\\nAnswer: x\",\"generation_result\":[]}\n");
    ImportOptions options = optionsFor({file}, "llama3-like");
    options.kind = "paper-rollouts";
    const auto report = import(temp, options);
    const auto reason = [&](std::size_t i) {
        return i < report.rejected.size() ? report.rejected[i].reason : std::string();
    };
    QCOMPARE(report.rejectedCount, 5);
    QVERIFY2(reason(0).find("inside the token") != std::string::npos, reason(0).c_str());
    QCOMPARE(report.rejected[0].line, 2);
    QVERIFY2(reason(1).find("line 1") != std::string::npos, reason(1).c_str());
    QVERIFY2(reason(2).find("no text") != std::string::npos, reason(2).c_str());
    QVERIFY2(reason(3).find("prompt template") != std::string::npos, reason(3).c_str());
    QVERIFY2(reason(4).find("\"id\"") != std::string::npos, reason(4).c_str());
    // One of two rollouts did not go on with the white space that was cut.
    QCOMPARE(report.warningCount, 1);
    QVERIFY(report.warnings[0].reason.find("1 of its 2") != std::string::npos);
    QCOMPARE(report.rollouts, 3); // lines 1, 3 and 5
    options.skipBadLines = false;
    TempProject fresh;
    QVERIFY(!runImport(fresh.project(), options, CancelToken()).ok());
    QVERIFY(rowsOf(fresh).empty());
}

void TestPaperFiles::pivotalTokens_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("version 1") << QByteArray("pts_tokens.jsonl");
    QTest::newRow("events") << QByteArray("pts_events.jsonl");
}

void TestPaperFiles::pivotalTokens() {
    QFETCH(QByteArray, file);
    TempProject temp;
    const auto report = import(temp, optionsFor({data(file.constData())}, "llama3-like"));
    const bool events = file.contains("events");
    QCOMPARE(report.rejectedCount, events ? 1 : 0);
    QCOMPARE(report.warningCount, 0);
    QCOMPARE(report.findings, 3);
    QCOMPARE(report.trajectories, 2); // two responses to one question
    const auto findings = take(store::allFindings(temp.project(), "pivotal"));
    QCOMPARE(findings.size(), std::size_t{3});
    int positive = 0;
    for (const auto& finding : findings) {
        const auto row = take(store::trajectory(temp.project(), finding.trajectoryId));
        QCOMPARE(row.ids[static_cast<std::size_t>(finding.position)], finding.tokenId);
        QVERIFY(finding.position >= row.promptTokens);
        QVERIFY(row.prompt.ends_with("\nAnswer: ") || row.prompt.ends_with("\nAnswer:"));
        QCOMPARE(finding.detail["prob_before"].get<double>(), 0.5);
        QCOMPARE(finding.at.total, 0); // of how many samples is not said
        positive += finding.sign > 0 ? 1 : 0;
    }
    QCOMPARE(positive, 1);
    QCOMPARE(import(temp, optionsFor({data(file.constData())}, "llama3-like")).findings, 0);
    QCOMPARE(rowsOf(temp).size(), std::size_t{2});
}

void TestPaperFiles::pivotalTokensThatAreNone() {
    TempProject temp;
    const Path file = temp.path("pts.jsonl");
    const auto line = [](const char* context, const char* token, const char* more) {
        return cat("{\"model_id\":\"m\",\"query\":\"q\",\"pivot_context\":\"", context,
                   "\",\"pivot_token\":\"", token, "\",\"prob_before\":0.5,\"prob_after\":0.1",
                   more, "}\n");
    };
    put(file, line("Question: q\\nAnswer: ", "apples", "") +
                  line("Question: q\\nAnswer: 1", "3", ",\"pivot_token_id\":1") +
                  line("Question: q\\nAnswer: ", "", "") +
                  "{\"query\":\"q\",\"pivot_context\":\"c\",\"pivot_token\":\"t\"}\n");
    const auto report = import(temp, optionsFor({file}, "llama3-like"));
    QCOMPARE(report.findings, 0);
    QCOMPARE(report.rejectedCount, 4);
    std::string all;
    for (const auto& row : report.rejected)
        all += row.reason + "\n";
    for (const char* part : {"not one token", "has the id 1", "\"pivot_token\" is empty",
                             "\"prob_before\" is missing"})
        QVERIFY2(all.find(part) != std::string::npos, all.c_str());
}

void TestPaperFiles::samplesRoundTrip_data() {
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("sampling") << QByteArray("paper-sampling") << QByteArray("o.finished.jsonl");
    QTest::newRow("checked") << QByteArray("paper-checked") << QByteArray("o.checked.json");
}

void TestPaperFiles::samplesRoundTrip() {
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, name);
    TempProject temp, other;
    import(temp, optionsFor({data(kSampling)}));
    const Path file = other.path(name.constData());
    put(file, exported(temp, kind.constData()));
    const auto report = import(other, optionsFor({file}));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(rowsAsText(other), rowsAsText(temp));
    QCOMPARE(exported(other, kind.constData()), exported(temp, kind.constData()));
}

void TestPaperFiles::rolloutsRoundTrip() {
    TempProject temp, other;
    import(temp, optionsFor({data(kWith), data(kWithout)}, "llama3-like"));
    std::filesystem::create_directory(other.path("tiny-model"));
    const Path with = other.path(kWith), without = other.path(kWithout);
    put(with, exported(temp, "paper-rollouts"));
    put(without, exported(temp, "paper-rollouts-without"));
    const auto report = import(other, optionsFor({with, without}, "llama3-like"));
    QCOMPARE(report.rejectedCount, 0);
    QVERIFY(rolloutsAsText(temp).size() > 1000);
    QCOMPARE(rolloutsAsText(other), rolloutsAsText(temp));
    QCOMPARE(rowsAsText(other), rowsAsText(temp));
    // The scripts' own keys are all there.
    const Json row =
        take(parseJson(exported(temp, "paper-rollouts-without")
                           .substr(0, exported(temp, "paper-rollouts-without").find('\n'))));
    for (const char* key : {"id", "question", "answer", "response_label", "final_prompt",
                            "generation_result", "replace_token"})
        QVERIFY(row.contains(key));
    QVERIFY(row["question"].get<std::string>().ends_with(
        row["replace_token"]["to"].get<std::string>()));
}

void TestPaperFiles::storedRolloutsRoundTrip() {
    TempProject temp, other;
    import(temp, optionsFor({data(kWith), data(kWithout)}, "llama3-like"));
    const Path rows = other.path("rows.jsonl"), rollouts = other.path("rollouts.jsonl");
    put(rows, exported(temp, "jsonl"));
    put(rollouts, exported(temp, "rollouts"));
    import(other, optionsFor({rows}, "llama3-like"));
    const auto report = import(other, optionsFor({rollouts}));
    QCOMPARE(report.rejectedCount, 0);
    QVERIFY(report.rollouts > 20);
    QCOMPARE(rolloutsAsText(other), rolloutsAsText(temp));
    QCOMPARE(import(other, optionsFor({rollouts})).rollouts, 0);
    ImportOptions nowhere = optionsFor({rollouts});
    nowhere.dataset = "nowhere";
    QVERIFY(!runImport(other.project(), nowhere, CancelToken()).ok());
}

void TestPaperFiles::pivotalRoundTrip_data() {
    QTest::addColumn<QByteArray>("kind");
    QTest::newRow("version 1") << QByteArray("pts-tokens");
    QTest::newRow("events") << QByteArray("pts-events");
}

void TestPaperFiles::pivotalRoundTrip() {
    QFETCH(QByteArray, kind);
    TempProject temp, other;
    import(temp, optionsFor({data("pts_events.jsonl")}, "llama3-like"));
    const Path file = other.path("pts.jsonl");
    const std::string written = exported(temp, kind.constData());
    put(file, written);
    const auto report = import(other, optionsFor({file}, "llama3-like"));
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.findings, 3);
    QCOMPARE(exported(other, kind.constData()), written);
    if (kind != "pts-events")
        return;
    // Against the file that was imported: their keys, in their words.
    std::ifstream in(data("pts_events.jsonl"));
    std::map<std::string, Json> given;
    for (std::string line; std::getline(in, line);) {
        const Json row = Json::parse(line);
        given[row["event_id"].get<std::string>()] = row;
    }
    std::istringstream lines(written);
    for (std::string line; std::getline(lines, line);) {
        Json row = Json::parse(line);
        Json own = given.at(row["event_id"].get<std::string>());
        for (const char* key : {"tags", "metadata"}) {
            row.erase(key);
            own.erase(key);
        }
        QCOMPARE(dumpJson(row), dumpJson(own));
    }
}

void TestPaperFiles::cliffRoundTrip() {
    CRUX_NEEDS_SHARED("cliff_tokens/sampled_off_8__GSM1K_186_path_0.json");
    TempProject temp, other;
    const std::string stem =
        (sharedDir() + "/cliff_tokens/sampled_off_8__GSM1K_186_path_0").toStdString();
    import(temp, optionsFor({stem + ".json", stem + "__per_token.csv"}));
    const Json list = take(parseJson(exported(temp, "cliff")));
    std::ifstream in(stem + ".json");
    const Json given = Json::parse(in);
    for (const auto& [key, value] : given.items())
        if (key != "_dataset")
            QVERIFY2(list[0][key] == value, key.c_str());
    std::ifstream table(stem + "__per_token.csv", std::ios::binary);
    const std::string published{std::istreambuf_iterator<char>(table), {}};
    QCOMPARE(exported(temp, "cliff-table"), published);
    const Path file = other.path("again.json");
    put(file, exported(temp, "cliff"));
    import(other, optionsFor({file}));
    QCOMPARE(rowsAsText(other), rowsAsText(temp));
    QCOMPARE(exported(other, "cliff"), exported(temp, "cliff"));
}

void TestPaperFiles::idsThatDisagreeWithTheTokenizer() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file, "{\"question\":\"q\",\"prompt\":\"\",\"response\":\"8.\",\"ids\":[1,2,3],"
              "\"prompt_tokens\":0}\n"
              "{\"question\":\"q\",\"prompt\":\"\",\"response\":\"8.\",\"ids\":[999999],"
              "\"prompt_tokens\":0}\n");
    const auto report = import(temp, optionsFor({file}, "llama3-like"));
    QCOMPARE(report.kept, 2); // nothing is lost: they stay as they came
    QCOMPARE(report.warningCount, 2);
    QVERIFY(report.warnings[0].reason.find("spell") != std::string::npos);
    QVERIFY(report.warnings[1].reason.find("999999") != std::string::npos);
    QVERIFY(take(store::trajectory(temp.project(), rowsOf(temp)[0])).tokenizerHash.empty());
}

void TestPaperFiles::questionsWithoutGold() {
    TempProject temp;
    const Path file = temp.path("o.finished.jsonl");
    put(file, "{\"id\":1,\"question\":\"a\",\"answer\":[],\"prompt\":\"Question: a\\nAnswer: \","
              "\"generation_result\":[\" 5\",\" 6\"]}\n"
              "{\"id\":2,\"question\":\"b\",\"answer\":[\"5\"],\"prompt\":\"Question: b\\nAnswer: "
              "\",\"generation_result\":[]}\n");
    const auto report = import(temp, optionsFor({file}));
    QCOMPARE(report.questions, 2);
    QCOMPARE(report.trajectories, 2);
    const auto row = take(store::trajectory(temp.project(), rowsOf(temp)[0]));
    QCOMPARE(row.verdict, Verdict::Ungraded);
    QCOMPARE(row.verdictReason, "no_gold");
}

// A document is read a value at a time: what is too large is one row's fault, and a file cut short
// keeps the rows before.
void TestPaperFiles::largeDocumentsStream() {
    TempProject temp;
    const Path file = temp.path("big.checked.json");
    std::string text = "{";
    for (int i = 0; i < 300; ++i)
        text +=
            cat(i > 0 ? ",\n" : "", "\"", i, "\": {\"id\":", i, ",\"question\":\"q", i,
                "\",\"answer\":[\"1\"],\"generation_check\":[[\"",
                i == 7 ? std::string(kMaxLineBytes, 'x') : std::string("1"), "\",\"1\",true]]}");
    put(file, text + "}");
    auto report = import(temp, optionsFor({file}));
    QCOMPARE(report.trajectories, 299);
    QCOMPARE(report.rejectedCount, 1);
    QVERIFY(report.rejected[0].reason.starts_with("\"7\": "));
    QCOMPARE(report.rejected[0].line, 8);
    ImportOptions cut = optionsFor({file});
    cut.dataset = "cut";
    put(file, text.substr(0, text.size() - 40));
    const auto failed = runImport(temp.project(), cut, CancelToken());
    QVERIFY(!failed.ok());
    QVERIFY(failed.error().message.find("line 300") != std::string::npos);
    put(file, "{\"prompt\":[\"a\",\"b\"],\"chosen\":[\"a\"],\"rejected\":[\"a\",\"b\"]}");
    const auto uneven = runImport(temp.project(), optionsFor({file}), CancelToken());
    QVERIFY(uneven.error().message.find("\"chosen\" has 1") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestPaperFiles)
#include "tst_paper_files.moc"
