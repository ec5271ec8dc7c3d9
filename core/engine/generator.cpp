// engine::generate: continuous batching over a paged KV cache. A job is a list of ids that grows;
// what its keys and values do not cover yet is computed in the next step, be it one drawn token,
// forced ones or, after its memory was taken away, everything again. On the CPU none of that
// changes a bit of it.
#include "core/base/rng.h"
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/decode_session.h"
#include "core/engine/sampler.h"
#include "core/engine/weights.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <numeric>
#include <optional>

namespace crux::engine {

namespace {

/// Jobs of at most so many calls leave their whole text in the prefix cache, for the next branch.
constexpr std::size_t kInteractiveJobs = 16;

/// One job in the batch.
struct Active {
    std::size_t job = 0;
    Ids context; ///< prefix, forced and drawn ids
    KvSequence kv;
};

/// What one step gave one job: log-probabilities of forced ids, then one draw.
struct StepResult {
    std::vector<float> forcedLogp;
    std::optional<Draw> draw;
};

Status checkIds(std::span<const std::int32_t> ids, std::int64_t vocabulary, std::size_t job) {
    for (const std::int32_t id : ids)
        if (id < 0 || id >= vocabulary)
            return fail(ErrorCode::InvalidArgument,
                        cat("Token id ", id, " of job ", job,
                            " is outside the model's vocabulary of ", vocabulary,
                            "; use ids of this model's tokenizer."));
    return {};
}

/// One call of generate. Owner: that call's thread.
class GenerateRun {
public:
    GenerateRun(const GenerateRequest& request, std::span<const GenerateJob> jobs,
                const CancelToken& cancel, LoadedModel& model,
                std::shared_ptr<DecodeSession> session);
    ~GenerateRun();
    Result<std::vector<Generated>> run();

private:
    std::size_t maxNew(std::size_t job) const;
    Status checkJob(std::size_t index) const;
    Status add(std::span<const GenerateJob> jobs);
    Status askForMore();
    Status admit();
    Result<bool> admitOne(std::size_t job);
    Status step();
    bool makeRoomForAll();
    Ids bannedAt(std::size_t job, std::size_t position) const;
    bool onlyDraws() const;
    void sample(const float* logits, std::vector<StepResult>& results);
    void sampleHeads(const LogitHeads& heads, std::vector<StepResult>& results);
    Status accept(Active& active, const StepResult& result);
    bool acceptForced(Active& active, const StepResult& result);
    void acceptDrawn(Active& active, const Draw& draw);
    bool endedBy(std::size_t job, std::int32_t id);
    bool endedAfter(std::size_t job);
    void finish(std::size_t job, FinishReason reason);
    void retire();

    const GenerateRequest& m_request;
    const std::span<const GenerateJob> m_firstJobs;
    const CancelToken& m_cancel;
    const std::shared_ptr<DecodeSession> m_session;
    const std::int64_t m_vocabulary;
    const std::size_t m_contextLength;
    const Ids m_eosIds;

    std::deque<GenerateJob> m_jobs;
    std::vector<Generated> m_results;
    std::vector<bool> m_finished;
    bool m_dry = false; ///< the source had none, and no job has ended since
    std::vector<RandomStream> m_streams;
    std::deque<std::size_t> m_waiting;
    std::vector<Active> m_active;
    std::vector<Sampler> m_samplers; ///< one a thread
    bool m_memoryTight = false;      ///< admit nobody until a job has ended
};

GenerateRun::GenerateRun(const GenerateRequest& request, std::span<const GenerateJob> jobs,
                         const CancelToken& cancel, LoadedModel& model,
                         std::shared_ptr<DecodeSession> session)
    : m_request(request)
    , m_firstJobs(jobs)
    , m_cancel(cancel)
    , m_session(std::move(session))
    , m_vocabulary(model.config().vocabularySize)
    , m_contextLength(
          static_cast<std::size_t>(std::max<std::int64_t>(0, model.config().contextLength)))
    , m_eosIds(request.eosIds.empty() ? model.info().eosIds : request.eosIds)
    , m_samplers(static_cast<std::size_t>(m_session->backend().threads()),
                 Sampler(request.sampling)) {}

GenerateRun::~GenerateRun() {
    const std::lock_guard lock(m_session->mutex());
    for (Active& active : m_active)
        m_session->close(active.kv);
}

std::size_t GenerateRun::maxNew(std::size_t job) const {
    const int own = m_jobs[job].maxNewTokens;
    return static_cast<std::size_t>(own > 0 ? own : m_request.sampling.maxNewTokens);
}

Status GenerateRun::checkJob(std::size_t index) const {
    const GenerateJob& job = m_jobs[index];
    if (job.prefix.empty())
        return fail(
            ErrorCode::InvalidArgument,
            cat("Job ", index, " has an empty prefix; give at least one token, such as BOS."));
    CRUX_TRY_VOID(checkIds(job.prefix, m_vocabulary, index));
    CRUX_TRY_VOID(checkIds(job.forced, m_vocabulary, index));
    const std::size_t length = job.prefix.size() + job.forced.size();
    if (m_contextLength > 0 && length > m_contextLength)
        return fail(ErrorCode::InvalidArgument, cat("The prefix of job ", index, " has ", length,
                                                    " tokens, more than the model's context of ",
                                                    m_contextLength, "; shorten it."));
    return {};
}

/// Takes jobs in; they wait behind those that wait already.
Status GenerateRun::add(std::span<const GenerateJob> jobs) {
    const std::size_t first = m_jobs.size();
    m_jobs.insert(m_jobs.end(), jobs.begin(), jobs.end());
    m_results.resize(m_jobs.size());
    m_finished.resize(m_jobs.size(), false);
    std::vector<std::size_t> order(jobs.size());
    std::iota(order.begin(), order.end(), first);
    for (const std::size_t job : order) {
        CRUX_TRY_VOID(checkJob(job));
        m_results[job].finish = FinishReason::Cancelled;
        m_streams.emplace_back(m_jobs[job].streamPath, m_request.sampling.seed);
    }
    // Prefixes in descending order: a prefix of another one comes after it and finds it computed.
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return m_jobs[b].prefix < m_jobs[a].prefix;
    });
    m_waiting.insert(m_waiting.end(), order.begin(), order.end());
    return {};
}

