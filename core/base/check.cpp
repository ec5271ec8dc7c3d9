#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace crux {

void checkFailed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "crux: internal check failed: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

} // namespace crux
