// The train job: rows -> trainer -> metrics, events, checkpoints -> a registered adapter or model.
// Resumable at any point: the newest complete checkpoint of the run's folder is where it goes on,
// and on a CPU what comes out is bit for bit what an uninterrupted run gives.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/handlers.h"
#include "core/jobs/registry.h"
#include "core/jobs/run_folder.h"
#include "core/jobs/run_watch.h"
#include "core/jobs/step_keeper.h"
#include "core/jobs/train_base.h"
#include "core/jobs/train_data.h"
#include "core/jobs/train_probe.h"
#include "core/spec/params.h"
#include "core/store/job_ends.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace crux::jobs {

namespace {

using engine::train::StepReport;
using engine::train::Trainer;

constexpr double kFlushMs = 500;

/// One run of a train job. Owner: runTrainJob.
class TrainRun {
public:
    explicit TrainRun(JobContext& context)
        : m_context(context)
        , m_project(context.project)
        , m_folder({}) {}

    Status run() {
        CRUX_TRY(spec, completeSpec("train", m_context.job.spec));
        m_spec = std::move(spec);
        CRUX_TRY(base, openTrainBase(m_project, m_context.models, m_spec));
        m_base = std::move(base);
        CRUX_TRY_VOID(openData());
        CRUX_TRY_VOID(makeTrainer());
        CRUX_TRY_VOID(goOn());
        CRUX_TRY_VOID(prepareReference());
        const Status trained = train();
        CRUX_TRY_VOID(flush());
        if (!trained.ok())
            return trained;
        return finish();
    }

private:
    std::string text(const char* key) const { return m_spec.at(key).get<std::string>(); }
    std::int64_t number(const char* key) const { return m_spec.at(key).get<std::int64_t>(); }
    bool flag(const char* key) const { return m_spec.at(key).get<bool>(); }
    static Failure stopped() {
        return fail(ErrorCode::Cancelled, "The training job was stopped; its checkpoint stays.");
    }

    Status openData() {
        m_context.progress(0, 0, "reading the training data", 0);
        CRUX_TRY(data, trainData(m_project, m_spec, m_base.model->info(), m_base.tokenizer.get()));
        CRUX_TRY_VOID(checkScores(data));
        const auto evaluation = static_cast<std::size_t>(number("eval_rows"));
        if (evaluation >= data.rows.size())
            return fail(ErrorCode::InvalidArgument,
                        cat("Evaluation would take ", evaluation, " of the ", data.rows.size(),
                            " rows of \"", data.name, "\"; lower eval_rows."));
        const auto split = data.rows.end() - static_cast<std::ptrdiff_t>(evaluation);
        m_evaluation.assign(std::make_move_iterator(split),
                            std::make_move_iterator(data.rows.end()));
        data.rows.erase(split, data.rows.end());
        m_data = std::move(data);
        return {};
    }

    /// s_t of another base, or of this one before its files changed, weigh the wrong thing.
    Status checkScores(const TrainData& data) const {
        if (data.scoreSet.empty())
            return {};
        CRUX_TRY(sets, store::scoreSets(m_project));
        for (const store::ScoreSetRecord& set : sets)
            if (set.name == data.scoreSet && set.positiveModel == m_base.row.id &&
                set.provenance.weightsHash != m_base.row.weightsHash)
                return fail(ErrorCode::Mismatch,
                            cat("The scores \"", set.name,
                                "\" were computed with other weights of ", m_base.row.name,
                                " than its folder holds now; score again."),
                            m_base.row.path);
        return {};
    }

