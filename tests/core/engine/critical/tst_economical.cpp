// Economical search against brute force with the same random numbers: the same verdicts, the same
// outcome of every single rollout, far fewer draws; whatever the chunks and interruptions.
#include "core/engine/critical/bisect.h"
#include "core/engine/critical/cliff.h"
#include "core/engine/critical/critical.h"
#include "core/engine/critical/pivotal.h"
#include "simulated_trajectory.h"
#include "support/test_paths.h"

#include <cmath>
#include <memory>

using namespace crux;
using namespace crux::critical;
using crux::test::randomTrajectory;
using crux::test::runSearch;
using crux::test::SimulatedTrajectory;

namespace {

constexpr int kTrajectories = 1000;

std::vector<float> surpriseOf(const SimulatedTrajectory& trajectory) {
    return std::vector<float>(static_cast<std::size_t>(trajectory.last()) + 1, -1.f);
}

bool sameDecision(const Decision& a, const Decision& b) {
    if (a.found.size() != b.found.size() || a.note != b.note)
        return false;
    for (std::size_t i = 0; i < a.found.size(); ++i)
        if (a.found[i].position != b.found[i].position || a.found[i].sign != b.found[i].sign ||
            a.found[i].at.right != b.found[i].at.right ||
            a.found[i].fallback != b.found[i].fallback)
            return false;
    return true;
}

bool sameCells(const OutcomeTable& a, const OutcomeTable& b) {
    for (int position = a.first(); position <= a.last(); ++position)
        for (int stream = 0; stream < a.streams(); ++stream)
            if (a.known(position, stream) != b.known(position, stream) ||
                a.right(position, stream) != b.right(position, stream))
                return false;
    return true;
}

/// Every outcome the table knows is what brute force draws there.
bool equalsBruteForce(const OutcomeTable& table, const SimulatedTrajectory& trajectory) {
    for (int position = table.first(); position < table.last(); ++position)
        for (int stream = 0; stream < table.streams(); ++stream)
            if (table.known(position, stream) &&
                table.right(position, stream) != trajectory.endsRight(stream, position))
                return false;
    return true;
}

} // namespace

class TestEconomical : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void criticalEqualsBruteForce_data();
    void criticalEqualsBruteForce();
    void bisectVerifiedEqualsBruteForce();
    void cliffEqualsBruteForce();
    void pivotalEqualsBruteForce();
    void chunksAndInterruptionsChangeNothing();
    void whatIsKnownByChanceChangesNoRequest();
    void drawsFewerTokens();
    void sharesAreUnbiased();
    void curtailedShareIsUnbiased();
    void pointMassCostsNothing();
    void streamsAreSharedBetweenDepartures();
};

void TestEconomical::criticalEqualsBruteForce_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<bool>("authors");
    QTest::addRow("paper, 64") << 64 << false;
    QTest::addRow("paper, 20") << 20 << false;
    QTest::addRow("paper, 1") << 1 << false;
    QTest::addRow("authors, 64") << 64 << true;
}

void TestEconomical::criticalEqualsBruteForce() {
    QFETCH(int, n);
    QFETCH(bool, authors);
    const CriticalRule rule = authors ? CriticalRule::Authors : CriticalRule::Paper;
    const CriticalDetector thrifty({n, 0.05, rule, true}), full({n, 0.05, rule, false});
    int found = 0;
    for (int number = 0; number < kTrajectories; ++number) {
        const SimulatedTrajectory trajectory =
            randomTrajectory(static_cast<std::uint64_t>(number), n);
        const Departures departures = trajectory.departures();
        OutcomeTable some = trajectory.emptyTable(), all = trajectory.emptyTable();
        const auto quick = runSearch(trajectory, thrifty, some, &departures);
        const auto brute = runSearch(trajectory, full, all, nullptr);
        QVERIFY2(sameDecision(quick.decision, brute.decision), qPrintable(QString::number(number)));
        QVERIFY(equalsBruteForce(some, trajectory));
        QVERIFY(quick.rollouts <= brute.rollouts);
        found += quick.decision.found.empty() ? 0 : 1;
    }
    QVERIFY(found > kTrajectories / 2);
}

void TestEconomical::bisectVerifiedEqualsBruteForce() {
    const BisectDetector bisect({64, 0.05, true});
    const CriticalDetector full({64, 0.05, CriticalRule::Paper, false});
    for (int number = 0; number < kTrajectories; ++number) {
        const SimulatedTrajectory trajectory = randomTrajectory(static_cast<std::uint64_t>(number));
        const Departures departures = trajectory.departures();
        OutcomeTable some = trajectory.emptyTable(), all = trajectory.emptyTable();
        QVERIFY(sameDecision(runSearch(trajectory, bisect, some, &departures).decision,
                             runSearch(trajectory, full, all, nullptr).decision));
    }
}

