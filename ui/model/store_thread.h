// One thread with its own connection to the project file: the window's reader or its writer.
// Tasks run in the order of asking. Owner: Session. Posting is thread-safe; results leave through
// the callbacks the tasks carry. Opening faults are told to the opener, never thrown.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace crux::ui {

class StoreThread {
public:
    using Task = std::function<void(const store::Project*)>; ///< nullptr: no project is open
    using Changed = std::function<void()>;

    /// `changed` (may be empty) runs on this thread when another connection wrote; the file is
    /// asked about four times a second while idle.
    enum class AtEnd {
        Drop, ///< interrupts the running task; waiting ones run with nullptr
        Drain ///< finishes what was asked: labels and notes must not be lost
    };
    StoreThread(AtEnd atEnd, Changed changed);
    ~StoreThread();
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    /// Replaces the open project; `opened` runs on this thread.
    void open(const Path& file, store::OpenMode mode,
              std::function<void(Result<const store::Project*>)> opened);
    void close();
    void post(Task task);
    /// Looks for foreign writes before the next task.
    void pollSoon();

private:
    void run();
    void poll();
    void drop(); ///< closes the project

    // this thread only
    std::unique_ptr<store::Project> m_project;
    std::int64_t m_dataVersion = 0;
    const AtEnd m_atEnd;
    const Changed m_changed;
    // guarded by m_mutex
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_tasks;
    bool m_stop = false;
    bool m_pollSoon = false;
    const store::Project* m_running = nullptr; ///< for interrupt() at the end
    std::thread m_thread;
};

} // namespace crux::ui
