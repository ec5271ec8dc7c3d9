// The numbers of a trajectory that the heat map can colour by, and what they mean.
#pragma once

#include "ui/model/trajectory_snapshot.h"
#include "ui/widgets/color_scale.h"

#include <vector>

namespace crux::ui {

/// Name of a layer as the window writes it; `imported` names an imported one.
QString layerLabel(Layer layer, const QString& imported = QString());
/// Range, hot end and legend words of a layer of this trajectory.
LayerMeaning layerMeaning(Layer layer, const QString& imported, const TrajectorySnapshot& snapshot);
/// One value a token, NaN where there is none (not scored, no probability stored).
std::vector<float> layerValues(Layer layer, const QString& imported,
                               const TrajectorySnapshot& snapshot);
/// Layers that have at least one value here; s_t is always first, scored or not.
std::vector<std::pair<Layer, QString>> availableLayers(const TrajectorySnapshot& snapshot);
/// Group number of every token for a granularity: tokens themselves, words, or steps. A word begins
/// at a blank or line end; groups never cross a step.
std::vector<int> tokenGroups(const TrajectorySnapshot& snapshot, Granularity granularity);
/// The hottest value of each group given to all its tokens ("min s_t, not mean"); NaN is ignored
/// unless the whole group has none. Diverging layers keep the value furthest from 0.
std::vector<float> groupedValues(const std::vector<float>& values, const std::vector<int>& groups,
                                 const LayerMeaning& meaning);

} // namespace crux::ui
