// Database files of this process. Closing any descriptor of a file drops all locks that the process
// has on it, those of an open connection too (POSIX): another process would then think itself the
// last one and delete the journal under us. So what looks into such a file keeps its descriptor,
// and nothing else opens it.
#pragma once

#include "core/base/files.h"

#include <sys/types.h>

namespace crux {

/// First bytes of a file, through a descriptor that this process keeps until it ends. Bytes read;
/// -1 with errno set. Thread-safe.
ssize_t readKeepingOpen(const Path& file, char* into, std::size_t count);

/// What was read so turned out to be a database: from now on notADatabase() refuses it.
void tellDatabase(const Path& file);

/// InvalidArgument with a sentence for a database of this process, whatever name it is given:
/// asked by all who open a file, or put another in its place.
Status notADatabase(const Path& file);

} // namespace crux
