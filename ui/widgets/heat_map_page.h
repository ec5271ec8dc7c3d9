// A heat map of the window as a HeatMapDocument: layer, palette, theme and marks as shown, for the
// HTML and LaTeX that core/interop writes.
#pragma once

#include "core/interop/heat_map_document.h"
#include "ui/widgets/heat_data.h"

namespace crux::ui {

/// Words that every picture of a heat map carries.
QString heatMapTitle(const HeatData& data); ///< "Trajectory 2 117 · gsm8k-train · wrong"
/// What a legend says besides its ramp: the rule of candidates, granularity, scale, palette.
QString heatMapRule(const HeatData& data);
/// Score set with beta and weights, layer, palette, scale, threshold, program version.
QString heatMapProvenance(const HeatData& data);
/// Fill at 0..1 along the value axis: what a legend's ramp shows there.
QColor heatMapRampColor(const ColorScale& scale, double at);

/// `prompt`: with the prompt's tokens. Pure; any thread.
interop::HeatMapDocument heatMapPage(const HeatData& data, bool prompt);

} // namespace crux::ui
