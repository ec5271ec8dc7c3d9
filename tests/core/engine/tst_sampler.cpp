// Truncation, the inverse CDF and its ties, and the untempered log-probability of what was drawn.
#include "core/engine/sampler.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace crux;
using namespace crux::engine;

namespace {

SamplingParams params(double temperature, double topP = 1, int topK = 0) {
    SamplingParams made;
    made.temperature = temperature;
    made.topP = topP;
    made.topK = topK;
    return made;
}

/// Logits of given probabilities.
std::vector<float> logits(const std::vector<double>& p) {
    std::vector<float> made;
    for (const double x : p)
        made.push_back(static_cast<float>(std::log(x)) + 3.0f);
    return made;
}

/// The same rule written plainly, in double.
std::int32_t reference(const std::vector<float>& row, double temperature, double topP, int topK,
                       double u) {
    std::vector<std::int32_t> order(row.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
        return row[static_cast<std::size_t>(a)] > row[static_cast<std::size_t>(b)];
    });
    if (topK > 0)
        order.resize(std::min(order.size(), static_cast<std::size_t>(topK)));
    std::vector<double> weights;
    for (const auto id : order)
        weights.push_back(std::exp(
            (double{row[static_cast<std::size_t>(id)]} - row[static_cast<std::size_t>(order[0])]) /
            temperature));
    double total = std::accumulate(weights.begin(), weights.end(), 0.0), mass = 0;
    std::size_t kept = 0;
    while (kept < weights.size() && mass < topP * total)
        mass += weights[kept++];
    double reached = 0;
    for (std::size_t i = 0; i < kept; ++i)
        if ((reached += weights[i]) > u * mass)
            return order[i];
    return order[kept - 1];
}

} // namespace

class TestSampler : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void greedyTakesTheLowestIdOfATie() {
        Sampler sampler(params(0));
        const std::vector<float> row{1, 5, 2, 5, 5};
        QCOMPARE(sampler.draw(row, 0.99)->id, 1);
        const std::vector<std::int32_t> banned{1};
        QCOMPARE(sampler.draw(row, 0.99, banned)->id, 3);
    }

    void inverseCdfRunsInDescendingProbability() {
        Sampler sampler(params(1));
        const std::vector<float> row = logits({0.1, 0.5, 0.3, 0.1});
        QCOMPARE(sampler.draw(row, 0.0)->id, 1);
        QCOMPARE(sampler.draw(row, 0.49)->id, 1);
        QCOMPARE(sampler.draw(row, 0.51)->id, 2);
        QCOMPARE(sampler.draw(row, 0.85)->id, 0); // of two equal ones the lower id comes first
        QCOMPARE(sampler.draw(row, 0.95)->id, 3);
        QCOMPARE(sampler.draw(row, std::nextafter(1.0, 0.0))->id, 3);
        QVERIFY(std::fabs(sampler.draw(row, 0.51)->logp - std::log(0.3)) < 1e-6);
    }

    void nucleusKeepsTheCrossingToken() {
        Sampler sampler(params(1, 0.6));
        const std::vector<float> row = logits({0.1, 0.5, 0.3, 0.1});
        QCOMPARE(sampler.draw(row, 0.62)->id, 1); // 0.5 of 0.8
        QCOMPARE(sampler.draw(row, 0.63)->id, 2);
        QCOMPARE(sampler.draw(row, 0.9999)->id, 2);
        QVERIFY(std::fabs(sampler.draw(row, 0.9999)->logp - std::log(0.3)) < 1e-6); // untruncated
    }

    void topKComesBeforeTopP() {
        // Top-2 renormalised is 0.625, 0.375: p = 0.6 keeps the first alone; without top-k it keeps
        // two.
        Sampler sampler(params(1, 0.6, 2));
        QCOMPARE(sampler.draw(logits({0.1, 0.5, 0.3, 0.1}), 0.999)->id, 1);
    }

    void temperatureComesFirst() {
        // At T 0.5 the squares count: 0.25, 0.09, 0.01, 0.01 of 0.36.
        Sampler sampler(params(0.5));
        const std::vector<float> row = logits({0.1, 0.5, 0.3, 0.1});
        QCOMPARE(sampler.draw(row, 0.69)->id, 1);
        QCOMPARE(sampler.draw(row, 0.70)->id, 2);
        QVERIFY(std::fabs(sampler.draw(row, 0.70)->logp - std::log(0.3)) < 1e-6); // untempered
    }

    void bannedIdsAreOutOfTheDrawButInTheLogp() {
        Sampler sampler(params(1));
        const std::vector<std::int32_t> banned{1, -4, 99};
        const auto draw = sampler.draw(logits({0.1, 0.5, 0.3, 0.1}), 0.59, banned);
        QCOMPARE(draw->id, 2);
        QVERIFY(std::fabs(draw->logp - std::log(0.3)) < 1e-6);
    }

    void brokenRowsGiveNothing() {
        Sampler sampler(params(1));
        const float infinity = std::numeric_limits<float>::infinity();
        QVERIFY(!sampler.draw(std::vector<float>{-infinity, -infinity}, 0.5));
        QVERIFY(!sampler.draw(std::vector<float>{1, infinity}, 0.5));
        QVERIFY(!sampler.draw(std::vector<float>{NAN, NAN}, 0.5));
        QVERIFY(!sampler.draw(std::vector<float>{1, NAN, 2}, 0.5));
        const std::vector<std::int32_t> all{0, 1};
        QVERIFY(!sampler.draw(std::vector<float>{1, 2}, 0.5, all));
        QVERIFY(!Sampler(params(0)).draw(std::vector<float>{1, 2}, 0.5, all));
    }

    void largeVocabularyEqualsThePlainRule_data() {
        QTest::addColumn<double>("temperature");
        QTest::addColumn<double>("topP");
        QTest::addColumn<int>("topK");
        QTest::newRow("plain") << 1.0 << 1.0 << 0;
        QTest::newRow("flat") << 5.0 << 1.0 << 0;
        QTest::newRow("nucleus") << 1.0 << 0.95 << 0;
        QTest::newRow("top-k") << 1.0 << 1.0 << 40;
        QTest::newRow("all") << 0.7 << 0.9 << 100;
    }
    void largeVocabularyEqualsThePlainRule() {
        QFETCH(double, temperature);
        QFETCH(double, topP);
        QFETCH(int, topK);
        std::mt19937 engine(11);
        std::normal_distribution<float> value(0, 3);
        std::vector<float> row(20011);
        for (float& x : row)
            x = value(engine);
        Sampler sampler(params(temperature, topP, topK));
        int differ = 0;
        for (int i = 0; i < 200; ++i) {
            const double u = (i + 0.5) / 200;
            differ += sampler.draw(row, u)->id != reference(row, temperature, topP, topK, u);
        }
        QVERIFY2(differ <= 4,
                 qPrintable(QString::number(differ))); // float weights: a near miss at a border
    }
};

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
