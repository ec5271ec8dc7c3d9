// Files of training data: what comes in becomes the sets that `select` would have made, goes out
// with its scores, and comes in again as it was.
#include "core/interop/export.h"
#include "core/interop/import.h"
#include "core/store/gold_answers.h"
#include "support/temp_project.h"
#include "support/test_paths.h"

#include <fstream>
#include <sstream>

using namespace crux;
using namespace crux::interop;
using namespace crux::test;

class TestTrainingFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void selectionsBecomeSets();
    void pairsBecomeASet();
    void weightsStayWithTheirPairs();
    void scoredPairsRoundTrip_data();
    void scoredPairsRoundTrip();
    void unscoredPairsAreSaid();
    void anyGoldAnswerIsRight();
};

namespace {

Path data(const char* name) {
    return Path((dataDir() + "/interop/").toStdString() + name);
}

ImportReport import(TempProject& temp, const Path& file, const std::string& kind = "auto",
                    const QByteArray& tokens = {}) {
    ImportOptions options;
    options.inputs = {file};
    options.kind = kind;
    options.dataset = "d";
    if (!tokens.isEmpty())
        options.tokenizer = (dataDir() + "/text/").toStdString() + tokens.toStdString();
    return take(runImport(temp.project(), options, CancelToken()));
}

std::string exported(TempProject& temp, const char* kind, std::vector<std::string>* notes = {}) {
    ExportOptions options;
    options.kind = kind;
    options.notes = notes;
    const auto sets = take(store::scoreSets(temp.project()));
    if (!sets.empty())
        options.scoreSet = sets.back().id;
    std::ostringstream out;
    take(runExport(temp.project(), options, out, CancelToken()));
    return out.str();
}

void put(const Path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

/// The only set of its kind.
std::pair<store::PairSetRecord, std::vector<store::PairRecord>> setOf(TempProject& temp,
                                                                      const std::string& kind) {
    std::vector<store::PairSetRecord> found;
    for (const auto& set : take(store::pairSets(temp.project())))
        if (set.kind() == kind)
            found.push_back(set);
    if (found.size() != 1)
        qFatal("%zu sets of %s", found.size(), kind.c_str());
    return {found[0], take(store::pairsOf(temp.project(), found[0].id))};
}

std::string responseOf(TempProject& temp, TrajectoryId id) {
    return take(store::trajectory(temp.project(), id)).response;
}

constexpr const char* kDpo = "GSM8K.dpo_top_k1.T0.50.json";
constexpr const char* kSft = "GSM8K.sft_pos_top_k1_sft_neg_top_p0.5.T0.50.json";

} // namespace

void TestTrainingFiles::selectionsBecomeSets() {
    TempProject temp;
    QCOMPARE(import(temp, data(kSft)).trainingRows, 5);
    const auto [positive, right] = setOf(temp, "sft_pos");
    const auto [negative, wrong] = setOf(temp, "sft_neg");
    QCOMPARE(positive.name, std::string("d"));
    QCOMPARE(right.size(), std::size_t{2});
    QCOMPARE(wrong.size(), std::size_t{3});
    for (const auto& row : right)
        QVERIFY(take(store::trajectory(temp.project(), row.chosen)).verdict == Verdict::Right);
    for (const auto& row : wrong)
        QVERIFY(!row.rejected &&
                take(store::trajectory(temp.project(), row.chosen)).verdict != Verdict::Right);
}

void TestTrainingFiles::pairsBecomeASet() {
    TempProject temp;
    QCOMPARE(import(temp, data(kDpo)).trainingRows, 2);
    const auto [set, pairs] = setOf(temp, "preference");
    QCOMPARE(set.pairs, 2);
    QCOMPARE(set.rule.at("import").get<std::string>(), std::string("paper-dpo"));
    std::ifstream in(data(kDpo));
    const Json document = Json::parse(in);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        QCOMPARE(responseOf(temp, pairs[i].chosen), document["chosen"][i].get<std::string>());
        QCOMPARE(responseOf(temp, pairs[i].rejected), document["rejected"][i].get<std::string>());
    }
    import(temp, data(kDpo)); // again: the same set
    QCOMPARE(take(store::pairSets(temp.project())).size(), std::size_t{1});
    QVERIFY(take(store::checkProject(temp.project())).empty());
}

