// From a value to a cell's colour and ink: ramps of both themes, palettes, scale modes, words and
// ticks of the legend. Pure values, no widgets.
#pragma once

#include "ui/model/view_settings.h"
#include "ui/widgets/theme.h"

#include <QColor>
#include <QString>

#include <vector>

namespace crux::ui {

/// WCAG 2 contrast ratio of two opaque colours, 1..21.
double contrastRatio(const QColor& a, const QColor& b);
/// `share` of b in a, channel-wise in sRGB (the design's "mixed with").
QColor mixed(const QColor& a, const QColor& b, double share);

/// A cell's fill and the text colour that reads on it.
struct CellColor {
    QColor fill;
    QColor ink;
    double heat = 0; ///< 0 calm .. 1 hot; diverging: |value| / clamp
};

namespace ramps {
/// Sequential colour for heat 0..1 (clamped).
CellColor sequential(PaletteName palette, ThemeName theme, double heat);
/// Diverging colour for -1..1 (clamped), centre 0; the same in both themes.
CellColor diverging(double value);
/// The name written into exports and shown in settings (translated).
QString paletteName(PaletteName palette);
/// Heats at which the ramp jumps (the dark theme's step, bucket borders): legends draw them.
std::vector<double> steps(PaletteName palette, ThemeName theme);
} // namespace ramps

/// What one layer's numbers mean: range, which end is hot, the legend's words. Filled by
/// layerMeaning() in layer_values.h.
struct LayerMeaning {
    Layer layer = Layer::Score;
    QString name;                ///< "s_t", "p_pos", "entropy", the imported layer's name
    double low = 0, high = 1;    ///< clamp; diverging: symmetric
    bool lowIsHot = true;        ///< s_t: a low value is critical
    bool diverging = false;      ///< centre 0
    bool probability = false;    ///< 0..1: four decimals without leading 0, log10 scale allowed
    QString lowWords, highWords; ///< both ends in words
};

/// Maps values of one layer to colours. Immutable; cheap to copy. NaN has no colour: ask isScored.
class ColorScale {
public:
    ColorScale() = default;
    /// `reference`: values the percentile mode ranks against (any order, NaN ignored).
    ColorScale(LayerMeaning meaning, ScaleMode mode, PaletteName palette, ThemeName theme,
               std::vector<float> reference = {});

    static bool isScored(float value) { return value == value; }

    /// 0..1 along the value axis, clamped: where the legend draws `value`.
    double position(double value) const;
    /// Inverse of position().
    double valueAt(double position) const;
    /// 0 calm .. 1 hot (diverging: signed -1..1).
    double heat(double value) const;
    CellColor color(double value) const;
    /// Ticks of the legend axis: value positions 0..1 and their text.
    std::vector<std::pair<double, QString>> ticks() const;
    /// The value as the window writes numbers of this layer.
    QString text(double value) const;

    const LayerMeaning& meaning() const { return m_meaning; }
    /// Absolute when the layer has no logarithm and Log10 was asked.
    ScaleMode mode() const { return m_mode; }
    PaletteName palette() const { return m_palette; }
    ThemeName theme() const { return m_theme; }

    static constexpr double kLogClamp = 1e-4;

private:
    LayerMeaning m_meaning;
    ScaleMode m_mode = ScaleMode::Absolute;
    PaletteName m_palette = PaletteName::Orange;
    ThemeName m_theme = ThemeName::Light;
    std::vector<float> m_reference; // ascending, no NaN; empty unless percentile
};

} // namespace crux::ui