Status GenerateRun::askForMore() {
    const auto most = static_cast<std::size_t>(std::max(1, m_request.maxBatch));
    while (m_request.more && !m_dry && !m_cancel.cancelled()) {
        const std::size_t held = m_active.size() + m_waiting.size();
        if (held >= most)
            break;
        CRUX_TRY(jobs, m_request.more(most - held));
        m_dry = jobs.empty();
        CRUX_TRY_VOID(add(jobs));
    }
    return {};
}

Result<std::vector<Generated>> GenerateRun::run() {
    CRUX_TRY_VOID(validate(m_request.sampling));
    CRUX_TRY_VOID(add(m_firstJobs));
    while (!m_cancel.cancelled()) {
        CRUX_TRY_VOID(askForMore());
        CRUX_TRY_VOID(admit());
        if (m_active.empty()) { // all ended before their first step, or nothing is left
            if (m_dry || !m_request.more)
                break;
            continue;
        }
        CRUX_TRY_VOID(step());
        retire();
        if (m_request.breathe)
            m_request.breathe();
    }
    return std::move(m_results);
}

Status GenerateRun::admit() {
    const auto most = static_cast<std::size_t>(std::max(1, m_request.maxBatch));
    while (!m_waiting.empty() && m_active.size() < most && !(m_memoryTight && !m_active.empty()) &&
           !m_cancel.cancelled()) {
        const std::size_t job = m_waiting.front();
        m_waiting.pop_front();
        CRUX_TRY(admitted, admitOne(job));
        if (!admitted) {
            m_waiting.push_front(job);
            m_memoryTight = true;
        }
    }
    return {};
}

/// False: no memory for it now.
Result<bool> GenerateRun::admitOne(std::size_t job) {
    const GenerateJob& wanted = m_jobs[job];
    Generated& result = m_results[job];
    if (result.ids.empty()) {
        const std::size_t room = m_contextLength > 0 ? m_contextLength - wanted.prefix.size() : 1;
        if (room == 0) { // the prefix fills the context
            finish(job, FinishReason::Length);
            return true;
        }
    }
    Active active{job, wanted.prefix, {}};
    const Ids& fixed = result.ids.empty() ? wanted.forced : result.ids;
    active.context.insert(active.context.end(), fixed.begin(), fixed.end());
    // The last token whose logits are needed is fed by the first step.
    const std::size_t known = wanted.prefix.size() + result.ids.size() - 1;
    const auto prefix = std::span(active.context).first(known);
    {
        const std::lock_guard lock(m_session->mutex());
        active.kv = m_session->open(m_request.model.adapter, prefix);
    }
    m_active.push_back(std::move(active)); // closed with the run, whatever happens below
    KvSequence& kv = m_active.back().kv;
    const Status filled = m_session->prefill(kv, std::span(m_active.back().context).first(known),
                                             m_request.model.adapter, m_cancel, m_request.breathe);
    const std::lock_guard lock(m_session->mutex());
    if (filled) {
        m_session->remember(m_request.model.adapter,
                            std::span(m_active.back().context).first(known), kv);
        return true;
    }
    m_session->close(kv);
    m_active.pop_back();
    if (filled.error().code == ErrorCode::Cancelled)
        return true;
    if (filled.error().code == ErrorCode::OutOfMemory && !m_active.empty())
        return false;
    return fail(filled.error());
}

