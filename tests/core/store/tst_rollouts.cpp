// Rollouts by prefix, verdicts of searches, and what the window reads back of them.
#include "support/temp_project.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace crux;
using namespace crux::store;
using namespace crux::test;

namespace {

Provenance sampling(std::uint64_t seed = 0, const std::string& version = "1") {
    Provenance p;
    p.weightsHash = "w";
    p.tokenizerHash = "tok";
    p.params = {{"temperature", 0.5}, {"stop", {"\n"}}};
    p.seed = seed;
    p.dtype = "float32";
    p.device = "cpu";
    p.programVersion = version;
    return p;
}

RolloutRecord rollout(std::int32_t position, std::int32_t index, std::vector<std::int32_t> ids,
                      Verdict verdict, const std::string& answer) {
    RolloutRecord r;
    r.position = position;
    r.index = index;
    r.seedPath = "q/r" + std::to_string(index);
    r.ids = std::move(ids);
    r.verdict = verdict;
    r.answer = answer;
    r.finishReason = "stop";
    return r;
}

} // namespace

/// Trajectories of trajectoryOf(): ids 10, 11, 12 | 13, 14, .. ; position 2 is the bare prompt.
class TestRollouts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void addingTwiceAddsNothing();
    void versionsShareASet();
    void prefixesAreSharedByIds();
    void questionsNeverShare();
    void followersCountAtLaterPositions();
    void bannedTokensAreKeptApart();
    void answersAreGroupedWithTheirTexts();
    void positionsOutsideAreRefused();
    void verdictsReplaceTheirOwn();
    void estimatesGrow();
    void chartTellsTheFirstAllWrong();
    void curveCountsWhatIsStored();
    void alternativesCountWhatIsStored();
    void independentRolloutsStandForTheirOwnPrefix();
    void summaryTellsTheNewestVerdict();
    void unsearchedAndTagged();
    void findingsKeepEveryField();
    void newTokensDropVerdicts();
    void checkFindsDamage();
    void deletedQuestionsTakeTheirRolloutsAlong();

private:
    const Project& project() { return m_temp->project(); }
    TrajectoryId add(const std::string& response, QuestionId question = {}) {
        TrajectoryRecord t =
            trajectoryOf(m_dataset, question ? question : m_question, response, Verdict::Wrong);
        t.tokenizerHash = "tok";
        return take(addTrajectory(project(), t));
    }
    std::int64_t save(TrajectoryId id, const std::vector<RolloutRecord>& rollouts) {
        return take(saveRollouts(project(), id, m_set, rollouts));
    }
    SearchFindingRecord finding(TrajectoryId id, std::int32_t position) {
        SearchFindingRecord f;
        f.trajectoryId = id;
        f.search = m_search;
        f.rolloutSet = m_set;
        f.method = "critical";
        f.position = position;
        f.tokenId = 15;
        f.at = {0, 64};
        return f;
    }

    std::unique_ptr<TempProject> m_temp;
    DatasetId m_dataset;
    QuestionId m_question;
    RolloutSetId m_set;
    SearchId m_search;
};

void TestRollouts::init() {
    m_temp = std::make_unique<TempProject>();
    m_dataset = addDataset(project(), "d");
    m_question = addQuestion(project(), m_dataset, "q", "?");
    m_set = take(addRolloutSet(project(), sampling()));
    m_search = take(addSearch(project(), sampling(7)));
}

void TestRollouts::addingTwiceAddsNothing() {
    const TrajectoryId id = add("abcdef");
    const auto first = rollout(2, 0, {13, 99}, Verdict::Right, "42");
    QCOMPARE(save(id, {first, rollout(2, 1, {}, Verdict::Wrong, "")}), 2);
    RolloutRecord again = first;
    again.answer = "another";
    QCOMPARE(save(id, {again, rollout(3, 0, {14}, Verdict::Wrong, "1")}), 1);
    const auto all = take(rolloutsOf(project(), id, m_set));
    QCOMPARE(all.size(), std::size_t{3});
    QCOMPARE(all[0].answer, std::string("42")); // what was there stayed
    QCOMPARE(all[0].seedPath, std::string("q/r0"));
    QVERIFY(all[0].verdict == Verdict::Right && all[0].ids == first.ids);
    QCOMPARE(take(rolloutSets(project(), id)).front().rollouts, 3);
    QVERIFY(take(checkProject(project())).empty());
}

