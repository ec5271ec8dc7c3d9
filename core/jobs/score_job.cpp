#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/breathing.h"
#include "core/jobs/handlers.h"
#include "core/jobs/registry.h"
#include "core/jobs/score_models.h"
#include "core/jobs/selection.h"
#include "core/jobs/skips.h"
#include "core/jobs/token_rows.h"
#include "core/spec/params.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <optional>

namespace crux::jobs {

namespace {

constexpr double kInteractiveStepMs = 100, kBatchStepMs = 3000;
constexpr std::size_t kFirstBatchTokens = 2048, kFirstInteractiveTokens = 256;

/// A trajectory ready to be scored; `fresh` when its tokens must be stored too.
struct Prepared {
    TrajectoryId id;
    TokenRow tokens;
    bool fresh = false;
};

/// One run of a score job. Owner: runScoreJob.
class ScoreRun {
public:
    explicit ScoreRun(JobContext& context)
        : m_context(context)
        , m_project(context.project)
        , m_stepMs(context.interactive ? kInteractiveStepMs : kBatchStepMs)
        , m_batchTokens(context.interactive ? kFirstInteractiveTokens : kFirstBatchTokens) {}

    Status run() {
        CRUX_TRY(spec, completeSpec("score", m_context.job.spec));
        m_spec = std::move(spec);
        CRUX_TRY_VOID(store::parseFilter(text("where"))); // before anything is added
        CRUX_TRY(before, Registrations::of(m_project));
        Status ready = whileBreathing(
            m_context, [this](const store::Project& project) { return findModels(project); });
        if (ready.ok())
            ready = loadModels();
        if (!ready.ok()) {
            before.takeBackNewer(m_project);
            return ready;
        }
        CRUX_TRY_VOID(addSet());
        CRUX_TRY_VOID(whileBreathing(m_context, [this](const store::Project& project) {
            return chooseTrajectories(project);
        }));
        m_startMs = steadyMs();
        tell(cat("scoring with ", m_set.name));
        while (m_next < m_todo.size() && !m_context.cancel.cancelled()) {
            CRUX_TRY_VOID(step());
            if (m_context.breathe)
                m_context.breathe();
        }
        if (m_context.cancel.cancelled())
            return stopped();
        if (m_done == 0)
            return nothingScored();
        return finish();
    }

private:
    std::string text(const char* key) const { return m_spec.at(key).get<std::string>(); }

    /// Resolves names and folders.
    Status findModels(const store::Project& project) {
        ModelId base;
        if (!text("model").empty()) {
            CRUX_TRY(id, resolveModel(project, text("model")));
            base = id;
        }
        CRUX_TRY(positive, resolveSide(project, text("positive"), base, "positive"));
        CRUX_TRY(negative, resolveSide(project, text("negative"), base, "negative"));
        CRUX_TRY_VOID(sameVocabulary(project, positive.model, negative.model));
        m_set.positiveModel = positive.model;
        m_set.positiveAdapter = positive.adapter;
        m_set.negativeModel = negative.model;
        m_set.negativeAdapter = negative.adapter;
        if (text("policy") == "base")
            m_set.policyModel = base ? base : positive.model;
        m_set.beta = m_spec.at("beta").get<double>();
        m_set.topK = m_spec.at("top_k").get<std::int32_t>();
        m_set.provenance.params = {{"beta", m_set.beta},
                                   {"top_k", m_set.topK},
                                   {"policy", text("policy")},
                                   {"details", m_spec.at("details")}};
        CRUX_TRY(modelRow, store::model(project, positive.model));
        m_model = std::move(modelRow);
        return {};
    }

    Status loadModels() {
        CRUX_TRY(request, contrastOf(m_project, m_context.models, m_set));
        m_request = std::move(request);
        if (m_context.interactive) // it costs a large model a little speed
            m_request.breathe = sparseBreath(m_context);
        if (!m_model.tokenizerHash.empty()) {
            CRUX_TRY(tokenizer, m_context.models.tokenizer(m_project, m_model.id));
            m_tokenizer = std::move(tokenizer);
        }
        return {};
    }

    Result<std::string> nameOf(ModelId model, AdapterId adapter, std::string& hash) {
        CRUX_TRY(row, store::model(m_project, model));
        hash += row.weightsHash;
        if (!adapter)
            return row.name;
        CRUX_TRY(adapterRow, store::adapter(m_project, adapter));
        hash += "+" + adapterRow.hash;
        return adapterRow.name;
    }

