// The search job: trajectories -> rollouts -> critical tokens. Several trajectories are searched at
// once, so that batches are full; rollouts are stored batch by batch, verdicts one by one.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/handlers.h"
#include "core/jobs/registry.h"
#include "core/jobs/search_imported.h"
#include "core/jobs/search_setup.h"
#include "core/jobs/selection.h"
#include "core/jobs/token_rows.h"
#include "core/jobs/trajectory_search.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <list>

namespace crux::jobs {

namespace {

constexpr std::int64_t kMaxSkipEvents = 100;
constexpr double kBatchStepMs = 3000; ///< a killed job repeats at most about so much
/// Someone watches the curve of one trajectory form: what is drawn is stored several times a
/// second.
constexpr double kWatchedStepMs = 350;
constexpr std::int64_t kWatched = 2; ///< so few trajectories are watched, not waited for
constexpr std::size_t kMostActive = 32;
constexpr std::size_t kBatchesAStep = 4; ///< slots that fall free in a batch are filled from these

/// One run of a search job. Owner: runSearchJob.
class SearchRun {
public:
    explicit SearchRun(JobContext& context)
        : m_context(context)
        , m_project(context.project) {}

    Status run() {
        CRUX_TRY(setup, SearchSetup::open(m_project, m_context.models, m_context.job.spec));
        m_setup = std::move(setup);
        if (options().imported)
            return runImportedSearch(m_context, m_setup.spec, options());
        // The texts of rollouts are read by the window, which has no model.
        CRUX_TRY_VOID(
            saveVocabularyOf(m_project, *m_setup.tokenizer, m_setup.modelRow.tokenizerHash));
        CRUX_TRY_VOID(addRows());
        CRUX_TRY_VOID(chooseTrajectories());
        if (watched())
            m_stepRollouts = 16; // the first points at once; adapt() widens
        m_drawer.emplace(m_setup.model, options());
        m_drawer->setBreathe(m_context.breathe);
        m_startMs = steadyMs();
        tell();
        while (!m_context.cancel.cancelled()) {
            CRUX_TRY_VOID(fillActive());
            if (m_active.empty() && m_next == m_todo.size())
                break;
            CRUX_TRY_VOID(step());
            if (m_context.breathe)
                m_context.breathe();
        }
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
        CRUX_TRY(wanted, searchSelection(m_project, m_setup.spec));
        CRUX_TRY(todo, store::unsearched(m_project, m_rows.search, options().method, wanted));
        m_total = std::ssize(wanted);
        m_done = m_total - std::ssize(todo);
        CRUX_TRY_VOID(tagDone(wanted, todo));
        m_todo = std::move(todo);
        m_taken.assign(m_todo.size(), false);
        return {};
    }

    /// Verdicts that are there already belong to this job's answer too.
    Status tagDone(const std::vector<TrajectoryId>& wanted, const std::vector<TrajectoryId>& todo) {
        return m_project.write([&]() -> Status {
            auto open = todo.begin(); // in the order of `wanted`
            for (const TrajectoryId id : wanted) {
                if (open != todo.end() && *open == id)
                    ++open;
                else
                    CRUX_TRY_VOID(store::tagFindings(m_project, m_rows.search, options().method, id,
                                                     m_rows.job));
            }
            return {};
        });
    }

    /// Rows of todo in order; a question whose other trajectory is being searched waits, since that
    /// one's rollouts of their common prefixes will serve both.
    Status fillActive() {
        const auto batch = static_cast<std::size_t>(options().batch);
        const std::size_t most = std::clamp<std::size_t>(batch / 8, 1, kMostActive);
        for (std::size_t i = m_next; i < m_todo.size() && m_active.size() < most; ++i) {
            if (m_taken[i])
                continue;
            CRUX_TRY(row, store::trajectory(m_project, m_todo[i]));
            if (std::any_of(m_active.begin(), m_active.end(), [&](const auto& search) {
                    return search->target().question() == row.questionId;
                }))
                continue;
            m_taken[i] = true;
            CRUX_TRY_VOID(start(std::move(row)));
            if (m_context.cancel.cancelled())
                break;
        }
        while (m_next < m_todo.size() && m_taken[m_next])
            ++m_next;
        return {};
    }

    Status start(store::TrajectoryRecord row) {
        const TrajectoryId id = row.id;
        auto ready = m_setup.prepare(m_project, std::move(row));
        if (!ready.ok()) {
            skip(id, ready.error());
            return {};
        }
        if (ready->fresh) {
            const store::TrajectoryRecord& made = ready->target.row();
            CRUX_TRY_VOID(store::setTokens(m_project, made.id, made.ids, made.offsets,
                                           made.promptTokens, made.tokenizerHash));
        }
        auto search = TrajectorySearch::open(m_project, m_setup.model, options(), m_rows,
                                             std::move(ready->target), m_context.cancel);
        if (!search.ok())
            return fail(search.error());
        m_active.push_back(std::move(*search));
        return {};
    }