void TestRollouts::versionsShareASet() {
    QVERIFY(take(addRolloutSet(project(), sampling(0, "2"))) == m_set);
    QVERIFY(take(addRolloutSet(project(), sampling(1))) != m_set);
    Provenance other = sampling();
    other.params["temperature"] = 0.6;
    QVERIFY(take(addRolloutSet(project(), other)) != m_set);
    other = sampling();
    other.adapterHash = "a";
    QVERIFY(take(addRolloutSet(project(), other)) != m_set);
    QVERIFY(take(rolloutSets(project(), {})).empty()); // none of them has rollouts
}

void TestRollouts::prefixesAreSharedByIds() {
    const TrajectoryId one = add("abcdef"), two = add("abcdef"), shorter = add("ab");
    save(one, {rollout(4, 0, {99}, Verdict::Right, "42"), rollout(6, 0, {98}, Verdict::Wrong, "")});
    QVERIFY(take(rolloutsOf(project(), two, m_set)).empty()); // not asked for yet
    CRUX_OK(linkPrefixes(project(), two));
    CRUX_OK(linkPrefixes(project(), shorter));
    QCOMPARE(take(rolloutsOf(project(), two, m_set)).size(), std::size_t{2});
    QCOMPARE(take(rolloutsOf(project(), shorter, m_set)).size(), std::size_t{1});
    QCOMPARE(save(two, {rollout(4, 0, {99}, Verdict::Right, "42")}), 0); // it is there already
    QVERIFY(take(checkProject(project())).empty());
}

void TestRollouts::questionsNeverShare() {
    const QuestionId other = addQuestion(project(), m_dataset, "q2", "??", "7");
    const TrajectoryId one = add("abc"), two = add("abc", other);
    save(one, {rollout(3, 0, {99}, Verdict::Right, "42")});
    CRUX_OK(linkPrefixes(project(), two));
    QVERIFY(take(rolloutsOf(project(), two, m_set)).empty());
}

void TestRollouts::followersCountAtLaterPositions() {
    const TrajectoryId id = add("abcdef"); // ids 10 11 12 | 13 14 15 16 17 18
    save(id,
         {rollout(2, 0, {13, 14, 15, 99}, Verdict::Right, "42"),
          rollout(2, 1, {13, 98}, Verdict::Wrong, "1"), rollout(2, 2, {13}, Verdict::Wrong, "2"),
          rollout(3, 1, {14, 97}, Verdict::Wrong, "3")});
    const auto at2 = take(rolloutsAt(project(), id, m_set, 2));
    QCOMPARE(at2.size(), std::size_t{3});
    const auto at3 = take(rolloutsAt(project(), id, m_set, 3));
    QCOMPARE(at3.size(), std::size_t{3}); // 0, 1, 2 went along; 1 has a rollout of its own too
    QVERIFY(at3[0].ids == (std::vector<std::int32_t>{14, 15, 99}));
    QVERIFY(at3[1].ids == std::vector<std::int32_t>{98});
    QVERIFY(at3[2].ids.empty());
    const auto at4 = take(rolloutsAt(project(), id, m_set, 4));
    QCOMPARE(at4.size(), std::size_t{2}); // 2 had ended, 1's own of position 3 goes along
    QCOMPARE(at4[1].answer, std::string("3"));
    QCOMPARE(take(rolloutsAt(project(), id, m_set, 5)).size(), std::size_t{1});
    QVERIFY(take(rolloutsAt(project(), id, m_set, 6)).empty());
}

void TestRollouts::bannedTokensAreKeptApart() {
    const TrajectoryId id = add("abcdef");
    RolloutRecord banned = rollout(4, 0, {77, 99}, Verdict::Right, "42");
    banned.variant = "ban 15";
    save(id, {banned, rollout(4, 0, {15, 16}, Verdict::Wrong, "1")});
    QCOMPARE(take(rolloutsOf(project(), id, m_set)).size(), std::size_t{1});
    QCOMPARE(take(rolloutsOf(project(), id, m_set, "ban 15")).size(), std::size_t{1});
    QVERIFY(take(rolloutsAt(project(), id, m_set, 5, "ban 15")).empty());
    QCOMPARE(take(rolloutAnswers(project(), id, m_set, 4, "ban 15")).front().answer,
             std::string("42"));
}

