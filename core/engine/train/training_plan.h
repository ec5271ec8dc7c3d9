// What a run will take: steps, and an estimate of its memory.
#pragma once

#include "core/engine/train/trainable_model.h"

namespace crux::engine::train {

TrainPlan planOf(const TrainableModel& model, const TrainOptions& options,
                 const std::vector<TrainExample>& data, std::int64_t stepsPerEpoch,
                 std::int64_t steps);

} // namespace crux::engine::train
