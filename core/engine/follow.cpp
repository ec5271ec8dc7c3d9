// engine::drawAlong: the draws of many random streams along one sequence, in one pass over it.
#include "core/base/rng.h"
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/decode_session.h"
#include "core/engine/sampler.h"
#include "core/engine/weights.h"

#include <algorithm>
#include <atomic>

namespace crux::engine {

namespace {

/// Positions a piece; their logits are kept at once (64 rows of 152,064 are 39 MB).
constexpr std::size_t kPieceRows = 64;

Status checkSequence(const FollowRequest& request, std::span<const std::int32_t> ids,
                     const ModelConfig& config) {
    CRUX_TRY_VOID(validate(request.sampling));
    if (request.first < 1 || request.first > ids.size())
        return fail(ErrorCode::InvalidArgument,
                    cat("Position ", request.first, " is outside a sequence of ", ids.size(),
                        " tokens, which can be followed from 1 on."));
    if (config.contextLength > 0 && std::ssize(ids) > config.contextLength)
        return fail(ErrorCode::InvalidArgument, cat("The sequence has ", ids.size(),
                                                    " tokens, more than the model's context of ",
                                                    config.contextLength, "; shorten it."));
    for (const std::int32_t id : ids)
        if (id < 0 || id >= config.vocabularySize)
            return fail(ErrorCode::InvalidArgument,
                        cat("Token id ", id, " is outside the model's vocabulary of ",
                            config.vocabularySize, "; use ids of this model's tokenizer."));
    return {};
}

/// One call of drawAlong. Owner: that call's thread.
class FollowRun {
public:
    FollowRun(const FollowRequest& request, std::span<const std::int32_t> ids,
              const LoadedModel& model)
        : m_request(request)
        , m_ids(ids)
        , m_session(DecodeSession::of(model))
        , m_vocabulary(static_cast<std::size_t>(model.config().vocabularySize)) {
        for (const std::string& path : request.streamPaths)
            m_streams.emplace_back(path, request.sampling.seed);
        m_result.first = request.first;
        m_result.streams = m_streams.size();
        m_result.drawn.resize((ids.size() - request.first) * m_streams.size());
        m_result.logp.resize(ids.size() - request.first);
    }

    Result<FollowedDraws> run(const CancelToken& cancel) {
        KvSequence sequence;
        const KvSequenceCloser closer(*m_session, sequence);
        const int adapter = m_request.model.adapter;
        const auto known = m_ids.first(m_request.first - 1);
        {
            const std::lock_guard lock(m_session->mutex());
            m_session->setLimit(m_request.kvBytes);
            m_samplers.assign(static_cast<std::size_t>(m_session->backend().threads()),
                              Sampler(m_request.sampling));
            sequence = m_session->open(adapter, known);
        }
        CRUX_TRY_VOID(m_session->prefill(sequence, known, adapter, cancel, m_request.breathe));
        while (sequence.length + 1 < std::ssize(m_ids)) {
            if (cancel.cancelled())
                return fail(ErrorCode::Cancelled, "Following the trajectory was cancelled.");
            CRUX_TRY_VOID(piece(sequence));
            if (m_request.breathe)
                m_request.breathe();
        }
        const std::lock_guard lock(m_session->mutex());
        m_session->remember(adapter, m_ids.first(static_cast<std::size_t>(sequence.length)),
                            sequence);
        return std::move(m_result);
    }

private:
    /// Feeds the next tokens; their logits are those of the positions after them.
    Status piece(KvSequence& sequence) {
        const auto begin = static_cast<std::size_t>(sequence.length);
        const std::size_t count = std::min(kPieceRows, m_ids.size() - 1 - begin);
        const std::lock_guard lock(m_session->mutex());
        if (!m_session->makeRoom(sequence, sequence.length + static_cast<std::int64_t>(count)))
            return fail(ErrorCode::OutOfMemory,
                        cat("The KV cache has no room for a sequence of ", m_ids.size(),
                            " tokens; raise its memory limit."));
        const DecodeSegment segment{m_ids.subspan(begin, count), sequence.length, sequence.blocks,
                                    0};
        const float* logits = m_session->backend().forward({&segment, 1}, m_request.model.adapter);
        sequence.length += static_cast<std::int64_t>(count);
        std::atomic<bool> sound{true};
        m_session->backend().forEach(count, [&](std::size_t row, int thread) {
            if (!drawRow({logits + row * m_vocabulary, m_vocabulary}, begin + row + 1,
                         m_samplers[static_cast<std::size_t>(thread)]))
                sound = false;
        });
        if (!sound)
            return fail(ErrorCode::Corrupt,
                        "A position of the sequence has no token with a finite logit; check the "
                        "model's weights (damaged, or too large for its dtype).");
        return {};
    }

    bool drawRow(std::span<const float> logits, std::size_t position, Sampler& sampler) {
        std::vector<double> uniforms;
        uniforms.reserve(m_streams.size());
        for (const RandomStream& stream : m_streams)
            uniforms.push_back(stream.uniform(position));
        const std::size_t row = position - m_request.first;
        m_result.logp[row] = sampler.logp(logits, m_ids[position]);
        return sampler.drawAll(
            logits, uniforms,
            std::span(m_result.drawn).subspan(row * m_streams.size(), m_streams.size()));
    }

    const FollowRequest& m_request;
    const std::span<const std::int32_t> m_ids;
    const std::shared_ptr<DecodeSession> m_session;
    const std::size_t m_vocabulary;
    std::vector<RandomStream> m_streams;
    std::vector<Sampler> m_samplers; ///< one a thread
    FollowedDraws m_result;
};

} // namespace

Result<FollowedDraws> drawAlong(const FollowRequest& request, std::span<const std::int32_t> ids,
                                const CancelToken& cancel) {
    return guarded("Following the trajectory", [&]() -> Result<FollowedDraws> {
        CRUX_TRY(model, asLoaded(request.model));
        CRUX_TRY_VOID(checkSequence(request, ids, model->config()));
        return FollowRun(request, ids, *model).run(cancel);
    });
}

} // namespace crux::engine
