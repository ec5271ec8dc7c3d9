// Shares of k in n and pass@k, against published numbers, brute force and each other.
#include "core/base/rng.h"
#include "core/spec/intervals.h"
#include "core/spec/pass_at_k.h"
#include "support/test_paths.h"

#include <cmath>

using namespace crux;

namespace {

bool near(double a, double b, double tolerance) {
    return std::fabs(a - b) <= tolerance;
}

/// P(X >= right) for X binomial(total, p), term by term.
double binomialUpperTail(int right, int total, double p) {
    double sum = 0;
    for (int k = right; k <= total; ++k)
        sum +=
            std::exp(std::lgamma(total + 1.0) - std::lgamma(k + 1.0) -
                     std::lgamma(total - k + 1.0) + k * std::log(p) + (total - k) * std::log1p(-p));
    return sum;
}

} // namespace

class TestStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knownIntervals_data();
    void knownIntervals();
    void incompleteBetaIsTheBinomialTail();
    void clopperPearsonCovers();
    void fewerThanTheFewestConfirmNothing();
    void nothingSampledSaysNothing();
    void normalTails();
    void holmKeepsOrderAndCaps();
    void passAtKIsTheShareOfSubsets();
    void passAtKIsUnbiased();
    void passAtKHasNoValueBeyondN();
    void bandIsReproducibleAndContainsTheMean();
    void bandWidensWithTheSpreadBetweenQuestions();
};

void TestStatistics::knownIntervals_data() {
    QTest::addColumn<int>("right");
    QTest::addColumn<int>("total");
    QTest::addColumn<double>("exactLow");
    QTest::addColumn<double>("exactHigh");
    QTest::addColumn<double>("wilsonHigh");
    // scipy 1.17.1: binomtest(right, total).proportion_ci(method="exact" and "wilson").
    QTest::addRow("0 of 64") << 0 << 64 << 0.0 << 0.0560 << 0.0566;
    QTest::addRow("3 of 64") << 3 << 64 << 0.0098 << 0.1309 << 0.1290;
    QTest::addRow("4 of 64") << 4 << 64 << 0.0173 << 0.1524 << 0.1500;
    QTest::addRow("0 of 16") << 0 << 16 << 0.0 << 0.2059 << 0.1936;
    QTest::addRow("0 of 256") << 0 << 256 << 0.0 << 0.0143 << 0.0148;
    QTest::addRow("64 of 64") << 64 << 64 << 0.9440 << 1.0 << 1.0;
}

void TestStatistics::knownIntervals() {
    QFETCH(int, right);
    QFETCH(int, total);
    QFETCH(double, exactLow);
    QFETCH(double, exactHigh);
    QFETCH(double, wilsonHigh);
    const Interval exact = clopperPearson(right, total);
    QVERIFY2(near(exact.low, exactLow, 6e-5), qPrintable(QString::number(exact.low)));
    QVERIFY2(near(exact.high, exactHigh, 6e-5), qPrintable(QString::number(exact.high)));
    const Interval shown = wilson(right, total);
    QVERIFY2(near(shown.high, wilsonHigh, 6e-5), qPrintable(QString::number(shown.high)));
    QVERIFY(right != 0 || (exact.low == 0 && shown.low == 0));
    QVERIFY(right != total || (exact.high == 1 && shown.high == 1));
}

void TestStatistics::incompleteBetaIsTheBinomialTail() {
    for (const int total : {1, 7, 64, 1000})
        for (const int right : {1, 3, 40, 900})
            for (const double p : {0.001, 0.3, 0.5, 0.97})
                if (right <= total)
                    QVERIFY(near(incompleteBeta(right, total - right + 1, p),
                                 binomialUpperTail(right, total, p), 1e-10));
    QVERIFY(near(betaQuantile(incompleteBeta(3, 9, 0.2), 3, 9), 0.2, 1e-12));
}

/// The claim of the interval: whatever p is, it is missed in at most 5 % (summed exactly).
void TestStatistics::fewerThanTheFewestConfirmNothing() {
    QCOMPARE(fewestToConfirm(0.05), 72);
    QCOMPARE(fewestToConfirm(1.0), 1);
    for (const double share : {0.001, 0.01, 0.05, 0.2, 0.5, 0.975, 0.999}) {
        const int fewest = fewestToConfirm(share);
        QVERIFY(clopperPearson(0, fewest).high < share);
        QVERIFY(fewest == 1 || clopperPearson(0, fewest - 1).high >= share);
    }
}

void TestStatistics::clopperPearsonCovers() {
    for (const double p : {0.01, 0.046, 0.2, 0.5, 0.9}) {
        double covered = 0;
        for (int right = 0; right <= 40; ++right) {
            const Interval interval = clopperPearson(right, 40);
            if (interval.low <= p && p <= interval.high)
                covered += binomialUpperTail(right, 40, p) - binomialUpperTail(right + 1, 40, p);
        }
        QVERIFY2(covered >= 0.95, qPrintable(QString::number(covered)));
    }
}

