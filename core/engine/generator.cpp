// engine::generate: continuous batching over a paged KV cache. A job is a list of ids that grows;
// what its keys and values do not cover yet is computed in the next step, be it one drawn token,
// forced ones or, after its memory was taken away, everything again. Jobs whose ids are equal so
// far are one row: they share one pass of the model, draw from its logits with random numbers of
// their own, and part where they draw different tokens. On the CPU none of that changes a bit of a
// job.
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
#include <utility>

namespace crux::engine {

namespace {

/// Jobs of at most so many calls leave their whole text in the prefix cache, for the next branch.
constexpr std::size_t kInteractiveJobs = 16;
/// Jobs under way for each row of the batch, at most: samples of one prompt begin as one row.
constexpr std::size_t kJobsARow = 8;

/// Jobs with the same ids so far.
struct Row {
    std::vector<std::size_t> jobs;
    Ids context;   ///< prefix, forced and drawn ids
    KvSequence kv; ///< up to the first token whose logits are wanted
};

/// What one step gave one row: log-probabilities of forced ids, then one draw a job.
struct StepResult {
    std::vector<float> forcedLogp;
    std::vector<std::optional<Draw>> draws;
};

/// A job that goes on, and the token it drew.
struct Drawn {
    std::size_t job = 0;
    std::int32_t id = 0;
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
    std::size_t most() const { return static_cast<std::size_t>(std::max(1, m_request.maxBatch)); }
    /// Rows that the next step computes; those beyond wait for their turn.
    std::size_t stepRows() const { return std::min(most(), m_rows.size()); }
    std::size_t underWay() const;
    Status askForMore();
    Status admit();
    Ids knownIds(std::size_t job) const;
    bool join(std::size_t job);
    Result<bool> admitOne(std::size_t job);
    Status step();
    bool makeRoomForStep();
    Ids bannedAt(std::size_t job, std::size_t position) const;
    bool onlyDraws() const;
    double uniformOf(const Row& row, std::size_t member) const;
    void sample(const float* logits, std::vector<StepResult>& results);
    void drawRow(Sampler& sampler, std::span<const float> logits, const Row& row,
                 StepResult& result) const;
    void sampleHeads(const LogitHeads& heads, std::vector<StepResult>& results);
    Result<std::vector<Drawn>> accept(const Row& row, const StepResult& result);
    bool acceptForced(std::size_t job, const StepResult& result);
    bool acceptDrawn(std::size_t job, const Draw& draw);
    bool endedBy(std::size_t job, std::int32_t id);
    bool endedAfter(std::size_t job);
    void finish(std::size_t job, FinishReason reason);
    void branch(std::vector<std::vector<Drawn>>& drawn);
    void branchRow(Row& row, std::vector<Drawn>& drawn, std::vector<Row>& rows);

    const GenerateRequest& m_request;
    const std::span<const GenerateJob> m_firstJobs;
    const CancelToken& m_cancel;
    const std::shared_ptr<DecodeSession> m_session;
    const std::int64_t m_vocabulary;
    const std::size_t m_contextLength;
    const Ids m_eosIds;

