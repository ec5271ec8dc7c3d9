// Losses against the numbers of REFERENCE.md A.6, their gradients against central differences in
// double precision, and the invariants named there.
#include "core/engine/train/losses.h"

#include <QtTest/QtTest>

#include <cmath>
#include <random>

using namespace crux::engine::train;

namespace {

/// Vectors that a PairTokens looks at.
struct PairData {
    std::vector<double> chosenPolicy{-.5, -1, -.2}, chosenReference{-.6, -1.2, -.4};
    std::vector<double> rejectedPolicy{-.9, -.3}, rejectedReference{-.7, -.4};
    std::vector<double> chosenWeights, rejectedWeights, chosenKl, rejectedKl;
    std::int64_t promptTokens = 3;

    PairTokens tokens() const {
        return {{chosenPolicy, chosenReference, chosenWeights, chosenKl, promptTokens},
                {rejectedPolicy, rejectedReference, rejectedWeights, rejectedKl, promptTokens}};
    }
    BatchFacts facts() const {
        BatchFacts facts;
        facts.add(tokens());
        return facts;
    }
};

double lossOf(const PreferenceOptions& options, const PairData& data) {
    return preferenceLoss(options, data.tokens(), data.facts()).loss;
}

PreferenceOptions with(PairLoss loss) {
    PreferenceOptions options;
    options.loss = loss;
    return options;
}

constexpr PairLoss kAll[] = {PairLoss::Sigmoid,      PairLoss::Robust, PairLoss::Hinge,
                             PairLoss::Ipo,          PairLoss::IpoSum, PairLoss::SigmoidNorm,
                             PairLoss::SimPo,        PairLoss::Tdpo1,  PairLoss::Tdpo2,
                             PairLoss::AuthorsTokens};

} // namespace

class TestLosses : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void referenceVectors_data();
    void referenceVectors();
    void gradientsAreDerivatives_data();
    void gradientsAreDerivatives();
    void invariants();
    void batchTokenNllIsTheMeanOverTheBatch();
    void extremeMarginsStayFinite();
    void supervised();
};

void TestLosses::referenceVectors_data() {
    QTest::addColumn<PreferenceOptions>("options");
    QTest::addColumn<PairData>("data");
    QTest::addColumn<double>("expected");
    const PairData plain;
    QTest::addRow("sigmoid") << with(PairLoss::Sigmoid) << plain << .6635971;
    auto options = with(PairLoss::Sigmoid);
    options.labelSmoothing = .1;
    QTest::addRow("label smoothing") << options << plain << .6695971;
    options.loss = PairLoss::Robust;
    QTest::addRow("robust") << options << plain << .6560971;
    QTest::addRow("hinge") << with(PairLoss::Hinge) << plain << .94;
    QTest::addRow("ipo") << with(PairLoss::Ipo) << plain << 22.8802778;
    QTest::addRow("ipo of sums") << with(PairLoss::IpoSum) << plain << 19.36;
    QTest::addRow("sigmoid_norm") << with(PairLoss::SigmoidNorm) << plain << .6823725;
    options = with(PairLoss::Sigmoid);
    options.alphaNll = 1;
    QTest::addRow("RPO") << options << plain << 1.2302638;
    options.alphaPair = 0;
    QTest::addRow("NLL of the chosen") << options << plain << .5666667;
    options = with(PairLoss::SimPo);
    options.beta = 2;
    options.gamma = 1;
    QTest::addRow("SimPO") << options << plain << 1.2649658;
    options = with(PairLoss::Sigmoid);
    options.ldAlpha = .5;
    QTest::addRow("LD-DPO") << options << plain << .6684596;
    PairData kl;
    kl.chosenKl = {.01, .02, .02};
    kl.rejectedKl = {.05, .03};
    QTest::addRow("TDPO1") << with(PairLoss::Tdpo1) << kl << .6650533;
    QTest::addRow("TDPO2") << with(PairLoss::Tdpo2) << kl << .6643249;
    PairData contrastive; // weights 1 - s with s = [.2, .9]
    contrastive.rejectedWeights = {.8, .1};
    QTest::addRow("cDPO, paper") << with(PairLoss::Sigmoid) << contrastive << .6611752;
    QTest::addRow("cDPO, authors' code")
        << with(PairLoss::AuthorsTokens) << contrastive << .6866831;
}

void TestLosses::referenceVectors() {
    QFETCH(PreferenceOptions, options);
    QFETCH(PairData, data);
    QFETCH(double, expected);
    const double loss = lossOf(options, data);
    QVERIFY2(std::fabs(loss - expected) < 1e-6,
             qPrintable(QStringLiteral("%1 is not %2").arg(loss, 0, 'g', 12).arg(expected)));
}

void TestLosses::gradientsAreDerivatives_data() {
    QTest::addColumn<PreferenceOptions>("options");
    for (const PairLoss loss : kAll) {
        PreferenceOptions options = with(loss);
        QTest::addRow("loss %d", static_cast<int>(loss)) << options;
        options.beta = 1.3;
        options.labelSmoothing = .2;
        options.gamma = .4;
        options.alphaPair = .7;
        options.alphaNll = .3;
        options.ldAlpha = loss == PairLoss::AuthorsTokens ? -1 : .4;
        QTest::addRow("loss %d, everything on", static_cast<int>(loss)) << options;
        options.nllNorm = NllNorm::BatchToken;
        QTest::addRow("loss %d, batch NLL", static_cast<int>(loss)) << options;
    }
}