void TestRollouts::answersAreGroupedWithTheirTexts() {
    VocabularyRecord vocabulary;
    vocabulary.tokenizerHash = "tok";
    vocabulary.pieces.assign(40, "?");
    vocabulary.special.assign(40, false);
    vocabulary.special[2] = true;
    vocabulary.pieces[13] = "a";
    vocabulary.pieces[30] = " 7";
    vocabulary.pieces[31] = "\nmore";
    CRUX_OK(saveVocabulary(project(), vocabulary));
    const TrajectoryId id = add("abcdef");
    save(id,
         {rollout(2, 0, {13, 30, 31}, Verdict::Wrong, "7"),
          rollout(2, 1, {30, 2}, Verdict::Wrong, "7"), rollout(2, 2, {31}, Verdict::NoAnswer, "")});
    const auto groups = take(rolloutAnswers(project(), id, m_set, 2));
    QCOMPARE(groups.size(), std::size_t{2});
    QCOMPARE(groups[0].answer, std::string("7"));
    QCOMPARE(groups[0].members.size(), std::size_t{2});
    QCOMPARE(groups[0].members[0].text, std::string("a 7")); // cut before the stop text
    QCOMPARE(groups[0].members[1].text, std::string(" 7"));  // special tokens have no text
    QCOMPARE(groups[1].members[0].text, std::string());
    QVERIFY(groups[1].verdict == Verdict::NoAnswer);
    QCOMPARE(take(rolloutAnswers(project(), id, m_set, 3)).front().members[0].text,
             std::string(" 7"));
}

void TestRollouts::positionsOutsideAreRefused() {
    const TrajectoryId id = add("abc");
    QVERIFY(!saveRollouts(project(), id, m_set, {rollout(6, 0, {}, Verdict::Wrong, "")}).ok());
    QVERIFY(!saveRollouts(project(), id, m_set, {rollout(-1, 0, {}, Verdict::Wrong, "")}).ok());
    QVERIFY(!rolloutsAt(project(), id, m_set, 6).ok());
    QVERIFY(!saveRollouts(project(), TrajectoryId{99}, m_set, {}).ok());
    // All or nothing.
    QVERIFY(!saveRollouts(
                 project(), id, m_set,
                 {rollout(2, 0, {}, Verdict::Wrong, ""), rollout(9, 0, {}, Verdict::Wrong, "")})
                 .ok());
    QVERIFY(take(rolloutsOf(project(), id, m_set)).empty());
}

void TestRollouts::verdictsReplaceTheirOwn() {
    const TrajectoryId id = add("abcdef");
    CRUX_OK(saveSearchResult(project(), {finding(id, 4), finding(id, 5)}, {}));
    SearchFindingRecord pivotal = finding(id, 3);
    pivotal.method = "pivotal";
    CRUX_OK(saveSearchResult(project(), {pivotal}, {}));
    CRUX_OK(saveSearchResult(project(), {finding(id, 5)}, {}));
    const auto all = take(findingsOf(project(), id));
    QCOMPARE(all.size(), std::size_t{2});
    QCOMPARE(all[0].method, std::string("pivotal"));
    QCOMPARE(all[1].position, 5);
    QVERIFY(all[1].questionId == m_question);
    QVERIFY(!saveSearchResult(project(), {}, {}).ok());
    QCOMPARE(take(allFindings(project(), "")).size(), std::size_t{2});
    QCOMPARE(take(allFindings(project(), "pivotal")).size(), std::size_t{1});
    SearchFindingRecord none = finding(add("xyz"), -1);
    none.detail["reason"] = "nothing";
    CRUX_OK(saveSearchResult(project(), {none}, {}));
    QCOMPARE(take(allFindings(project(), "")).size(), std::size_t{2}); // nothing found is no token
    QVERIFY(take(checkProject(project())).empty());
}

void TestRollouts::estimatesGrow() {
    const TrajectoryId id = add("abcdef");
    const auto estimateOf = [&](const RolloutEstimate& added) {
        take(saveSearchResult(project(), {finding(id, 4)}, {added}));
        return take(rolloutEstimates(project(), id, m_set)).front();
    };
    QVERIFY(estimateOf({4, {4, 9}, true}).curtailed);
    QVERIFY(std::fabs(estimateOf({4, {4, 9}, true}).share() - 3.0 / 8) < 1e-12);
    QCOMPARE(estimateOf({4, {2, 8}, false}).count.total, 8); // whole, though smaller
    QCOMPARE(estimateOf({4, {20, 64}, false}).count.total, 64);
    QCOMPARE(estimateOf({4, {4, 9}, true}).count.total, 64);
    QCOMPARE(estimateOf({4, {2, 8}, false}).count.total, 64);
    QCOMPARE(take(rolloutEstimates(project(), id, m_set)).size(), std::size_t{1});
    QCOMPARE(take(findingsOf(project(), id)).size(), std::size_t{1}); // estimates are no findings
}