/// Blocks for what each job computes next; the jobs that came last give theirs up when there are
/// none.
bool GenerateRun::makeRoomForAll() {
    for (std::size_t i = 0; i < m_active.size();) {
        Active& active = m_active[i];
        if (m_session->makeRoom(active.kv, static_cast<std::int64_t>(active.context.size()))) {
            ++i;
            continue;
        }
        if (m_active.size() == 1)
            return false;
        m_session->close(m_active.back().kv);
        m_waiting.push_front(m_active.back().job);
        m_active.pop_back();
        m_memoryTight = true;
    }
    return true;
}

Status GenerateRun::step() {
    std::vector<StepResult> results;
    {
        const std::lock_guard lock(m_session->mutex());
        if (!makeRoomForAll())
            return fail(ErrorCode::OutOfMemory,
                        cat("The KV cache has no room for one continuation of ",
                            m_active.front().context.size(),
                            " tokens; raise its memory limit or draw fewer tokens."));
        std::vector<DecodeSegment> segments;
        for (const Active& active : m_active) {
            const auto start = static_cast<std::size_t>(active.kv.length);
            const std::size_t firstWanted =
                m_jobs[active.job].prefix.size() + m_results[active.job].ids.size() - 1;
            segments.push_back({std::span(active.context).subspan(start), active.kv.length,
                                active.kv.blocks, firstWanted - start});
        }
        DecodeBackend& backend = m_session->backend();
        const int adapter = m_request.model.adapter;
        LogitHeads heads;
        if (onlyDraws() &&
            backend.forwardHeads(segments, adapter, m_request.sampling.temperature, heads))
            sampleHeads(heads, results);
        else
            sample(backend.forward(segments, adapter), results);
        for (Active& active : m_active)
            active.kv.length = static_cast<std::int64_t>(active.context.size());
    }
    for (std::size_t i = 0; i < m_active.size(); ++i)
        CRUX_TRY_VOID(accept(m_active[i], results[i]));
    return {};
}

/// Ids that may not be drawn at a position of a job.
Ids GenerateRun::bannedAt(std::size_t job, std::size_t position) const {
    if (position != m_jobs[job].prefix.size())
        return {};
    Ids banned = m_request.sampling.bannedIds;
    banned.insert(banned.end(), m_jobs[job].bannedIds.begin(), m_jobs[job].bannedIds.end());
    return banned;
}

/// Whether this step gives each job one draw with nothing banned and nothing forced before it.
bool GenerateRun::onlyDraws() const {
    return std::all_of(m_active.begin(), m_active.end(), [this](const Active& active) {
        const std::size_t known =
            m_jobs[active.job].prefix.size() + m_results[active.job].ids.size();
        return active.context.size() == known &&
               bannedAt(active.job, active.context.size()).empty();
    });
}

/// Draws from the best tokens of each row, and from the whole row where those do not decide it.
void GenerateRun::sampleHeads(const LogitHeads& heads, std::vector<StepResult>& results) {
    DecodeBackend& backend = m_session->backend();
    const auto uniform = [this](std::size_t i) {
        return m_streams[m_active[i].job].uniform(m_active[i].context.size());
    };
    results.resize(m_active.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < m_active.size(); ++i) {
        results[i].draw = m_samplers[0].draw(heads.of(i), uniform(i));
        if (!results[i].draw)
            open.push_back(i);
    }
    if (open.empty())
        return;
    const auto vocabulary = static_cast<std::size_t>(m_vocabulary);
    const float* rows = backend.rowsOfHeads(open);
    backend.forEach(open.size(), [&](std::size_t at, int thread) {
        results[open[at]].draw = m_samplers[static_cast<std::size_t>(thread)].draw(
            std::span(rows + at * vocabulary, vocabulary), uniform(open[at]));
    });
}

