// Examples laid out for one pass: sequences packed without padding, a common beginning computed
// once, and where each completion token is predicted.
#pragma once

#include "core/engine/llama_forward.h"
#include "core/engine/train/train.h"

#include <cstdint>
#include <vector>

namespace crux::engine::train {

/// One completion of a pack: `count` entries of Pack::rows and Pack::targets from `begin`.
struct PackedCompletion {
    std::int64_t example = 0; ///< row of the data
    bool rejected = false;
    std::int64_t begin = 0, count = 0;
};

struct Pack {
    PackedBatch batch;
    std::vector<std::int64_t> rowKeys; ///< a row: tells its token from all others of the data
    std::vector<std::int64_t> rows;    ///< row whose prediction is the completion token
    std::vector<std::int32_t> targets;
    std::vector<PackedCompletion> completions;
    std::int64_t tokens = 0; ///< as the data has them, prompts counted each time
};

/// How sequences are packed.
struct PackOptions {
    std::int64_t mostTokens = 8192; ///< an example longer than this is a pack of its own
    bool sharePrompts = true;
    bool rejected = true; ///< the rejected completions too
};

/// The examples named by `which`, in order, in as many packs as the limit asks for. The completions
/// of one example lie in one pack. A sequence's last token is not computed: nothing comes after it.
std::vector<Pack> packExamples(const std::vector<TrainExample>& data,
                               const std::vector<std::int64_t>& which, const PackOptions& options);

} // namespace crux::engine::train
