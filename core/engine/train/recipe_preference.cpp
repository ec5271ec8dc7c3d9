// DPO and its kin on stored reference log-probabilities: forward the policy on chosen and rejected
// together, the loss and its slope at each token in double precision (losses.h), back. cDPO (arXiv
// 2411.19943 eq. 6) is this recipe with weights 1 - s_t on the rejected tokens' log-ratios; SimPO
// has no reference; RPO adds the chosen completions' cross entropy.
#include "core/engine/train/recipe.h"

#include <algorithm>

namespace crux::engine::train {

Result<RecipeOutcome> runPreference(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples) {
    const PreferenceOptions& options = input.options.preference;
    RecipeOutcome outcome;
    const auto batches = batchesOf(examples, input.options.batch);
    for (const auto& batch : batches) {
        const BatchFacts facts = factsOf(input.data, batch, batches.size());
        for (const Pack& pack : packExamples(input.data, batch, packOptions(input.options))) {
            PolicyPass policy(input, pack);
            CRUX_TRY(logp, policy.logp());
            std::vector<double> dLogp(logp.size());
            for (std::size_t i = 0; i + 1 < pack.completions.size(); i += 2) {
                const PackedCompletion& chosen = pack.completions[i];
                const PackedCompletion& rejected = pack.completions[i + 1];
                PairBuffers buffers(input, chosen, rejected);
                const PairTokens tokens = buffers.tokens(logp);
                const PairOutcome pair = preferenceLoss(options, tokens, facts);
                std::copy(pair.chosen.logp.begin(), pair.chosen.logp.end(),
                          dLogp.begin() + chosen.begin);
                std::copy(pair.rejected.logp.begin(), pair.rejected.logp.end(),
                          dLogp.begin() + rejected.begin);
                outcome.loss += facts.share * pair.loss / static_cast<double>(facts.pairs);
                outcome.rows.push_back(rowReport(chosen.example, tokens, pair, facts));
                outcome.lossTokens += chosen.count + rejected.count;
                addPairMetrics(pair, options, outcome);
            }
            if (input.backward)
                policy.backward(dLogp);
            outcome.tokens += pack.tokens;
        }
    }
    return outcome;
}

} // namespace crux::engine::train
