#include "core/jobs/rollout_drawer.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

namespace crux::jobs {

namespace {

/// Rollouts of one stream through the engine, which keeps all of a call: then it drains and begins
/// anew.
constexpr std::size_t kMostOfAStream = 1 << 14;

} // namespace

/// A planned rollout on its way through the engine.
struct RolloutDrawer::Slot {
    PlannedRollout planned;
    int end; ///< the engine's prefix is ids[0..end]; what lies after draw.start is followed
    StopSearch stop;
    bool over = false;

    const SearchTarget& target() const { return *planned.target; }
    engine::Ids prefix() const {
        return {target().ids().begin(), target().ids().begin() + end + 1};
    }
    std::string path() const {
        return planned.banned >= 0 ? target().replacementPath(planned.draw.stream)
                                   : target().streamPath(planned.draw.stream);
    }
    /// Follows to the end of a response that is over there: nothing to draw.
    bool followsToClose() const {
        return planned.banned < 0 && planned.draw.token < 0 && end == target().last() &&
               target().closed();
    }
    bool leavesByEos() const {
        const auto& eos = target().limits().eosIds;
        return planned.banned < 0 &&
               std::find(eos.begin(), eos.end(), planned.draw.token) != eos.end();
    }
};

/// One call of drawAll.
struct RolloutDrawer::Round {
    const Source& source;
    const Sink& sink;
    std::deque<Slot> slots;
    std::vector<Slot*> jobs;  ///< of the engine's call under way, by its job number
    std::vector<Slot*> later; ///< replacements whose first token is drawn in another way
    Status failed;            ///< the sink's
    std::size_t taken = 0;    ///< rollouts from the source since the stream began

