// Search methods on counts made by hand and on published potentials.
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/engine/critical/bisect.h"
#include "core/engine/critical/cliff.h"
#include "core/engine/critical/critical.h"
#include "core/engine/critical/curve.h"
#include "core/engine/critical/pivotal.h"
#include "support/test_paths.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace crux;
using namespace crux::critical;

namespace {

/// Counts of right rollouts out of n by position; position 0 is the bare prompt.
class Counts : public Outcomes {
public:
    Counts(std::vector<int> right, int n)
        : m_right(std::move(right))
        , m_n(n) {}
    int first() const override { return 0; }
    int last() const override { return static_cast<int>(m_right.size()) - 1; }
    Tally tally(int position, int) const override {
        return {m_right[static_cast<std::size_t>(position)], m_n};
    }

private:
    std::vector<int> m_right;
    int m_n;
};

int criticalPosition(const std::vector<int>& right, CriticalRule rule = CriticalRule::Paper,
                     bool economical = false, int n = 64) {
    const CriticalDetector detector({n, 0.05, rule, economical});
    const Decision decision = detector.decide(Counts(right, n));
    return decision.found.empty() ? -1 : decision.found[0].position;
}

/// Published potentials of one file in resources/demo/cliff_tokens.
std::vector<float> potentials(const char* name) {
    const QString file =
        crux::test::demoDir() + QStringLiteral("/cliff_tokens/") + QString::fromLatin1(name);
    const auto bytes = readFile(file.toStdString());
    const auto object = bytes.ok() ? parseJson(*bytes) : Result<Json>(Json::object());
    return object.ok() ? object->value("all_position_scores", std::vector<float>())
                       : std::vector<float>();
}

} // namespace

class TestDetectors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void toleranceIsBelowTheShare();
    void paperRule_data();
    void paperRule();
    void authorsFallBackOnTheLastReset();
    void authorsDifferOnlyWithoutASurvivor();
    void stagesStopAtTheFourthSuccess();
    void bisectAssumesWhatVerifyChecks();
    void bisectAsksLittle();
    void cliffTableOfTheSource();
    void cliffsOfPublishedPotentials_data();
    void cliffsOfPublishedPotentials();
    void cliffAdjustsForAllPositions();
    void cliffTaxonomy();
    void pivotalSplitsAtHalfTheSurprise();
    void pivotalFindsBothSigns();
    void pivotalMissesWhatCancels();
    void pivotalLeavesEasyAndHopelessAlone();
    void criticalOfPublishedPotentials();
    void curveAsksForItsPositions_data();
    void curveAsksForItsPositions();
    void curveAddsToAMethod();
};

void TestDetectors::curveAsksForItsPositions_data() {
    QTest::addColumn<QList<int>>("positions");
    QTest::addColumn<int>("points");
    QTest::addColumn<QList<int>>("asked");
    const QList<int> none;
    QTest::addRow("every position") << none << 0 << QList<int>{0, 1, 2, 3, 4, 5, 6};
    QTest::addRow("more points than positions") << none << 99 << QList<int>{0, 1, 2, 3, 4, 5, 6};
    QTest::addRow("ends and the middle") << none << 3 << QList<int>{0, 3, 6};
    QTest::addRow("one") << none << 1 << QList<int>{0};
    QTest::addRow("named, outside left out") << QList<int>{9, 2, -1, 2} << 0 << QList<int>{0, 3};
}

void TestDetectors::curveAsksForItsPositions() {
    QFETCH(QList<int>, positions);
    QFETCH(int, points);
    QFETCH(QList<int>, asked);
    const CurveDetector curve({8, {positions.begin(), positions.end()}, points});
    const Counts counts({5, 5, 5, 0, 0, 0, 0}, 8);
    QList<int> wanted;
    for (const Want& want : curve.wants(counts)) {
        QCOMPARE(want.count, 8);
        wanted << want.position;
    }
    QCOMPARE(wanted, asked);
    QVERIFY(curve.decide(counts).found.empty());
    QVERIFY(!curve.decide(counts).note.empty());
}

// The verdict stays the method's own; its wants are there, the curve's are added.
void TestDetectors::curveAddsToAMethod() {
    const CriticalOptions options{64, 0.05, CriticalRule::Paper, true};
    const Counts counts({40, 30, 20, 0, 0, 0}, 64);
    const CurveDetector both({64, {}, 2}, std::make_unique<CriticalDetector>(options));
    const auto own = CriticalDetector(options).wants(counts);
    const auto all = both.wants(counts);
    QVERIFY(all.size() > own.size());
    QCOMPARE(all.front().position, 0); // the bare prompt
    for (const Want& want : own)
        QVERIFY(std::any_of(all.begin(), all.end(), [&](const Want& other) {
            return other.position == want.position && other.count >= want.count;
        }));
    QCOMPARE(both.decide(counts).found.at(0).position, 3);
}

