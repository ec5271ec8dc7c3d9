// The search job: trajectories -> rollouts -> critical tokens. Several trajectories are searched at
// once, so that batches are full; rollouts are stored every second, verdicts one by one.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/breathing.h"
#include "core/jobs/handlers.h"
#include "core/jobs/registry.h"
#include "core/jobs/search_imported.h"
#include "core/jobs/search_pool.h"
#include "core/jobs/selection.h"
#include "core/jobs/token_rows.h"
#include "core/spec/params.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <optional>

namespace crux::jobs {

namespace {

constexpr std::int64_t kMaxSkipEvents = 100;
constexpr std::size_t kMostActive = 64;
constexpr std::size_t kTagsAtOnce = 500;

/// One run of a search job. Owner: runSearchJob.
class SearchRun {
public:
    explicit SearchRun(JobContext& context)
        : m_context(context)
        , m_project(context.project) {}

    Status run() {
        CRUX_TRY(spec, completeSpec("search", m_context.job.spec));
        m_spec = std::move(spec);
        m_options = searchOptions(m_spec);
        if (m_options.imported)
            return runImportedSearch(m_context, m_spec, m_options);
        CRUX_TRY_VOID(store::parseFilter(text("where"))); // before anything is added
        CRUX_TRY(before, Registrations::of(m_project));
        Status ready = whileBreathing(
            m_context, [this](const store::Project& project) { return findModel(project); });
        if (ready.ok())
            ready = openModel();
        if (!ready.ok()) {
            before.takeBackNewer(m_project);
            return ready;
        }
        CRUX_TRY_VOID(addRows());
        CRUX_TRY_VOID(chooseTrajectories());
        openPool();
        m_startMs = steadyMs();
        tell();
        CRUX_TRY_VOID(m_pool->run(m_context.cancel));
        if (m_context.cancel.cancelled())
            return fail(ErrorCode::Cancelled,
                        "The search was stopped; its rollouts and verdicts so far stay.");
        return finish();
    }

private:
    std::string text(const char* key) const { return m_spec.at(key).get<std::string>(); }

    Status findModel(const store::Project& project) {
        CRUX_TRY(id, searchModel(project, text("model")));
        if (!text("adapter").empty()) {
            CRUX_TRY(choice, resolveSide(project, text("adapter"), id, "policy"));
            if (!choice.adapter)
                return fail(ErrorCode::InvalidArgument,
                            cat("\"", text("adapter"),
                                "\" is a whole model, not an adapter; name "
                                "it as the search's model."));
            m_adapterId = choice.adapter;
            CRUX_TRY(adapter, store::adapter(project, m_adapterId));
            m_adapterHash = adapter.hash;
        }
        CRUX_TRY(row, store::model(project, id));
        m_modelRow = std::move(row);
        return {};
    }

    Status openModel() {
        CRUX_TRY(model, m_context.models.model(m_project, m_modelRow.id, m_adapterId));
        CRUX_TRY(tokenizer, m_context.models.tokenizer(m_project, m_modelRow.id));
        m_model = model;
        m_tokenizer = std::move(tokenizer);
        // The texts of rollouts are read by the window, which has no model.
        return saveVocabularyOf(m_project, *m_tokenizer, m_modelRow.tokenizerHash);
    }

    Status addRows() {
        const engine::ModelInfo& info = m_model.model->info();
        store::Provenance made{m_modelRow.weightsHash,
                               m_adapterHash,
                               m_modelRow.tokenizerHash,
                               m_options.rolloutParams(),
                               m_options.sampling.seed,
                               info.dtype,
                               info.device,
                               crux::kVersion};
        CRUX_TRY(set, store::addRolloutSet(m_project, made));
        made.params = m_options.searchParams();
        CRUX_TRY(search, store::addSearch(m_project, made));
        m_rows = {set, search, m_context.job.id};
        return {};
    }

    Status chooseTrajectories() {
        std::vector<TrajectoryId> done;
        CRUX_TRY_VOID(whileBreathing(m_context, [&](const store::Project& project) -> Status {
            CRUX_TRY(wanted, searchSelection(project, m_spec));
            CRUX_TRY(todo, store::unsearched(project, m_rows.search, m_options.method, wanted));
            m_total = std::ssize(wanted);
            m_todo = std::move(todo);
            auto open = m_todo.begin(); // in the order of `wanted`
            for (const TrajectoryId id : wanted) {
                if (open != m_todo.end() && *open == id)
                    ++open;
                else
                    done.push_back(id);
            }
            return {};
        }));
        m_done = std::ssize(done);
        m_taken.assign(m_todo.size(), false);
        return tagDone(done);
    }

    /// Verdicts that are there already belong to this job's answer too.
    Status tagDone(const std::vector<TrajectoryId>& done) {
        for (std::size_t begin = 0; begin < done.size(); begin += kTagsAtOnce) {
            const std::size_t end = std::min(begin + kTagsAtOnce, done.size());
            const auto tag = [&]() -> Status {
                for (std::size_t i = begin; i < end; ++i)
                    CRUX_TRY_VOID(store::tagFindings(m_project, m_rows.search, m_options.method,
                                                     done[i], m_rows.job));
                return {};
            };
            CRUX_TRY_VOID(m_project.write(tag));
            breathe();
        }
        return {};
    }

    void breathe() const {
        if (m_context.breathe)
            m_context.breathe();
    }

