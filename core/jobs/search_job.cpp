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
#include "core/jobs/search_setup.h"
#include "core/jobs/selection.h"
#include "core/jobs/skips.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <optional>

namespace crux::jobs {

namespace {

constexpr std::size_t kMostActive = 64;
constexpr std::size_t kTagsAtOnce = 500;
/// Someone watches the curve of so few trajectories form: what is drawn is stored several times a
/// second.
constexpr std::int64_t kWatched = 2;
constexpr double kWatchedStoreMs = 300;

/// One run of a search job. Owner: runSearchJob.
class SearchRun {
public:
    explicit SearchRun(JobContext& context)
        : m_context(context)
        , m_project(context.project) {}

    Status run() {
        CRUX_TRY(before, Registrations::of(m_project));
        Status ready = whileBreathing(m_context, [this](const store::Project& project) -> Status {
            CRUX_TRY(setup, SearchSetup::find(project, m_context.job.spec));
            m_setup = std::move(setup);
            return {};
        });
        if (ready.ok() && options().imported)
            return runImportedSearch(m_context, m_setup.spec, options());
        if (ready.ok())
            ready = m_setup.load(m_project, m_context.models);
        if (!ready.ok()) {
            before.takeBackNewer(m_project);
            return ready;
        }
        // The texts of rollouts are read by the window, which has no model.
        CRUX_TRY_VOID(
            saveVocabularyOf(m_project, *m_setup.tokenizer, m_setup.modelRow.tokenizerHash));
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
    const SearchOptions& options() const { return m_setup.options; }

    Status addRows() {
        const engine::ModelInfo& info = m_setup.model.model->info();
        store::Provenance made{m_setup.modelRow.weightsHash,
                               m_setup.adapterHash,
                               m_setup.modelRow.tokenizerHash,
                               options().rolloutParams(),
                               options().sampling.seed,
                               info.dtype,
                               info.device,
                               crux::kVersion};
        CRUX_TRY(set, store::addRolloutSet(m_project, made));
        made.params = options().searchParams();
        CRUX_TRY(search, store::addSearch(m_project, made));
        m_rows = {set, search, m_context.job.id};
        return {};
    }

    Status chooseTrajectories() {
        std::vector<TrajectoryId> done;
        CRUX_TRY_VOID(whileBreathing(m_context, [&](const store::Project& project) -> Status {
            CRUX_TRY(wanted, searchSelection(project, m_setup.spec));
            CRUX_TRY(todo, store::unsearched(project, m_rows.search, options().method, wanted));
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
                    CRUX_TRY_VOID(store::tagFindings(m_project, m_rows.search, options().method,
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
        m_pool.emplace(m_project, m_setup.model, options(), m_rows);
        if (m_context.interactive && m_total <= kWatched)
            m_pool->storeMs = kWatchedStoreMs;
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
        const auto batch = static_cast<std::size_t>(options().batch);
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
        auto ready = m_setup.prepare(m_project, std::move(row));
        if (!ready.ok()) {
            m_skips.addTrajectory(id, ready.error().message);
            return true;
        }
        if (ready->fresh) {
            const store::TrajectoryRecord& made = ready->target.row();
            CRUX_TRY_VOID(store::setTokens(m_project, made.id, made.ids, made.offsets,
                                           made.promptTokens, made.tokenizerHash));
        }
        auto search = TrajectorySearch::open(m_project, m_setup.model, options(), m_rows,
                                             std::move(ready->target), m_context.cancel,
                                             sparseBreath(m_context));
        if (!search.ok() && search.error().code == ErrorCode::OutOfMemory && m_pool->size() > 0)
            return false;
        if (!search.ok())
            return fail(search.error());
        m_pool->add(std::move(*search));
        return true;
    }

    void tell() {
        const double seconds = (steadyMs() - m_startMs) / 1000;
        const auto tokens = static_cast<double>(m_pool->tokens());
        m_context.progress(m_done, m_total, summary(),
                           tokens > 0 && seconds > 0 ? tokens / seconds : 0);
    }

    std::string summary() const {
        return cat(options().method, ": ", m_done, " of ", m_total, " trajectories searched, ",
                   m_pool->rollouts(), " rollouts of ", m_pool->tokens(), " tokens drawn",
                   m_skips.words());
    }

    Status finish() {
        m_skips.finish();
        if (m_total == 0)
            addJobEvent(m_context, "info", "No trajectory matches the search's filter.");
        tell();
        if (m_done == 0 && m_skips.any())
            return m_skips.allSkipped();
        addJobEvent(m_context, "info", summary() + ".", cat("search ", m_rows.search.value));
        return {};
    }

    JobContext& m_context;
    store::Project& m_project;
    SearchSetup m_setup; ///< constant after it was made ready in run()
    SearchRows m_rows;

    std::vector<TrajectoryId> m_todo;
    std::vector<bool> m_taken; ///< of todo: begun or skipped
    std::size_t m_next = 0;    ///< all of todo before it are taken
    std::optional<SearchPool> m_pool;
    int m_batch = 0; ///< that the pool was last seen to draw at once
    std::int64_t m_total = 0, m_done = 0;
    Skips m_skips{m_context, "trajectories", "searched"};
    double m_startMs = 0;
};

} // namespace

Status runSearchJob(JobContext& context) {
    return SearchRun(context).run();
}

} // namespace crux::jobs
