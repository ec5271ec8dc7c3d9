// What can be told of a project file before SQLite opens it, and where it lies. Internal to the
// room.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>

namespace crux::store {

/// Facts of SQLite's file header.
struct HeaderFacts {
    std::int32_t applicationId = 0;
    int schemaVersion = 0;
};

/// Refuses what is no project: not there, a folder, empty, another format, another program's
/// database, shorter than its header says. One sentence each.
Result<HeaderFacts> readProjectHeader(const Path& file);

/// True on file systems where WAL's shared memory works: asked of the system, unknown ones are
/// taken as local. False for NFS, SMB, FUSE, 9P and cluster file systems: rollback journal, one
/// host.
bool isLocalDisk(const Path& folder);

/// Empty when the file and its folder can be written, else one sentence why not.
std::string whyNotWritable(const Path& file);

} // namespace crux::store