void GenerateRun::sample(const float* logits, std::vector<StepResult>& results) {
    const auto vocabulary = static_cast<std::size_t>(m_vocabulary);
    std::vector<std::size_t> firstRows;
    std::size_t rows = 0;
    for (const Active& active : m_active) {
        firstRows.push_back(rows);
        rows += active.context.size() - m_jobs[active.job].prefix.size() -
                m_results[active.job].ids.size() + 1;
    }
    results.resize(m_active.size());
    m_session->backend().forEach(m_active.size(), [&](std::size_t i, int thread) {
        Sampler& sampler = m_samplers[static_cast<std::size_t>(thread)];
        const Active& active = m_active[i];
        const std::size_t prefix = m_jobs[active.job].prefix.size();
        std::size_t row = firstRows[i];
        for (std::size_t at = prefix + m_results[active.job].ids.size(); at < active.context.size();
             ++at)
            results[i].forcedLogp.push_back(
                sampler.logp({logits + row++ * vocabulary, vocabulary}, active.context[at]));
        const std::size_t position = active.context.size();
        results[i].draw =
            sampler.draw({logits + row * vocabulary, vocabulary},
                         m_streams[active.job].uniform(position), bannedAt(active.job, position));
    });
}

Status GenerateRun::accept(Active& active, const StepResult& result) {
    if (!result.forcedLogp.empty() && acceptForced(active, result))
        return {};
    if (!result.draw)
        return fail(
            ErrorCode::Corrupt,
            cat("No token with a finite logit is left at position ", active.context.size(),
                " of job ", active.job,
                "; ban fewer ids, or check the model's weights (damaged, or too large for its "
                "dtype)."));
    acceptDrawn(active, *result.draw);
    return {};
}

/// True when the forced ids already end the job.
bool GenerateRun::acceptForced(Active& active, const StepResult& result) {
    const std::size_t job = active.job;
    Generated& generated = m_results[job];
    const Ids& forced = m_jobs[job].forced;
    for (std::size_t i = 0; i < forced.size(); ++i) {
        if (i + 1 == forced.size() && endedBy(job, forced[i]))
            return true;
        generated.ids.push_back(forced[i]);
        generated.logp.push_back(result.forcedLogp[i]);
        if (m_request.onToken)
            m_request.onToken(job, forced[i], result.forcedLogp[i]);
    }
    return endedAfter(job);
}

void GenerateRun::acceptDrawn(Active& active, const Draw& draw) {
    if (endedBy(active.job, draw.id))
        return;
    active.context.push_back(draw.id);
    Generated& generated = m_results[active.job];
    generated.ids.push_back(draw.id);
    generated.logp.push_back(draw.logp);
    if (m_request.onToken)
        m_request.onToken(active.job, draw.id, draw.logp);
    endedAfter(active.job);
}

/// Ends the job when `id` is an EOS or a stop id, which are dropped.
bool GenerateRun::endedBy(std::size_t job, std::int32_t id) {
    if (std::find(m_eosIds.begin(), m_eosIds.end(), id) != m_eosIds.end()) {
        finish(job, FinishReason::Eos);
        return true;
    }
    const Ids& stops = m_request.stopIds;
    if (std::find(stops.begin(), stops.end(), id) != stops.end()) {
        finish(job, FinishReason::Stop);
        return true;
    }
    return false;
}

bool GenerateRun::endedAfter(std::size_t job) {
    const Ids& ids = m_results[job].ids;
    if (m_request.stop && m_request.stop(job, ids)) {
        finish(job, FinishReason::Stop);
        return true;
    }
    const bool full =
        m_contextLength > 0 && m_jobs[job].prefix.size() + ids.size() >= m_contextLength;
    if (full || ids.size() >= maxNew(job)) {
        finish(job, FinishReason::Length);
        return true;
    }
    return false;
}

void GenerateRun::finish(std::size_t job, FinishReason reason) {
    m_results[job].finish = reason;
    m_finished[job] = true;
    m_dry = false;
    if (m_request.onFinished)
        m_request.onFinished(job, m_results[job]);
}

void GenerateRun::retire() {
    const std::lock_guard lock(m_session->mutex());
    std::vector<Active> left;
    for (Active& active : m_active) {
        if (!m_finished[active.job]) {
            left.push_back(std::move(active));
            continue;
        }
        if (m_jobs.size() <= kInteractiveJobs)
            m_session->remember(m_request.model.adapter, active.context, active.kv);
        m_session->close(active.kv);
        m_memoryTight = false;
    }
    m_active = std::move(left);
}

} // namespace

Result<std::vector<Generated>> generate(const GenerateRequest& request,
                                        std::span<const GenerateJob> jobs,
                                        const CancelToken& cancel) {
    return guarded("Generating", [&]() -> Result<std::vector<Generated>> {
        CRUX_TRY(model, asLoaded(request.model));
        const std::shared_ptr<DecodeSession> session = DecodeSession::of(*model);
        {
            const std::lock_guard lock(session->mutex());
            session->setLimit(request.kvBytes);
        }
        GenerateRun run(request, jobs, cancel, *model, session);
        return run.run();
    });
}

} // namespace crux::engine
