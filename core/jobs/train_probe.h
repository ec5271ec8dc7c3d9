// What a training job would take: a few steps of it, run without storing anything.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// Told before each step of the probe.
using ProbeProgress = std::function<void(int step, int steps)>;

/// Runs up to `steps` optimiser steps (fewer when they take long) on rows of the data: one batch of
/// its longest rows, for the memory, then rows spread over it, for the time. Sets no row, writes no
/// checkpoint. Errors are those the job would end with; Cancelled between micro-batches.
/// {"steps", "probed", "trained_parameters", "tokens", "seconds_per_step", "tokens_per_second",
///  "seconds": of the whole run with its reference pass, "memory_bytes": estimate of the peak,
///  "measured_bytes": seen on a CPU beside the weights, else 0, "weight_bytes", "free_bytes",
///  "disk_bytes", "disk_free_bytes", "device", "dtype"}
Result<Json> probeTraining(const store::Project& project, ModelCache& models, const Json& spec,
                           int steps, const CancelToken& cancel,
                           const ProbeProgress& progress = {});

} // namespace crux::jobs
