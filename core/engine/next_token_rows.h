// The rows of the next-token panel from one row of logits a role. Torch-free.
#pragma once

#include "core/engine/engine.h"

#include <span>
#include <vector>

namespace crux::engine {

/// Logits [vocabulary] after one prefix; empty where there is no such model.
struct NextTokenLogits {
    std::vector<float> policy, positive, negative;
};

/// The `k` most likely ids by policy (else positive; ties by id), then those of `include` that are
/// not among them. s = softmax((1+beta) positive - beta negative)[id] where both are there, else
/// NaN.
std::vector<NextTokenRow> nextTokenRows(const NextTokenLogits& logits, double beta, int k,
                                        std::span<const std::int32_t> include);

} // namespace crux::engine