void TestRollouts::chartTellsTheFirstAllWrong() {
    const TrajectoryId id = add("abcdef");
    QCOMPARE(take(rolloutChart(project(), id, m_set)).firstAllWrong, -1);
    CRUX_OK(saveSearchResult(project(), {finding(id, 5)},
                             {{6, {0, 64}, false}, {4, {9, 64}, false}, {5, {0, 64}, false}}));
    SearchFindingRecord other = finding(id, 6);
    other.method = "cliff";
    other.rolloutSet = RolloutSetId{999};
    CRUX_OK(saveSearchResult(project(), {other}, {}));
    const RolloutChart chart = take(rolloutChart(project(), id, m_set));
    QCOMPARE(chart.estimates.size(), std::size_t{3});
    QCOMPARE(chart.estimates[0].position, 4);
    QCOMPARE(chart.firstAllWrong, 5);
    QCOMPARE(chart.findings.size(), std::size_t{1}); // the other rests on another rollout set
    QCOMPARE(chart.findings[0].position, 5);
}

// Positions 2 (bare prompt) .. 8; rollout 0 of the prompt goes along to position 4, so it counts at
// 2, 3 and 4; the same index drawn again at 3 counts there once.
void TestRollouts::curveCountsWhatIsStored() {
    const TrajectoryId id = add("abcdef");
    save(id,
         {rollout(2, 0, {13, 14, 99}, Verdict::Right, "42"),
          rollout(2, 1, {99}, Verdict::Wrong, "1"), rollout(3, 0, {14, 99}, Verdict::Right, "42"),
          rollout(4, 1, {98}, Verdict::Wrong, "1"),
          rollout(4, 2, {15, 16, 17, 18}, Verdict::Wrong, "7")});
    auto curve = take(rolloutCurve(project(), id, m_set));
    std::map<int, ShareCount> byPosition;
    for (const RolloutEstimate& at : curve)
        byPosition[at.position] = at.count;
    QCOMPARE(byPosition.size(), std::size_t{3}); // 2, 3, 4
    QVERIFY((byPosition[2] == ShareCount{1, 2}));
    QVERIFY((byPosition[3] == ShareCount{1, 1}));
    QVERIFY((byPosition[4] == ShareCount{1, 3}));
    // Rollout 2 goes along to the end, but what 0 and 1 would do at position 5 is not known: those
    // that follow alone say nothing of the share there.
    QVERIFY(!byPosition.count(5) && !byPosition.count(8));
    const auto listed = take(rolloutAnswers(project(), id, m_set, 4));
    std::size_t members = 0;
    for (const RolloutAnswer& answer : listed) {
        members += answer.members.size();
        for (const auto& member : answer.members)
            QCOMPARE(member.drawnAt, member.index == 0 ? 2 : 4);
    }
    QCOMPARE(members, std::size_t{3}); // the list below the chart holds what the point counts
    // A search knows of positions without any rollout, and says where it stopped early.
    SearchFindingRecord found = finding(id, 5);
    take(saveSearchResult(project(), {found}, {{4, {1, 2}, true}, {6, {0, 64}, false}}));
    curve = take(rolloutCurve(project(), id, m_set));
    for (const RolloutEstimate& at : curve) {
        if (at.position == 4) // unbiased, as long as not all 64 are drawn
            QVERIFY((at.count == ShareCount{1, 2}) && at.curtailed);
        if (at.position == 6)
            QVERIFY((at.count == ShareCount{0, 64}));
    }
    // Index 2 was drawn to confirm the token at 5 of a search with two rollouts a position: it is
    // known at 3 and 4 only because it goes on through the token.
    const TrajectoryId other = add("abcdeg");
    save(other,
         {rollout(3, 0, {99}, Verdict::Right, "42"), rollout(3, 1, {99}, Verdict::Wrong, "1"),
          rollout(3, 2, {14, 15, 99}, Verdict::Wrong, "1")});
    take(saveSearchResult(project(), {finding(other, 5)}, {{3, {1, 2}, false}}));
    curve = take(rolloutCurve(project(), other, m_set));
    QVERIFY(!curve.empty() && curve.front().position == 3);
    QVERIFY((curve.front().count == ShareCount{1, 2}));
}