void TestDetectors::toleranceIsBelowTheShare() {
    QCOMPARE(toleranceOf(64, 0.05), 3); // 4 of 64 is 6.25 %
    QCOMPARE(toleranceOf(60, 0.05), 2); // 3 of 60 is 5 %, not below
    QCOMPARE(toleranceOf(20, 0.05), 0);
    QCOMPARE(toleranceOf(1, 0.05), 0);
    QCOMPARE(toleranceOf(256, 0.05), 12);
}

void TestDetectors::paperRule_data() {
    QTest::addColumn<QList<int>>("right");
    QTest::addColumn<int>("position");
    QTest::addRow("first zero") << QList<int>{40, 30, 0, 0, 0} << 2;
    QTest::addRow("three later successes stay below") << QList<int>{40, 30, 0, 3, 0} << 2;
    QTest::addRow("four reset") << QList<int>{40, 30, 0, 4, 2, 0, 1} << 5;
    QTest::addRow("low is not zero") << QList<int>{40, 30, 3, 2, 1, 0} << 5;
    QTest::addRow("reset twice") << QList<int>{9, 0, 9, 0, 9, 0} << 5;
    QTest::addRow("never zero") << QList<int>{40, 1, 2, 1} << -1;
    QTest::addRow("recovers for good") << QList<int>{40, 0, 0, 20} << -1;
    QTest::addRow("hopeless from the first token") << QList<int>{64, 0, 0} << 1;
    QTest::addRow("the prompt is no token") << QList<int>{0, 0, 0} << 1;
    QTest::addRow("no token") << QList<int>{3} << -1;
}

void TestDetectors::paperRule() {
    QFETCH(QList<int>, right);
    QFETCH(int, position);
    const std::vector<int> counts(right.begin(), right.end());
    QCOMPARE(criticalPosition(counts), position);
    QCOMPARE(criticalPosition(counts, CriticalRule::Paper, true), position);
    const BisectDetector bisect({64, 0.05, true});
    const Decision decision = bisect.decide(Counts(counts, 64));
    QCOMPARE(decision.found.empty() ? -1 : decision.found[0].position, position);
    QVERIFY(!decision.assumedMonotone);
}

void TestDetectors::authorsFallBackOnTheLastReset() {
    const std::vector<int> counts{40, 0, 0, 20, 0, 1, 30, 2};
    QCOMPARE(criticalPosition(counts), -1);
    QCOMPARE(criticalPosition(counts, CriticalRule::Authors), 4);
    const CriticalDetector detector({64, 0.05, CriticalRule::Authors, true});
    const Decision decision = detector.decide(Counts(counts, 64));
    QVERIFY(decision.found[0].fallback);
    QCOMPARE(detector.wants(Counts(counts, 64)).size(), std::size_t{7}); // all tokens are needed
    QCOMPARE(criticalPosition({40, 1, 2}, CriticalRule::Authors), -1);
}

void TestDetectors::authorsDifferOnlyWithoutASurvivor() {
    // All count tables of five tokens over {0, 3, 4, 64}.
    const int values[] = {0, 3, 4, 64};
    for (int code = 0; code < 1024; ++code) {
        std::vector<int> counts{10};
        for (int i = 0, rest = code; i < 5; ++i, rest /= 4)
            counts.push_back(values[rest % 4]);
        const int paper = criticalPosition(counts);
        const int authors = criticalPosition(counts, CriticalRule::Authors);
        if (paper >= 0)
            QCOMPARE(authors, paper);
        QCOMPARE(criticalPosition(counts, CriticalRule::Authors, true), authors);
    }
}

