// The loop that all methods share: order, packs, recipe, clip, optimiser, schedule, checkpoints.
#include "core/base/clock.h"
#include "core/base/rng.h"
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/train/checkpoint.h"
#include "core/engine/train/optimizer.h"
#include "core/engine/train/recipe.h"
#include "core/engine/train/reference.h"
#include "core/engine/train/training_checks.h"
#include "core/engine/train/training_plan.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace crux::engine::train {

namespace {

class LoadedTrainer : public Trainer {
public:
    LoadedTrainer(std::shared_ptr<LoadedModel> base, TrainOptions options,
                  std::vector<TrainExample> training, std::vector<TrainExample> evaluation,
                  std::unique_ptr<TrainableModel> model)
        : m_original(std::move(base))
        , m_options(std::move(options))
        , m_training(std::move(training))
        , m_evaluation(std::move(evaluation))
        , m_model(std::move(model))
        , m_optimizer(m_model->parameters(), m_options)
        , m_order(static_cast<std::int64_t>(m_training.size()),
                  std::int64_t{m_options.batch} * m_options.accumulation, m_options.shuffle,
                  m_options.seed) {
        m_total = m_options.maxSteps > 0 ? m_options.maxSteps : m_order.stepsOf(m_options.epochs);
        m_rate.peak = m_options.learningRate;
        m_rate.decay = m_options.decay;
        m_rate.totalSteps = m_total;
        m_rate.warmupSteps = m_options.warmupSteps > 0
                                 ? m_options.warmupSteps
                                 : static_cast<std::int64_t>(std::ceil(
                                       m_options.warmupRatio * static_cast<double>(m_total)));
        m_fingerprint =
            fingerprintOf(m_options, m_training, m_evaluation, m_original->info().dtype, m_total);
    }

    TrainPlan plan() const override {
        return planOf(*m_model, m_options, m_training, m_order.stepsPerEpoch(), m_total);
    }
    std::int64_t stepsDone() const override { return m_optimizer.steps(); }
    std::int64_t totalSteps() const override { return m_total; }
    const std::string& fingerprint() const override { return m_fingerprint; }

    Status prepareReference(const Path& cache, const CancelToken& cancel,
                            const PrepareProgress& progress) override {
        const PairLoss loss = m_options.preference.loss;
        if (m_options.supervised || !needsReference(loss) || needsKl(loss) || m_haveReference)
            return {};
        return guarded("cannot compute the reference", [&]() -> Status {
            const ModelRef frozen{m_original, m_model->referenceAdapter()};
            const auto part = [&](const std::vector<TrainExample>& data,
                                  ReferenceLogp& to) -> Status {
                if (data.empty())
                    return {};
                const std::string key = referenceKey(m_options, data, m_original->info().dtype);
                CRUX_TRY(made, referenceLogp(frozen, data, cache, key, cancel, progress));
                to = std::move(made);
                return {};
            };
            CRUX_TRY_VOID(part(m_training, m_reference));
            CRUX_TRY_VOID(part(m_evaluation, m_evaluationReference));
            m_haveReference = true;
            return {};
        });
    }

    Result<StepReport> step(const CancelToken& cancel) override {
        CRUX_TRY_VOID(prepareReference({}, cancel, {}));
        return guarded("the training step failed",
                       [&]() -> Result<StepReport> { return oneStep(cancel); });
    }

    Result<EvalReport> evaluate(const CancelToken& cancel) override {
        if (m_evaluation.empty())
            return fail(ErrorCode::InvalidArgument, "the run has no evaluation examples");
        CRUX_TRY_VOID(prepareReference({}, cancel, {}));
        return guarded("the evaluation failed", [&]() -> Result<EvalReport> {
            const ComputeScope scope(m_original->threads());
            std::vector<std::int64_t> all(m_evaluation.size());
            std::iota(all.begin(), all.end(), std::int64_t{0});
            CRUX_TRY(outcome, runRecipe({*m_model, m_options, m_evaluation, m_evaluationReference,
                                         false, 0, cancel},
                                        all));
            // Batches may differ in size (the last one): their mean is over pairs.
            EvalReport report;
            report.loss = outcome.loss;
            if (!m_options.supervised) {
                report.loss = 0;
                for (const RowReport& row : outcome.rows)
                    report.loss += row.loss;
                report.loss /= static_cast<double>(outcome.rows.size());
            }
            report.metrics = outcome.finish();
            return report;
        });
    }

