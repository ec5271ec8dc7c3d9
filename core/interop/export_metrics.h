// Metrics of training runs as JSON Lines or one CSV table: two of the export kinds.
#pragma once

#include "core/interop/export.h"

namespace crux::interop {

/// A row a run and step, by run and step. Values that were no number are null, in CSV "nan"; a
/// metric that a step did not log is left out, in CSV empty. NotFound: a run that is none.
Result<std::int64_t> writeMetrics(const store::Project& project, const ExportOptions& options,
                                  std::ostream& out, const CancelToken& cancel);

} // namespace crux::interop