    std::deque<GenerateJob> m_jobs;
    std::vector<Generated> m_results;
    bool m_dry = false; ///< the source had none, and no job has ended since
    std::vector<RandomStream> m_streams;
    std::deque<std::size_t> m_waiting;
    std::vector<Row> m_rows; ///< in the order of admission; the parts of one lie side by side
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
    for (Row& row : m_rows)
        m_session->close(row.kv);
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

std::size_t GenerateRun::underWay() const {
    return std::accumulate(m_rows.begin(), m_rows.end(), std::size_t{0},
                           [](std::size_t sum, const Row& row) { return sum + row.jobs.size(); });
}

Status GenerateRun::askForMore() {
    while (m_request.more && !m_dry && !m_cancel.cancelled()) {
        const std::size_t held = underWay() + m_waiting.size();
        if (held >= most())
            break;
        CRUX_TRY(jobs, m_request.more(most() - held));
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
        if (m_rows.empty()) { // all ended before their first step, or nothing is left
            if (m_dry || !m_request.more)
                break;
            continue;
        }
        CRUX_TRY_VOID(step());
        if (m_request.breathe)
            m_request.breathe();
    }
    return std::move(m_results);
}

Status GenerateRun::admit() {
    std::size_t jobs = underWay();
    while (!m_waiting.empty() && jobs < kJobsARow * most() && !m_cancel.cancelled()) {
        const std::size_t job = m_waiting.front();
        if (!join(job)) {
            if (m_rows.size() >= most() || (m_memoryTight && !m_rows.empty()))
                break;
            CRUX_TRY(admitted, admitOne(job));
            if (!admitted) {
                m_memoryTight = true;
                continue;
            }
        }
        m_waiting.pop_front();
        ++jobs;
    }
    return {};
}

/// All ids of a job so far. Its next step wants logits from its last id on, or, where it has forced
/// ones still to come, from the last of its prefix on.
Ids GenerateRun::knownIds(std::size_t job) const {
    Ids ids = m_jobs[job].prefix;
    const Ids& fixed = m_results[job].ids.empty() ? m_jobs[job].forced : m_results[job].ids;
    ids.insert(ids.end(), fixed.begin(), fixed.end());
    return ids;
}

/// Puts a job into a row that has come to the same ids and wants the same logits next.
bool GenerateRun::join(std::size_t job) {
    const std::size_t known = m_jobs[job].prefix.size() + m_results[job].ids.size() - 1;
    Ids ids;
    for (auto row = m_rows.rbegin(); row != m_rows.rend(); ++row) {
        if (static_cast<std::size_t>(row->kv.length) != known)
            continue;
        if (ids.empty())
            ids = knownIds(job);
        if (row->context != ids)
            continue;
        row->jobs.push_back(job);
        return true;
    }
    return false;
}

/// False: no memory for it now.
Result<bool> GenerateRun::admitOne(std::size_t job) {
    const GenerateJob& wanted = m_jobs[job];
    if (m_results[job].ids.empty()) {
        const std::size_t room = m_contextLength > 0 ? m_contextLength - wanted.prefix.size() : 1;
        if (room == 0) { // the prefix fills the context
            finish(job, FinishReason::Length);
            return true;
        }
    }
    // The last token whose logits are needed is fed by the first step.
    const std::size_t known = wanted.prefix.size() + m_results[job].ids.size() - 1;
    m_rows.push_back({{job}, knownIds(job), {}}); // closed with the run, whatever happens below
    const auto prefix = std::span(m_rows.back().context).first(known);
    KvSequence& kv = m_rows.back().kv;
    {
        const std::lock_guard lock(m_session->mutex());
        kv = m_session->open(m_request.model.adapter, prefix);
    }
    const Status filled =
        m_session->prefill(kv, prefix, m_request.model.adapter, m_cancel, m_request.breathe);
    const std::lock_guard lock(m_session->mutex());
    if (filled) {
        m_session->remember(m_request.model.adapter, prefix, kv);
        return true;
    }
    m_session->close(kv);
    m_rows.pop_back();
    if (filled.error().code == ErrorCode::Cancelled)
        return true;
    if (filled.error().code == ErrorCode::OutOfMemory && !m_rows.empty())
        return false;
    return fail(filled.error());
}

/// Blocks for what each row computes next; the rows that came last give theirs up when there are
/// none.
bool GenerateRun::makeRoomForStep() {
    for (std::size_t i = 0; i < stepRows();) {
        Row& row = m_rows[i];
        if (m_session->makeRoom(row.kv, static_cast<std::int64_t>(row.context.size()))) {
            ++i;
            continue;
        }
        if (m_rows.size() == 1)
            return false;
        Row& last = m_rows.back();
        m_session->close(last.kv);
        m_waiting.insert(m_waiting.begin(), last.jobs.begin(), last.jobs.end());
        m_rows.pop_back();
        m_memoryTight = true;
    }
    return true;
}

Status GenerateRun::step() {
    std::vector<StepResult> results;
    {
        const std::lock_guard lock(m_session->mutex());
        if (!makeRoomForStep())
            return fail(ErrorCode::OutOfMemory,
                        cat("The KV cache has no room for one continuation of ",
                            m_rows.front().context.size(),
                            " tokens; raise its memory limit or draw fewer tokens."));
        results.resize(stepRows());
        std::vector<DecodeSegment> segments;
        for (const Row& row : std::span(m_rows).first(results.size()))
            segments.push_back(
                {std::span(row.context).subspan(static_cast<std::size_t>(row.kv.length)),
                 row.kv.length, row.kv.blocks, 0});
        DecodeBackend& backend = m_session->backend();
        const int adapter = m_request.model.adapter;
        LogitHeads heads;
        if (onlyDraws() &&
            backend.forwardHeads(segments, adapter, m_request.sampling.temperature, heads))
            sampleHeads(heads, results);
        else
            sample(backend.forward(segments, adapter), results);
        for (Row& row : std::span(m_rows).first(results.size()))
            row.kv.length = static_cast<std::int64_t>(row.context.size());
    }
    std::vector<std::vector<Drawn>> drawn;
    for (std::size_t i = 0; i < results.size(); ++i) {
        CRUX_TRY(going, accept(m_rows[i], results[i]));
        drawn.push_back(std::move(going));
    }
    branch(drawn);
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
    const auto rows = std::span(m_rows).first(stepRows());
    return std::all_of(rows.begin(), rows.end(), [this](const Row& row) {
        const std::size_t position = row.context.size();
        return static_cast<std::size_t>(row.kv.length) + 1 == position &&
               std::all_of(row.jobs.begin(), row.jobs.end(),
                           [&](std::size_t job) { return bannedAt(job, position).empty(); });
    });
}

double GenerateRun::uniformOf(const Row& row, std::size_t member) const {
    return m_streams[row.jobs[member]].uniform(row.context.size());
}

/// Draws from the best tokens of each row, and from the whole row where those do not decide it.
void GenerateRun::sampleHeads(const LogitHeads& heads, std::vector<StepResult>& results) {
    DecodeBackend& backend = m_session->backend();
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < results.size(); ++i) {
        bool decided = true;
        for (std::size_t member = 0; member < m_rows[i].jobs.size(); ++member) {
            results[i].draws.push_back(
                m_samplers[0].draw(heads.of(i), uniformOf(m_rows[i], member)));
            decided = decided && results[i].draws.back();
        }
        if (!decided)
            open.push_back(i);
    }
    if (open.empty())
        return;
    const auto vocabulary = static_cast<std::size_t>(m_vocabulary);
    const float* rows = backend.rowsOfHeads(open);
    backend.forEach(open.size(), [&](std::size_t at, int thread) {
        auto& draws = results[open[at]].draws;
        for (std::size_t member = 0; member < draws.size(); ++member)
            if (!draws[member])
                draws[member] = m_samplers[static_cast<std::size_t>(thread)].draw(
                    std::span(rows + at * vocabulary, vocabulary),
                    uniformOf(m_rows[open[at]], member));
    });
}

void GenerateRun::sample(const float* logits, std::vector<StepResult>& results) {
    const auto vocabulary = static_cast<std::size_t>(m_vocabulary);
    std::vector<const float*> first; // logits of each row
    for (const Row& row : std::span(m_rows).first(results.size())) {
        first.push_back(logits);
        logits += (row.context.size() - static_cast<std::size_t>(row.kv.length)) * vocabulary;
    }
    m_session->backend().forEach(results.size(), [&](std::size_t i, int thread) {
        Sampler& sampler = m_samplers[static_cast<std::size_t>(thread)];
        const Row& row = m_rows[i];
        const float* at = first[i];
        for (auto t = static_cast<std::size_t>(row.kv.length) + 1; t < row.context.size(); ++t) {
            results[i].forcedLogp.push_back(sampler.logp({at, vocabulary}, row.context[t]));
            at += vocabulary;
        }
        drawRow(sampler, {at, vocabulary}, row, results[i]);
    });
}

/// One draw a job from the row's logits.
void GenerateRun::drawRow(Sampler& sampler, std::span<const float> logits, const Row& row,
                          StepResult& result) const {
    std::vector<double> uniforms;
    std::vector<std::size_t> plain; // members with nothing banned
    result.draws.resize(row.jobs.size());
    for (std::size_t member = 0; member < row.jobs.size(); ++member) {
        const double uniform = uniformOf(row, member);
        const Ids banned = bannedAt(row.jobs[member], row.context.size());
        if (!banned.empty()) {
            result.draws[member] = sampler.draw(logits, uniform, banned);
            continue;
        }
        plain.push_back(member);
        uniforms.push_back(uniform);
    }
    Ids ids(plain.size());
    if (plain.empty() || !sampler.drawAll(logits, uniforms, ids))
        return;
    const double normaliser = sampler.logNormaliser(logits);
    for (std::size_t i = 0; i < plain.size(); ++i)
        result.draws[plain[i]] =
            Draw{ids[i], static_cast<float>(logits[static_cast<std::size_t>(ids[i])] - normaliser)};
}

/// The jobs of a row that go on.
Result<std::vector<Drawn>> GenerateRun::accept(const Row& row, const StepResult& result) {
    std::vector<Drawn> going;
    for (std::size_t member = 0; member < row.jobs.size(); ++member) {
        const std::size_t job = row.jobs[member];
        const auto& draw = result.draws[member];
        if (!result.forcedLogp.empty() && acceptForced(job, result))
            continue;
        if (!draw)
            return fail(
                ErrorCode::Corrupt,
                cat("No token with a finite logit is left at position ", row.context.size(),
                    " of job ", job,
                    "; ban fewer ids, or check the model's weights (damaged, or too large for its "
                    "dtype)."));
        if (!acceptDrawn(job, *draw))
            going.push_back({job, draw->id});
    }
    return going;
}

/// True when the forced ids already end the job.
bool GenerateRun::acceptForced(std::size_t job, const StepResult& result) {
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

/// True when the draw ends the job.
bool GenerateRun::acceptDrawn(std::size_t job, const Draw& draw) {
    if (endedBy(job, draw.id))
        return true;
    Generated& generated = m_results[job];
    generated.ids.push_back(draw.id);
    generated.logp.push_back(draw.logp);
    if (m_request.onToken)
        m_request.onToken(job, draw.id, draw.logp);
    return endedAfter(job);
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
    m_dry = false;
    if (m_request.onFinished)
        m_request.onFinished(job, m_results[job]);
}

/// Rows after a step: each becomes one for every token that its jobs drew.
void GenerateRun::branch(std::vector<std::vector<Drawn>>& drawn) {
    const std::lock_guard lock(m_session->mutex());
    std::vector<Row> rows;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (i < drawn.size())
            branchRow(m_rows[i], drawn[i], rows);
        else // waited
            rows.push_back(std::move(m_rows[i]));
    }
    m_rows = std::move(rows);
}

void GenerateRun::branchRow(Row& row, std::vector<Drawn>& drawn, std::vector<Row>& rows) {
    if (drawn.size() < row.jobs.size() && m_jobs.size() <= kInteractiveJobs)
        m_session->remember(m_request.model.adapter, row.context, row.kv);
    std::stable_sort(drawn.begin(), drawn.end(),
                     [](const Drawn& a, const Drawn& b) { return a.id < b.id; });
    for (std::size_t begin = 0, end = 0; begin < drawn.size(); begin = end) {
        std::vector<std::size_t> jobs;
        for (; end < drawn.size() && drawn[end].id == drawn[begin].id; ++end)
            jobs.push_back(drawn[end].job);
        const bool last = end == drawn.size();
        rows.push_back({std::move(jobs), last ? std::move(row.context) : row.context,
                        last ? std::exchange(row.kv, {}) : m_session->fork(row.kv)});
        rows.back().context.push_back(drawn[begin].id);
    }
    if (drawn.empty()) {
        m_session->close(row.kv);
        m_memoryTight = false;
    }
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