void TestEconomical::cliffEqualsBruteForce() {
    const CliffDetector detector(CliffOptions{});
    std::size_t cliffs = 0;
    for (int number = 0; number < kTrajectories; ++number) {
        const SimulatedTrajectory trajectory = randomTrajectory(static_cast<std::uint64_t>(number));
        const Departures departures = trajectory.departures();
        OutcomeTable some = trajectory.emptyTable(), all = trajectory.emptyTable();
        const auto quick = runSearch(trajectory, detector, some, &departures);
        const auto brute = runSearch(trajectory, detector, all, nullptr);
        QVERIFY(sameDecision(quick.decision, brute.decision));
        QVERIFY(sameCells(some, all)); // every rollout of every position
        cliffs += quick.decision.found.size();
    }
    QVERIFY(cliffs > 20);
}

void TestEconomical::pivotalEqualsBruteForce() {
    std::size_t pivots = 0;
    for (int number = 0; number < kTrajectories; ++number) {
        const SimulatedTrajectory trajectory = randomTrajectory(static_cast<std::uint64_t>(number));
        PivotalOptions options;
        const PivotalDetector thrifty(options, surpriseOf(trajectory));
        options.economical = false;
        const PivotalDetector full(options, surpriseOf(trajectory));
        const Departures departures = trajectory.departures();
        OutcomeTable some = trajectory.emptyTable(), all = trajectory.emptyTable();
        const auto quick = runSearch(trajectory, thrifty, some, &departures);
        const auto brute = runSearch(trajectory, full, all, nullptr);
        QVERIFY(sameDecision(quick.decision, brute.decision));
        QVERIFY(equalsBruteForce(some, trajectory));
        pivots += quick.decision.found.size();
    }
    QVERIFY(pivots > 20);
}

/// What is drawn in all, not only the verdict, is the same however it is cut.
void TestEconomical::chunksAndInterruptionsChangeNothing() {
    const CriticalDetector critical({64, 0.05, CriticalRule::Paper, true});
    const BisectDetector bisect({64, 0.05, true});
    for (const Detector* detector :
         {static_cast<const Detector*>(&critical), static_cast<const Detector*>(&bisect)})
        for (int number = 0; number < 60; ++number) {
            const SimulatedTrajectory trajectory =
                randomTrajectory(static_cast<std::uint64_t>(number));
            const Departures departures = trajectory.departures();
            OutcomeTable whole = trajectory.emptyTable();
            const auto once = runSearch(trajectory, *detector, whole, &departures);
            for (const std::size_t chunk : {1u, 7u, 64u}) {
                OutcomeTable cut = trajectory.emptyTable();
                const auto again = runSearch(trajectory, *detector, cut, &departures, chunk);
                QVERIFY(sameDecision(once.decision, again.decision));
                QVERIFY(sameCells(whole, cut));
                QCOMPARE(again.rollouts, once.rollouts);
            }
            // Stopped after some chunks, gone on with other chunks from what is stored.
            OutcomeTable resumed = trajectory.emptyTable();
            const int before =
                runSearch(trajectory, *detector, resumed, &departures, 5, 3).rollouts;
            const auto after = runSearch(trajectory, *detector, resumed, &departures, 11);
            QVERIFY(sameDecision(once.decision, after.decision));
            QVERIFY(sameCells(whole, resumed));
            QCOMPARE(before + after.rollouts, once.rollouts);
        }
}

