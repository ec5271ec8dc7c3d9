#include "ui/model/store_thread.h"

#include <chrono>
#include <utility>

namespace crux::ui {

namespace {
constexpr std::chrono::milliseconds kPollInterval{250};
}

StoreThread::StoreThread(AtEnd atEnd, Changed changed)
    : m_atEnd(atEnd)
    , m_changed(std::move(changed))
    , m_thread([this] { run(); }) {}

StoreThread::~StoreThread() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
        if (m_running && m_atEnd == AtEnd::Drop)
            m_running->interrupt();
    }
    m_wake.notify_all();
    m_thread.join();
}

void StoreThread::open(const Path& file, store::OpenMode mode,
                       std::function<void(Result<const store::Project*>)> opened) {
    const std::lock_guard lock(m_mutex);
    m_tasks.push_back([this, file, mode, opened = std::move(opened)] {
        drop();
        auto project = store::Project::open(file, mode);
        if (!project) {
            opened(fail(project.error()));
            return;
        }
        m_project = std::move(*project);
        m_dataVersion = m_project->dataVersion();
        opened(static_cast<const store::Project*>(m_project.get()));
    });
    m_wake.notify_all();
}

void StoreThread::close() {
    const std::lock_guard lock(m_mutex);
    m_tasks.push_back([this] { drop(); });
    m_wake.notify_all();
}

void StoreThread::drop() {
    {
        const std::lock_guard lock(m_mutex);
        m_running = nullptr;
    }
    m_project.reset();
}

void StoreThread::post(Task task) {
    const std::lock_guard lock(m_mutex);
    m_tasks.push_back([this, task = std::move(task)] { task(m_project.get()); });
    m_wake.notify_all();
}

void StoreThread::pollSoon() {
    const std::lock_guard lock(m_mutex);
    m_pollSoon = true;
    m_wake.notify_all();
}

void StoreThread::poll() {
    if (!m_project || !m_changed)
        return;
    const std::int64_t version = m_project->dataVersion();
    if (version != m_dataVersion) {
        m_dataVersion = version;
        m_changed();
    }
}

void StoreThread::run() {
    auto lastPoll = std::chrono::steady_clock::now();
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait_for(lock, kPollInterval,
                        [this] { return m_stop || m_pollSoon || !m_tasks.empty(); });
        const auto now = std::chrono::steady_clock::now();
        // A stream of tasks must not starve the watcher, hence the clock and not idleness decides.
        const bool due = std::exchange(m_pollSoon, false) || now - lastPoll >= kPollInterval;
        std::function<void()> task;
        if (!m_tasks.empty()) {
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        } else if (m_stop) {
            break;
        }
        if (m_stop && m_atEnd == AtEnd::Drop)
            m_project.reset(); // what still waits is answered with "closed"
        m_running = m_project.get();
        lock.unlock();
        if (due) {
            lastPoll = now;
            poll();
        }
        if (task)
            task();
        lock.lock();
        m_running = nullptr;
    }
    m_project.reset();
}

} // namespace crux::ui