void TestStatistics::nothingSampledSaysNothing() {
    QCOMPARE(wilson(0, 0).low, 0.0);
    QCOMPARE(wilson(0, 0).high, 1.0);
    QCOMPARE(clopperPearson(0, 0).high, 1.0);
}

void TestStatistics::normalTails() {
    QVERIFY(near(normalQuantile(0.95), 1.6448536269514722, 1e-12));
    QVERIFY(near(normalQuantile(0.025), -1.959963984540054, 1e-12));
    QVERIFY(near(normalUpperTail(1.6448536269514722), 0.05, 1e-14));
}

void TestStatistics::holmKeepsOrderAndCaps() {
    const std::vector<double> adjusted = holmAdjusted(std::vector<double>{0.04, 0.01, 0.03, 0.8});
    QVERIFY(near(adjusted[1], 0.04, 1e-15)); // 4 * .01
    QVERIFY(near(adjusted[2], 0.09, 1e-15)); // 3 * .03
    QVERIFY(near(adjusted[0], 0.09, 1e-15)); // 2 * .04 = .08, but not below the one before
    QVERIFY(near(adjusted[3], 0.8, 1e-15));
    QVERIFY(holmAdjusted({}).empty());
}

/// The definition: the share of k-subsets of the n samples that hold a right one.
void TestStatistics::passAtKIsTheShareOfSubsets() {
    const int n = 10;
    for (int c = 0; c <= n; ++c)
        for (int k = 1; k <= n; ++k) {
            int with = 0, all = 0;
            for (unsigned set = 0; set < (1u << n); ++set) {
                if (__builtin_popcount(set) != k)
                    continue;
                ++all;
                with += (set & ((1u << c) - 1)) != 0 ? 1 : 0;
            }
            QVERIFY(near(*passAtK(c, n, k), static_cast<double>(with) / all, 1e-12));
        }
    QVERIFY(near(*passAtK(1, 100000, 50000), 0.5, 1e-9)); // no overflow of binomials
}

/// Summed over all c by their binomial weights it gives 1 - (1-p)^k exactly.
void TestStatistics::passAtKIsUnbiased() {
    for (const double p : {0.02, 0.5})
        for (const int k : {1, 5, 20}) {
            double expected = 0;
            for (int c = 0; c <= 20; ++c)
                expected += *passAtK(c, 20, k) *
                            (binomialUpperTail(c, 20, p) - binomialUpperTail(c + 1, 20, p));
            QVERIFY(near(expected, 1 - std::pow(1 - p, k), 1e-10));
        }
}

void TestStatistics::passAtKHasNoValueBeyondN() {
    QVERIFY(passAtK(1, 8, 8).has_value());
    QVERIFY(!passAtK(1, 8, 9));
    QVERIFY(!passAtK(1, 8, 0));
    QVERIFY(!passAtK(0, 0, 1));
    const std::vector<SampleCount> counts{{1, 2, 8}, {2, 0, 5}};
    QCOMPARE(passAtKCurve(counts).size(),
             std::size_t{5}); // k beyond 5 has no value for one of them
    QVERIFY(passAtKCurve({}).empty());
    QVERIFY(passAtKCurve(std::vector<SampleCount>{{1, 0, 0}}).empty());
}

void TestStatistics::bandIsReproducibleAndContainsTheMean() {
    std::vector<SampleCount> counts;
    for (int question = 0; question < 12; ++question)
        for (int trajectory = 0; trajectory < 3; ++trajectory)
            counts.push_back({question, (question * 5 + trajectory) % 17, 16});
    for (SampleCount& count : counts)
        count.right = std::min(count.right, count.total);
    const auto once = passAtKCurve(counts);
    const auto again = passAtKCurve(counts);
    QCOMPARE(once.size(), std::size_t{16});
    double before = 0;
    for (std::size_t i = 0; i < once.size(); ++i) {
        QCOMPARE(once[i].k, static_cast<int>(i) + 1);
        QCOMPARE(once[i].low, again[i].low);
        QCOMPARE(once[i].high, again[i].high);
        QVERIFY(once[i].low <= once[i].mean && once[i].mean <= once[i].high);
        QVERIFY(once[i].mean >= before); // more samples never help less
        before = once[i].mean;
    }
    QVERIFY(passAtKCurve(counts, {2000, 0.95, 1})[3].low != once[3].low);
}

/// Twelve equal questions leave no doubt; half of them hopeless leave much.
void TestStatistics::bandWidensWithTheSpreadBetweenQuestions() {
    std::vector<SampleCount> equal, mixed;
    for (int question = 0; question < 12; ++question) {
        equal.push_back({question, 8, 16});
        mixed.push_back({question, question % 2 == 0 ? 16 : 0, 16});
    }
    const PassAtK sure = passAtKCurve(equal)[0], unsure = passAtKCurve(mixed)[0];
    QVERIFY(near(sure.mean, unsure.mean, 1e-12));
    QVERIFY(near(sure.high - sure.low, 0, 1e-12));
    // Binomial(12, 1/2) / 12 has standard deviation .144: the band is about four of it.
    QVERIFY(near(unsure.high - unsure.low, 0.5, 0.1));
}

QTEST_APPLESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
