#include "ui/widgets/color_scale.h"

#include "ui/widgets/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace crux::ui {
namespace {

using Stops = std::span<const QRgb>;

constexpr std::array<QRgb, 6> kOrangeLight{0xFFF5EB, 0xFEE6CE, 0xFDD0A2,
                                           0xFDAE6B, 0xFD8D3C, 0xF16913};
constexpr std::array<QRgb, 4> kOrangeDarkLow{0x392F27, 0x544130, 0x6E523A, 0x896343};
constexpr std::array<QRgb, 4> kOrangeDarkHigh{0xA4744C, 0xBF8655, 0xDE9A60, 0xFDAE6B};
constexpr std::array<QRgb, 9> kCividis{0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173,
                                       0x8A8678, 0xA59C74, 0xD2C060, 0xFEE838};
constexpr std::array<QRgb, 2> kGreyLight{0xF7F7F7, 0x8C8C8C};
constexpr std::array<QRgb, 2> kGreyDarkLow{0x2E2E2E, 0x646464};
constexpr std::array<QRgb, 2> kGreyDarkHigh{0x8A8A8A, 0xE0E0E0};
constexpr std::array<QRgb, 5> kBucketsLight{0xFFF5EB, 0xFEE6CE, 0xFDD0A2, 0xFDAE6B, 0xF16913};
constexpr std::array<QRgb, 5> kBucketsDark{0x392F27, 0x544130, 0x6E523A, 0xBF8655, 0xFDAE6B};
constexpr std::array<QRgb, 3> kDiverging{0xE08214, 0xF7F7F7, 0x6BAED6};

constexpr QRgb kDarkInk = 0x1A1A1A, kBlackInk = 0x101010, kLightInk = 0xF2F2F2;

/// Linear between evenly spaced stops, t in 0..1.
QColor between(Stops stops, double t) {
    const double at = std::clamp(t, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto first = std::min(static_cast<std::size_t>(at), stops.size() - 2);
    return mixed(QColor::fromRgb(stops[first]), QColor::fromRgb(stops[first + 1]),
                 at - static_cast<double>(first));
}

/// Two pieces that do not join: no colour lies where neither ink would reach 4.5 : 1.
CellColor twoPieces(Stops low, Stops high, double heat) {
    if (heat <= 0.5)
        return {between(low, heat * 2), QColor::fromRgb(kLightInk), heat};
    return {between(high, heat * 2 - 1), QColor::fromRgb(kBlackInk), heat};
}

CellColor cividis(ThemeName theme, double heat) {
    // Calm cells stay near the base colour of the theme: yellow on white, blue on black.
    const QColor fill = between(kCividis, theme == ThemeName::Dark ? heat : 1 - heat);
    // Black or white: one of the two always reaches 4.58 : 1, wherever the fill lies.
    const QColor black(Qt::black), white(Qt::white);
    return {fill, contrastRatio(fill, black) >= contrastRatio(fill, white) ? black : white, heat};
}

CellColor buckets(ThemeName theme, double heat) {
    const auto at = static_cast<std::size_t>(std::clamp(heat * 5, 0.0, 4.0));
    if (theme == ThemeName::Dark)
        return {QColor::fromRgb(kBucketsDark[at]), QColor::fromRgb(at < 3 ? kLightInk : kBlackInk),
                heat};
    return {QColor::fromRgb(kBucketsLight[at]), QColor::fromRgb(kDarkInk), heat};
}

/// Four steps of grey; the ink turns where the cell does, and reaches 7 : 1 on each.
CellColor highContrast(ThemeName theme, double heat) {
    static constexpr std::array<QRgb, 4> kLight{0xFFFFFF, 0xD0D0D0, 0x4A4A4A, 0x000000};
    static constexpr std::array<QRgb, 4> kDark{0x000000, 0x3C3C3C, 0xC8C8C8, 0xFFFFFF};
    const auto at = static_cast<std::size_t>(std::clamp(heat * 4, 0.0, 3.0));
    const bool dark = theme == ThemeName::Dark;
    const QColor fill = QColor::fromRgb(dark ? kDark[at] : kLight[at]);
    return {fill, QColor((at < 2) == dark ? Qt::white : Qt::black), heat};
}

double channelLuminance(double c) {
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& c) {
    return 0.2126 * channelLuminance(c.redF()) + 0.7152 * channelLuminance(c.greenF()) +
           0.0722 * channelLuminance(c.blueF());
}

struct ScaleWords {
    Q_DECLARE_TR_FUNCTIONS(ScaleWords)
};

/// A short number for an axis: "0", "0.25", "1", "−3".
QString tickText(double value) {
    QString text = QString::number(value, 'g', 3);
    if (text.startsWith(QLatin1Char('-')))
        text[0] = format::kMinus;
    return text;
}

} // namespace

double contrastRatio(const QColor& a, const QColor& b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const double keep = 1 - share;
    const auto channel = [&](int x, int y) {
        return static_cast<int>(std::lround(x * keep + y * share));
    };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()),
                  channel(a.blue(), b.blue()));
}

