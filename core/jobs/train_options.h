// The parameters of a training job as the engine wants them.
#pragma once

#include "core/base/json.h"
#include "core/engine/train/train.h"

namespace crux::jobs {

/// From a completed spec of kind "train"; paths, hashes and adapters are filled by the job.
engine::train::TrainOptions trainOptions(const Json& spec);

} // namespace crux::jobs
