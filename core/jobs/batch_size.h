// How many answers or rollouts are drawn at once: fewer once memory ran out.
#pragma once

#include "core/base/error.h"

#include <algorithm>

namespace crux::jobs {

/// Starts at what was asked for and never grows again: what ran out once would do so again.
class BatchSize {
public:
    explicit BatchSize(int asked)
        : m_value(asked) {}
    int value() const { return m_value; }
    /// True when the error is lack of memory and fewer at once may help.
    bool shrink(const Error& error) {
        if (error.code != ErrorCode::OutOfMemory || m_value <= 1)
            return false;
        m_value = std::max(1, m_value / kShrink);
        return true;
    }

private:
    static constexpr int kShrink = 4;
    int m_value;
};

} // namespace crux::jobs
