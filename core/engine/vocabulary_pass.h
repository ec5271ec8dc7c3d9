// From final hidden states to facts about tokens: the vocabulary projection and everything read off
// it, in pieces, so that memory does not grow with tokens x vocabulary. The biggest cost of scoring
// with small models: 151,936 x 896 of Qwen2.5-0.5B's 494 M weights.
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/engine/row_stats.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace crux::engine {

/// One model's side of a pass.
struct VocabularyRole {
    at::Tensor hidden; ///< [rows, hidden] after the final norm
    at::Tensor head;   ///< [vocabulary, hidden] the same dtype, or bfloat16
};

struct VocabularyOptions {
    bool contrast = false; ///< roles 0 and 1 are positive and negative
    double beta = 1;
    bool entropy = false;
    bool rank = false;
    int topK = 0;
    std::size_t keyRole = 0;      ///< whose logits order the top K
    bool stockOperations = false; ///< compute with stock tensor operations (CUDA always does)
};

/// What one pass found; arrays of one value a row, natural logarithms.
struct VocabularyFacts {
    struct Role {
        std::vector<float> logp, entropy;
        std::vector<std::int32_t> rank;
        std::vector<double> logSumExp;
    };
    std::vector<Role> roles;
    std::vector<float> logS;                ///< log s_t of the target
    std::vector<double> contrastLogSumExp;  ///< of (1 + beta) positive - beta negative
    std::vector<std::vector<TopEntry>> top; ///< a row's best, best first
};

/// All rows against their targets. Roles have as many rows as there are targets; targets are valid
/// ids. Breathes between stripes of the vocabulary; Cancelled there too.
Result<VocabularyFacts> vocabularyPass(const std::vector<VocabularyRole>& roles,
                                       std::span<const std::int32_t> targets,
                                       const VocabularyOptions& options,
                                       const CancelToken& cancel = {}, const Breath& breathe = {});

} // namespace crux::engine
