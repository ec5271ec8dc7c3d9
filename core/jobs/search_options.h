// The parameters of a search job as the code wants them, and as they are stored with what it made.
#pragma once

#include "core/base/json.h"
#include "core/engine/critical/critical.h"
#include "core/engine/critical/detector.h"
#include "core/engine/critical/replacement.h"
#include "core/spec/sampling.h"

#include <memory>
#include <string>
#include <vector>

namespace crux::jobs {

/// How positions are searched (core/spec/params.cpp says what each means).
struct SearchOptions {
    std::string method; ///< critical | pivotal | cliff | bisect | curve
    critical::CriticalRule rule = critical::CriticalRule::Paper;
    bool economical = true;
    bool imported = false; ///< shares that came with the trajectories instead of rollouts
    int n = 64;
    int points = 0;             ///< positions of the curve beside what the method asks for
    std::vector<int> positions; ///< curve: these response positions instead
    double lowShare = 0.05, gap = 0.2, minimum = 0.2, maximum = 0.8, drop = 0.1, z = 1.645;
    bool verify = true;
    int confirm = 256;
    bool without = false;
    critical::ReplacementDraw replacement = critical::ReplacementDraw::Sampler;
    SamplingParams sampling; ///< with the seed; `samples` and `bannedIds` unused
    int batch = 64;
    std::int64_t kvBytes = 0; ///< memory of keys and values; 0: a share of the machine's

    /// Looks for the position after which a wrong trajectory is lost.
    bool looksForLoss() const { return method == "critical" || method == "bisect"; }
    /// Rollouts drawn anew for a token found, with indices n .. n+fresh-1: they took no part in the
    /// search, so that what confirms the token was not chosen by it.
    int fresh() const;
    /// Indices of random streams a trajectory may use.
    int streams() const { return n + fresh(); }
    /// Successes that stop the drawing of a position early, minus one; n where none does.
    int tolerance() const;

    /// `logp` of the trajectory's tokens by absolute position: where pivotal splits.
    std::unique_ptr<critical::Detector> detector(std::vector<float> logp) const;

    /// What tells rollouts of one set from another's, without the seed.
    Json rolloutParams() const;
    /// What tells searches apart: the method's own parameters and those of the rollouts.
    Json searchParams() const;
    /// "" for plain rollouts; the variant of rollouts with a banned token.
    std::string variant(std::int32_t banned) const;
};

/// What the table of parameters cannot tell: which of them go together.
Status checkSearchSpec(const Json& spec);
/// From a completed and checked spec of kind "search".
SearchOptions searchOptions(const Json& spec);

} // namespace crux::jobs
