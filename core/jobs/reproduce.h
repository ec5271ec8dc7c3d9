// "Reproduce" (UX.md 3.15): draws a branch once more from its record - prefix, forced ids, sampler,
// seed, model - and says whether the same tokens come. Nothing is stored.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

struct Reproduction {
    BranchId branch;
    std::int32_t drawn = 0;      ///< stored tokens after the forced ones: what is compared
    std::int32_t equal = 0;      ///< so many came again before the first difference
    std::int32_t differsAt = -1; ///< absolute position of the first difference; -1: none
    std::int32_t storedId = -1;  ///< what stands there; -1: the branch ends
    std::int32_t madeId = -1;    ///< what came now; -1: nothing, the model ended
    std::string dtype, device;   ///< of now
    bool otherWeights = false;   ///< the model's folder holds others than those recorded
    store::Provenance made;      ///< of the record
    bool same() const { return differsAt < 0; }
};

/// `child` is the branch's path. Refused: a path that is no branch, one that is being written, one
/// whose model is not of the project any more. On a CPU at one thread count the same tokens come.
Result<Reproduction> reproduceBranch(const store::Project& project, ModelCache& models,
                                     TrajectoryId child, const CancelToken& cancel);
Json toJson(const Reproduction& result);

} // namespace crux::jobs
