// Draws answers to prompts, continuously batched across questions, and hands each over as it ends;
// smaller batches when memory runs out.
#pragma once

#include "core/engine/engine.h"
#include "core/jobs/batch_size.h"
#include "core/jobs/sample_prompts.h"

#include <functional>
#include <span>

namespace crux::jobs {

/// One answer to draw; borrows the prompt and the stop texts from the caller.
struct PlannedSample {
    const TokenizedPrompt* prompt = nullptr;
    const std::vector<std::string>* stops = nullptr;
    std::string streamPath; ///< names its random numbers, with the seed and the absolute position
};

/// What was drawn.
struct DrawnSample {
    engine::Ids ids;          ///< to the token that a stop text begins in, included; without EOS
    std::string response;     ///< bytes of the ids
    std::size_t answered = 0; ///< bytes of the response before the stop text
    FinishReason finish = FinishReason::Length;
};

/// What the drawer asks of the engine; tests put their own in.
using SampleEngine = std::function<Result<std::vector<engine::Generated>>(
    const engine::GenerateRequest&, std::span<const engine::GenerateJob>, const CancelToken&)>;

/// Owner: one job, which outlives it with its options. Not thread-safe.
class SampleDrawer {
public:
    SampleDrawer(engine::ModelRef model, text::TokenizerPtr tokenizer, const SampleOptions& options,
                 SampleEngine engine = engine::generate);

    /// Called for each answer as soon as it is over, in whatever order, on the calling thread; not
    /// for those that a cancel cut off. Its failure cancels the drawing and is returned.
    using Sink = std::function<Status(std::size_t planned, DrawnSample sample)>;
    /// When memory runs out, smaller batches are tried down to single answers, and kept for what
    /// follows; what is finished is not drawn again.
    Status draw(std::span<const PlannedSample> planned, const CancelToken& cancel,
                const Sink& sink);

    /// Called while drawing, after every step of the engine.
    void setBreathe(engine::Breath breathe) { m_breathe = std::move(breathe); }
    std::int64_t tokens() const { return m_tokens; } ///< drawn so far
    int batch() const { return m_batch.value(); }    ///< smaller once memory ran out

private:
    struct Round;
    Result<std::vector<engine::Generated>> drawRound(Round& round, const CancelToken& cancel);
    DrawnSample cut(const PlannedSample& planned, const engine::Generated& made) const;

    const engine::ModelRef m_model;
    const text::TokenizerPtr m_tokenizer;
    const SampleOptions& m_options;
    const SampleEngine m_engine;
    const std::int32_t m_contextLength;
    engine::Breath m_breathe;
    std::int64_t m_tokens = 0;
    BatchSize m_batch;
};

} // namespace crux::jobs