    Status makeTrainer() {
        CRUX_TRY(trainer, Trainer::make(m_base.model, m_base.options(m_spec), m_data.rows,
                                        std::move(m_evaluation)));
        m_trainer = std::move(trainer);
        m_evaluates = number("eval_rows") > 0;
        m_total = m_trainer->totalSteps();
        m_keeper =
            std::make_unique<StepKeeper>(m_data, m_base.row.tokenizerHash, text("method") != "sft",
                                         number("eval_rows"), number("token_rows"), m_total);
        CRUX_TRY_VOID(store::saveRunData(m_project, m_context.job.id, m_keeper->runData()));
        const Path folder = text("output");
        m_folder = RunFolder(folder.empty() ? defaultRunFolder(m_project.file(), m_context.job.id)
                                            : folder);
        CRUX_TRY_VOID(
            store::setJobUnit(m_project, m_context.job.id, "steps", m_base.model->info().device));
        const engine::train::TrainPlan plan = m_trainer->plan();
        addJobEvent(m_context, "info",
                    cat("Training on \"", m_data.name, "\": ", m_data.sentence(), ", ", plan.steps,
                        " steps, ", plan.trainedParameters, " parameters in ",
                        m_base.model->info().dtype, ", about ", plan.totalBytes() / (1 << 20),
                        " MiB."));
        return {};
    }

    /// Takes up the newest complete checkpoint, if the run's folder has one.
    Status goOn() {
        m_folder.removeLeftovers();
        std::vector<std::int64_t> steps = m_folder.complete();
        while (!steps.empty()) {
            const auto state = m_trainer->restore(m_folder.checkpoint(steps.back()));
            if (state.ok()) {
                takeState(*state);
                addJobEvent(m_context, "info", cat("Goes on from step ", steps.back(), "."));
                return {};
            }
            if (state.error().code == ErrorCode::Mismatch)
                return fail(state.error());
            addJobEvent(m_context, "warning", state.error().message,
                        m_folder.checkpoint(steps.back()).string());
            steps.pop_back();
        }
        return {};
    }

    void takeState(const Json& state) {
        m_watch.restore(state.value("watch", Json()));
        m_bestStep = state.value("best_step", std::int64_t{-1});
        if (m_bestStep >= 0)
            m_bestLoss = state.value("best_loss", m_bestLoss);
        m_tokens = state.value("tokens", std::int64_t{0});
        m_lastLoss = state.value("loss", 0.0);
    }

    Json state() const {
        Json made{{"watch", m_watch.state()},
                  {"best_step", m_bestStep},
                  {"tokens", m_tokens},
                  {"loss", m_lastLoss}};
        if (m_bestStep >= 0)
            made["best_loss"] = m_bestLoss;
        return made;
    }

    Status prepareReference() {
        return m_trainer->prepareReference(
            m_folder.path(), m_context.cancel, [this](std::int64_t done, std::int64_t total) {
                m_context.progress(m_trainer->stepsDone(), m_total,
                                   cat("reference log-probabilities, ", done, " of ", total), 0);
                // What is computed is kept: a death from here on is another one.
                static_cast<void>(
                    store::forgetCrashes(m_project, m_context.job.id, "Part of its work is kept."));
                if (m_context.breathe)
                    m_context.breathe();
            });
    }

    Status train() {
        m_startMs = m_flushedMs = steadyMs();
        while (m_trainer->stepsDone() < m_total) {
            if (m_context.cancel.cancelled()) {
                CRUX_TRY_VOID(save());
                return stopped();
            }
            // A step that was begun is finished: its own token, never cancelled.
            CRUX_TRY(report, m_trainer->step({}));
            CRUX_TRY_VOID(watch(report));
            CRUX_TRY_VOID(keepStep(report));
            const bool last = report.step == m_total;
            if (m_evaluates && (last || report.step % number("eval_steps") == 0))
                CRUX_TRY_VOID(evaluate(report.step));
            if (last || report.step % number("save_steps") == 0)
                CRUX_TRY_VOID(save());
            if (m_context.breathe)
                m_context.breathe();
        }
        return {};
    }

    Status watch(const StepReport& report) {
        const std::vector<RunAlert> alerts = m_watch.look(report);
        for (const RunAlert& alert : alerts)
            keepAlert(alert);
        m_keeper->take(report, !alerts.empty());
        if (report.finite)
            return {};
        m_pending.push_back(
            {report.step + 1, nowMs(), {{"loss", report.loss}, {"grad_norm", report.gradNorm}}});
        CRUX_TRY_VOID(flush());
        // The same rows would give the same again: what is good is kept, and the run ends.
        CRUX_TRY_VOID(save());
        return fail(ErrorCode::InvalidArgument,
                    cat("Training stopped at step ", report.step + 1,
                        ": loss or gradient is not a number; the state before it is saved. Lower "
                        "the learning rate and start again, or go on from that adapter."));
    }

