// Draws rollouts of many trajectories in one batch and judges each. Draws that a search plans carry
// what is known of them already: how far they follow the trajectory and how they leave it.
#pragma once

#include "core/engine/critical/departures.h"
#include "core/engine/critical/replacement.h"
#include "core/engine/engine.h"
#include "core/jobs/batch_size.h"
#include "core/jobs/search_options.h"
#include "core/jobs/search_target.h"

#include <functional>

namespace crux::jobs {

/// One rollout to draw. A banned one begins with a replacement for the trajectory's token at
/// draw.start + 1; its index is draw.stream too.
struct PlannedRollout {
    const SearchTarget* target = nullptr;
    critical::Draw draw;
    std::int32_t banned = -1; ///< -1: a plain rollout
};

/// What became of it; `whole` false: cancelled before it was over, nothing of it counts.
struct DrawnRollout {
    store::RolloutRecord record; ///< position = draw.start
    bool whole = false;
};

/// What the drawer asks of the engine; tests put their own in.
struct DrawingEngine {
    std::function<Result<std::vector<engine::Generated>>(
        const engine::GenerateRequest&, std::span<const engine::GenerateJob>, const CancelToken&)>
        generate = engine::generate;
    std::function<Result<std::vector<engine::Generated>>(const critical::ReplacementRequest&,
                                                         const CancelToken&)>
        replace = critical::drawReplacements;
};

/// Owner: one job, which outlives it with its options. Not thread-safe.
class RolloutDrawer {
public:
    RolloutDrawer(engine::ModelRef model, const SearchOptions& options, DrawingEngine engine = {});

    /// At most `room` rollouts to draw now; none: asked again when another is over.
    using Source = std::function<Result<std::vector<PlannedRollout>>(std::size_t room)>;
    /// A rollout is over; not called for those that a cancel cut off.
    using Sink = std::function<Status(const PlannedRollout& planned, store::RolloutRecord record)>;
    /// Draws until the source gives none and all are over; the batch is kept full meanwhile. When
    /// memory runs out, smaller batches are tried down to single rollouts, and kept for what
    /// follows; what is over is not drawn again. The Error of the last try says so.
    Status drawAll(const Source& source, const Sink& sink, const CancelToken& cancel);
    /// The same for rollouts known from the start, in the order asked for.
    Result<std::vector<DrawnRollout>> draw(std::span<const PlannedRollout> planned,
                                           const CancelToken& cancel);

    /// Called while drawing, after every step of the engine.
    void setBreathe(engine::Breath breathe) { m_breathe = std::move(breathe); }
    std::int64_t tokens() const { return m_tokens; } ///< computed so far, one a drawn token
    int batch() const { return m_batch.value(); }    ///< smaller once memory ran out

private:
    struct Slot;
    struct Round;
    engine::GenerateRequest requestFor(Round& round);
    Status takeIn(Round& round, std::size_t room, std::vector<engine::GenerateJob>& jobs);
    Status drawOpen(Round& round, const CancelToken& cancel);
    Status drawReplaced(Round& round, const CancelToken& cancel);
    Status finish(Round& round, Slot& slot, const engine::Generated& made);
    engine::GenerateJob jobFor(const Slot& slot) const;
    store::RolloutRecord judged(const Slot& slot, const engine::Generated& made) const;

    const engine::ModelRef m_model;
    const SearchOptions& m_options;
    const DrawingEngine m_engine;
    engine::Breath m_breathe;
    std::int64_t m_tokens = 0;
    BatchSize m_batch;
};

} // namespace crux::jobs