namespace ramps {

CellColor sequential(PaletteName palette, ThemeName theme, double heat) {
    heat = std::clamp(heat, 0.0, 1.0);
    const bool dark = theme == ThemeName::Dark;
    switch (palette) {
    case PaletteName::Cividis:
        return cividis(theme, heat);
    case PaletteName::Grey:
        if (dark)
            return twoPieces(kGreyDarkLow, kGreyDarkHigh, heat);
        return {between(kGreyLight, heat), QColor::fromRgb(kDarkInk), heat};
    case PaletteName::Buckets:
        return buckets(theme, heat);
    case PaletteName::HighContrast:
        return highContrast(theme, heat);
    case PaletteName::Orange:
    case PaletteName::UnderlineOnly:
        break;
    }
    if (dark)
        return twoPieces(kOrangeDarkLow, kOrangeDarkHigh, heat);
    return {between(kOrangeLight, heat), QColor::fromRgb(kDarkInk), heat};
}

CellColor diverging(double value) {
    value = std::clamp(value, -1.0, 1.0);
    return {between(kDiverging, (value + 1) / 2), QColor::fromRgb(kDarkInk), std::abs(value)};
}

QString paletteName(PaletteName palette) {
    switch (palette) {
    case PaletteName::Orange:
        return ScaleWords::tr("orange");
    case PaletteName::Cividis:
        return ScaleWords::tr("cividis");
    case PaletteName::Grey:
        return ScaleWords::tr("grey");
    case PaletteName::UnderlineOnly:
        return ScaleWords::tr("underline only");
    case PaletteName::Buckets:
        return ScaleWords::tr("five buckets");
    case PaletteName::HighContrast:
        return ScaleWords::tr("high contrast");
    }
    return {};
}

std::vector<double> steps(PaletteName palette, ThemeName theme) {
    if (palette == PaletteName::Buckets)
        return {0.2, 0.4, 0.6, 0.8};
    if (palette == PaletteName::HighContrast)
        return {0.25, 0.5, 0.75};
    if (theme == ThemeName::Dark && palette != PaletteName::Cividis)
        return {0.5};
    return {};
}

} // namespace ramps

ColorScale::ColorScale(LayerMeaning meaning, ScaleMode mode, PaletteName palette, ThemeName theme,
                       std::vector<float> reference)
    : m_meaning(std::move(meaning))
    , m_mode(mode)
    , m_palette(palette)
    , m_theme(theme)
    , m_reference(std::move(reference)) {
    if (m_mode == ScaleMode::Percentile) {
        std::erase_if(m_reference, [](float v) { return !isScored(v); });
        std::sort(m_reference.begin(), m_reference.end());
    } else {
        m_reference.clear();
    }
    if (m_mode == ScaleMode::Log10 && (!m_meaning.probability || m_meaning.diverging))
        m_mode = ScaleMode::Absolute;
    if (m_mode == ScaleMode::Percentile && m_reference.empty())
        m_mode = ScaleMode::Absolute;
    if (m_meaning.high <= m_meaning.low)
        m_meaning.high = m_meaning.low + 1;
}

double ColorScale::position(double value) const {
    if (m_mode == ScaleMode::Log10) {
        const double span = -std::log10(kLogClamp);
        return std::clamp(1 + std::log10(std::max(value, kLogClamp)) / span, 0.0, 1.0);
    }
    if (m_mode == ScaleMode::Percentile) {
        // Mid-rank: equal values share one colour whatever their number.
        const auto v = static_cast<float>(value);
        const auto [first, last] = std::equal_range(m_reference.begin(), m_reference.end(), v);
        const double rank =
            0.5 * static_cast<double>((first - m_reference.begin()) + (last - m_reference.begin()));
        return std::clamp(rank / static_cast<double>(m_reference.size()), 0.0, 1.0);
    }
    return std::clamp((value - m_meaning.low) / (m_meaning.high - m_meaning.low), 0.0, 1.0);
}

double ColorScale::valueAt(double position) const {
    position = std::clamp(position, 0.0, 1.0);
    if (m_mode == ScaleMode::Log10)
        return std::pow(10.0, (position - 1) * -std::log10(kLogClamp));
    if (m_mode == ScaleMode::Percentile) {
        const double at = position * static_cast<double>(m_reference.size() - 1);
        return m_reference[static_cast<std::size_t>(std::lround(at))];
    }
    return m_meaning.low + position * (m_meaning.high - m_meaning.low);
}

double ColorScale::heat(double value) const {
    const double at = position(value);
    if (m_meaning.diverging)
        return 2 * at - 1;
    return m_meaning.lowIsHot ? 1 - at : at;
}

CellColor ColorScale::color(double value) const {
    const double h = heat(value);
    return m_meaning.diverging ? ramps::diverging(h) : ramps::sequential(m_palette, m_theme, h);
}

std::vector<std::pair<double, QString>> ColorScale::ticks() const {
    std::vector<std::pair<double, QString>> out;
    if (m_mode == ScaleMode::Log10) {
        static constexpr const char* kTexts[] = {"≤ 1e−4", "1e−3", "1e−2", "0.1", "1"};
        for (int i = 0; i < 5; ++i)
            out.emplace_back(i / 4.0, QString::fromUtf8(kTexts[i]));
        return out;
    }
    if (m_mode == ScaleMode::Percentile) {
        for (int i = 0; i <= 4; ++i)
            out.emplace_back(i / 4.0, ScaleWords::tr("%1 %").arg(i * 25));
        return out;
    }
    for (int i = 0; i <= 4; ++i) {
        const double at = i / 4.0;
        out.emplace_back(at, tickText(valueAt(at)));
    }
    return out;
}

QString ColorScale::text(double value) const {
    if (m_meaning.probability)
        return format::probability(value);
    // Layers of small numbers would read 0.00 throughout.
    const double size = std::max(std::abs(m_meaning.low), std::abs(m_meaning.high));
    const double more = size > 0 && size < 1 ? std::ceil(-std::log10(size)) : 0;
    return format::number(value, 2 + static_cast<int>(std::min(more, 6.0)));
}

} // namespace crux::ui
