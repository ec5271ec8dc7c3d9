#include "core/jobs/rollout_drawer.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace crux::jobs {

namespace {

constexpr int kShrink = 4;

} // namespace

/// A planned rollout on its way through the engine.
struct RolloutDrawer::Slot {
    const PlannedRollout* planned;
    int end; ///< the engine's prefix is ids[0..end]; what lies after draw.start is followed
    StopSearch stop;
    engine::Generated made;
    bool drawn = false;

    const SearchTarget& target() const { return *planned->target; }
    engine::Ids prefix() const {
        return {target().ids().begin(), target().ids().begin() + end + 1};
    }
    std::string path() const {
        return planned->banned >= 0 ? target().replacementPath(planned->draw.stream)
                                    : target().streamPath(planned->draw.stream);
    }
    /// Follows to the end of a response that is over there: nothing to draw.
    bool followsToClose() const {
        return planned->draw.token < 0 && end == target().last() && target().closed();
    }
    bool leavesByEos() const {
        const auto& eos = target().limits().eosIds;
        return std::find(eos.begin(), eos.end(), planned->draw.token) != eos.end();
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
    std::vector<Slot> slots;
    for (const PlannedRollout& one : planned) {
        const int end = one.banned >= 0 ? one.draw.start : one.draw.departs - 1;
        slots.push_back({&one,
                         end,
                         StopSearch(one.target->tokenizer(), m_options.sampling.stop,
                                    one.target->responseUpTo(end)),
                         {},
                         false});
    }
    CRUX_TRY_VOID(drawPlain(slots, cancel));
    CRUX_TRY_VOID(drawBanned(slots, cancel));
    std::vector<DrawnRollout> all;
    for (const Slot& slot : slots)
        all.push_back(judged(slot));
    return all;
}

engine::GenerateRequest RolloutDrawer::requestFor(const std::vector<Slot*>& slots) {
    engine::GenerateRequest request;
    request.model = m_model;
    request.sampling = m_options.sampling;
    if (!m_options.sampling.stop.empty())
        request.stop = [slots](std::size_t job, std::span<const std::int32_t> ids) {
            return slots[job]->stop.found(ids);
        };
    request.breathe = m_breathe;
    return request;
}

/// Tries with m_batch; as long as memory runs out, with a quarter of it. What is drawn is the same.
template <typename Try>
Status RolloutDrawer::withSmallerBatches(engine::GenerateRequest& request,
                                         const std::vector<Slot*>& slots, const Try& attempt) {
    for (;;) {
        request.maxBatch = m_batch;
        const Status status = attempt();
        if (status.ok() || status.error().code != ErrorCode::OutOfMemory || m_batch == 1)
            return status;
        m_batch = std::max(1, m_batch / kShrink);
        for (Slot* slot : slots)
            slot->stop.restart();
    }
}

Status RolloutDrawer::drawPlain(std::vector<Slot>& slots, const CancelToken& cancel) {
    std::vector<Slot*> going;
    std::vector<engine::GenerateJob> jobs;
    for (Slot& slot : slots) {
        if (slot.planned->banned >= 0)
            continue;
        if (slot.followsToClose() || slot.leavesByEos()) {
            slot.drawn = true;
            slot.made.finish =
                slot.followsToClose() ? slot.target().closedFinish() : FinishReason::Eos;
            continue;
        }
        engine::Ids forced;
        if (slot.planned->draw.token >= 0)
            forced.push_back(slot.planned->draw.token);
        jobs.push_back(
            {slot.prefix(), std::move(forced), slot.path(), slot.target().room(slot.end)});
        going.push_back(&slot);
    }
    if (going.empty())
        return {};
    engine::GenerateRequest request = requestFor(going);
    return withSmallerBatches(request, going, [&]() -> Status {
        CRUX_TRY(made, m_engine.generate(request, jobs, cancel));
        for (std::size_t i = 0; i < made.size(); ++i) {
            m_tokens += std::ssize(made[i].ids);
            going[i]->drawn = made[i].finish != FinishReason::Cancelled;
            going[i]->made = std::move(made[i]);
        }
        return {};
    });
}

/// One call of the engine for each banned token: the ban is one of the whole call.
Status RolloutDrawer::drawBanned(std::vector<Slot>& slots, const CancelToken& cancel) {
    std::map<std::tuple<const SearchTarget*, int, std::int32_t>, std::vector<Slot*>> groups;
    for (Slot& slot : slots)
        if (slot.planned->banned >= 0)
            groups[{slot.planned->target, slot.end, slot.planned->banned}].push_back(&slot);
    for (const auto& [key, group] : groups) {
        critical::ReplacementRequest request;
        request.generate = requestFor(group);
        request.prefix = group[0]->prefix();
        request.banned = group[0]->planned->banned;
        request.maxNewTokens = group[0]->target().room(group[0]->end);
        request.draw = m_options.replacement;
        for (const Slot* slot : group)
            request.streamPaths.push_back(slot->path());
        CRUX_TRY_VOID(withSmallerBatches(request.generate, group, [&]() -> Status {
            CRUX_TRY(made, m_engine.replace(request, cancel));
            for (std::size_t i = 0; i < made.size(); ++i) {
                m_tokens += std::ssize(made[i].ids);
                group[i]->drawn = made[i].finish != FinishReason::Cancelled;
                group[i]->made = std::move(made[i]);
            }
            return {};
        }));
    }
    return {};
}

DrawnRollout RolloutDrawer::judged(const Slot& slot) const {
    DrawnRollout drawn;
    drawn.whole = slot.drawn;
    if (!slot.drawn)
        return drawn;
    const SearchTarget& target = slot.target();
    const critical::Draw& draw = slot.planned->draw;
    store::RolloutRecord& record = drawn.record;
    record.position = draw.start;
    record.index = draw.stream;
    record.seedPath = slot.path();
    record.finishReason = std::string(finishReasonName(slot.made.finish));
    if (slot.planned->banned >= 0)
        record.variant = m_options.variant(slot.planned->banned);
    GradedRollout grade;
    if (slot.planned->banned < 0 && slot.followsToClose()) {
        record.ids = target.rest(draw.start);
        grade = target.closedGrade();
    } else {
        record.ids.assign(target.ids().begin() + draw.start + 1,
                          target.ids().begin() + slot.end + 1);
        record.ids.insert(record.ids.end(), slot.made.ids.begin(), slot.made.ids.end());
        grade = target.grade(slot.end, slot.made.ids);
    }
    record.answer = std::move(grade.answer);
    record.verdict = grade.verdict;
    record.verdictReason = std::move(grade.reason);
    return drawn;
}

} // namespace crux::jobs
