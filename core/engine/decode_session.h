// The decoder of one loaded model with its KV memory: what generation and the next-token panel
// share, kept warm between calls so that forcing a token in the window is instant.
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/engine/decode_backend.h"
#include "core/engine/engine.h"
#include "core/engine/kv_pool.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace crux::engine {

class LoadedModel;

/// First come, first served: a job that locks once a step cannot starve an interactive call.
/// A BasicLockable; any thread.
class FairMutex {
public:
    void lock();
    void unlock();

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::uint64_t m_next = 0;    // guarded by m_mutex
    std::uint64_t m_serving = 0; // guarded by m_mutex
};

/// Gives a sequence's blocks back at the end of a scope, whatever ended it. Takes the lock.
class DecodeSession;
class KvSequenceCloser {
public:
    KvSequenceCloser(DecodeSession& session, KvSequence& sequence)
        : m_session(session)
        , m_sequence(sequence) {}
    ~KvSequenceCloser();
    KvSequenceCloser(const KvSequenceCloser&) = delete;
    KvSequenceCloser& operator=(const KvSequenceCloser&) = delete;

private:
    DecodeSession& m_session;
    KvSequence& m_sequence;
};

/// Backend, block pool and prefix cache of one model. Owner: the model's DecodeSlot; the model
/// outlives it. Every member but the constructor needs `mutex()` held, unless it says otherwise.
/// LibTorch exceptions pass through to the engine facade.
class DecodeSession {
public:
    /// prefillRows: tokens of a prefix that are computed at once.
    DecodeSession(std::unique_ptr<DecodeBackend> backend, std::int64_t vocabularySize,
                  std::int64_t limitBytes, std::size_t prefillRows);

    /// The model's own session, made at first use. Takes no lock but the slot's.
    static std::shared_ptr<DecodeSession> of(const LoadedModel& model);

    FairMutex& mutex() { return m_mutex; }
    DecodeBackend& backend() { return *m_backend; }
    const KvPool& pool() const { return m_pool; }
    std::int64_t vocabularySize() const { return m_vocabularySize; }

    /// Memory that keys and values may take; 0 is the default (a quarter of the machine's, or half
    /// of what a GPU has left beside the weights).
    void setLimit(std::int64_t bytes);

    /// A sequence over the longest known prefix of `ids`.
    KvSequence open(int adapter, std::span<const std::int32_t> ids) {
        return m_cache.match(adapter, ids);
    }
    /// Blocks of its own for positions sequence.length .. length-1. False: no memory left, though
    /// all prefixes that nobody uses were dropped; the sequence keeps what it has.
    bool makeRoom(KvSequence& sequence, std::int64_t length);
    void remember(int adapter, std::span<const std::int32_t> ids, const KvSequence& sequence);
    void close(KvSequence& sequence);
    /// Another one over the same blocks; whichever writes into a shared block copies it first.
    KvSequence fork(const KvSequence& sequence);

    /// Computes keys and values of ids[sequence.length ..] in pieces. Takes the lock itself, piece
    /// by piece, so that others get their turn, and breathes between pieces. Cancelled, or
    /// OutOfMemory.
    Status prefill(KvSequence& sequence, std::span<const std::int32_t> ids, int adapter,
                   const CancelToken& cancel, const Breath& breathe = {});

    /// Logits [vocabulary] of the token after `prefix` (not empty, ids in range). Takes the lock
    /// itself.
    Result<std::vector<float>> logitsAfter(std::span<const std::int32_t> prefix, int adapter,
                                           const CancelToken& cancel = {});

private:
    FairMutex m_mutex;
    std::unique_ptr<DecodeBackend> m_backend;
    std::int64_t m_vocabularySize;
    std::int64_t m_defaultLimit;
    std::size_t m_prefillRows;
    KvPool m_pool;
    PrefixCache m_cache;
};

} // namespace crux::engine