    Status addSet() {
        store::Provenance& made = m_set.provenance;
        std::string positiveHash, negativeHash;
        CRUX_TRY(positive, nameOf(m_set.positiveModel, m_set.positiveAdapter, positiveHash));
        CRUX_TRY(negative, nameOf(m_set.negativeModel, m_set.negativeAdapter, negativeHash));
        made.weightsHash = m_model.weightsHash;
        made.adapterHash = positiveHash + " / " + negativeHash;
        made.tokenizerHash = m_model.tokenizerHash;
        const engine::ModelInfo& info = m_request.positive.model->info();
        made.dtype = info.dtype;
        made.device = info.device;
        made.programVersion = crux::kVersion;
        m_set.name = text("score_set");
        if (m_set.name.empty())
            m_set.name = cat(positive, " / ", negative, " / \xCE\xB2 ", m_set.beta);
        m_set.createdMs = nowMs();
        CRUX_TRY(id, store::addScoreSet(m_project, m_set));
        m_set.id = id;
        return {};
    }

    Status chooseTrajectories(const store::Project& project) {
        store::TrajectoryQuery query;
        query.filter = text("where");
        query.scoreSet = m_set.id;
        CRUX_TRY(wanted, store::trajectoryIds(project, query));
        if (!text("dataset").empty()) {
            CRUX_TRY(kept, inDataset(project, text("dataset"), wanted));
            wanted = std::move(kept);
        }
        if (!text("training_set").empty()) {
            CRUX_TRY(kept, inTrainingSet(project, text("training_set"), wanted));
            wanted = std::move(kept);
        }
        CRUX_TRY(todo, store::unscored(project, m_set.id, wanted));
        m_todo = std::move(todo);
        m_total = static_cast<std::int64_t>(wanted.size());
        m_done = m_total - static_cast<std::int64_t>(m_todo.size());
        return {};
    }

    /// Tokens of a row, made or checked; an Error is the reason to skip the row.
    Result<Prepared> prepare(const store::TrajectoryRecord& row) const {
        CRUX_TRY(ready, readyTokens(row, m_model, m_request.positive.model->info(),
                                    m_tokenizer.get(), m_spec.at("retokenize").get<bool>()));
        return Prepared{row.id, std::move(ready.row), ready.fresh};
    }

    void skip(TrajectoryId id, const Error& why, bool hasIds = false) {
        Json fix = Json::object();
        if (why.code == ErrorCode::Mismatch && hasIds)
            fix = {{"action", "score_retokenized"}, {"job_id", m_context.job.id.value}};
        m_skips.addTrajectory(id, why.message, std::move(fix));
    }

    Result<std::vector<Prepared>> nextBatch() {
        std::vector<Prepared> batch;
        std::size_t tokens = 0;
        const double begin = steadyMs(); // long texts, and rows that are all skipped, take time too
        while (m_next < m_todo.size() && (batch.empty() || tokens < m_batchTokens) &&
               steadyMs() - begin < m_stepMs) {
            CRUX_TRY(row, store::trajectory(m_project, m_todo[m_next++]));
            auto ready = prepare(row);
            if (!ready.ok()) {
                skip(row.id, ready.error(), !row.ids.empty());
                continue;
            }
            if (ready->fresh && !ready->tokens.decodesBack)
                addJobEvent(m_context, "warning",
                            cat("The tokens of trajectory ", row.id.value,
                                " do not decode to its exact text; offsets follow the tokenizer."),
                            cat("trajectory ", row.id.value));
            tokens += ready->tokens.ids.size();
            batch.push_back(std::move(*ready));
        }
        return batch;
    }

    /// One batch: prepare, score, write in one transaction.
    Status step() {
        CRUX_TRY(batch, nextBatch());
        if (batch.empty())
            return {};
        std::vector<engine::Ids> sequences;
        std::size_t tokens = 0;
        for (const Prepared& ready : batch) {
            sequences.push_back(ready.tokens.ids);
            tokens += ready.tokens.ids.size();
        }
        const double before = steadyMs();
        CRUX_TRY(facts, scoreWithRetry(m_request, sequences, m_context.cancel,
                                       [](const auto& request, auto some, const auto& cancel) {
                                           return engine::scoreContrast(request, some, cancel);
                                       }));
        adapt(tokens, steadyMs() - before);
        CRUX_TRY_VOID(m_project.write([&] { return save(batch, facts); }));
        for (std::size_t i = 0; i < batch.size(); ++i) {
            m_done += facts[i] ? 1 : 0;
            m_tokens += facts[i] ? sequences[i].size() : 0;
            if (!facts[i])
                skip(batch[i].id, lackOf(sequences[i].size()));
        }
        tell(cat("scored ", m_done, " of ", m_total));
        return {};
    }

