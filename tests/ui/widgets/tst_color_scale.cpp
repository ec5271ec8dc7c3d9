// Ramps, scales and number formats: the design's colours at their stops, readable ink everywhere.
#include "ui/model/text_format.h"
#include "ui/widgets/color_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/layer_values.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace crux;
using namespace crux::ui;

namespace {
constexpr PaletteName kPalettes[] = {PaletteName::Orange,  PaletteName::Cividis,
                                     PaletteName::Grey,    PaletteName::UnderlineOnly,
                                     PaletteName::Buckets, PaletteName::HighContrast};

ColorScale scoreScale(ScaleMode mode, ThemeName theme = ThemeName::Light,
                      std::vector<float> reference = {}) {
    return ColorScale(layerMeaning(Layer::Score, {}, {}), mode, PaletteName::Orange, theme,
                      std::move(reference));
}
} // namespace

class TestColorScale : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lightRampHitsTheDesignsStops();
    void darkRampHasTwoPieces();
    void inkReachesFourPointFiveEverywhere();
    void divergingIsSymmetricAroundZero();
    void lowScoreIsHot();
    void logScaleClampsAtOneTenThousandth();
    void logScaleOfALogRatioFallsBack();
    void percentileRanksAgainstTheReference();
    void positionAndValueAreInverse();
    void bucketsAreFive();
    void numbersAreWrittenAsTheWindowWritesThem();
};

void TestColorScale::lightRampHitsTheDesignsStops() {
    const QRgb stops[] = {0xFFF5EB, 0xFEE6CE, 0xFDD0A2, 0xFDAE6B, 0xFD8D3C, 0xF16913};
    for (int i = 0; i < 6; ++i) {
        const CellColor cell = ramps::sequential(PaletteName::Orange, ThemeName::Light, i / 5.0);
        QCOMPARE(cell.fill, QColor::fromRgb(stops[i]));
        QCOMPARE(cell.ink, QColor(0x1A, 0x1A, 0x1A));
    }
}

void TestColorScale::darkRampHasTwoPieces() {
    const auto at = [](double heat) {
        return ramps::sequential(PaletteName::Orange, ThemeName::Dark, heat);
    };
    QCOMPARE(at(0).fill, QColor(0x39, 0x2F, 0x27));
    QCOMPARE(at(0.5).fill, QColor(0x89, 0x63, 0x43));
    QCOMPARE(at(0.5).ink, QColor(0xF2, 0xF2, 0xF2));
    QCOMPARE(at(1).fill, QColor(0xFD, 0xAE, 0x6B));
    // Just above the middle the second piece begins: the colour jumps and the ink flips.
    QCOMPARE(at(0.5000001).fill, QColor(0xA4, 0x74, 0x4C));
    QCOMPARE(at(0.5000001).ink, QColor(0x10, 0x10, 0x10));
}

void TestColorScale::inkReachesFourPointFiveEverywhere() {
    for (const ThemeName theme : {ThemeName::Light, ThemeName::Dark}) {
        for (const PaletteName palette : kPalettes)
            for (int i = 0; i <= 1000; ++i) {
                const CellColor cell = ramps::sequential(palette, theme, i / 1000.0);
                QVERIFY2(contrastRatio(cell.fill, cell.ink) >= 4.5,
                         qPrintable(QStringLiteral("palette %1 theme %2 heat %3")
                                        .arg(int(palette))
                                        .arg(int(theme))
                                        .arg(i / 1000.0)));
            }
        for (int i = 0; i <= 100; ++i) {
            const CellColor cell = ramps::sequential(PaletteName::HighContrast, theme, i / 100.0);
            QVERIFY(contrastRatio(cell.fill, cell.ink) >= 7);
        }
        const Theme& t = Theme::of(theme);
        for (const QColor& text : {t.text, t.secondText, t.disabledText})
            for (const QColor& ground : {t.window, t.base, t.alternateRow})
                QVERIFY(contrastRatio(text, ground) >= 4.5);
        QVERIFY(contrastRatio(t.textOnAccent, t.accent) >= 4.5);
        // A dimmed prefix: cells mixed with base, ink of its own.
        for (int i = 0; i <= 100; ++i) {
            const QColor fill = ramps::sequential(PaletteName::Orange, theme, i / 100.0).fill;
            QVERIFY(contrastRatio(mixed(fill, t.base, t.dimmedMix), t.dimmedInk) >= 4.5);
        }
    }
    for (int i = -100; i <= 100; ++i) {
        const CellColor cell = ramps::diverging(i / 100.0);
        QVERIFY(contrastRatio(cell.fill, cell.ink) >= 4.5);
    }
}

void TestColorScale::divergingIsSymmetricAroundZero() {
    QCOMPARE(ramps::diverging(0).fill, QColor(0xF7, 0xF7, 0xF7));
    QCOMPARE(ramps::diverging(-1).fill, QColor(0xE0, 0x82, 0x14));
    QCOMPARE(ramps::diverging(7).fill, QColor(0x6B, 0xAE, 0xD6));
    const ColorScale scale(layerMeaning(Layer::LogRatio, {}, {}), ScaleMode::Absolute,
                           PaletteName::Orange, ThemeName::Light);
    QCOMPARE(scale.heat(0), 0.0);
    QCOMPARE(scale.heat(2.5), -scale.heat(-2.5));
    QCOMPARE(scale.color(-99).fill, ramps::diverging(-1).fill);
}

