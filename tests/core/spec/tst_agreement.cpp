// Agreement of contrastive scores with rollouts; correlations against scipy 1.17.1
// (scipy.stats.spearmanr on the same numbers), the rest against counts by hand.
#include "core/spec/agreement.h"
#include "core/spec/steps.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace crux;

namespace {

const float kNone = std::nanf("");
// Two prompt tokens, ten of the response.
const std::vector<float> kScores{kNone, kNone, .95f, .9f,  .04f, .7f,
                                 .7f,   .01f,  .5f,  .98f, .2f,  .6f};
const std::vector<AgreementInput::Share> kShares{{1, .8},  {2, .8}, {3, .75}, {4, .5},   {5, .5},
                                                 {6, .55}, {7, 0},  {8, 0},   {10, .05}, {11, 0}};

} // namespace

class TestAgreement : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void correlationsEqualScipy();
    void correlationNeedsThreeThatVary();
    void countsHitsAndNeighbours();
    void ranksAverageTies();
    void totalsAddUp();
    void stepsAreLinesOrSentences();
};

void TestAgreement::correlationsEqualScipy() {
    const std::vector<double> x{.9, .1, .5, .5, .7, .02, .3, .8, .8, .6};
    const std::vector<double> y{1, .2, .4, .6, .6, 0, .4, .9, .7, .5};
    QVERIFY(std::abs(*spearman(x, y) - 0.9570552147239265) < 1e-14);
    const AgreementInput input{kScores, 2, {}, {}, kShares};
    const TrajectoryAgreement found = agreementOf(input, 2);
    QCOMPARE(found.shares, 9); // position 1 lies in the prompt, 9 has no rollouts
    QVERIFY(std::abs(*found.rhoShare - 0.7565207942241463) < 1e-12);
    QCOMPARE(found.drops, 8); // 10 has no neighbour before it
    QVERIFY(std::abs(*found.rhoDrop + 0.5645127977248884) < 1e-12);
}

void TestAgreement::correlationNeedsThreeThatVary() {
    const std::vector<double> rising{1, 2, 3}, flat{5, 5, 5}, two{1, 2};
    QVERIFY(!spearman(two, two));
    QVERIFY(!spearman(rising, flat));
    QCOMPARE(*spearman(rising, rising), 1.0);
    QCOMPARE(*spearman(std::vector<double>{3, 1, 2}, rising), -0.5);
}

void TestAgreement::countsHitsAndNeighbours() {
    const std::vector<std::int32_t> candidates{4, 7}, critical{5, 7, 11};
    const TrajectoryAgreement one = agreementOf({kScores, 2, candidates, critical, {}}, 1);
    QCOMPARE(one.scored, 10);
    QCOMPARE(one.candidatesHit, 1);
    QCOMPARE(one.candidatesNear, 2);
    QCOMPARE(one.criticalHit, 1);
    QCOMPARE(one.criticalNear, 2);
    QVERIFY(!one.rhoShare);
    const TrajectoryAgreement none = agreementOf({kScores, 2, candidates, {}, {}}, 1);
    QCOMPARE(none.candidatesNear, 0);
    QVERIFY(!none.rank);
}

void TestAgreement::ranksAverageTies() {
    const auto rankOf = [](std::int32_t position) {
        const std::vector<std::int32_t> critical{position};
        return agreementOf({kScores, 2, {}, critical, {}}, 0).rank;
    };
    QCOMPARE(*rankOf(7), 1.0);
    QCOMPARE(*rankOf(4), 2.0);
    QCOMPARE(*rankOf(5), 6.5); // .7 twice, below them .01 .04 .2 .5 .6
    QVERIFY(!rankOf(1));       // no score
    QVERIFY(!rankOf(40));
}

void TestAgreement::totalsAddUp() {
    AgreementSum sum;
    TrajectoryAgreement a;
    a.candidates = 2;
    a.candidatesHit = 1;
    a.candidatesNear = 2;
    a.critical = a.criticalHit = a.criticalNear = 1;
    a.rank = 1;
    a.rhoShare = .5;
    TrajectoryAgreement b;
    b.candidates = 1;
    b.critical = 1;
    b.rank = 8;
    b.rhoShare = -.1;
    TrajectoryAgreement c; // searched, nothing found
    c.candidates = 1;
    for (const auto& one : {a, b, c})
        sum.add(one);
    const AgreementTotals totals = sum.totals();
    QCOMPARE(totals.trajectories, std::int64_t{3});
    QCOMPARE(totals.withCritical, std::int64_t{2});
    QCOMPARE(totals.precision.k, std::int64_t{1});
    QCOMPARE(totals.precision.n, std::int64_t{4});
    QCOMPARE(totals.precisionNear.k, std::int64_t{2});
    QCOMPARE(*totals.recall.share(), 0.5);
    QCOMPARE(totals.first.k, std::int64_t{1});
    QCOMPARE(totals.top5.k, std::int64_t{1});
    QCOMPARE(totals.top10.k, std::int64_t{2});
    QCOMPARE(*totals.medianRank, 4.5);
    QCOMPARE(*totals.meanReciprocalRank, (1 + 1.0 / 8) / 2);
    QCOMPARE(totals.rhoShare.mean, 0.2);
    // 0.2 +- 1.95996 * 0.3, the standard error of the mean of .5 and -.1
    QVERIFY(std::abs(totals.rhoShare.high - 0.787989) < 1e-5);
    QCOMPARE(totals.rhoDrop.count, std::int64_t{0});
    QVERIFY(!AgreementSum().totals().medianRank);
}

void TestAgreement::stepsAreLinesOrSentences() {
    using Texts = std::vector<std::string_view>;
    const Texts lines{"Q\n", "A", " b\n", "\n", "c", "."};
    QCOMPARE(stepFirsts(lines, 1), (std::vector<std::int32_t>{1, 4}));
    const Texts sentences{"One", ".", " Two", "!", " 3.5", " x"};
    QCOMPARE(stepFirsts(sentences, 0), (std::vector<std::int32_t>{0, 2, 4}));
    QVERIFY(stepFirsts({}, 0).empty());
    QVERIFY(stepFirsts(lines, 6).empty());
    const std::vector<std::int32_t> firsts{3, 7};
    QCOMPARE(stepOf(firsts, 2), 0);
    QCOMPARE(stepOf(firsts, 3), 1);
    QCOMPARE(stepOf(firsts, 6), 1);
    QCOMPARE(stepOf(firsts, 90), 2);
}

QTEST_APPLESS_MAIN(TestAgreement)
#include "tst_agreement.moc"
