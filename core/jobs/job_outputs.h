// What a job takes from jobs before it: "job:N" in its spec becomes what that job made.
#pragma once

#include "core/jobs/answer_sets.h"
#include "core/jobs/facade.h"

namespace crux::jobs {

/// The spec with every "job:N" replaced: adapters and models by their folder, sets by their id.
/// NotFound: that job is gone or made nothing of the kind.
Result<Json> withOutputs(const store::Project& project, const std::string& kind, const Json& spec);

/// Sets chosen by a job, as its outputs.
Json setOutputs(const std::vector<StoredAnswerSet>& sets);

} // namespace crux::jobs
