// How jobs let others be served while they do long things: the worker answers its window from
// within a job's breaths.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// The context's breath for places that come by far more often than anyone waits: at most every 20
/// ms. Empty when there is none. Borrows the context, which must outlive it.
engine::Breath sparseBreath(const JobContext& context);

/// Runs work that cannot breathe itself (long queries, fingerprints of weights): on a thread and a
/// connection of its own while this one breathes, or here when nobody is served. `work` must touch
/// nothing that a breath may use: neither context.project nor context.models.
Status whileBreathing(const JobContext& context,
                      const std::function<Status(const store::Project&)>& work);

} // namespace crux::jobs