    Status save(const Path& folder, const Json& extra) const override {
        return guarded("the checkpoint could not be written", [&]() -> Status {
            const ComputeScope scope(m_original->threads());
            return writeCheckpoint(folder, *m_model, m_optimizer, m_options,
                                   {m_optimizer.steps(), m_fingerprint, extra});
        });
    }

    Result<Json> restore(const Path& folder) override {
        return guarded("the checkpoint could not be read", [&]() -> Result<Json> {
            const ComputeScope scope(m_original->threads());
            CRUX_TRY(state, readCheckpoint(folder, *m_model, m_optimizer, m_fingerprint));
            return state.extra;
        });
    }

private:
    Result<RecipeOutcome> runRecipe(const RecipeInput& input,
                                    const std::vector<std::int64_t>& examples) const {
        if (m_options.supervised)
            return runSupervised(input, examples);
        if (needsKl(m_options.preference.loss))
            return runTokenLevel(input, examples);
        return runPreference(input, examples);
    }

    Result<StepReport> oneStep(const CancelToken& cancel) {
        const ComputeScope scope(m_original->threads());
        const double before = steadyMs();
        const std::int64_t number = m_optimizer.steps();
        StepReport report;
        report.examples = m_order.at(number);
        m_model->zeroGradients();
        CRUX_TRY(outcome,
                 runRecipe({*m_model, m_options, m_training, m_reference, true,
                            hashPath(cat("train/dropout/", m_options.seed, "/", number)), cancel},
                           report.examples));
        report.loss = outcome.loss;
        report.metrics = outcome.finish();
        report.rows = std::move(outcome.rows);
        report.tokens = outcome.tokens;
        report.lossTokens = outcome.lossTokens;
        report.gradNorm = clipGradients(m_model->parameters(), m_options.clipNorm);
        report.learningRate = m_rate.at(number);
        report.finite = std::isfinite(report.loss) && std::isfinite(report.gradNorm);
        if (report.finite) {
            m_optimizer.step(m_model->parameters(), report.learningRate);
            m_model->refresh();
        }
        report.step = m_optimizer.steps();
        report.epoch = m_order.epochAfter(report.step);
        report.seconds = (steadyMs() - before) / 1000;
        return report;
    }

    // constant after construction
    std::shared_ptr<LoadedModel> m_original;
    TrainOptions m_options;
    std::vector<TrainExample> m_training, m_evaluation;
    // the run's state
    std::unique_ptr<TrainableModel> m_model;
    AdamW m_optimizer;
    ExampleOrder m_order;
    LearningRate m_rate;
    std::int64_t m_total = 0;
    std::string m_fingerprint;
    ReferenceLogp m_reference, m_evaluationReference;
    bool m_haveReference = false;
};

} // namespace

Result<std::unique_ptr<Trainer>> Trainer::make(std::shared_ptr<Model> base, TrainOptions options,
                                               std::vector<TrainExample> training,
                                               std::vector<TrainExample> evaluation) {
    return guarded(
        "the training run could not be prepared", [&]() -> Result<std::unique_ptr<Trainer>> {
            CRUX_TRY(loaded, asLoaded({base, -1}));
            CRUX_TRY_VOID(checkOptions(options));
            CRUX_TRY_VOID(checkExamples(loaded->info(), options, training));
            if (!evaluation.empty())
                CRUX_TRY_VOID(checkExamples(loaded->info(), options, evaluation));
            const ComputeScope scope(loaded->threads());
            // A fixed count: the pool of another call must not change the sums.
            at::set_num_threads(loaded->threads());
            auto model = options.allParameters ? TrainableModel::withAll(loaded)
                                               : TrainableModel::withLora(loaded, options);
            if (!model.ok())
                return fail(model.error());
            return std::unique_ptr<Trainer>(std::make_unique<LoadedTrainer>(
                std::move(loaded), std::move(options), std::move(training), std::move(evaluation),
                std::move(model).value()));
        });
}

} // namespace crux::engine::train
