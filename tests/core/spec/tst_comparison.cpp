// Two models on the same questions: against scipy, statsmodels, brute force
// (tests/data/spec/make_statistics.py) and published tables.
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/spec/majority.h"
#include "core/spec/paired.h"
#include "support/test_paths.h"

#include <cmath>

using namespace crux;

namespace {

bool near(double a, double b, double tolerance) {
    return std::fabs(a - b) <= tolerance;
}

} // namespace

class TestComparison : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        const auto bytes = readFile(
            (crux::test::dataDir() + QStringLiteral("/spec/statistics.json")).toStdString());
        QVERIFY(bytes.ok());
        const auto figures = parseJson(*bytes);
        QVERIFY(figures.ok());
        m_figures = *figures;
    }

    void sharesAgreeWithStatsmodels();
    void pairedTestsAgreeWithStatsmodels();
    void publishedTables();
    void swappingSidesTurnsTheSign();
    void bootstrapAgreesWithScipy();
    void majorityIsTheShareOfSubsets();
    void majorityOfManySamples();
    void passAtKAgreesWithItsProduct();
    void onlyTheAskedKs();

private:
    Json m_figures;
};

void TestComparison::sharesAgreeWithStatsmodels() {
    for (const Json& one : m_figures.at("shares")) {
        const int right = one.at("right"), total = one.at("total");
        QVERIFY(near(wilson(right, total).low, one["wilson"][0], 1e-12));
        QVERIFY(near(wilson(right, total).high, one["wilson"][1], 1e-12));
        QVERIFY(near(clopperPearson(right, total).low, one["exact"][0], 1e-12));
        QVERIFY(near(clopperPearson(right, total).high, one["exact"][1], 1e-12));
    }
}

void TestComparison::pairedTestsAgreeWithStatsmodels() {
    for (const Json& one : m_figures.at("paired")) {
        const Json& t = one.at("table");
        const PairedCounts counts{t[0], t[1], t[2], t[3]};
        const std::string what = dumpJson(t);
        QVERIFY2(near(mcnemarExact(counts.fixed, counts.broken), one["exact"], 1e-11),
                 what.c_str());
        QVERIFY2(near(mcnemarMidP(counts.fixed, counts.broken), one["mid_p"], 1e-11), what.c_str());
        const Interval interval = pairedInterval(counts);
        QVERIFY2(near(interval.low, one["newcombe"][0], 1e-11), what.c_str());
        QVERIFY2(near(interval.high, one["newcombe"][1], 1e-11), what.c_str());
    }
}

/// Fagerland, Lydersen and Laake (2013, BMC Med Res Methodol 13:91), airway hyper-responsiveness
/// before and after stem cell transplantation: 1, 1, 7, 12. And their 2014 paper's interval of it.
void TestComparison::publishedTables() {
    QVERIFY(near(mcnemarExact(7, 1), 0.0703, 5e-5));
    QVERIFY(near(mcnemarMidP(7, 1), 0.0391, 5e-5));
    const Interval interval = pairedInterval({1, 7, 1, 12});
    QVERIFY(near(interval.low, 0.026, 5e-4));
    QVERIFY(near(interval.high, 0.507, 5e-4));
    QCOMPARE(mcnemarMidP(0, 0), 1.0);
    QCOMPARE(mcnemarExact(0, 0), 1.0);
    QCOMPARE(pairedInterval({}).low, -1.0);
}

void TestComparison::swappingSidesTurnsTheSign() {
    const Interval one = pairedInterval({30, 12, 5, 9}), other = pairedInterval({30, 5, 12, 9});
    QVERIFY(near(one.low, -other.high, 1e-12) && near(one.high, -other.low, 1e-12));
    QCOMPARE(mcnemarMidP(12, 5), mcnemarMidP(5, 12));
}

void TestComparison::bootstrapAgreesWithScipy() {
    const Json& figures = m_figures.at("bootstrap");
    const auto differences = figures.at("differences").get<std::vector<double>>();
    BootstrapOptions options;
    options.replicates = 20000;
    const Interval interval = pairedBootstrap(differences, options);
    QVERIFY(near(interval.low, figures["low"], 0.006));
    QVERIFY(near(interval.high, figures["high"], 0.006));
    const Interval again = pairedBootstrap(differences, options);
    QCOMPARE(again.low, interval.low);
    QCOMPARE(pairedBootstrap({}).high, 1.0);
}

void TestComparison::majorityIsTheShareOfSubsets() {
    for (const Json& one : m_figures.at("votes")) {
        std::vector<VotedAnswer> answers;
        for (std::size_t i = 0; i < one.at("counts").size(); ++i)
            answers.push_back({one["counts"][i].get<int>(), one["right"][i].get<int>() == 1});
        const auto values = majorityAtK(answers, one.at("silent").get<int>());
        QCOMPARE(values.size(), one.at("maj").size());
        for (std::size_t i = 0; i < values.size(); ++i)
            QVERIFY2(near(values[i], one["maj"][i], 1e-12), qPrintable(QString::number(values[i])));
    }
}

void TestComparison::majorityOfManySamples() {
    const std::vector<VotedAnswer> answers{{100, true}, {60, false}, {40, false}};
    const auto values = majorityAtK(answers, 56);
    QVERIFY(near(values[0], 100.0 / 256, 1e-12)); // one sample: its own chance
    QCOMPARE(values.back(), 1.0);
    QVERIFY(values[62] > values[0] && values[62] <= 1.0);
    const auto whole = majorityAtK(std::vector<VotedAnswer>{{300, false}, {300, true}}, 0);
    QVERIFY(std::isnan(whole[0]));
    QCOMPARE(whole.back(), 0.5);
}

void TestComparison::passAtKAgreesWithItsProduct() {
    for (const Json& one : m_figures.at("pass_at_k"))
        QVERIFY(near(*passAtK(one["c"], one["n"], one["k"]), one["value"], 1e-12));
}

void TestComparison::onlyTheAskedKs() {
    const std::vector<SampleCount> counts{{1, 3, 8}, {2, 0, 8}, {3, 8, 9}};
    BootstrapOptions options;
    const auto all = passAtKCurve(counts, options);
    options.ks = {1, 4, 8, 16};
    const auto some = passAtKCurve(counts, options);
    QCOMPARE(some.size(), std::size_t{3}); // nothing for k > n
    QCOMPARE(some[1].k, 4);
    QCOMPARE(some[1].mean, all[3].mean);
    QCOMPARE(some[1].low, all[3].low);
}

QTEST_GUILESS_MAIN(TestComparison)
#include "tst_comparison.moc"