void TestDetectors::stagesStopAtTheFourthSuccess() {
    OutcomeTable table(0, 1, 64);
    QCOMPARE(stageOf(table, 1, 64, 3).count, 8);
    for (int stream = 0; stream < 8; ++stream)
        table.record(stream, 1, 1, stream >= 5); // three successes in the first eight
    QVERIFY(stageOf(table, 1, 64, 3).state == Stage::Open);
    QCOMPARE(stageOf(table, 1, 64, 3).count, 16);
    for (int stream = 8; stream < 16; ++stream)
        table.record(stream, 1, 1, stream == 10);
    QVERIFY(stageOf(table, 1, 64, 3).state == Stage::High);
    const auto counts = countsOf(table, {{1, 16}}, 64, 3);
    QVERIFY(counts[0].curtailed);
    QCOMPARE(counts[0].right, 4);
    QCOMPARE(counts[0].total, 11); // the fourth success is rollout 10
    const auto whole = countsOf(table, {{1, 16}}, 16, 3);
    QVERIFY(!whole[0].curtailed);
    QCOMPARE(whole[0].total, 16);
    table.record(0, 1, 1, true); // what is known stays
    QVERIFY(!table.right(1, 0));
}

void TestDetectors::bisectAssumesWhatVerifyChecks() {
    // Recovers at 6: the first look at the middle (5) is low and hides it.
    const std::vector<int> counts{40, 40, 40, 0, 0, 0, 30, 0, 0, 0};
    const BisectDetector assuming({64, 0.05, false}), verifying({64, 0.05, true});
    const Decision assumed = assuming.decide(Counts(counts, 64));
    QVERIFY(assumed.assumedMonotone);
    QCOMPARE(assumed.found[0].position, 3);
    QCOMPARE(verifying.decide(Counts(counts, 64)).found[0].position, 7);
    QVERIFY(!verifying.decide(Counts(counts, 64)).assumedMonotone);
}

void TestDetectors::bisectAsksLittle() {
    std::vector<int> counts(1000, 0);
    std::fill(counts.begin(), counts.begin() + 600, 50);
    const BisectDetector assuming({64, 0.05, false});
    const auto wants = assuming.wants(Counts(counts, 64));
    QVERIFY2(wants.size() <= 12, qPrintable(QString::number(wants.size())));
    QCOMPARE(assuming.decide(Counts(counts, 64)).found[0].position, 600);
}

/// REFERENCE.md A': the smallest count before that can fall off a cliff is 12; 32 falls at 16 or
/// less, 64 at 52 or less.
void TestDetectors::cliffTableOfTheSource() {
    const CliffOptions options;
    const auto largestAfter = [&](int before) {
        for (int after = 64; after >= 0; --after)
            if (isCliff(before, after, options))
                return after;
        return -1;
    };
    for (int before = 0; before < 12; ++before)
        QCOMPARE(largestAfter(before), -1);
    QCOMPARE(largestAfter(12), 0);
    QCOMPARE(largestAfter(32), 16);
    QCOMPARE(largestAfter(64), 52);
}

void TestDetectors::cliffsOfPublishedPotentials_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QList<int>>("cliffs");
    // Counted from 0; the files count from 1 and name the first alone (32 and 54).
    QTest::addRow("GSM1K_186") << QByteArray("sampled_off_8__GSM1K_186_path_0.json")
                               << QList<int>{31, 34};
    QTest::addRow("GSM1K_65") << QByteArray("sampled_off_13__GSM1K_65_path_0.json")
                              << QList<int>{53};
}

void TestDetectors::cliffsOfPublishedPotentials() {
    QFETCH(QByteArray, file);
    QFETCH(QList<int>, cliffs);
    const std::vector<float> published = potentials(file.constData());
    QVERIFY(published.size() > 100);
    const CliffDetector detector(CliffOptions{});
    const PotentialTable table(0, published, 64);
    QVERIFY(allKnown(table, detector.wants(table)));
    QList<int> found;
    for (const Finding& finding : detector.decide(table).found) {
        found.push_back(finding.position);
        QVERIFY(finding.z > 1.645 && finding.pValue < 0.05 && finding.holm >= finding.pValue);
    }
    QCOMPARE(found, cliffs);
}

void TestDetectors::cliffAdjustsForAllPositions() {
    // One drop at the edge of the test among many positions: significant alone, not among all.
    std::vector<int> counts(200, 32);
    std::fill(counts.begin() + 100, counts.end(), 16);
    const CliffDetector detector(CliffOptions{});
    const Decision decision = detector.decide(Counts(counts, 64));
    QCOMPARE(decision.found.size(), std::size_t{1});
    QCOMPARE(decision.found[0].position, 100);
    QCOMPARE(decision.found[0].before.right, 32);
    QCOMPARE(decision.found[0].at.right, 16);
    QVERIFY(decision.found[0].pValue < 0.05);
    QVERIFY(decision.found[0].holm > 0.5);
    std::fill(counts.begin() + 100, counts.end(), 0); // a fall to nothing survives any adjustment
    QVERIFY(detector.decide(Counts(counts, 64)).found[0].holm < 1e-6);
}