    /// An event that names its step: a flag on the curves, a way to the rows behind it.
    void keepAlert(const RunAlert& alert) {
        addJobEvent(m_context, alert.level, alert.sentence, alert.kind,
                    {{"action", "open_step"}, {"step", alert.step}},
                    dumpJson({{"step", alert.step}}));
    }

    /// Metrics are written in batches; what a kill loses of them is computed again on resuming.
    Status keepStep(const StepReport& report) {
        m_tokens += report.tokens;
        m_stepTokens += report.tokens;
        std::vector<std::pair<std::string, double>> values{
            {"loss", report.loss},
            {"grad_norm", report.gradNorm},
            {"learning_rate", report.learningRate},
            {"epoch", report.epoch},
            {"num_tokens", static_cast<double>(m_tokens)},
            {"tokens_per_second",
             static_cast<double>(report.tokens) / std::max(report.seconds, 1e-6)}};
        values.insert(values.end(), report.metrics.begin(), report.metrics.end());
        m_pending.push_back({report.step, nowMs(), std::move(values)});
        m_lastLoss = report.loss;
        char words[160];
        std::snprintf(words, sizeof words, "step %lld of %lld, epoch %.2f, loss %.4f",
                      static_cast<long long>(report.step), static_cast<long long>(m_total),
                      report.epoch, report.loss);
        const double seconds = (steadyMs() - m_startMs) / 1000;
        m_context.progress(report.step, m_total, words,
                           seconds > 0 ? static_cast<double>(m_stepTokens) / seconds : 0);
        return steadyMs() - m_flushedMs >= kFlushMs ? flush() : Status();
    }

    Status flush() {
        m_flushedMs = steadyMs();
        const auto write = [this]() -> Status {
            for (const auto& [step, timeMs, values] : m_pending)
                CRUX_TRY_VOID(
                    store::addMetricsAt(m_project, m_context.job.id, step, timeMs, values));
            return m_keeper->write(m_project, m_context.job.id);
        };
        CRUX_TRY_VOID(m_project.write(write));
        m_pending.clear();
        m_keeper->clear();
        const engine::DeviceMemory memory = engine::deviceMemory(m_base.model->info().device);
        return store::setJobMemory(m_project, m_context.job.id, memory.nowBytes, memory.peakBytes);
    }

    Status evaluate(std::int64_t step) {
        CRUX_TRY(report, m_trainer->evaluate({}));
        std::vector<std::pair<std::string, double>> values{{"eval_loss", report.loss}};
        for (const auto& [name, value] : report.metrics)
            values.emplace_back("eval_" + name, value);
        m_pending.push_back({step, nowMs(), std::move(values)});
        m_lastEvaluation = report.loss;
        if (flag("keep_best") && report.loss < m_bestLoss) {
            m_bestLoss = report.loss;
            m_bestStep = step;
            return save();
        }
        return {};
    }

