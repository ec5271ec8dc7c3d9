#include "app/worker/line_channel.h"

#include "core/base/json.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace crux::worker {

namespace {

constexpr std::size_t kChunk = 1 << 16;
constexpr std::size_t kMostQueued = 4096;

int g_signalPipe[2] = {-1, -1};

void onSignal(int) {
    const char byte = 's';
    [[maybe_unused]] const ssize_t ignored = ::write(g_signalPipe[1], &byte, 1);
}

} // namespace

void watchSignals() {
    if (::pipe2(g_signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    struct sigaction action {};
    action.sa_handler = onSignal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a limit of file sizes is told as a full disk is
}

LineChannel::LineChannel(int input, int output)
    : m_input(input)
    , m_output(output) {
    if (::pipe2(m_wake, O_CLOEXEC | O_NONBLOCK) != 0)
        m_wake[0] = m_wake[1] = -1;
}

LineChannel::~LineChannel() {
    close();
    ::close(m_wake[0]);
    ::close(m_wake[1]);
}

void LineChannel::close() {
    const char byte = 'q';
    [[maybe_unused]] const ssize_t ignored = ::write(m_wake[1], &byte, 1);
    if (m_reader.joinable())
        m_reader.join(); // before the writer: its last lines may still be refused aloud
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_ready.notify_all();
    if (m_writer.joinable())
        m_writer.join();
}

void LineChannel::start(Handler handler) {
    m_writer = std::thread([this] { write(); });
    m_reader = std::thread([this, handler = std::move(handler)] { read(handler); });
}

void LineChannel::send(std::string line, bool droppable) {
    {
        const std::lock_guard lock(m_mutex);
        if (droppable && m_out.size() >= kMostQueued)
            return;
        m_out.push_back(std::move(line));
    }
    m_ready.notify_one();
}

bool LineChannel::takeChunk(const Handler& handler, const char* data, std::size_t size) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] != '\n')
            continue;
        if (!m_skipping)
            m_partial.append(data + begin, i - begin);
        const Line line{m_skipping ? std::string() : std::move(m_partial), m_skipping};
        m_partial.clear();
        m_skipping = false;
        begin = i + 1;
        handler(&line, false);
    }
    if (!m_skipping)
        m_partial.append(data + begin, size - begin);
    if (m_partial.size() > kMaxLineBytes) {
        m_partial = {};
        m_skipping = true;
    }
    return true;
}

void LineChannel::read(const Handler& handler) {
    std::string chunk(kChunk, '\0');
    for (;;) {
        pollfd waits[3] = {
            {m_input, POLLIN, 0}, {m_wake[0], POLLIN, 0}, {g_signalPipe[0], POLLIN, 0}};
        if (::poll(waits, 3, -1) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        if (waits[1].revents != 0)
            return; // the channel closes: nobody waits for the end
        if (waits[2].revents != 0) {
            handler(nullptr, true);
            return;
        }
        const ssize_t got = ::read(m_input, chunk.data(), chunk.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            break;
        takeChunk(handler, chunk.data(), static_cast<std::size_t>(got));
    }
    if (m_skipping || !m_partial.empty()) {
        const Line last{m_skipping ? std::string() : m_partial, m_skipping};
        handler(&last, false);
    }
    handler(nullptr, false);
}

void LineChannel::write() {
    std::unique_lock lock(m_mutex);
    bool broken = false;
    for (;;) {
        m_ready.wait(lock, [this] { return m_closing || !m_out.empty(); });
        if (m_out.empty())
            return;
        std::string line = std::move(m_out.front());
        m_out.pop_front();
        lock.unlock();
        line += '\n';
        for (std::size_t at = 0; at < line.size() && !broken;) {
            const ssize_t put = ::write(m_output, line.data() + at, line.size() - at);
            if (put > 0)
                at += static_cast<std::size_t>(put);
            else if (errno != EINTR)
                broken = true; // the window is gone; jobs go on without it
        }
        lock.lock();
    }
}

} // namespace crux::worker