void TestLosses::gradientsAreDerivatives() {
    QFETCH(PreferenceOptions, options);
    std::mt19937 engine(4);
    std::uniform_real_distribution<double> value(-1.2, -.1), weight(0, 1);
    PairData data;
    const auto fill = [&](std::vector<double>& list, std::size_t n, auto& from) {
        list.clear();
        while (list.size() < n)
            list.push_back(from(engine));
    };
    fill(data.chosenPolicy, 5, value);
    fill(data.chosenReference, 5, value);
    fill(data.chosenWeights, 5, weight);
    fill(data.chosenKl, 5, weight);
    fill(data.rejectedPolicy, 8, value);
    fill(data.rejectedReference, 8, value);
    fill(data.rejectedWeights, 8, weight);
    fill(data.rejectedKl, 8, weight);
    BatchFacts facts = data.facts();
    facts.pairs = 3; // as if two more pairs were in the batch
    facts.chosenTokens = 19;
    facts.mostPositions = 14;
    facts.share = .5;
    const auto loss = [&] {
        return facts.share / static_cast<double>(facts.pairs) *
               preferenceLoss(options, data.tokens(), facts).loss;
    };
    const PairOutcome outcome = preferenceLoss(options, data.tokens(), facts);
    const auto check = [&](std::vector<double>& input, const std::vector<double>& gradient) {
        for (std::size_t t = 0; t < input.size(); ++t) {
            constexpr double kStep = 1e-6;
            const double kept = input[t];
            input[t] = kept + kStep;
            const double above = loss();
            input[t] = kept - kStep;
            const double below = loss();
            input[t] = kept;
            const double slope = (above - below) / (2 * kStep);
            const double mine = gradient.empty() ? 0 : gradient[t];
            QVERIFY2(std::fabs(slope - mine) < 1e-7 * std::max(1.0, std::fabs(slope)),
                     qPrintable(QStringLiteral("token %1: %2 is not %3")
                                    .arg(t)
                                    .arg(mine, 0, 'g', 12)
                                    .arg(slope, 0, 'g', 12)));
        }
    };
    check(data.chosenPolicy, outcome.chosen.logp);
    check(data.rejectedPolicy, outcome.rejected.logp);
    check(data.rejectedKl, outcome.rejected.kl);
    if (options.loss != PairLoss::Tdpo2) // there K+ is held fixed: arXiv 2404.11999, eq. 16
        check(data.chosenKl, outcome.chosen.kl);
}

void TestLosses::invariants() {
    PairData same; // policy = reference: all log-ratios 0
    same.chosenPolicy = same.chosenReference;
    same.rejectedPolicy = same.rejectedReference;
    same.chosenKl.assign(3, 0);
    same.rejectedKl.assign(2, 0);
    for (const PairLoss loss : {PairLoss::Sigmoid, PairLoss::SigmoidNorm, PairLoss::Tdpo1,
                                PairLoss::Tdpo2, PairLoss::AuthorsTokens})
        QVERIFY(std::fabs(lossOf(with(loss), same) - std::log(2)) < 1e-12);
    PairData allCritical; // s = 0: all weights 1
    allCritical.rejectedWeights = {1, 1};
    QCOMPARE(lossOf(with(PairLoss::Sigmoid), allCritical),
             lossOf(with(PairLoss::Sigmoid), PairData{}));
    PairData kl;
    kl.chosenKl = {.1, .2, .3};
    kl.rejectedKl = {.4, .5};
    auto off = with(PairLoss::Tdpo2);
    off.tdpoAlpha = 0;
    QCOMPARE(lossOf(off, kl), lossOf(with(PairLoss::Sigmoid), PairData{}));
    auto whole = with(PairLoss::Sigmoid); // LD-DPO with alpha 1 is DPO
    whole.ldAlpha = 1;
    QCOMPARE(lossOf(whole, PairData{}), lossOf(with(PairLoss::Sigmoid), PairData{}));
}

void TestLosses::batchTokenNllIsTheMeanOverTheBatch() {
    PairData first, second;
    second.chosenPolicy = {-2, -3, -4, -5, -6, -7};
    second.chosenReference = second.chosenPolicy;
    auto options = with(PairLoss::Sigmoid);
    options.alphaPair = 0;
    options.alphaNll = 1;
    options.nllNorm = NllNorm::BatchToken;
    BatchFacts facts;
    facts.pairs = 2;
    facts.add(first.tokens());
    facts.add(second.tokens());
    const double batch = (preferenceLoss(options, first.tokens(), facts).loss +
                          preferenceLoss(options, second.tokens(), facts).loss) /
                         2;
    QVERIFY(std::fabs(batch - (1.7 + 27) / 9) < 1e-12);
}

void TestLosses::extremeMarginsStayFinite() {
    for (const double margin : {-1e4, 1e4}) {
        PairData data;
        data.chosenPolicy = {margin, 0, 0};
        for (const PairLoss loss : {PairLoss::Sigmoid, PairLoss::Robust, PairLoss::SigmoidNorm,
                                    PairLoss::SimPo, PairLoss::AuthorsTokens}) {
            const auto outcome = preferenceLoss(with(loss), data.tokens(), data.facts());
            QVERIFY(std::isfinite(outcome.loss));
            for (const double g : outcome.chosen.logp)
                QVERIFY(std::isfinite(g));
        }
    }
}

void TestLosses::supervised() {
    std::vector<double> gradient;
    const std::vector<double> logp{-1, -2, -4}, weights{1, 0, .5};
    QVERIFY(std::fabs(supervisedLoss(logp, {}, 6, gradient) - 7. / 6) < 1e-12);
    QCOMPARE(gradient, (std::vector<double>{-1. / 6, -1. / 6, -1. / 6}));
    QVERIFY(std::fabs(supervisedLoss(logp, weights, 1.5, gradient) - 2) < 1e-12);
    QCOMPARE(gradient, (std::vector<double>{-1 / 1.5, 0, -.5 / 1.5}));
}


QTEST_APPLESS_MAIN(TestLosses)
#include "tst_losses.moc"