    void skip(TrajectoryId id, const Error& why) {
        ++m_skipped;
        if (m_skipped > kMaxSkipEvents)
            return;
        addJobEvent(m_context, "warning",
                    cat("Trajectory ", id.value, " was not searched: ", why.message),
                    cat("trajectory ", id.value));
    }

    /// Asks every active search, draws what they need in one go, stores it; searches that need
    /// nothing more get their verdict.
    Status step() {
        std::vector<PlannedRollout> planned;
        std::vector<TrajectorySearch*> owners;
        for (auto it = m_active.begin(); it != m_active.end() && planned.size() < m_stepRollouts;) {
            CRUX_TRY(wanted, (*it)->next(m_project, m_stepRollouts - planned.size()));
            if (wanted.empty()) {
                CRUX_TRY_VOID((*it)->save(m_project, m_setup.model));
                ++m_done;
                it = m_active.erase(it);
                tell();
                continue;
            }
            planned.insert(planned.end(), wanted.begin(), wanted.end());
            owners.resize(planned.size(), it->get());
            ++it;
        }
        if (planned.empty())
            return {};
        const int batchBefore = m_drawer->batch();
        const double before = steadyMs();
        CRUX_TRY(drawn, m_drawer->draw(planned, m_context.cancel));
        adapt(planned.size(), steadyMs() - before);
        if (m_drawer->batch() < batchBefore)
            addJobEvent(m_context, "warning",
                        cat("Memory ran out with ", batchBefore, " rollouts at once; ",
                            m_drawer->batch(), " at once are drawn now."));
        CRUX_TRY_VOID(store(drawn, owners));
        tell();
        return {};
    }

    /// One transaction for all that was drawn together; then the searches learn of it.
    Status store(const std::vector<DrawnRollout>& drawn,
                 const std::vector<TrajectorySearch*>& owners) {
        CRUX_TRY_VOID(m_project.write([&]() -> Status {
            for (std::size_t i = 0; i < drawn.size();) {
                std::vector<store::RolloutRecord> rows;
                TrajectorySearch* const owner = owners[i];
                for (; i < drawn.size() && owners[i] == owner; ++i)
                    if (drawn[i].whole) {
                        rows.push_back(drawn[i].record);
                        rows.back().jobId = m_rows.job;
                    }
                CRUX_TRY(added, store::saveRollouts(m_project, owner->target().id(),
                                                    m_rows.rolloutSet, rows));
                m_rollouts += added;
            }
            return {};
        }));
        for (std::size_t i = 0; i < drawn.size(); ++i)
            if (drawn[i].whole)
                owners[i]->take(drawn[i].record);
        return {};
    }

    bool watched() const { return m_context.interactive && m_total <= kWatched; }

    /// Steps near a few seconds, by the rate seen so far.
    void adapt(std::size_t rollouts, double elapsedMs) {
        const double rate = static_cast<double>(rollouts) / std::max(elapsedMs, 0.1);
        const auto most = static_cast<double>(options().batch) * kBatchesAStep;
        const double stepMs = watched() ? kWatchedStepMs : kBatchStepMs;
        m_stepRollouts = static_cast<std::size_t>(std::clamp(rate * stepMs, 4.0, most));
    }

    void tell() {
        const double seconds = (steadyMs() - m_startMs) / 1000;
        const auto tokens = static_cast<double>(m_drawer->tokens());
        m_context.progress(m_done, m_total, summary(),
                           tokens > 0 && seconds > 0 ? tokens / seconds : 0);
    }

    std::string summary() const {
        return cat(options().method, ": ", m_done, " of ", m_total, " trajectories searched, ",
                   m_rollouts, " rollouts of ", m_drawer->tokens(), " tokens drawn",
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
    // constant after addRows()
    SearchSetup m_setup;
    SearchRows m_rows;

    std::vector<TrajectoryId> m_todo;
    std::vector<bool> m_taken; ///< of todo: begun or skipped
    std::size_t m_next = 0;    ///< all of todo before it are taken
    std::list<std::unique_ptr<TrajectorySearch>> m_active;
    std::optional<RolloutDrawer> m_drawer;
    std::size_t m_stepRollouts = 64;
    std::int64_t m_total = 0, m_done = 0, m_skipped = 0, m_rollouts = 0;
    double m_startMs = 0;
};

} // namespace

Status runSearchJob(JobContext& context) {
    return SearchRun(context).run();
}

} // namespace crux::jobs