    Status save() {
        const std::int64_t step = m_trainer->stepsDone();
        CRUX_TRY_VOID(flush());
        if (step == m_savedStep)
            return {};
        const Path folder = m_folder.checkpoint(step);
        const Status written = m_trainer->save(folder, state());
        if (!written.ok() && written.error().code == ErrorCode::DiskFull) {
            addJobEvent(m_context, "error",
                        cat("The disk is full: ", written.error().message,
                            "; the job pauses, the last checkpoint is whole. Free some space, then "
                            "resume."));
            CRUX_TRY_VOID(store::requestPause(m_project, m_context.job.id));
            return stopped();
        }
        CRUX_TRY_VOID(written);
        m_savedStep = step;
        store::CheckpointRecord record;
        record.jobId = m_context.job.id;
        record.step = step;
        record.path = folder.string();
        record.hash = m_trainer->fingerprint();
        record.best = step == m_bestStep;
        std::error_code code;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, code))
            if (entry.is_regular_file(code))
                record.sizeBytes += static_cast<std::int64_t>(entry.file_size(code));
        CRUX_TRY(id, store::saveCheckpoint(m_project, record));
        static_cast<void>(id);
        return prune();
    }

    /// Keeps the last few and the best; rows of the others are marked, their folders go.
    Status prune() {
        std::vector<std::int64_t> steps = m_folder.complete();
        const auto keep = static_cast<std::size_t>(number("keep_last"));
        CRUX_TRY(rows, store::checkpoints(m_project, m_context.job.id));
        for (std::size_t i = 0; i + keep < steps.size(); ++i) {
            if (steps[i] == m_bestStep)
                continue;
            m_folder.remove(steps[i]);
            for (const store::CheckpointRecord& row : rows)
                if (row.step == steps[i] && !row.deleted)
                    CRUX_TRY_VOID(store::setCheckpointDeleted(m_project, row.id));
        }
        return {};
    }

    std::string role() const {
        if (text("role") != "auto")
            return text("role");
        return m_data.kind == "sft_pos"   ? "positive"
               : m_data.kind == "sft_neg" ? "negative"
                                          : "policy";
    }

    std::string name() const {
        return !text("name").empty()
                   ? text("name")
                   : cat(role() == "policy" ? text("method") : role(), " ", m_context.job.id.value);
    }

    /// The result is the best evaluated step, else the last.
    Status finish() {
        const bool best = m_bestStep >= 0 && flag("keep_best");
        const std::int64_t step = best ? m_bestStep : m_total;
        const bool all = trainsAll();
        const Path result = m_folder.path() / (all ? "model" : "adapter");
        CRUX_TRY_VOID(engine::train::exportCheckpoint(m_folder.checkpoint(step), result));
        AdapterId adapter;
        if (all) {
            CRUX_TRY(id, registerModel(m_project, result, name()));
            CRUX_TRY_VOID(store::setJobOutputs(m_project, m_context.job.id, {{"model", id.value}}));
        } else {
            CRUX_TRY(id, registerAdapter(m_project, result, m_base.row.id, role(), name(),
                                         m_base.start.id));
            adapter = id;
            CRUX_TRY_VOID(
                store::setJobOutputs(m_project, m_context.job.id, {{"adapter", id.value}}));
        }
        CRUX_TRY(rows, store::checkpoints(m_project, m_context.job.id));
        for (store::CheckpointRecord& row : rows)
            if (row.step == step) {
                row.adapterId = adapter;
                CRUX_TRY(id, store::saveCheckpoint(m_project, row));
                static_cast<void>(id);
            }
        std::string words = cat("trained ", m_total, " steps, loss ", m_lastLoss);
        if (best)
            words += cat(", best eval_loss ", m_bestLoss, " at step ", m_bestStep);
        const double seconds = (steadyMs() - m_startMs) / 1000;
        m_context.progress(m_total, m_total, words,
                           seconds > 0 ? static_cast<double>(m_stepTokens) / seconds : 0);
        addJobEvent(
            m_context, "info",
            cat("The ", all ? "model" : "adapter", " \"", name(), "\" was made: ", words, "."),
            result.string());
        return {};
    }
    bool trainsAll() const { return text("trained") == "all"; }

    JobContext& m_context;
    store::Project& m_project;
    Json m_spec;
    TrainBase m_base;
    TrainData m_data;
    std::vector<engine::train::TrainExample> m_evaluation;
    std::unique_ptr<Trainer> m_trainer;
    std::unique_ptr<StepKeeper> m_keeper;
    RunFolder m_folder;
    RunWatch m_watch;
    bool m_evaluates = false;
    std::int64_t m_total = 0, m_tokens = 0, m_stepTokens = 0;
    std::int64_t m_bestStep = -1, m_savedStep = -1;
    double m_bestLoss = std::numeric_limits<double>::infinity(), m_lastLoss = 0;
    double m_lastEvaluation = 0, m_startMs = 0, m_flushedMs = 0;
    struct Logged {
        std::int64_t step = 0, timeMs = 0;
        std::vector<std::pair<std::string, double>> values;
    };
    std::vector<Logged> m_pending;
};

} // namespace

Status runTrainJob(JobContext& context) {
    return TrainRun(context).run();
}

} // namespace crux::jobs
