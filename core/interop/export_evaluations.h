// Evaluations as lm-eval's sample files, and comparisons of them: four of the export kinds.
// Internal to the room.
#pragma once

#include "core/interop/export.h"

#include <iosfwd>
#include <string>

namespace crux::interop {

/// lm-eval | comparison-csv | comparison-jsonl | comparison-latex
bool isEvaluationKind(const std::string& kind);

/// Returns the rows written. NotFound: an evaluation that is not there, or none; Mismatch: nothing
/// comparable.
Result<std::int64_t> writeEvaluations(const store::Project& project, const ExportOptions& options,
                                      std::ostream& out, const CancelToken& cancel);

} // namespace crux::interop
