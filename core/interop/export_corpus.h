// The corpus view and the agreement of candidates with rollouts as JSON Lines: two export kinds
// that look at all chosen trajectories together.
#pragma once

#include "core/interop/export.h"
#include "core/spec/agreement.h"

namespace crux::interop {

/// A line a bar: {"of": candidates | critical | confirmed, "what": summary | token | position |
/// step | score, .., "count", "filter": the expression that selects its trajectories}.
Result<std::int64_t> writeCorpus(const store::Project& project, const ExportOptions& options,
                                 std::ostream& out, const CancelToken& cancel);

/// A line a trajectory: {"against": rollouts | slips, "trajectory_id", "candidates", "critical"
/// (absolute positions), hits, "rank" of "scored", "rho_share", "rho_drop"}; then a line
/// {"against", "totals": {..}} for rollouts, confirmed and slips, each where the project has them.
Result<std::int64_t> writeAgreement(const store::Project& project, const ExportOptions& options,
                                    std::ostream& out, const CancelToken& cancel);

/// The totals as they stand in the last lines: counts with their shares and Wilson intervals.
Json agreementJson(const AgreementTotals& totals, int window);

} // namespace crux::interop