    static Error lackOf(std::size_t tokens) {
        return {ErrorCode::OutOfMemory,
                cat("There is not enough memory for its ", tokens,
                    " tokens alone; close other programs, or choose a smaller model or bfloat16."),
                {},
                {}};
    }

    Status save(const std::vector<Prepared>& batch, const ScoredSequences& facts) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (!facts[i])
                continue;
            const Prepared& ready = batch[i];
            if (ready.fresh)
                CRUX_TRY_VOID(store::setTokens(m_project, ready.id, ready.tokens.ids,
                                               ready.tokens.offsets, ready.tokens.promptTokens,
                                               m_model.tokenizerHash));
            const store::AlternativesRecord alternatives = alternativesRow(*facts[i]);
            CRUX_TRY_VOID(store::saveScores(m_project, scoreRow(ready.id, m_set.id, *facts[i]),
                                            alternatives.k > 0 ? &alternatives : nullptr,
                                            m_context.job.id));
        }
        return {};
    }

    /// Batches near the time someone may have to wait, by the rate seen so far.
    void adapt(std::size_t tokens, double elapsedMs) {
        const double rate = static_cast<double>(tokens) / std::max(elapsedMs, 0.1);
        const auto limit = m_spec.at("batch_tokens").get<double>();
        m_batchTokens = static_cast<std::size_t>(std::clamp(rate * m_stepMs, 64.0, limit));
    }

    void tell(const std::string& message) {
        const double seconds = (steadyMs() - m_startMs) / 1000;
        const double rate =
            m_tokens > 0 && seconds > 0 ? static_cast<double>(m_tokens) / seconds : 0;
        m_context.progress(m_done, m_total, message, rate);
    }

    Status stopped() {
        CRUX_TRY_VOID(store::dropEmptyScoreSet(m_project, m_set.id));
        CRUX_TRY(threshold, store::recomputeThreshold(m_project, m_set.id));
        static_cast<void>(threshold);
        return fail(ErrorCode::Cancelled, "The score job was stopped; what is scored stays.");
    }

    /// An empty set would be the newest, and filters and exports would look into it.
    Status nothingScored() {
        CRUX_TRY_VOID(store::dropEmptyScoreSet(m_project, m_set.id));
        m_skips.finish();
        if (m_total == 0)
            return fail(ErrorCode::InvalidArgument,
                        "No trajectory was chosen to be scored: the project, the data set or the "
                        "filter holds none.");
        return fail(ErrorCode::InvalidArgument,
                    cat("None of the ", m_total,
                        " trajectories could be scored; the job's events say why."));
    }

    Status finish() {
        double threshold = 0;
        CRUX_TRY_VOID(whileBreathing(m_context, [&](const store::Project& project) -> Status {
            CRUX_TRY(computed, store::recomputeThreshold(project, m_set.id));
            threshold = computed;
            return {};
        }));
        CRUX_TRY_VOID(
            store::setJobOutputs(m_project, m_context.job.id, {{"score_set", m_set.id.value}}));
        m_skips.finish();
        tell(cat("scored ", m_done, " of ", m_total, m_skips.words()));
        addJobEvent(m_context, "info",
                    cat("Score set \"", m_set.name, "\": ", m_done, " of ", m_total,
                        " trajectories scored, candidates below s = ", threshold, "."),
                    cat("score set ", m_set.id.value));
        return {};
    }

    JobContext& m_context;
    store::Project& m_project;
    const double m_stepMs; ///< how long a step should take
    Json m_spec;
    store::ScoreSetRecord m_set;
    store::ModelRecord m_model;
    engine::ContrastRequest m_request;
    text::TokenizerPtr m_tokenizer; // nullptr: the folder has none
    std::vector<TrajectoryId> m_todo;
    std::size_t m_next = 0, m_batchTokens, m_tokens = 0;
    std::int64_t m_total = 0, m_done = 0;
    Skips m_skips{m_context, "trajectories", "scored"};
    double m_startMs = 0;
};

} // namespace

Status runScoreJob(JobContext& context) {
    return ScoreRun(context).run();
}

} // namespace crux::jobs
