// TDPO (arXiv 2404.11999): beside the log-ratios the loss looks at KL(ref || pi) over the whole
// vocabulary at every completion token. It moves with the policy, so the frozen model runs on every
// pack of every step; nothing of it can be stored.
#include "core/engine/train/recipe.h"

#include <algorithm>

namespace crux::engine::train {

Result<RecipeOutcome> runTokenLevel(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples) {
    const PreferenceOptions& options = input.options.preference;
    RecipeOutcome outcome;
    const auto batches = batchesOf(examples, input.options.batch);
    for (const auto& batch : batches) {
        const BatchFacts facts = factsOf(input.data, batch, batches.size());
        for (const Pack& pack : packExamples(input.data, batch, packOptions(input.options))) {
            CRUX_TRY(frozen, referenceHidden(input, pack));
            PolicyPass policy(input, pack);
            CRUX_TRY(rows, policy.hidden());
            const TokenKl made = tokenKl(rows, frozen);
            const auto logp = toDoubles(made.policy.logp), kl = toDoubles(made.kl);
            const auto reference = toDoubles(made.reference.logp);
            std::vector<double> dLogp(logp.size()), dKl(logp.size());
            for (std::size_t i = 0; i + 1 < pack.completions.size(); i += 2) {
                const PackedCompletion& chosen = pack.completions[i];
                const PackedCompletion& rejected = pack.completions[i + 1];
                PairBuffers buffers(input, chosen, rejected);
                const PairTokens tokens = buffers.tokens(logp, reference, kl);
                const PairOutcome pair = preferenceLoss(options, tokens, facts);
                const auto put = [](const std::vector<double>& from, std::vector<double>& to,
                                    const PackedCompletion& at) {
                    std::copy(from.begin(), from.end(), to.begin() + at.begin);
                };
                put(pair.chosen.logp, dLogp, chosen);
                put(pair.rejected.logp, dLogp, rejected);
                put(pair.chosen.kl, dKl, chosen);
                put(pair.rejected.kl, dKl, rejected);
                outcome.loss += facts.share * pair.loss / static_cast<double>(facts.pairs);
                outcome.rows.push_back(rowReport(chosen.example, tokens, pair, facts));
                outcome.lossTokens += chosen.count + rejected.count;
                addPairMetrics(pair, options, outcome);
                const auto sum = [](std::span<const double> values) {
                    double total = 0;
                    for (const double value : values)
                        total += value;
                    return total;
                };
                outcome.add("kl/chosen", sum(tokens.chosen.kl));
                outcome.add("kl/rejected", sum(tokens.rejected.kl));
            }
            if (input.backward)
                policy.backwardHidden(tokenKlBackward(rows, frozen, made, toDevice(dLogp, rows),
                                                      toDevice(dKl, rows)));
            outcome.tokens += pack.tokens;
        }
    }
    return outcome;
}

} // namespace crux::engine::train
