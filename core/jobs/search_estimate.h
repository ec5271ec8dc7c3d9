// What a search would cost before it is begun: rollouts, tokens and time, from a probe of a few of
// its trajectories.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

struct SearchEstimate {
    std::int64_t trajectories = 0;             ///< the spec's selection
    int probed = 0;                            ///< of them, looked at
    int refused = 0;                           ///< of the probed, those that cannot be searched
    std::string refusal;                       ///< why the first of them cannot
    double rollouts = 0, tokens = 0;           ///< to draw for all of them
    double everyRollouts = 0, everyTokens = 0; ///< n from every prefix, none shared
    double tokensPerSecond = 0;
    double seconds() const { return tokensPerSecond > 0 ? tokens / tokensPerSecond : 0; }
};

/// Follows up to four trajectories of the selection with the random streams that the search would
/// use (one pass of the model each), so that exact reuse is counted and not guessed; which rollouts
/// end right is not known yet, so the critical token is taken to be at the lowest score, or in the
/// middle where there is none. Some of the rollouts are drawn, about half a second, to see their
/// length and the speed. Stores nothing; rollouts that are stored already are not taken off.
Result<SearchEstimate> estimateSearch(const store::Project& project, ModelCache& models,
                                      const Json& spec, const CancelToken& cancel);

/// {"trajectories", "probed", "refused", "refusal", "rollouts", "tokens", "tokens_per_second",
/// "seconds", "every_prefix": {"rollouts", "tokens"}}
Json toJson(const SearchEstimate& estimate);

} // namespace crux::jobs
