// What a search found, a JSON object a trajectory: the lines of `crux-cli search`.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// Verdicts that a search job made or found ready, by trajectory; where scores are stored, beside
/// the candidate by the lowest s_t of the newest score set. Trajectories that were skipped follow
/// as {"trajectory", "error"}.
///
/// {"trajectory", "question", "method", "position", "response_position", "token", "found": [..]}:
/// positions are absolute and 0-based; `position` is the first found, null where there is none
/// ("reason" says why). Each of `found`: position, response_position, token, token_id, sign, right,
/// total, share, interval (Wilson, 95 %), before, confirmation with its Clopper-Pearson interval,
/// confirmed, pass_at_k {with, without}, and what the method adds.
Result<std::vector<Json>> searchLines(const store::Project& project, JobId job);

/// pass@k with and without the found tokens, meaned over a job's trajectories with bootstrap bands
/// over questions: {"pass_at_k": {"trajectories", "with": [[k, mean, low, high], ..], "without":
/// [..]}}; null where no replacements were drawn.
Result<Json> passAtKLine(const store::Project& project, JobId job);

/// One sentence on how candidates by s_t agree with what a job's searches found; empty where no
/// trajectory of it has both. `crux-cli export --kind agreement` gives the numbers behind it.
Result<std::string> agreementSentence(const store::Project& project, JobId job);

} // namespace crux::jobs
