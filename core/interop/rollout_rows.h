// Rows of rollout files, read but not yet placed on a trajectory. Internal to the room.
#pragma once

#include "core/base/json.h"
#include "core/store/records.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crux::interop {

/// One prefix and the continuations that the authors' scripts sampled from it
/// (rollout_sampling_for_critical_tokens.py). Their files name the prefix by its text; Crux's own
/// export of the same form adds the ids.
struct PaperRollouts {
    std::string id;     ///< of the trajectory, such as "#12#"
    std::string prefix; ///< prompt and beginning of the response, without the few-shot examples
    std::vector<std::string> golds;
    std::optional<bool> right; ///< label of the whole trajectory
    /// "Without" files: the trajectory's token and the one drawn in its place, which ends `prefix`.
    std::optional<std::pair<std::string, std::string>> replaced;
    struct Continuation {
        std::string text;
        std::optional<std::pair<std::string, bool>> check; ///< answer read, right
        std::vector<std::int32_t> ids;                     ///< Crux's export only
    };
    std::vector<Continuation> continuations; ///< none: the input of the sampling script
    std::vector<std::int32_t> prefixIds;     ///< Crux's export only
    bool fromSampler = false; ///< replacement drawn as the rollouts are; their script draws from
                              ///< the full softmax
};
Result<PaperRollouts> parsePaperRollouts(const Json& object, const std::string& task);

/// One line of `export --kind rollouts`.
struct StoredRollout {
    std::string questionId;
    std::vector<std::int32_t> prefixIds;
    store::RolloutRecord rollout;
    store::Provenance madeBy;
};
Result<StoredRollout> parseStoredRollout(const Json& object);

} // namespace crux::interop