/// One chosen answer against several rejected ones, as Cliff-DPO writes them, and Crux's weights.
void TestTrainingFiles::weightsStayWithTheirPairs() {
    TempProject temp;
    const Path file = temp.path("pairs.jsonl");
    const std::string head = R"({"prompt":"Q: 1+1?","chosen":" 2","rejected":)";
    put(file, head + R"(" 3","rejected_weights":[0.5,1]})" + "\n" + head + R"(" 4"})" + "\n" +
                  head + R"(" 3"})" + "\n" + head + R"(" 5","chosen_weights":["x"]})" + "\n");
    const auto report = import(temp, file);
    QCOMPARE(report.kept, 2);
    QCOMPARE(report.trajectories, 3);
    QCOMPARE(report.rejected.size(), std::size_t{2});
    QVERIFY(report.rejected[0].reason.find("repeats line 1") != std::string::npos);
    QVERIFY(report.rejected[1].reason.find("chosen_weights") != std::string::npos);
    const auto pairs = setOf(temp, "preference").second;
    QCOMPARE(pairs.size(), std::size_t{2});
    QVERIFY(pairs[0].chosen == pairs[1].chosen && pairs[0].rejected != pairs[1].rejected);
    QCOMPARE(pairs[0].rejectedWeights, (std::vector<float>{0.5F, 1.0F}));
    QVERIFY(pairs[1].rejectedWeights.empty());
    put(temp.path("again.jsonl"), exported(temp, "preference"));
    TempProject other;
    QCOMPARE(import(other, temp.path("again.jsonl")).trainingRows, 2);
    const auto again = setOf(other, "preference").second;
    QCOMPARE(responseOf(other, again[0].rejected), std::string(" 3"));
    QCOMPARE(again[0].rejectedWeights, pairs[0].rejectedWeights);
}

void TestTrainingFiles::scoredPairsRoundTrip_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("tokens");
    QTest::newRow("with BOS") << QByteArray("GSM8K.dpo_top_k1.T0.50.bos.CE_scored.json")
                              << QByteArray("llama3-like");
    QTest::newRow("without") << QByteArray("GSM8K.dpo_top_k1.T0.50.plain.CE_scored.json")
                             << QByteArray("qwen2-like");
}

void TestTrainingFiles::scoredPairsRoundTrip() {
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, tokens);
    TempProject temp;
    QCOMPARE(import(temp, data(file.constData()), "auto", tokens).trainingRows, 2);
    std::vector<std::string> notes;
    const std::string text = exported(temp, "authors-ce", &notes);
    QVERIFY(notes.empty());
    const Json made = take(parseJson(text));
    std::ifstream in(data(file.constData()));
    const Json theirs = Json::parse(in);
    for (const char* column : {"prompt", "chosen", "rejected"})
        QVERIFY2(made.at(column) == theirs.at(column), column);
    for (std::size_t i = 0; i < 2; ++i)
        for (const char* side : {"pos", "neg"}) {
            const Json& ours = made["prob_result"][i][side];
            const Json& given = theirs["prob_result"][i][side];
            QCOMPARE(ours["response_start_idx"], given["response_start_idx"]);
            QCOMPARE(ours["ce_prob"].size(), given["ce_prob"].size());
            for (std::size_t t = 0; t < given["ce_prob"].size(); ++t)
                QCOMPARE(ours["ce_prob"][t].get<float>(), given["ce_prob"][t].get<float>());
        }
    put(temp.path("again.json"), text);
    TempProject other;
    const auto report = import(other, temp.path("again.json"), "auto", tokens);
    QCOMPARE(report.rejectedCount, 0);
    QCOMPARE(report.trainingRows, 2);
    QCOMPARE(take(store::scoreSets(other.project())).front().scored, 4);
}

void TestTrainingFiles::unscoredPairsAreSaid() {
    TempProject temp;
    import(temp, data(kDpo));
    ExportOptions options;
    options.kind = "authors-ce";
    std::ostringstream out;
    QVERIFY(!runExport(temp.project(), options, out, CancelToken()).ok());
    store::ScoreSetRecord set;
    set.name = "none yet";
    take(store::addScoreSet(temp.project(), set));
    std::vector<std::string> notes;
    const Json made = take(parseJson(exported(temp, "authors-ce", &notes)));
    QVERIFY(made.at("prompt").empty() && made.at("prob_result").empty());
    QCOMPARE(notes.size(), std::size_t{1});
    QVERIFY(notes[0].find("2 pairs") != std::string::npos);
}

void TestTrainingFiles::anyGoldAnswerIsRight() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    put(file, R"({"id":1,"question":"x^2=9?","response":"#### -3","gold":["3","-3","3",""]})"
              "\n"
              R"({"id":1,"question":"x^2=9?","response":"#### 9","gold":["3","-3"]})"
              "\n"
              R"({"id":2,"question":"2+2?","response":"#### 4","gold":"4"})"
              "\n");
    QCOMPARE(import(temp, file).kept, 3);
    const auto ids = take(store::trajectoryIds(temp.project(), {}));
    const auto verdictAt = [&](std::size_t i) {
        return take(store::trajectory(temp.project(), ids[i])).verdict;
    };
    QVERIFY(verdictAt(0) == Verdict::Right && verdictAt(1) == Verdict::Wrong &&
            verdictAt(2) == Verdict::Right);
    const auto question = take(store::question(
        temp.project(), take(store::trajectory(temp.project(), ids[0])).questionId));
    QCOMPARE(question.gold, std::string("3"));
    QVERIFY((store::goldAnswers(question) == std::vector<std::string>{"3", "-3"}));
    put(temp.path("again.jsonl"), exported(temp, "jsonl"));
    TempProject other;
    import(other, temp.path("again.jsonl"));
    store::TrajectoryQuery right;
    right.filter = "verdict=right";
    QCOMPARE(take(store::trajectoryIds(other.project(), right)).size(), std::size_t{2});
}

QTEST_GUILESS_MAIN(TestTrainingFiles)
#include "tst_training_files.moc"
