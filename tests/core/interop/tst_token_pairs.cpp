// Pairs of single tokens out of searches: who stands against whom, and what is said of the rest.
#include "core/interop/export.h"
#include "support/temp_project.h"

#include <sstream>

using namespace crux;
using namespace crux::interop;
using namespace crux::test;
namespace store = crux::store;

class TestTokenPairs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void pivotalTokensMeetTheOtherSide();
    void pivotalTokensWithoutCounterpart();
    void cliffsMeetTokensThatAreNone();
    void cliffsNeedAlternativesAndRollouts();

private:
    void addFinding(const std::string& method, std::int32_t position, int sign,
                    store::ShareCount before, store::ShareCount at);
    void addRollouts(std::int32_t first, int right, int total);
    std::vector<Json> exported(const char* kind);

    std::unique_ptr<TempProject> m_temp;
    TrajectoryId m_id;
    RolloutSetId m_set;
    ScoreSetId m_scores;
    std::int32_t m_index = 0;
    std::vector<std::string> m_notes;
};

namespace {
constexpr std::int32_t kAt = 5; ///< the found token: id 15, text "c"
}

void TestTokenPairs::init() {
    m_temp = std::make_unique<TempProject>();
    m_index = 0;
    store::Project& project = m_temp->project();
    const auto dataset = addDataset(project, "d");
    auto row = trajectoryOf(dataset, addQuestion(project, dataset, "q1", "How many?"), "abcd",
                            Verdict::Wrong);
    row.tokenizerHash = "toy";
    store::VocabularyRecord vocabulary;
    vocabulary.tokenizerHash = "toy";
    for (int id = 0; id < 60; ++id)
        vocabulary.pieces.push_back(cat("<", id, ">"));
    vocabulary.special.resize(60, false);
    take(store::saveVocabulary(project, vocabulary));
    m_id = take(store::addTrajectory(project, row));
    store::Provenance made;
    made.params = Json{{"temperature", 1}};
    m_set = take(store::addRolloutSet(project, made));
    store::ScoreSetRecord set;
    set.name = "s";
    m_scores = take(store::addScoreSet(project, set));
}

/// Rollouts of the prefix before the found token that go on with `first`.
void TestTokenPairs::addRollouts(std::int32_t first, int right, int total) {
    std::vector<store::RolloutRecord> rollouts;
    for (int i = 0; i < total; ++i) {
        store::RolloutRecord rollout;
        rollout.position = kAt - 1;
        rollout.index = m_index++;
        rollout.ids = {first, 1};
        rollout.verdict = i < right ? Verdict::Right : Verdict::Wrong;
        rollouts.push_back(rollout);
    }
    take(store::saveRollouts(m_temp->project(), m_id, m_set, rollouts));
}

void TestTokenPairs::addFinding(const std::string& method, std::int32_t position, int sign,
                                store::ShareCount before, store::ShareCount at) {
    store::SearchFindingRecord finding;
    finding.trajectoryId = m_id;
    finding.method = method;
    finding.position = position;
    finding.tokenId = 10 + position;
    finding.sign = sign;
    finding.before = before;
    finding.at = at;
    finding.rolloutSet = m_set;
    finding.detail["class"] = "uncertain";
    store::Provenance made;
    made.params = Json{{"search", {{"method", method}, {"gap", 0.2}}}};
    finding.search = take(store::addSearch(m_temp->project(), made));
    take(store::saveSearchResult(m_temp->project(), {finding}, {}));
}

std::vector<Json> TestTokenPairs::exported(const char* kind) {
    ExportOptions options;
    options.kind = kind;
    options.scoreSet = m_scores;
    options.notes = &m_notes;
    m_notes.clear();
    std::ostringstream out;
    take(runExport(m_temp->project(), options, out, CancelToken()));
    if (QByteArray(kind).startsWith("cliff"))
        return take(parseJson(out.str())).get<std::vector<Json>>();
    std::vector<Json> rows;
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);)
        rows.push_back(take(parseJson(line)));
    return rows;
}

