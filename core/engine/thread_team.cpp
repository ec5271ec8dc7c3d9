#include "core/engine/thread_team.h"

#include "core/base/check.h"

#include <algorithm>

namespace crux::engine {

namespace {

constexpr int kSpins = 2000; // tens of microseconds: longer than the pause between two phases
constexpr int kPieceBits = 20;
constexpr std::uint64_t kPieceMask = (std::uint64_t{1} << kPieceBits) - 1;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

} // namespace

ThreadTeam::ThreadTeam(int threads)
    : m_size(std::max(1, threads)) {
    for (int thread = 1; thread < m_size; ++thread)
        m_threads.emplace_back([this, thread] { loop(thread); });
}

ThreadTeam::~ThreadTeam() {
    m_quit.store(true);
    m_wake.fetch_add(1);
    m_wake.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
}

void ThreadTeam::run(std::int64_t pieces,
                     const std::function<void(std::int64_t piece, int thread)>& work) {
    CRUX_CHECK(pieces <= static_cast<std::int64_t>(kPieceMask));
    if (pieces <= 1 || m_size == 1) {
        for (std::int64_t piece = 0; piece < pieces; ++piece)
            work(piece, 0);
        return;
    }
    m_work = &work;
    m_done.store(0, std::memory_order_relaxed);
    const std::uint64_t job = (m_state.load(std::memory_order_relaxed) >> (2 * kPieceBits)) + 1;
    m_state.store(job << (2 * kPieceBits) | static_cast<std::uint64_t>(pieces) << kPieceBits,
                  std::memory_order_release);
    m_wake.fetch_add(1, std::memory_order_release);
    m_wake.notify_all();
    std::uint64_t seen = 0;
    std::int64_t piece = 0;
    while (takePiece(seen, piece)) {
        work(piece, 0);
        m_done.fetch_add(1, std::memory_order_relaxed);
    }
    for (int spin = 0; m_done.load(std::memory_order_acquire) != pieces; ++spin) {
        if (spin < kSpins)
            relax();
        else
            std::this_thread::yield(); // the helper was interrupted: give it this core
    }
}

bool ThreadTeam::takePiece(std::uint64_t& seen, std::int64_t& piece) {
    seen = m_state.load(std::memory_order_acquire);
    for (;;) {
        const std::uint64_t next = seen & kPieceMask;
        if (next >= ((seen >> kPieceBits) & kPieceMask))
            return false;
        if (m_state.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
            piece = static_cast<std::int64_t>(next);
            return true;
        }
    }
}

void ThreadTeam::loop(int thread) {
    std::uint64_t seen = 0;
    std::int64_t piece = 0;
    for (;;) {
        const std::uint32_t wake = m_wake.load(std::memory_order_acquire);
        if (m_quit.load(std::memory_order_acquire))
            return;
        while (takePiece(seen, piece)) {
            // The job cannot end before this piece is done, so m_work is its work.
            (*m_work)(piece, thread);
            m_done.fetch_add(1, std::memory_order_release);
        }
        int spin = 0;
        while (spin < kSpins && m_wake.load(std::memory_order_acquire) == wake) {
            relax();
            ++spin;
        }
        if (m_wake.load(std::memory_order_acquire) == wake)
            m_wake.wait(wake, std::memory_order_acquire);
    }
}

} // namespace crux::engine