void TestDetectors::cliffTaxonomy() {
    QCOMPARE(cliffClass(1, 0.01), std::string_view("deterministic"));
    QCOMPARE(cliffClass(1, 0.5), std::string_view("uncertain"));
    QCOMPARE(cliffClass(2, 0.5), std::string_view("sampled_off"));
    QCOMPARE(cliffClass(2, 0.01), std::string_view("sampled_off_certain"));
    const float certain[] = {std::log(0.99f), std::log(0.01f)};
    QVERIFY(std::fabs(partialEntropy(certain, 2) - kCertainEntropy) < 1e-6);
    const float tail[] = {std::log(0.5f), -std::numeric_limits<float>::infinity()};
    QVERIFY(std::fabs(partialEntropy(tail, 2) - 0.5 * std::log(2.0)) < 1e-6); // not renormalised
}

void TestDetectors::pivotalSplitsAtHalfTheSurprise() {
    //                                  0  1   2   3   4   5
    const PivotalDetector detector({}, {0, -1, -1, -1, -8, -1});
    QCOMPARE(detector.split(0, 5), 3); // 3 of 12 lie before, 11 after the next: 3 is nearer to 6
    QCOMPARE(detector.split(0, 2), 1);
    QCOMPARE(detector.split(3, 5), 4);
    const PivotalDetector flat({}, {0, 0, 0, 0, 0});
    QCOMPARE(flat.split(0, 4), 2); // no surprise at all: the middle
    for (int low = 0; low < 5; ++low)
        for (int high = low + 2; high <= 5; ++high)
            QVERIFY(detector.split(low, high) > low && detector.split(low, high) < high);
}

void TestDetectors::pivotalFindsBothSigns() {
    const std::vector<int> counts{30, 30, 50, 50, 50, 50, 20, 20, 0, 0};
    const PivotalDetector detector({}, std::vector<float>(10, -1.f));
    const Decision decision = detector.decide(Counts(counts, 64));
    QCOMPARE(decision.found.size(), std::size_t{3});
    QCOMPARE(decision.found[0].position, 2);
    QCOMPARE(decision.found[0].sign, 1);
    QCOMPARE(decision.found[1].position, 6);
    QCOMPARE(decision.found[1].sign, -1);
    QCOMPARE(decision.found[2].position, 8);
    QCOMPARE(decision.found[2].before.right, 20);
}

/// Up and down again inside one segment: the ends are equal, so nobody looks inside.
void TestDetectors::pivotalMissesWhatCancels() {
    const std::vector<int> counts{32, 32, 32, 60, 60, 32, 32, 32};
    const PivotalDetector detector({}, std::vector<float>(8, -1.f));
    QVERIFY(detector.decide(Counts(counts, 64)).found.empty());
    QCOMPARE(detector.wants(Counts(counts, 64)).size(), std::size_t{2});
}

void TestDetectors::pivotalLeavesEasyAndHopelessAlone() {
    const PivotalDetector detector({}, std::vector<float>(3, -1.f));
    for (const int start : {0, 12, 52, 64}) {
        const Decision decision = detector.decide(Counts({start, 30, 0}, 64));
        QVERIFY(decision.found.empty());
        QVERIFY(!decision.note.empty());
        QCOMPARE(detector.wants(Counts({start, 30, 0}, 64)).size(), std::size_t{1});
    }
    QVERIFY(!detector.decide(Counts({13, 30, 0}, 64)).found.empty()); // .203 is searched
}

/// The published potentials again, by the seed paper's rule: recomputed here with plain loops.
void TestDetectors::criticalOfPublishedPotentials() {
    for (const char* file :
         {"sampled_off_8__GSM1K_186_path_0.json", "sampled_off_13__GSM1K_65_path_0.json"}) {
        const std::vector<float> published = potentials(file);
        int expected = -1;
        for (std::size_t t = 1; t < published.size() && expected < 0; ++t) {
            bool low = published[t] == 0;
            for (std::size_t later = t; later < published.size(); ++later)
                low = low && published[later] < 0.05f;
            if (low)
                expected = static_cast<int>(t);
        }
        const PotentialTable table(0, published, 64);
        for (const bool economical : {false, true}) {
            const CriticalDetector detector({64, 0.05, CriticalRule::Paper, economical});
            const Decision decision = detector.decide(table);
            QCOMPARE(decision.found.empty() ? -1 : decision.found[0].position, expected);
        }
    }
}

QTEST_APPLESS_MAIN(TestDetectors)
#include "tst_detectors.moc"
