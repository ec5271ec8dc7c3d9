#include "core/jobs/sample_drawer.h"

#include "core/base/text_util.h"
#include "core/jobs/search_target.h"
#include "core/jobs/token_rows.h"

#include <algorithm>

namespace crux::jobs {

/// One call of the engine for all answers that are not over yet.
struct SampleDrawer::Round {
    std::span<const PlannedSample> planned;
    const Sink* sink = nullptr;
    std::vector<bool>* over = nullptr; ///< of planned
    std::vector<std::size_t> open;     ///< planned index of each job of this call
    std::vector<StopSearch> stops;     ///< one a job
    Status failed;                     ///< the sink's

    /// Hands one over, once.
    void finish(const SampleDrawer& drawer, std::size_t job, const engine::Generated& made) {
        const std::size_t index = open[job];
        if ((*over)[index] || made.finish == FinishReason::Cancelled || !failed.ok())
            return;
        (*over)[index] = true;
        failed = (*sink)(index, drawer.cut(planned[index], made));
    }
};

SampleDrawer::SampleDrawer(engine::ModelRef model, text::TokenizerPtr tokenizer,
                           const SampleOptions& options, SampleEngine engine)
    : m_model(std::move(model))
    , m_tokenizer(std::move(tokenizer))
    , m_options(options)
    , m_engine(std::move(engine))
    , m_contextLength(m_model.model->info().contextLength)
    , m_batch(options.batch) {}

Status SampleDrawer::draw(std::span<const PlannedSample> planned, const CancelToken& cancel,
                          const Sink& sink) {
    std::vector<bool> over(planned.size(), false);
    for (;;) {
        Round round{planned, &sink, &over, {}, {}, {}};
        for (std::size_t i = 0; i < planned.size(); ++i)
            if (!over[i]) {
                round.open.push_back(i);
                round.stops.emplace_back(*m_tokenizer, *planned[i].stops, std::string());
            }
        if (round.open.empty())
            return {};
        const auto made = drawRound(round, cancel);
        if (!round.failed.ok())
            return round.failed;
        if (!made.ok()) {
            if (!m_batch.shrink(made.error()))
                return fail(made.error());
            continue;
        }
        for (std::size_t job = 0; job < made->size(); ++job) // those not handed over on the way
            round.finish(*this, job, (*made)[job]);
        return round.failed;
    }
}

Result<std::vector<engine::Generated>> SampleDrawer::drawRound(Round& round,
                                                               const CancelToken& cancel) {
    std::vector<engine::GenerateJob> jobs;
    for (const std::size_t index : round.open) {
        const PlannedSample& sample = round.planned[index];
        int room = m_options.sampling.maxNewTokens;
        if (m_contextLength > 0)
            room = std::min(room, m_contextLength - static_cast<int>(sample.prompt->ids.size()));
        jobs.push_back({sample.prompt->ids, {}, sample.streamPath, std::max(1, room)});
    }
    engine::GenerateRequest request;
    request.model = m_model;
    request.sampling = m_options.sampling;
    request.maxBatch = m_batch.value();
    request.kvBytes = m_options.kvBytes;
    request.stop = [&round](std::size_t job, std::span<const std::int32_t> ids) {
        return round.stops[job].found(ids);
    };
    request.onToken = [this](std::size_t, std::int32_t, float) { ++m_tokens; };
    request.breathe = m_breathe;
    request.onFinished = [this, &round, &cancel](std::size_t job, const engine::Generated& made) {
        round.finish(*this, job, made);
        if (!round.failed.ok())
            cancel.cancel(); // nothing more can be kept
    };
    return m_engine(request, jobs, cancel);
}

/// A stop text may begin inside a token (".\n\n" before "Question:"): that token is kept whole, so
/// that the ids spell the response, and `answered` says where the answer ends.
DrawnSample SampleDrawer::cut(const PlannedSample& planned, const engine::Generated& made) const {
    DrawnSample sample;
    sample.finish = made.finish;
    std::string text;
    std::vector<std::size_t> begins;
    for (const std::int32_t id : made.ids) {
        begins.push_back(text.size());
        text += bytesOf(*m_tokenizer, {&id, 1});
    }
    std::size_t stop = std::string::npos;
    for (const std::string& one : *planned.stops)
        stop = std::min(stop, text.find(one));
    std::size_t kept = made.ids.size();
    if (stop != std::string::npos)
        while (kept > 0 && begins[kept - 1] >= stop)
            --kept;
    sample.ids.assign(made.ids.begin(), made.ids.begin() + static_cast<std::ptrdiff_t>(kept));
    sample.response = text.substr(0, kept < begins.size() ? begins[kept] : text.size());
    sample.answered = std::min(stop, sample.response.size());
    return sample;
}

} // namespace crux::jobs