    void dropOver() {
        std::erase_if(jobs, [](const Slot* slot) { return slot->over; });
        while (!slots.empty() && slots.front().over)
            slots.pop_front();
    }
};

RolloutDrawer::RolloutDrawer(engine::ModelRef model, const SearchOptions& options,
                             DrawingEngine engine)
    : m_model(std::move(model))
    , m_options(options)
    , m_engine(std::move(engine))
    , m_batch(options.batch) {}

Result<std::vector<DrawnRollout>> RolloutDrawer::draw(std::span<const PlannedRollout> planned,
                                                      const CancelToken& cancel) {
    std::vector<DrawnRollout> all(planned.size());
    std::size_t given = 0;
    const Source source = [&](std::size_t room) -> Result<std::vector<PlannedRollout>> {
        const auto some = planned.subspan(given, std::min(room, planned.size() - given));
        given += some.size();
        return std::vector<PlannedRollout>(some.begin(), some.end());
    };
    const Sink sink = [&](const PlannedRollout& one, store::RolloutRecord record) -> Status {
        const auto same = [&one](const PlannedRollout& other) {
            return other.target == one.target && other.draw == one.draw &&
                   other.banned == one.banned;
        };
        for (std::size_t i = 0; i < planned.size(); ++i)
            if (same(planned[i]))
                all[i] = {record, true};
        return {};
    };
    CRUX_TRY_VOID(drawAll(source, sink, cancel));
    return all;
}

Status RolloutDrawer::drawAll(const Source& source, const Sink& sink, const CancelToken& cancel) {
    Round round{source, sink, {}, {}, {}, {}, 0};
    do {
        round.taken = 0;
        CRUX_TRY_VOID(drawOpen(round, cancel));
        CRUX_TRY_VOID(drawReplaced(round, cancel));
    } while (round.taken > 0 && !cancel.cancelled());
    return {};
}

engine::GenerateRequest RolloutDrawer::requestFor(Round& round) {
    engine::GenerateRequest request;
    request.model = m_model;
    request.sampling = m_options.sampling;
    request.maxBatch = m_batch.value();
    request.kvBytes = m_options.kvBytes;
    if (!m_options.sampling.stop.empty())
        request.stop = [&round](std::size_t job, std::span<const std::int32_t> ids) {
            return round.jobs[job]->stop.found(ids);
        };
    request.breathe = m_breathe;
    return request;
}

engine::GenerateJob RolloutDrawer::jobFor(const Slot& slot) const {
    engine::GenerateJob job{slot.prefix(), {}, slot.path(), slot.target().room(slot.end), {}};
    if (slot.planned.banned >= 0)
        job.bannedIds.push_back(slot.planned.banned);
    else if (slot.planned.draw.token >= 0)
        job.forced.push_back(slot.planned.draw.token);
    return job;
}

/// Asks the source until there are jobs for the engine or nothing to draw; what needs no drawing is
/// over at once.
Status RolloutDrawer::takeIn(Round& round, std::size_t room,
                             std::vector<engine::GenerateJob>& jobs) {
    while (jobs.empty() && round.failed.ok() && round.taken < kMostOfAStream) {
        CRUX_TRY(planned, round.source(room));
        if (planned.empty())
            break;
        round.taken += planned.size();
        for (PlannedRollout& one : planned) {
            const int end = one.banned >= 0 ? one.draw.start : one.draw.departs - 1;
            StopSearch stop(one.target->tokenizer(), m_options.sampling.stop,
                            one.target->responseUpTo(end));
            round.slots.push_back({std::move(one), end, std::move(stop), false});
            Slot& slot = round.slots.back();
            if (slot.followsToClose() || slot.leavesByEos()) {
                engine::Generated made;
                made.finish =
                    slot.followsToClose() ? slot.target().closedFinish() : FinishReason::Eos;
                CRUX_TRY_VOID(finish(round, slot, made));
            } else if (slot.planned.banned >= 0 &&
                       m_options.replacement == critical::ReplacementDraw::FullSoftmax) {
                round.later.push_back(&slot);
            } else {
                round.jobs.push_back(&slot);
                jobs.push_back(jobFor(slot));
            }
        }
    }
    return round.failed;
}

/// One stream through the engine, begun again with smaller batches while memory runs out.
Status RolloutDrawer::drawOpen(Round& round, const CancelToken& cancel) {
    for (;;) {
        std::vector<engine::GenerateJob> jobs;
        for (Slot* slot : round.jobs) {
            slot->stop.restart();
            jobs.push_back(jobFor(*slot));
        }
        if (jobs.empty())
            CRUX_TRY_VOID(takeIn(round, static_cast<std::size_t>(m_batch.value()), jobs));
        if (jobs.empty())
            return {};
        engine::GenerateRequest request = requestFor(round);
        request.more = [&](std::size_t room) -> Result<std::vector<engine::GenerateJob>> {
            std::vector<engine::GenerateJob> more;
            CRUX_TRY_VOID(takeIn(round, room, more));
            return more;
        };
        request.onFinished = [&](std::size_t job, const engine::Generated& made) {
            if (const Status status = finish(round, *round.jobs[job], made); !status.ok())
                round.failed = status; // told to the engine when it asks for more
        };
        const auto made = m_engine.generate(request, jobs, cancel);
        CRUX_TRY_VOID(round.failed);
        round.dropOver();
        if (made.ok())
            return {};
        if (!m_batch.shrink(made.error()))
            return fail(made.error());
    }
}

/// One call of the engine for each banned token: how its replacement is drawn holds for the call.
Status RolloutDrawer::drawReplaced(Round& round, const CancelToken& cancel) {
    std::map<std::tuple<const SearchTarget*, int, std::int32_t>, std::vector<Slot*>> groups;
    for (Slot* slot : std::exchange(round.later, {}))
        groups[{slot->planned.target, slot->end, slot->planned.banned}].push_back(slot);
    for (const auto& [key, group] : groups) {
        critical::ReplacementRequest request;
        request.prefix = group[0]->prefix();
        request.banned = group[0]->planned.banned;
        request.maxNewTokens = group[0]->target().room(group[0]->end);
        request.draw = m_options.replacement;
        for (const Slot* slot : group)
            request.streamPaths.push_back(slot->path());
        for (;;) {
            round.jobs = group;
            for (Slot* slot : group)
                slot->stop.restart();
            request.generate = requestFor(round);
            const auto made = m_engine.replace(request, cancel);
            round.jobs.clear();
            if (!made.ok() && !m_batch.shrink(made.error()))
                return fail(made.error());
            if (!made.ok())
                continue;
            for (std::size_t i = 0; i < made->size(); ++i)
                CRUX_TRY_VOID(finish(round, *group[i], (*made)[i]));
            break;
        }
    }
    round.dropOver();
    return {};
}

Status RolloutDrawer::finish(Round& round, Slot& slot, const engine::Generated& made) {
    m_tokens += std::ssize(made.ids);
    if (made.finish == FinishReason::Cancelled || slot.over)
        return {};
    slot.over = true;
    return round.sink(slot.planned, judged(slot, made));
}

store::RolloutRecord RolloutDrawer::judged(const Slot& slot, const engine::Generated& made) const {
    const SearchTarget& target = slot.target();
    const critical::Draw& draw = slot.planned.draw;
    store::RolloutRecord record;
    record.position = draw.start;
    record.index = draw.stream;
    record.seedPath = slot.path();
    record.finishReason = std::string(finishReasonName(made.finish));
    if (slot.planned.banned >= 0)
        record.variant = m_options.variant(slot.planned.banned);
    GradedRollout grade;
    if (slot.followsToClose()) {
        record.ids = target.rest(draw.start);
        grade = target.closedGrade();
    } else {
        record.ids.assign(target.ids().begin() + draw.start + 1,
                          target.ids().begin() + slot.end + 1);
        record.ids.insert(record.ids.end(), made.ids.begin(), made.ids.end());
        grade = target.grade(slot.end, made.ids);
    }
    record.answer = std::move(grade.answer);
    record.verdict = grade.verdict;
    record.verdictReason = std::move(grade.reason);
    return record;
}

} // namespace crux::jobs
