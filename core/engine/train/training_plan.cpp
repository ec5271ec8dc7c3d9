#include "core/engine/train/training_plan.h"

#include "core/engine/train/training_ops.h"

#include <torch/torch.h>

#include <algorithm>

namespace crux::engine::train {

namespace {

/// Bytes that the widest moment of a pass holds: block inputs of all layers (or everything, without
/// checkpointing), one block's own tensors with their gradients, and one piece of logits.
std::int64_t activationBytes(const TrainableModel& model, const TrainOptions& options,
                             std::int64_t packTokens, std::int64_t lossTokens) {
    const ModelConfig& c = model.base().config();
    const std::int64_t element = c10::elementSize(model.dtype());
    const std::int64_t wide = c10::elementSize(wideType(model.dtype()));
    const std::int64_t attention = (2 * c.heads + 2 * c.kvHeads) * c.headDim;
    // normed twice, q k v mixed, gate up product; two wide residuals
    const std::int64_t block =
        packTokens * (element * (2 * c.hiddenSize + attention + 3 * c.intermediateSize) +
                      wide * 2 * c.hiddenSize);
    const std::int64_t inputs = c.layers * packTokens * wide * c.hiddenSize;
    const std::int64_t kept = options.checkpointing ? inputs + 2 * block : c.layers * block + block;
    constexpr std::int64_t kPieceElements = 32 << 20;
    const std::int64_t rows =
        std::min(lossTokens, std::max<std::int64_t>(128, kPieceElements / c.vocabularySize));
    return kept + rows * c.vocabularySize * (wide + element) + lossTokens * c.hiddenSize * element;
}

} // namespace

TrainPlan planOf(const TrainableModel& model, const TrainOptions& options,
                 const std::vector<TrainExample>& data, std::int64_t stepsPerEpoch,
                 std::int64_t steps) {
    TrainPlan plan;
    plan.steps = steps;
    plan.stepsPerEpoch = stepsPerEpoch;
    std::int64_t longestExample = 0;
    for (const TrainExample& example : data) {
        const auto chosen = static_cast<std::int64_t>(example.chosen.ids.size());
        const auto rejected =
            options.supervised ? 0 : static_cast<std::int64_t>(example.rejected.ids.size());
        plan.tokens += chosen + rejected;
        plan.longestTokens = std::max({plan.longestTokens, chosen, rejected});
        longestExample = std::max(longestExample, chosen + rejected);
    }
    std::int64_t bytes = 0;
    for (const Parameter& parameter : model.parameters()) {
        plan.trainedParameters += parameter.value.numel();
        bytes += static_cast<std::int64_t>(parameter.value.nbytes());
    }
    plan.weightBytes = model.base().info().weightBytes * (model.trainsAll() ? 2 : 1);
    plan.stateBytes = 4 * bytes; // master, gradient, two moments
    const std::int64_t pack =
        std::max(longestExample, std::min(options.packTokens, longestExample * options.batch));
    plan.activationBytes = activationBytes(model, options, pack, pack);
    return plan;
}

} // namespace crux::engine::train