void TestColorScale::lowScoreIsHot() {
    const ColorScale scale = scoreScale(ScaleMode::Absolute);
    QCOMPARE(scale.color(0).fill, QColor(0xF1, 0x69, 0x13));
    QCOMPARE(scale.color(1).fill, QColor(0xFF, 0xF5, 0xEB));
    QVERIFY(scale.heat(0.1) > scale.heat(0.2));
}

void TestColorScale::logScaleClampsAtOneTenThousandth() {
    const ColorScale scale = scoreScale(ScaleMode::Log10);
    QCOMPARE(scale.position(1e-4), 0.0);
    QCOMPARE(scale.position(1e-9), 0.0);
    QCOMPARE(scale.position(0), 0.0);
    QCOMPARE(scale.position(1), 1.0);
    QVERIFY(std::abs(scale.position(0.01) - 0.5) < 1e-12);
}

void TestColorScale::logScaleOfALogRatioFallsBack() {
    const ColorScale scale(layerMeaning(Layer::LogRatio, {}, {}), ScaleMode::Log10,
                           PaletteName::Orange, ThemeName::Light);
    QCOMPARE(scale.mode(), ScaleMode::Absolute);
}

void TestColorScale::percentileRanksAgainstTheReference() {
    const ColorScale scale =
        scoreScale(ScaleMode::Percentile, ThemeName::Light, {0.9F, 0.1F, 0.5F, NAN, 0.7F});
    QCOMPARE(scale.position(0.0), 0.0);
    QCOMPARE(scale.position(0.6), 0.5);
    QCOMPARE(scale.position(0.1F), 0.125); // mid-rank of the lowest of four
    QCOMPARE(scoreScale(ScaleMode::Percentile).mode(), ScaleMode::Absolute);
}

void TestColorScale::positionAndValueAreInverse() {
    for (const ScaleMode mode : {ScaleMode::Absolute, ScaleMode::Log10}) {
        const ColorScale scale = scoreScale(mode);
        for (const double v : {0.001, 0.05, 0.4, 1.0})
            QVERIFY(std::abs(scale.valueAt(scale.position(v)) - v) < 1e-9);
    }
}

void TestColorScale::bucketsAreFive() {
    for (const ThemeName theme : {ThemeName::Light, ThemeName::Dark}) {
        QSet<QRgb> seen;
        for (int i = 0; i <= 500; ++i)
            seen.insert(ramps::sequential(PaletteName::Buckets, theme, i / 500.0).fill.rgb());
        QCOMPARE(seen.size(), 5);
    }
}

void TestColorScale::numbersAreWrittenAsTheWindowWritesThem() {
    QCOMPARE(format::probability(0.0014), QStringLiteral(".0014"));
    QCOMPARE(format::probability(1), QStringLiteral("1.0000"));
    QCOMPARE(format::probability(0), QStringLiteral(".0000"));
    QCOMPARE(format::probability(1.2e-5), QStringLiteral("1.2e−5"));
    QCOMPARE(format::probability(9.9996e-5), QStringLiteral("1.0e−4"));
    QCOMPARE(format::probability(3e-12), QStringLiteral("3.0e−12"));
    QCOMPARE(format::brief(0.05), QStringLiteral("0.05"));
    QCOMPARE(format::brief(1.2e-5), QStringLiteral("1.2e−5"));
    QCOMPARE(format::probability(-1), QStringLiteral("–"));
    QCOMPARE(format::probability(std::nan("")), QStringLiteral("–"));
    QCOMPARE(format::number(-2.4), QStringLiteral("−2.40"));
    QCOMPARE(format::number(-0.001), QStringLiteral("0.00"));
    QCOMPARE(format::change(0.173, true), QStringLiteral("+.1730"));
    QCOMPARE(format::change(-0.171, true), QStringLiteral("−.1710"));
    QCOMPARE(format::change(-1.2e-5, true), QStringLiteral("−1.2e−5"));
    QCOMPARE(format::integer(128256), QStringLiteral("128\u202F256"));
    QCOMPARE(format::integer(999), QStringLiteral("999"));
    QCOMPARE(format::integer(-1204), QStringLiteral("−1\u202F204"));
    store::ScoreSetRecord set; // the contrast is said once, whether or not the name has it
    set.beta = 0.5;
    set.name = "pos / neg";
    QCOMPARE(text_format::scoreSetName(set), QStringLiteral("pos / neg / β 0.5"));
    set.name = "pos / neg / β 0.5";
    QCOMPARE(text_format::scoreSetName(set), QStringLiteral("pos / neg / β 0.5"));
    QCOMPARE(format::visibleBlanks(QStringLiteral(" a\n\t")), QStringLiteral("␣a↵⇥"));
}

QTEST_GUILESS_MAIN(TestColorScale)
#include "tst_color_scale.moc"
