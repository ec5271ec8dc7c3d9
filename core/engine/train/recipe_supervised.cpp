// SFT: loss = -sum w_t log pi(y_t) / sum w_t over the completion tokens of the whole step, so that
// how a step is cut into batches and packs changes nothing. Positive and negative models are this
// recipe on right and wrong trajectories (REFERENCE.md 0.2).
#include "core/engine/train/recipe.h"

#include <algorithm>

namespace crux::engine::train {

namespace {

double totalWeight(const std::vector<TrainExample>& data, const std::vector<std::int64_t>& rows) {
    double total = 0;
    for (const std::int64_t row : rows) {
        const TrainSequence& sequence = data[static_cast<std::size_t>(row)].chosen;
        if (sequence.weights.empty())
            total += static_cast<double>(sequence.completionTokens());
        for (const float weight : sequence.weights)
            total += static_cast<double>(weight);
    }
    return total;
}

/// The row's own cross entropy: the weighted mean over its tokens.
RowReport rowReport(std::int64_t example, std::span<const double> logp,
                    std::span<const double> weights) {
    RowReport report;
    report.example = example;
    double total = 0;
    for (std::size_t t = 0; t < logp.size(); ++t)
        total += weights.empty() ? 1.0 : weights[t];
    for (std::size_t t = 0; t < logp.size(); ++t) {
        const double weight = weights.empty() ? 1.0 : weights[t];
        const double slope = total > 0 ? -weight / total : 0.0;
        report.loss += slope * logp[t];
        report.chosen.logp.push_back(static_cast<float>(logp[t]));
        report.chosen.slope.push_back(static_cast<float>(slope));
    }
    return report;
}

} // namespace

Result<RecipeOutcome> runSupervised(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples) {
    RecipeOutcome outcome;
    const double total = totalWeight(input.data, examples);
    for (const auto& batch : batchesOf(examples, input.options.batch)) {
        for (const Pack& pack : packExamples(input.data, batch, packOptions(input.options))) {
            PolicyPass policy(input, pack);
            CRUX_TRY(logp, policy.logp());
            std::vector<double> dLogp(logp.size());
            for (const PackedCompletion& completion : pack.completions) {
                const TrainSequence& sequence =
                    input.data[static_cast<std::size_t>(completion.example)].chosen;
                const std::vector<double> weights(sequence.weights.begin(), sequence.weights.end());
                const std::span<const double> own(logp.data() + completion.begin,
                                                  static_cast<std::size_t>(completion.count));
                std::vector<double> gradient;
                outcome.loss += supervisedLoss(own, weights, total, gradient);
                outcome.rows.push_back(rowReport(completion.example, own, weights));
                std::copy(gradient.begin(), gradient.end(), dLogp.begin() + completion.begin);
                outcome.lossTokens += completion.count;
                ++outcome.count;
            }
            if (input.backward)
                policy.backward(dLogp);
            outcome.tokens += pack.tokens;
        }
    }
    return outcome;
}

} // namespace crux::engine::train
