// A recipe says how one method turns examples into a loss and gradients: what is computed, in which
// order, with which model. One file a method; what they share is below.
#pragma once

#include "core/engine/train/collate.h"
#include "core/engine/train/token_logp.h"
#include "core/engine/train/trainable_model.h"
#include "core/engine/train/training_pass.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace crux::engine::train {

/// Per-token log-probabilities of all examples under the frozen model, in their order.
struct ReferenceLogp {
    std::vector<std::vector<float>> chosen, rejected;
};

/// What a recipe works on. `backward`: gradients are added to the model's parameters; without, only
/// losses and metrics come out (evaluation).
struct RecipeInput {
    TrainableModel& model;
    const TrainOptions& options;
    const std::vector<TrainExample>& data;
    const ReferenceLogp& reference;
    bool backward = false;
    std::uint64_t dropoutKey = 0;
    const CancelToken& cancel;
};

/// Metrics are sums over `count` pairs or sequences until finish() makes means of them.
struct RecipeOutcome {
    double loss = 0;
    std::int64_t count = 0, tokens = 0, lossTokens = 0;
    std::map<std::string, double> metrics;
    std::vector<RowReport> rows; ///< an example, in the order asked for

    void add(const std::string& name, double value) { metrics[name] += value; }
    std::vector<std::pair<std::string, double>> finish() const;
};

/// SFT: token mean of the cross entropy over all completions of the step.
Result<RecipeOutcome> runSupervised(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples);
/// Pairs with a stored reference or none: the DPO family, RPO, SimPO, cDPO in both forms.
Result<RecipeOutcome> runPreference(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples);
/// Pairs with the reference's whole distribution at every step: TDPO.
Result<RecipeOutcome> runTokenLevel(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples);

// --- shared by the recipes (recipe.cpp)

/// The policy on one pack: forward with log-probabilities, then back.
class PolicyPass {
public:
    PolicyPass(const RecipeInput& input, const Pack& pack);
    /// Final hidden states of the rows that predict completion tokens.
    Result<VocabularyRows> hidden();
    /// log pi of every completion token of the pack.
    Result<std::vector<double>> logp();
    void backward(std::span<const double> dLogp);
    /// From gradients of the hidden states (recipes with their own vocabulary pass).
    void backwardHidden(const at::Tensor& dHidden) { m_pass.backward(dHidden); }

private:
    const RecipeInput& m_input;
    const Pack& m_pack;
    TrainingPass m_pass;
    VocabularyRows m_rows;
    at::Tensor m_logSumExp;
};

/// Hidden states of the frozen model at the same rows.
Result<at::Tensor> referenceHidden(const RecipeInput& input, const Pack& pack);

/// Groups of TRL's per-device batch size.
std::vector<std::vector<std::int64_t>> batchesOf(const std::vector<std::int64_t>& examples,
                                                 int batch);
/// What the pairs of a batch share; `batches` is how many make up the step.
BatchFacts factsOf(const std::vector<TrainExample>& data, const std::vector<std::int64_t>& batch,
                   std::size_t batches);
PackOptions packOptions(const TrainOptions& options);

/// Adds what TRL logs about a pair.
void addPairMetrics(const PairOutcome& pair, const PreferenceOptions& options,
                    RecipeOutcome& outcome);
/// A completion of a pair, from its part of the pack's numbers.
class PairBuffers {
public:
    PairBuffers(const RecipeInput& input, const PackedCompletion& chosen,
                const PackedCompletion& rejected);
    /// `kl` may be empty; so may `reference`: then the stored one is taken where the loss needs
    /// one.
    PairTokens tokens(std::span<const double> logp, std::span<const double> reference = {},
                      std::span<const double> kl = {});

private:
    const RecipeInput& m_input;
    PackedCompletion m_chosen, m_rejected;
    std::vector<double> m_weights[2], m_reference[2];
};

/// What a pair's step has to tell of it; `facts` are those its gradients were scaled by.
RowReport rowReport(std::int64_t example, const PairTokens& tokens, const PairOutcome& pair,
                    const BatchFacts& facts);

at::Tensor toDevice(std::span<const double> values, const VocabularyRows& like);
std::vector<double> toDoubles(const at::Tensor& tensor);

} // namespace crux::engine::train
