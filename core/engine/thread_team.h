// A small team of threads for the CPU decoder. LibTorch's at::parallel_for needs the OpenMP runtime
// that the wheel bundles, and its static split waits for every thread: on a busy machine one that
// is not scheduled holds up all. Here pieces are taken one by one, so a thread that sleeps costs
// nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace crux::engine {

/// Threads that share the pieces of one job at a time; the caller works too and waits only for
/// pieces that others have begun. Owner: one decode backend. `run` is called from one thread at a
/// time; the work must not throw. Helpers spin briefly for the next job, then sleep: an idle team
/// costs nothing.
class ThreadTeam {
public:
    /// `threads` >= 1 counts the calling thread.
    explicit ThreadTeam(int threads);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    int size() const { return m_size; }
    /// Runs work(piece, thread) for pieces 0 .. pieces-1, each once, in any order; thread < size().
    void run(std::int64_t pieces, const std::function<void(std::int64_t piece, int thread)>& work);

private:
    void loop(int thread);
    bool takePiece(std::uint64_t& seen, std::int64_t& piece);

    const int m_size;
    std::vector<std::thread> m_threads;
    const std::function<void(std::int64_t, int)>* m_work = nullptr; ///< of the job in m_state
    /// 24 bits job number, 20 bits pieces, 20 bits next piece: taking a piece is one
    /// compare-exchange, which fails when the job has changed meanwhile.
    std::atomic<std::uint64_t> m_state{0};
    std::atomic<std::int64_t> m_done{0};
    std::atomic<std::uint32_t> m_wake{0};
    std::atomic<bool> m_quit{false};
};

} // namespace crux::engine
