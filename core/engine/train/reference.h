// Reference log-probabilities: every example's tokens under the frozen model, computed once and
// kept in a file named by what they are of (REFERENCE.md B.4), per token because weights differ.
#pragma once

#include "core/engine/train/recipe.h"

namespace crux::engine::train {

/// Read from `cache` when the file of this key is there and fits, else computed with `model` and
/// written: piece by piece while it is computed (one that died goes on after its last piece), then
/// as one. `progress` is told of each piece computed and kept. An empty folder: computed only.
Result<ReferenceLogp> referenceLogp(const ModelRef& model, const std::vector<TrainExample>& data,
                                    const Path& cache, const std::string& key,
                                    const CancelToken& cancel, const PrepareProgress& progress);

} // namespace crux::engine::train
