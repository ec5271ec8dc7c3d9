// Running softmax statistics in pieces against plain sums in double, and the contrast by hand.
#include "core/engine/fused_ops.h"
#include "core/engine/row_stats.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace crux::engine;

class TestRowStats : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contrastByHand();
    void piecesEqualTheWhole();
    void extremes();
    void topListKeepsLowerIdsOfEquals();
};

/// Positive [2,1,0] and negative [0,1,2] give s = [.9503302, .0473142, .0023556] at beta 1.
void TestRowStats::contrastByHand() {
    const float positive[] = {2, 1, 0};
    const float negative[] = {0, 1, 2};
    float mixed[3];
    fused::contrastLogits(positive, negative, 1.0f, 3, mixed);
    RunningSoftmax state;
    state.add(mixed, 3, false);
    const double expected[] = {.9503302, .0473142, .0023556};
    for (int i = 0; i < 3; ++i)
        QVERIFY(std::abs(std::exp(static_cast<double>(mixed[i]) - state.logSumExp()) -
                         expected[i]) < 1e-6);
}

void TestRowStats::piecesEqualTheWhole() {
    std::mt19937 engine(1);
    std::normal_distribution<float> normal(0, 8);
    std::vector<float> logits(5003);
    for (float& value : logits)
        value = normal(engine);
    double sum = 0;
    const double most = *std::max_element(logits.begin(), logits.end());
    for (float value : logits)
        sum += std::exp(static_cast<double>(value) - most);
    double entropy = 0;
    for (float value : logits) {
        const double logp = static_cast<double>(value) - most - std::log(sum);
        entropy -= std::exp(logp) * logp;
    }
    for (std::size_t piece : {1u, 64u, 257u, 5003u}) {
        RunningSoftmax state;
        for (std::size_t i = 0; i < logits.size(); i += piece)
            state.add(logits.data() + i,
                      static_cast<std::int64_t>(std::min(piece, logits.size() - i)), true);
        QVERIFY(std::abs(state.logSumExp() - most - std::log(sum)) < 1e-5);
        QVERIFY(std::abs(state.entropy() - entropy) < 1e-4);
    }
}

void TestRowStats::extremes() {
    const float far[] = {-1e30f, 0, -3e4f, 50};
    RunningSoftmax state;
    state.add(far, 4, true);
    QVERIFY(std::abs(state.logSumExp() - 50) < 1e-6);
    QVERIFY(std::abs(state.entropy()) < 1e-6);
    fused::Half gate[] = {0xFF80, 0x7F7F, 0, 0xC2C8}; // -inf, the largest, 0, -100
    const fused::Half up[] = {0x3F80, 0x3F80, 0x3F80, 0x3F80};
    fused::siluMultiply(gate, up, 4);
    QCOMPARE(gate[1], fused::Half{0x7F7F});
    QCOMPARE(gate[2] & 0x7FFF, 0);
    QVERIFY((gate[3] & 0x7FFF) < 0x0800); // about 1e-36: nothing
}

void TestRowStats::topListKeepsLowerIdsOfEquals() {
    TopList list(2);
    for (std::int32_t id = 0; id < 5; ++id) {
        TopEntry entry;
        entry.id = id;
        entry.key = id == 3 ? 2.0f : 1.0f;
        if (list.wants(entry.key))
            list.add(entry);
    }
    const auto best = list.sorted();
    QCOMPARE(best.size(), std::size_t{2});
    QCOMPARE(best[0].id, 3);
    QCOMPARE(best[1].id, 0);
    QVERIFY(!TopList(0).wants(1.0f));
}

QTEST_GUILESS_MAIN(TestRowStats)
#include "tst_row_stats.moc"
