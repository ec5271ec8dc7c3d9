// Searches on shares of right rollouts that came with the trajectories (published potentials): no
// model, nothing drawn.
#pragma once

#include "core/jobs/facade.h"
#include "core/jobs/search_options.h"

namespace crux::jobs {

/// Runs a search job whose spec says potentials = imported; each verdict is one transaction.
Status runImportedSearch(JobContext& context, const Json& spec, const SearchOptions& options);

} // namespace crux::jobs
