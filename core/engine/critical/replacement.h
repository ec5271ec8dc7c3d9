// "Without the critical token" (arXiv 2411.19943; REFERENCE.md 0.1): that token is banned at its
// position, the model's next-token distribution renormalised, and n replacements drawn with
// replacement, each continued by one rollout.
#pragma once

#include "core/engine/engine.h"

namespace crux::critical {

/// How the replacement itself is drawn; what follows it is always drawn by the sampling parameters.
enum class ReplacementDraw {
    Sampler,    ///< with the temperature and truncation of the rollouts
    FullSoftmax ///< at temperature 1 from all tokens, as the authors' script does (A.5-3)
};

struct ReplacementRequest {
    engine::GenerateRequest generate; ///< sampling, stop and batch of the rollouts; no banned ids
    engine::Ids prefix;               ///< ids before the banned token
    std::int32_t banned = -1;
    std::vector<std::string> streamPaths; ///< one a replacement
    int maxNewTokens = 0;                 ///< the replacement included
    ReplacementDraw draw = ReplacementDraw::Sampler;
};

/// One continuation a path, the replacement first in its ids; none of them begins with the banned
/// id. Which ones are drawn together changes none of them.
Result<std::vector<engine::Generated>> drawReplacements(const ReplacementRequest& request,
                                                        const CancelToken& cancel = {});

} // namespace crux::critical