void TestRollouts::alternativesCountWhatIsStored() {
    const TrajectoryId id = add("abcdef");
    RolloutRecord banned = rollout(4, 0, {50, 51}, Verdict::Right, "42");
    banned.variant = "ban 15";
    save(id,
         {rollout(4, 0, {50}, Verdict::Wrong, "1"), rollout(4, 1, {15, 16}, Verdict::Wrong, "1"),
          rollout(3, 2, {14, 50, 9}, Verdict::Right, "42"), banned});
    // A branch that has token 60 at position 5, with rollouts of its own.
    TrajectoryRecord other = trajectoryOf(m_dataset, m_question, "abcdef", Verdict::Wrong);
    other.ids[5] = 60;
    other.tokenizerHash = "tok";
    const TrajectoryId branch = take(addTrajectory(project(), other));
    take(saveRollouts(
        project(), branch, m_set,
        {rollout(5, 0, {1}, Verdict::Right, "42"), rollout(5, 1, {2}, Verdict::Wrong, "3")}));
    // One more of the branch, drawn from a prefix that both have.
    take(
        saveRollouts(project(), branch, m_set, {rollout(3, 7, {14, 60, 3}, Verdict::Right, "42")}));
    const auto shares = take(alternativeShares(project(), id, m_set, 5, {15, 50, 60, 61}));
    QVERIFY((shares.at(50) == ShareCount{2, 3})); // own, shared from 3, replacement
    QVERIFY((shares.at(15) == ShareCount{0, 1}));
    QVERIFY((shares.at(60) == ShareCount{2, 3}));
    QVERIFY(!shares.count(61));
    // Index 0 after token 50 is index 0 of the prefix before it: drawn again, counted once.
    other.ids[5] = 50;
    const TrajectoryId same = take(addTrajectory(project(), other));
    take(saveRollouts(project(), same, m_set, {rollout(5, 0, {}, Verdict::Wrong, "1")}));
    QVERIFY((take(alternativeShares(project(), id, m_set, 5, {50})).at(50) == ShareCount{2, 3}));
}

/// Imported sets sampled every prefix on its own: equal indices are two draws.
void TestRollouts::independentRolloutsStandForTheirOwnPrefix() {
    Provenance apart = sampling();
    apart.params[kIndependentRollouts] = true;
    m_set = take(addRolloutSet(project(), apart));
    const TrajectoryId id = add("abcdef");
    save(id, {rollout(2, 0, {13, 14, 15, 16, 17, 18}, Verdict::Right, "42"),
              rollout(4, 0, {15, 99}, Verdict::Wrong, "1"),
              rollout(4, 1, {50}, Verdict::Wrong, "1"), rollout(5, 0, {16}, Verdict::Right, "42")});
    std::map<int, ShareCount> byPosition;
    for (const RolloutEstimate& at : take(rolloutCurve(project(), id, m_set)))
        byPosition[at.position] = at.count;
    QCOMPARE(byPosition.size(), std::size_t{3}); // 2, 4, 5
    QVERIFY((byPosition[2] == ShareCount{1, 1}));
    QVERIFY((byPosition[4] == ShareCount{0, 2}));
    QVERIFY((byPosition[5] == ShareCount{1, 1}));
    const auto shares = take(alternativeShares(project(), id, m_set, 5, {15}));
    QVERIFY((shares.at(15) == ShareCount{1, 2})); // one drawn to it, one drawn after it
    QVERIFY((shares.at(50) == ShareCount{0, 1}));
}

void TestRollouts::summaryTellsTheNewestVerdict() {
    const TrajectoryId id = add("abcdef");
    const auto summary = [&] { return take(trajectorySummaries(project(), {id}, {})).at(0); };
    QVERIFY(summary().critical == CriticalState::NotSearched);
    SearchFindingRecord found = finding(id, 5);
    found.createdMs = 1000;
    found.confirmed = true;
    take(saveSearchResult(project(), {found}, {}));
    QVERIFY(summary().critical == CriticalState::Confirmed);
    QCOMPARE(summary().criticalPosition, 2);
    QCOMPARE(summary().criticalText, std::string("c"));
    TrajectoryQuery byCritical;
    byCritical.sortKey = "critical";
    const TrajectoryId unsearchedRow = add("abcdefg");
    QVERIFY((take(trajectoryIds(project(), byCritical)) ==
             std::vector<TrajectoryId>{id, unsearchedRow}));
    SearchFindingRecord none = finding(id, -1);
    none.createdMs = 2000;
    none.search = take(addSearch(project(), sampling(8)));
    take(saveSearchResult(project(), {none}, {}));
    QVERIFY(summary().critical == CriticalState::NoneFound);
}

