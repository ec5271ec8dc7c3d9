#include "core/engine/train/recipe.h"

#include <torch/torch.h>

#include <algorithm>

namespace crux::engine::train {

namespace {

PassOptions passOptions(const RecipeInput& input, const Pack& pack) {
    PassOptions options;
    options.backward = input.backward;
    options.recompute = input.options.checkpointing;
    options.dropout = input.backward ? input.model.dropout() : 0; // evaluation drops nothing
    options.dropoutKey = input.dropoutKey;
    options.rowKeys = pack.rowKeys;
    return options;
}

at::Tensor rowsOf(const RecipeInput& input, const Pack& pack) {
    return onDevice(pack.rows, input.model.base().device());
}

std::vector<double> part(std::span<const double> all, const PackedCompletion& completion) {
    const auto some = all.subspan(static_cast<std::size_t>(completion.begin),
                                  static_cast<std::size_t>(completion.count));
    return {some.begin(), some.end()};
}

std::span<const double> slice(std::span<const double> all, const PackedCompletion& completion) {
    return all.empty() ? all
                       : all.subspan(static_cast<std::size_t>(completion.begin),
                                     static_cast<std::size_t>(completion.count));
}

} // namespace

std::vector<std::pair<std::string, double>> RecipeOutcome::finish() const {
    std::vector<std::pair<std::string, double>> means;
    for (const auto& [name, sum] : metrics)
        means.emplace_back(name, sum / static_cast<double>(std::max<std::int64_t>(count, 1)));
    return means;
}

PolicyPass::PolicyPass(const RecipeInput& input, const Pack& pack)
    : m_input(input)
    , m_pack(pack)
    , m_pass(input.model, pack.batch, passOptions(input, pack)) {}

Result<VocabularyRows> PolicyPass::hidden() {
    CRUX_TRY(residual, m_pass.forward(m_input.cancel));
    m_rows.hidden = m_pass.finalNorm(residual, rowsOf(m_input, m_pack));
    m_rows.head = m_input.model.widened(m_input.model.base().weights().head);
    m_rows.targets = at::tensor(m_pack.targets, at::kInt).to(residual.device(), at::kLong);
    return m_rows;
}

Result<std::vector<double>> PolicyPass::logp() {
    CRUX_TRY(rows, hidden());
    const TokenLogp made = tokenLogp(rows);
    m_logSumExp = made.logSumExp;
    return toDoubles(made.logp);
}

void PolicyPass::backward(std::span<const double> dLogp) {
    m_pass.backward(tokenLogpBackward(m_rows, m_logSumExp, toDevice(dLogp, m_rows),
                                      m_input.model.gradient(m_input.model.head())));
}

Result<at::Tensor> referenceHidden(const RecipeInput& input, const Pack& pack) {
    PassOptions options;
    options.side = Side::Reference;
    TrainingPass pass(input.model, pack.batch, options);
    CRUX_TRY(residual, pass.forward(input.cancel));
    return pass.finalNorm(residual, rowsOf(input, pack));
}

std::vector<std::vector<std::int64_t>> batchesOf(const std::vector<std::int64_t>& examples,
                                                 int batch) {
    std::vector<std::vector<std::int64_t>> batches;
    const auto size = static_cast<std::size_t>(batch);
    for (std::size_t i = 0; i < examples.size(); i += size)
        batches.emplace_back(examples.begin() + static_cast<std::ptrdiff_t>(i),
                             examples.begin() +
                                 static_cast<std::ptrdiff_t>(std::min(i + size, examples.size())));
    return batches;
}

BatchFacts factsOf(const std::vector<TrainExample>& data, const std::vector<std::int64_t>& batch,
                   std::size_t batches) {
    BatchFacts facts;
    facts.pairs = static_cast<std::int64_t>(batch.size());
    facts.share = 1.0 / static_cast<double>(batches);
    for (const std::int64_t index : batch) {
        const TrainExample& example = data[static_cast<std::size_t>(index)];
        facts.chosenTokens += example.chosen.completionTokens();
        for (const TrainSequence* sequence : {&example.chosen, &example.rejected})
            facts.mostPositions =
                std::max(facts.mostPositions, static_cast<std::int64_t>(sequence->ids.size()) - 1);
    }
    return facts;
}

PackOptions packOptions(const TrainOptions& options) {
    return {options.packTokens, options.sharePrompts, !options.supervised};
}

void addPairMetrics(const PairOutcome& pair, const PreferenceOptions& options,
                    RecipeOutcome& outcome) {
    ++outcome.count;
    outcome.add("rewards/chosen", pair.rewardChosen);
    outcome.add("rewards/rejected", pair.rewardRejected);
    outcome.add("rewards/margins", pair.rewardChosen - pair.rewardRejected);
    outcome.add("rewards/accuracies", pair.rewardChosen > pair.rewardRejected ? 1 : 0);
    outcome.add("logps/chosen", pair.logpChosen);
    outcome.add("logps/rejected", pair.logpRejected);
    if (options.alphaNll != 0)
        outcome.add("nll_loss", pair.nll);
}

PairBuffers::PairBuffers(const RecipeInput& input, const PackedCompletion& chosen,
                         const PackedCompletion& rejected)
    : m_input(input)
    , m_chosen(chosen)
    , m_rejected(rejected) {
    const auto example = static_cast<std::size_t>(chosen.example);
    const auto widen = [](const std::vector<float>& from) {
        return std::vector<double>(from.begin(), from.end());
    };
    m_weights[0] = widen(input.data[example].chosen.weights);
    m_weights[1] = widen(input.data[example].rejected.weights);
    if (example < input.reference.chosen.size()) {
        m_reference[0] = widen(input.reference.chosen[example]);
        m_reference[1] = widen(input.reference.rejected[example]);
    }
}

PairTokens PairBuffers::tokens(std::span<const double> logp, std::span<const double> reference,
                               std::span<const double> kl) {
    if (!reference.empty()) {
        m_reference[0] = part(reference, m_chosen);
        m_reference[1] = part(reference, m_rejected);
    }
    const TrainExample& example = m_input.data[static_cast<std::size_t>(m_chosen.example)];
    return {{slice(logp, m_chosen), m_reference[0], m_weights[0], slice(kl, m_chosen),
             example.chosen.promptTokens},
            {slice(logp, m_rejected), m_reference[1], m_weights[1], slice(kl, m_rejected),
             example.rejected.promptTokens}};
}

namespace {

std::vector<float> narrowed(std::span<const double> values, double scale = 1) {
    std::vector<float> made;
    made.reserve(values.size());
    for (const double value : values)
        made.push_back(static_cast<float>(scale * value));
    return made;
}

} // namespace

RowReport rowReport(std::int64_t example, const PairTokens& tokens, const PairOutcome& pair,
                    const BatchFacts& facts) {
    RowReport report;
    report.example = example;
    report.loss = pair.loss;
    report.rewardChosen = pair.rewardChosen;
    report.rewardRejected = pair.rewardRejected;
    // The gradients are those of share / pairs times the row's loss.
    const double scale = static_cast<double>(facts.pairs) / facts.share;
    report.chosen = {narrowed(tokens.chosen.policy), narrowed(tokens.chosen.reference),
                     narrowed(pair.chosen.logp, scale)};
    report.rejected = {narrowed(tokens.rejected.policy), narrowed(tokens.rejected.reference),
                       narrowed(pair.rejected.logp, scale)};
    return report;
}

at::Tensor toDevice(std::span<const double> values, const VocabularyRows& like) {
    return at::tensor(at::ArrayRef<double>(values.data(), values.size()), at::kDouble)
        .to(like.hidden.device(), wideType(like.hidden.scalar_type()));
}

std::vector<double> toDoubles(const at::Tensor& tensor) {
    return toHost<double>(tensor, at::kDouble);
}

} // namespace crux::engine::train