void TestTokenPairs::pivotalTokensMeetTheOtherSide() {
    addFinding("pivotal", kAt, -1, {20, 40}, {2, 40});
    addRollouts(15, 1, 20); // the token itself
    addRollouts(31, 7, 10);
    addRollouts(32, 9, 10); // the farthest on the other side
    addRollouts(33, 7, 7);  // better still, but of too few
    auto pairs = exported("pts-dpo");
    QCOMPARE(pairs.size(), std::size_t{1});
    QVERIFY(m_notes.empty());
    QCOMPARE(pairs[0]["prompt"].get<std::string>(), "Q: ab");
    QCOMPARE(pairs[0]["chosen"].get<std::string>(), "<32>");
    QCOMPARE(pairs[0]["rejected"].get<std::string>(), "<15>");
    QCOMPARE(pairs[0]["prompt_token_ids"].size(), std::size_t{kAt});
    QCOMPARE(pairs[0]["rejected_token_ids"][0].get<int>(), 15);
    QCOMPARE(pairs[0]["metadata"]["prob_chosen"].get<double>(), 0.9);
    QCOMPARE(pairs[0]["metadata"]["prob_rejected"].get<double>(), 0.05);
    QCOMPARE(pairs[0]["metadata"]["original_query"].get<std::string>(), "How many?");
    // A token that raises the chance is chosen against the one that lowers it most.
    addFinding("pivotal", kAt, +1, {20, 40}, {39, 40});
    addRollouts(34, 1, 10);
    pairs = exported("pts-dpo");
    QCOMPARE(pairs.size(), std::size_t{1});
    QCOMPARE(pairs[0]["chosen"].get<std::string>(), "<15>");
    QCOMPARE(pairs[0]["rejected"].get<std::string>(), "<34>");
}

void TestTokenPairs::pivotalTokensWithoutCounterpart() {
    addFinding("pivotal", kAt, -1, {20, 40}, {2, 40});
    addRollouts(31, 1, 10);
    QVERIFY(exported("pts-dpo").empty());
    QCOMPARE(m_notes.size(), std::size_t{1});
    QVERIFY2(m_notes[0].find("without a counterpart") != std::string::npos, m_notes[0].c_str());
}

void TestTokenPairs::cliffsMeetTokensThatAreNone() {
    addFinding("cliff", kAt, -1, {30, 40}, {4, 40});
    store::ScoreRecord scores;
    scores.trajectoryId = m_id;
    scores.scoreSetId = m_scores;
    scores.s.resize(7, 0.5F);
    store::AlternativesRecord alternatives;
    alternatives.k = 4;
    for (int position = 0; position < 7; ++position)
        for (const std::int32_t token : {15, 31, 32, 33}) {
            alternatives.ids.push_back(token);
            for (auto* p : {&alternatives.p, &alternatives.pPositive, &alternatives.pNegative,
                            &alternatives.s})
                p->push_back(0.1F);
        }
    take(store::saveScores(m_temp->project(), scores, &alternatives, {}));
    addRollouts(31, 28, 40); // a little below: no cliff, but lower
    addRollouts(32, 32, 40); // above
    addRollouts(33, 3, 40);  // a cliff itself
    auto pairs = exported("cliff-dpo-1n");
    QCOMPARE(pairs.size(), std::size_t{2});
    QCOMPARE(pairs[0]["chosen_token_id"].get<int>(), 31);
    QCOMPARE(pairs[1]["chosen_token_id"].get<int>(), 32);
    QCOMPARE(pairs[0]["rejected_token_id"].get<int>(), 15);
    QCOMPARE(pairs[0]["category"].get<std::string>(), "uncertain");
    QCOMPARE(pairs[0]["prev_score"].get<double>(), 0.75);
    QCOMPARE(pairs[0]["cliff_position"].get<int>(), 3); // counted from 1 in the response
    pairs = exported("cliff-dpo-hard");
    QCOMPARE(pairs.size(), std::size_t{1});
    QCOMPARE(pairs[0]["chosen_token_id"].get<int>(), 32);
    QVERIFY(m_notes.empty());
}

void TestTokenPairs::cliffsNeedAlternativesAndRollouts() {
    addFinding("cliff", kAt, -1, {30, 40}, {4, 40});
    QVERIFY(exported("cliff-dpo-1n").empty());
    QVERIFY2(m_notes.size() == 1 && m_notes[0].find("top_k") != std::string::npos,
             m_notes.empty() ? "" : m_notes[0].c_str());
}

QTEST_APPLESS_MAIN(TestTokenPairs)
#include "tst_token_pairs.moc"
