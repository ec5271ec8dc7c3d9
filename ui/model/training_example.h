// One tokenised row of training data as the heat map draws it: the prompt without colour (no loss
// on it), every completion token with its weight.
#pragma once

#include "core/base/json.h"
#include "ui/model/trajectory_snapshot.h"

namespace crux::ui {

/// Name of the layer that holds the weights.
inline constexpr const char* kWeightLayer = "weight";

/// A sequence as `preview_training` gives it: {"ids", "pieces", "prompt_tokens", "weights"}.
/// Without weights every completion token counts in full. Never nullptr.
SnapshotPtr trainingExample(const Json& sequence);

} // namespace crux::ui
