// Ctrl+C and SIGTERM: the first asks the running command to stop cleanly, a second kills.
#pragma once

#include "core/base/cancel.h"

namespace crux::cli {

/// Installs the handlers; the returned token is cancelled by the first signal.
CancelToken cancelOnInterrupt();
/// True once a signal came; reads that were interrupted look here.
bool interrupted();

} // namespace crux::cli
