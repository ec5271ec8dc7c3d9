#include "core/engine/decode_session.h"

#include "core/base/machine_memory.h"
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/row_kernels.h"
#include "core/engine/weights.h"

#include <algorithm>

namespace crux::engine {

namespace {

/// A piece of a prefix on a CPU: enough rows to share the reading of the weights, few enough to
/// take about a second at most, for others wait that long.
std::size_t prefillRows(const LoadedModel& model) {
    constexpr std::int64_t kMost = 256, kFewest = 16, kProducts = 16'000'000'000;
    constexpr std::int64_t kMostOnDevice = 2048;
    const std::int64_t parameters = std::max<std::int64_t>(1, model.info().parameters);
    return static_cast<std::size_t>(model.device().is_cuda()
                                        ? kMostOnDevice
                                        : std::clamp(kProducts / parameters, kFewest, kMost));
}

constexpr std::int64_t kMegabyte = std::int64_t{1} << 20;
constexpr std::int64_t kLargestCache = 512 * kMegabyte;

/// Half of what a GPU has free once the weights are there; a quarter of a machine's memory, a
/// gigabyte where it is not known.
std::int64_t defaultLimit(const LoadedModel& model) {
    if (!model.device().is_cpu())
        return freeDeviceBytes(model.device()) / 2;
    const std::int64_t total = machineMemory().total;
    return total > 0 ? total / 4 : 1024 * kMegabyte;
}

std::int32_t cacheBlocks(const KvPool& pool, std::int64_t blockBytes) {
    const std::int64_t most = std::max<std::int64_t>(1, kLargestCache / blockBytes);
    return static_cast<std::int32_t>(std::min<std::int64_t>(most, (pool.limit() + 1) / 2));
}

} // namespace

void FairMutex::lock() {
    std::unique_lock lock(m_mutex);
    const std::uint64_t ticket = m_next++;
    m_changed.wait(lock, [&] { return m_serving == ticket; });
}

void FairMutex::unlock() {
    {
        const std::lock_guard lock(m_mutex);
        ++m_serving;
    }
    m_changed.notify_all();
}

KvSequenceCloser::~KvSequenceCloser() {
    const std::lock_guard lock(m_session.mutex());
    m_session.close(m_sequence);
}

DecodeSession::DecodeSession(std::unique_ptr<DecodeBackend> backend, std::int64_t vocabularySize,
                             std::int64_t limitBytes, std::size_t prefillRows)
    : m_backend(std::move(backend))
    , m_vocabularySize(vocabularySize)
    , m_defaultLimit(limitBytes)
    , m_prefillRows(prefillRows)
    , m_pool(*m_backend, limitBytes)
    , m_cache(m_pool, cacheBlocks(m_pool, m_backend->blockBytes())) {}

std::shared_ptr<DecodeSession> DecodeSession::of(const LoadedModel& model) {
    LoadedModel::DecodeSlot& slot = model.decodeSlot();
    const std::lock_guard lock(slot.mutex);
    if (!slot.session)
        slot.session =
            std::make_shared<DecodeSession>(makeDecodeBackend(model), model.config().vocabularySize,
                                            defaultLimit(model), prefillRows(model));
    return slot.session;
}

void DecodeSession::setLimit(std::int64_t bytes) {
    m_pool.setLimit(bytes > 0 ? bytes : m_defaultLimit);
    m_cache.setLimit(cacheBlocks(m_pool, m_backend->blockBytes()));
}

bool DecodeSession::makeRoom(KvSequence& sequence, std::int64_t length) {
    const auto acquire = [this] {
        std::int32_t block = m_pool.acquire();
        while (block < 0 && m_cache.evictOne())
            block = m_pool.acquire();
        return block;
    };
    const auto filled = static_cast<std::size_t>(sequence.length / kKvBlockTokens);
    if (sequence.length < length && filled < sequence.blocks.size() &&
        m_pool.shared(sequence.blocks[filled])) {
        const std::int32_t own = acquire();
        if (own < 0)
            return false;
        m_backend->copyBlock(sequence.blocks[filled], own);
        m_pool.release(sequence.blocks[filled]);
        sequence.blocks[filled] = own;
    }
    const auto needed = static_cast<std::size_t>((length + kKvBlockTokens - 1) / kKvBlockTokens);
    while (sequence.blocks.size() < needed) {
        const std::int32_t own = acquire();
        if (own < 0)
            return false;
        sequence.blocks.push_back(own);
    }
    return true;
}

void DecodeSession::remember(int adapter, std::span<const std::int32_t> ids,
                             const KvSequence& sequence) {
    m_cache.insert(adapter, ids, sequence);
}

void DecodeSession::close(KvSequence& sequence) {
    for (const std::int32_t block : sequence.blocks)
        m_pool.release(block);
    sequence = {};
}

KvSequence DecodeSession::fork(const KvSequence& sequence) {
    for (const std::int32_t block : sequence.blocks)
        m_pool.retain(block);
    return sequence;
}

Status DecodeSession::prefill(KvSequence& sequence, std::span<const std::int32_t> ids, int adapter,
                              const CancelToken& cancel, const Breath& breathe) {
    while (sequence.length < static_cast<std::int64_t>(ids.size())) {
        if (cancel.cancelled())
            return fail(ErrorCode::Cancelled, "Computing the prefix was cancelled.");
        const auto begin = static_cast<std::size_t>(sequence.length);
        const std::size_t count = std::min(m_prefillRows, ids.size() - begin);
        if (breathe)
            breathe();
        const std::lock_guard lock(m_mutex);
        if (!makeRoom(sequence, sequence.length + static_cast<std::int64_t>(count)))
            return fail(ErrorCode::OutOfMemory,
                        cat("The KV cache has no room for a prefix of ", ids.size(),
                            " tokens; raise its memory limit or use a shorter prefix."));
        const DecodeSegment segment{ids.subspan(begin, count), sequence.length, sequence.blocks,
                                    count};
        m_backend->forward({&segment, 1}, adapter);
        sequence.length += static_cast<std::int64_t>(count);
    }
    return {};
}

Result<std::vector<float>> DecodeSession::logitsAfter(std::span<const std::int32_t> prefix,
                                                      int adapter, const CancelToken& cancel) {
    const auto known = prefix.first(prefix.size() - 1);
    KvSequence sequence;
    const KvSequenceCloser closer(*this, sequence);
    {
        const std::lock_guard lock(m_mutex);
        sequence = open(adapter, known);
    }
    CRUX_TRY_VOID(prefill(sequence, known, adapter, cancel));
    const std::lock_guard lock(m_mutex);
    if (!makeRoom(sequence, static_cast<std::int64_t>(prefix.size())))
        return fail(ErrorCode::OutOfMemory, "The KV cache is full; raise its memory limit.");
    const DecodeSegment segment{prefix.last(1), sequence.length, sequence.blocks, 0};
    const float* logits = m_backend->forward({&segment, 1}, adapter);
    std::vector<float> row(logits, logits + m_vocabularySize);
    ++sequence.length;
    remember(adapter, prefix, sequence);
    return row;
}

} // namespace crux::engine
