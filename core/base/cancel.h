// Cooperative cancel: a flag shared by who asks and who works. Polled per decode step or batch.
#pragma once

#include <atomic>
#include <memory>

namespace crux {

/// Copyable handle on one cancel flag. Thread-safe.
class CancelToken {
public:
    CancelToken()
        : m_flag(std::make_shared<std::atomic<bool>>(false)) {}
    void cancel() const { m_flag->store(true, std::memory_order_relaxed); }
    bool cancelled() const { return m_flag->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
};

} // namespace crux
