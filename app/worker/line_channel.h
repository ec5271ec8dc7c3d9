// Lines in and out of the worker on two threads of their own, so that neither a slow window nor a
// long computation stops the other direction.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace crux::worker {

/// Owns the reader and the writer thread, not the descriptors. Owner: main. A line longer than
/// kMaxLineBytes is reported as such and its bytes are skipped; a last line without its end counts
/// as a line. Writing to a window that is gone is silently dropped.
class LineChannel {
public:
    struct Line {
        std::string text;
        bool tooLong = false;
    };
    /// Called on the reader thread: a line, or nullptr once at the end of the input (or on a
    /// terminating signal, `bySignal`).
    using Handler = std::function<void(const Line* line, bool bySignal)>;

    LineChannel(int input, int output);
    ~LineChannel(); ///< close()
    LineChannel(const LineChannel&) = delete;
    LineChannel& operator=(const LineChannel&) = delete;

    void start(Handler handler);
    /// Ends the reader, so that the handler is not called any more, then writes what is queued.
    void close();
    /// Thread-safe. `droppable` lines are left out when the window does not keep up.
    void send(std::string line, bool droppable = false);

private:
    void read(const Handler& handler);
    void write();
    bool takeChunk(const Handler& handler, const char* data, std::size_t size);

    const int m_input, m_output;
    int m_wake[2] = {-1, -1}; ///< pipe that ends the reader's wait
    // reader thread only
    std::string m_partial;
    bool m_skipping = false;
    // guarded by m_mutex
    std::mutex m_mutex;
    std::condition_variable m_ready;
    std::deque<std::string> m_out;
    bool m_closing = false;
    std::thread m_reader, m_writer;
};

/// Installs handlers so that SIGTERM and SIGINT end the reader's wait like an end of input.
void watchSignals();

} // namespace crux::worker