    void openPool() {
        m_pool.emplace(m_project, m_model, m_options, m_rows);
        m_batch = m_pool->batch();
        m_pool->breathe = sparseBreath(m_context);
        m_pool->refill = [this] { return fillPool(); };
        m_pool->onStored = [this] {
            if (m_pool->batch() < m_batch)
                addJobEvent(m_context, "warning",
                            cat("Memory ran out with ", m_batch, " rollouts at once; ",
                                m_pool->batch(), " at once are drawn now."));
            m_batch = m_pool->batch();
            tell();
        };
        m_pool->onVerdict = [this] {
            ++m_done;
            tell();
        };
    }

    /// Rows of todo in order; a question whose other trajectory is being searched waits, since that
    /// one's rollouts of their common prefixes will serve both.
    Status fillPool() {
        const auto batch = static_cast<std::size_t>(m_options.batch);
        const std::size_t most = std::clamp<std::size_t>(batch / 4, 1, kMostActive);
        for (std::size_t i = m_next; i < m_todo.size() && m_pool->size() < most; ++i) {
            if (m_taken[i])
                continue;
            CRUX_TRY(row, store::trajectory(m_project, m_todo[i]));
            if (m_pool->searches(row.questionId))
                continue;
            CRUX_TRY(started, start(std::move(row)));
            if (!started)
                break;
            m_taken[i] = true;
            breathe(); // a trajectory is followed by the model from end to end
            if (m_context.cancel.cancelled())
                break;
        }
        while (m_next < m_todo.size() && m_taken[m_next])
            ++m_next;
        return {};
    }

    /// False: no memory for it beside those under way; it is tried again when one is over.
    Result<bool> start(store::TrajectoryRecord row) {
        const TrajectoryId id = row.id;
        auto target = prepare(std::move(row));
        if (!target.ok()) {
            skip(id, target.error());
            return true;
        }
        auto search =
            TrajectorySearch::open(m_project, m_model, m_options, m_rows, std::move(*target),
                                   m_context.cancel, sparseBreath(m_context));
        if (!search.ok() && search.error().code == ErrorCode::OutOfMemory && m_pool->size() > 0)
            return false;
        if (!search.ok())
            return fail(search.error());
        m_pool->add(std::move(*search));
        return true;
    }

    /// The Error is the reason to skip the row.
    Result<SearchTarget> prepare(store::TrajectoryRecord row) {
        if (m_options.looksForLoss() && row.verdict == Verdict::Right)
            return fail(ErrorCode::InvalidArgument,
                        "It ends right; critical tokens are those of wrong trajectories.");
        CRUX_TRY(ready, readyTokens(row, m_modelRow, m_model.model->info(), m_tokenizer.get(),
                                    m_spec.at("retokenize").get<bool>()));
        CRUX_TRY(question, store::question(m_project, row.questionId));
        CRUX_TRY(task, gradeTaskIn(m_project, row.datasetId));
        if (ready.fresh) {
            CRUX_TRY_VOID(store::setTokens(m_project, row.id, ready.row.ids, ready.row.offsets,
                                           ready.row.promptTokens, m_modelRow.tokenizerHash));
            row.tokenizerHash = m_modelRow.tokenizerHash;
        }
        row.ids = std::move(ready.row.ids);
        row.offsets = std::move(ready.row.offsets);
        row.promptTokens = ready.row.promptTokens;
        const engine::ModelInfo& info = m_model.model->info();
        return SearchTarget::make(std::move(row), std::move(question), task, m_tokenizer,
                                  {info.contextLength, m_options.sampling.maxNewTokens, info.eosIds,
                                   m_options.sampling.stop});
    }

    void skip(TrajectoryId id, const Error& why) {
        ++m_skipped;
        if (m_skipped > kMaxSkipEvents)
            return;
        addJobEvent(m_context, "warning",
                    cat("Trajectory ", id.value, " was not searched: ", why.message),
                    cat("trajectory ", id.value));
    }

    void tell() {
        const double seconds = (steadyMs() - m_startMs) / 1000;
        const auto tokens = static_cast<double>(m_pool->tokens());
        m_context.progress(m_done, m_total, summary(),
                           tokens > 0 && seconds > 0 ? tokens / seconds : 0);
    }

    std::string summary() const {
        return cat(m_options.method, ": ", m_done, " of ", m_total, " trajectories searched, ",
                   m_pool->rollouts(), " rollouts of ", m_pool->tokens(), " tokens drawn",
                   m_skipped > 0 ? cat(", ", m_skipped, " skipped") : std::string());
    }

    Status finish() {
        if (m_skipped > kMaxSkipEvents)
            addJobEvent(m_context, "warning",
                        cat(m_skipped - kMaxSkipEvents, " more trajectories were not searched, for "
                                                        "reasons like those above."));
        if (m_total == 0)
            addJobEvent(m_context, "info", "No trajectory matches the search's filter.");
        tell();
        addJobEvent(m_context, "info", summary() + ".", cat("search ", m_rows.search.value));
        return {};
    }

    JobContext& m_context;
    store::Project& m_project;
    // constant after openModel() and addRows()
    Json m_spec;
    SearchOptions m_options;
    store::ModelRecord m_modelRow;
    AdapterId m_adapterId;
    std::string m_adapterHash;
    engine::ModelRef m_model;
    text::TokenizerPtr m_tokenizer;
    SearchRows m_rows;

    std::vector<TrajectoryId> m_todo;
    std::vector<bool> m_taken; ///< of todo: begun or skipped
    std::size_t m_next = 0;    ///< all of todo before it are taken
    std::optional<SearchPool> m_pool;
    int m_batch = 0; ///< that the pool was last seen to draw at once
    std::int64_t m_total = 0, m_done = 0, m_skipped = 0;
    double m_startMs = 0;
};

} // namespace

Status runSearchJob(JobContext& context) {
    return SearchRun(context).run();
}

} // namespace crux::jobs