/// Outcomes that another method left behind are used, and never make this one ask for more.
void TestEconomical::whatIsKnownByChanceChangesNoRequest() {
    const CriticalDetector detector({64, 0.05, CriticalRule::Paper, true});
    const PivotalDetector other({}, std::vector<float>(200, -1.f));
    for (int number = 0; number < 60; ++number) {
        const SimulatedTrajectory trajectory = randomTrajectory(static_cast<std::uint64_t>(number));
        const Departures departures = trajectory.departures();
        OutcomeTable own = trajectory.emptyTable(), shared = trajectory.emptyTable();
        const auto alone = runSearch(trajectory, detector, own, &departures);
        const auto first = runSearch(trajectory, other, shared, &departures);
        const auto second = runSearch(trajectory, detector, shared, &departures);
        QVERIFY(sameDecision(alone.decision, second.decision));
        QVERIFY(second.rollouts <= alone.rollouts);
        const auto a = detector.wants(own), b = detector.wants(shared);
        QCOMPARE(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY(a[i].position == b[i].position && a[i].count == b[i].count);
        QCOMPARE(runSearch(trajectory, detector, shared, &departures).rollouts, 0);
        QVERIFY(first.rollouts >= 0);
    }
}

void TestEconomical::drawsFewerTokens() {
    const CriticalDetector thrifty({64, 0.05, CriticalRule::Paper, true});
    const CriticalDetector full({64, 0.05, CriticalRule::Paper, false});
    double quick = 0, brute = 0;
    for (int number = 0; number < 60; ++number) {
        const SimulatedTrajectory trajectory =
            randomTrajectory(static_cast<std::uint64_t>(number), 64, 60, 120);
        const Departures departures = trajectory.departures();
        OutcomeTable some = trajectory.emptyTable(), all = trajectory.emptyTable();
        quick += runSearch(trajectory, thrifty, some, &departures).tokens;
        brute += runSearch(trajectory, full, all, nullptr).tokens;
    }
    qInfo("tokens: brute force %.0f, economical %.0f, %.1f times fewer", brute, quick,
          brute / quick);
    QVERIFY(brute / quick > 8);
}

/// Over many seeds the mean share of every position is its exact chance.
void TestEconomical::sharesAreUnbiased() {
    const CliffDetector detector(CliffOptions{16, 0.1, 1.645});
    const int size = 30, seeds = 3000;
    std::vector<double> keep(size, 0.85), right(size, 0.0);
    for (int i = 0; i < 20; ++i)
        right[static_cast<std::size_t>(i)] = 0.1 + 0.02 * i;
    std::vector<double> sums(size, 0.0);
    std::vector<double> chance;
    for (int seed = 0; seed < seeds; ++seed) {
        const SimulatedTrajectory trajectory(keep, right, 16, static_cast<std::uint64_t>(seed));
        const Departures departures = trajectory.departures();
        OutcomeTable table = trajectory.emptyTable();
        runSearch(trajectory, detector, table, &departures);
        for (int position = 0; position < size; ++position)
            sums[static_cast<std::size_t>(position)] +=
                static_cast<double>(table.tally(position, 16).right) / 16;
        chance = trajectory.chances();
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const double error = std::sqrt(chance[i] * (1 - chance[i]) / (16.0 * seeds));
        QVERIFY2(std::fabs(sums[i] / seeds - chance[i]) <= 4 * error + 1e-12,
                 qPrintable(QString::number(i)));
    }
}

/// (right - 1) / (total - 1) of a position curtailed at its fourth success, against right / total.
void TestEconomical::curtailedShareIsUnbiased() {
    const double p = 0.4;
    double corrected = 0, plain = 0;
    const int seeds = 20000;
    for (int seed = 0; seed < seeds; ++seed) {
        const RandomStream random("curtailed", static_cast<std::uint64_t>(seed));
        OutcomeTable table(0, 1, 400);
        for (int stream = 0; stream < 400; ++stream)
            table.record(stream, 1, 1, random.uniform(static_cast<std::uint64_t>(stream)) < p);
        // Far from the end of 400, so that stopping is by successes alone.
        const auto count = countsOf(table, {{1, 399}}, 400, 3)[0];
        QVERIFY(count.curtailed && count.right == 4);
        corrected += static_cast<double>(count.right - 1) / (count.total - 1);
        plain += static_cast<double>(count.right) / count.total;
    }
    QVERIFY2(std::fabs(corrected / seeds - p) < 0.005,
             qPrintable(QString::number(corrected / seeds)));
    QVERIFY(plain / seeds > p + 0.03);
}

void TestEconomical::pointMassCostsNothing() {
    std::vector<double> keep(50, 1.0), right(50, 0.0);
    keep[10] = 0.5;
    right[10] = 1.0;
    const SimulatedTrajectory trajectory(keep, right, 64, 3);
    const Departures departures = trajectory.departures();
    const CliffDetector detector(CliffOptions{});
    OutcomeTable table = trajectory.emptyTable();
    const auto search = runSearch(trajectory, detector, table, &departures);
    QCOMPARE(search.decision.found.size(), std::size_t{1});
    QCOMPARE(search.decision.found[0].position, 10);
    // At most two rollouts an index: one up to the fork, one after it.
    QVERIFY(search.rollouts <= 128);
    for (int position = 1; position < 10; ++position)
        QCOMPARE(table.tally(position, 64).right, table.tally(0, 64).right);
}

void TestEconomical::streamsAreSharedBetweenDepartures() {
    const std::vector<std::int32_t> ids{1, 2, 3, 4, 5};
    // Stream 0 leaves at 2, stream 1 at 1 and 4, stream 2 never.
    const std::vector<std::int32_t> drawn{2, 9, 2, 9, 3, 3, 4, 4, 4, 5, 9, 5};
    const Departures departures(ids, 0, 4, drawn, 3);
    QCOMPARE(departures.next(0, 0)->position, 2);
    QCOMPARE(departures.next(0, 0)->token, 9);
    QVERIFY(!departures.next(0, 2));
    QCOMPARE(departures.start(0, 1), 0);
    QCOMPARE(departures.start(0, 3), 2);
    QCOMPARE(departures.next(1, 1)->position, 4);
    QVERIFY(!departures.next(2, 0));
    const OutcomeTable table(0, 4, 3);
    const auto draws = missingDraws(table, wantAll(0, 4, 3), 0, &departures);
    QCOMPARE(draws.size(), std::size_t{6}); // 2 + 3 + 1 instead of 15
    QCOMPARE(missingDraws(table, wantAll(0, 4, 3), 0, nullptr).size(), std::size_t{15});
}

QTEST_APPLESS_MAIN(TestEconomical)
#include "tst_economical.moc"
