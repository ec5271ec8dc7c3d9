// The compare job's parameters as the store wants them.
#pragma once

#include "core/base/json.h"
#include "core/store/comparison.h"

namespace crux::jobs {

/// From a completed spec of kind "compare".
store::ComparisonOptions comparisonOptions(const Json& spec);

} // namespace crux::jobs
