// What can be known to be wrong before a run starts, and the fingerprints that say whether two runs
// are the same. Torch-free.
#pragma once

#include "core/engine/train/train.h"

namespace crux::engine::train {

Status checkOptions(const TrainOptions& options);
Status checkExamples(const ModelInfo& model, const TrainOptions& options,
                     const std::vector<TrainExample>& data);

/// Of everything that decides a run's result.
std::string fingerprintOf(const TrainOptions& options, const std::vector<TrainExample>& training,
                          const std::vector<TrainExample>& evaluation, const std::string& dtype,
                          std::int64_t totalSteps);
/// Of everything that decides the reference log-probabilities of `data`.
std::string referenceKey(const TrainOptions& options, const std::vector<TrainExample>& data,
                         const std::string& dtype);

} // namespace crux::engine::train
