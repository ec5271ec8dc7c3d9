// Wall clock for rows and a monotonic clock for rates.
#pragma once

#include <cstdint>
#include <string>

namespace crux {

/// Milliseconds since 1970-01-01 UTC.
std::int64_t nowMs();
/// Monotonic milliseconds.
double steadyMs();
/// "2026-11-23T20:00:00Z"
std::string isoTime(std::int64_t ms);

} // namespace crux