void TestRollouts::unsearchedAndTagged() {
    const TrajectoryId one = add("abc"), two = add("def");
    SearchFindingRecord f = finding(one, 4);
    f.jobId = JobId{3};
    CRUX_OK(saveSearchResult(project(), {f}, {}));
    QVERIFY(take(unsearched(project(), m_search, "critical", {one, two})) ==
            std::vector<TrajectoryId>{two});
    QCOMPARE(take(unsearched(project(), m_search, "cliff", {one, two})).size(), std::size_t{2});
    QCOMPARE(take(findingsOfJob(project(), JobId{3})).size(), std::size_t{1});
    CRUX_OK(tagFindings(project(), m_search, "critical", one, JobId{5}));
    QVERIFY(take(findingsOfJob(project(), JobId{3})).empty());
    QCOMPARE(take(findingsOfJob(project(), JobId{5})).size(), std::size_t{1});
}

void TestRollouts::findingsKeepEveryField() {
    const TrajectoryId id = add("abcdef");
    SearchFindingRecord f = finding(id, 4);
    f.sign = 1;
    f.before = {40, 64};
    f.confirmation = {1, 256};
    f.confirmed = true;
    f.with = {2, 65};
    f.without = {30, 64};
    f.detail = {{"class", "sampled_off"}, {"z", 2.5}};
    f.jobId = JobId{9};
    CRUX_OK(saveSearchResult(project(), {f}, {}));
    const SearchFindingRecord back = take(findingsOf(project(), id)).front();
    QVERIFY(back.search == m_search && back.rolloutSet == m_set);
    QCOMPARE(back.tokenId, 15);
    QCOMPARE(back.sign, 1);
    QVERIFY(back.before == f.before && back.at == f.at && back.confirmation == f.confirmation);
    QVERIFY(back.with == f.with && back.without == f.without);
    QVERIFY(back.confirmed == std::optional<bool>(true));
    QVERIFY(back.detail == f.detail);
    QVERIFY(back.jobId == JobId{9} && back.createdMs > 0);
    QCOMPARE(take(search(project(), m_search)).seed, std::uint64_t{7});
    QVERIFY(!search(project(), SearchId{99}).ok());
}

void TestRollouts::newTokensDropVerdicts() {
    const TrajectoryId id = add("abcdef");
    save(id, {rollout(3, 0, {99}, Verdict::Right, "42")});
    CRUX_OK(saveSearchResult(project(), {finding(id, 4)}, {{4, {0, 64}, false}}));
    std::vector<std::int32_t> ids{10, 11, 12, 50, 51};
    CRUX_OK(setTokens(project(), id, ids, {}, 3, "other"));
    QVERIFY(take(findingsOf(project(), id)).empty());
    QVERIFY(take(rolloutsOf(project(), id, m_set)).empty());
    QVERIFY(take(rolloutEstimates(project(), id, m_set)).empty());
    QVERIFY(take(checkProject(project())).empty());
}

void TestRollouts::checkFindsDamage() {
    for (const char* damage :
         {"UPDATE prefix_use SET position = 4", "UPDATE rollout SET ids = x'0102'",
          "UPDATE search_result SET position = 77", "UPDATE prefix SET length = 9",
          "UPDATE search_result SET right_count = 65"}) {
        init();
        const TrajectoryId id = add("abcdef");
        save(id, {rollout(3, 0, {99}, Verdict::Right, "42")});
        CRUX_OK(saveSearchResult(project(), {finding(id, 4)}, {}));
        QVERIFY(take(checkProject(project())).empty());
        SQLite::Database(m_temp->file().string(), SQLite::OPEN_READWRITE).exec(damage);
        QVERIFY2(!take(checkProject(project())).empty(), damage);
    }
}

void TestRollouts::deletedQuestionsTakeTheirRolloutsAlong() {
    const TrajectoryId id = add("abcdef");
    save(id, {rollout(3, 0, {99}, Verdict::Right, "42")});
    CRUX_OK(saveSearchResult(project(), {finding(id, 4)}, {}));
    CRUX_OK(removeDataset(project(), m_dataset));
    QVERIFY(take(rolloutSets(project(), {})).empty());
    QVERIFY(take(allFindings(project(), "")).empty());
    QVERIFY(take(checkProject(project())).empty());
}

QTEST_GUILESS_MAIN(TestRollouts)
#include "tst_rollouts.moc"
