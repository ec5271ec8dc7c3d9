// CRUX_CHECK: our own invariants, on in release builds. Never for what a user or a file can cause.
#pragma once

namespace crux {
[[noreturn]] void checkFailed(const char* expression, const char* file, int line);
}

#define CRUX_CHECK(expression)                                                                     \
    do {                                                                                           \
        if (!(expression))                                                                         \
            ::crux::checkFailed(#expression, __FILE__, __LINE__);                                  \
    } while (false)
