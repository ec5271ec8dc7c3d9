// The methods of core/spec/protocol.h that need models or the project. Main thread.
#pragma once

#include "app/worker/server.h"

namespace crux::worker {

/// Runs one request; Unsupported with where = "method" for an unknown one.
Result<Json> callMethod(Server& server, const Request& request);

} // namespace crux::worker
