// Steps from one schema version to the next. Internal to the room, and to its tests.
#pragma once

#include "core/store/project.h"

#include <span>
#include <string>

namespace crux::store {

/// One step: the SQL that turns schema `from` into `from + 1`. Never edited once released.
struct Migration {
    int from = 0;
    std::string sql;
};

/// The steps of this program.
std::span<const Migration> migrations();

/// Brings the file to `target`: copies it to `NAME.crux.v<from>.bak` first, then runs all steps in
/// one transaction, so that a failure or a kill leaves the old version. NotFound where a step is
/// missing.
Status migrate(const Project& project, std::span<const Migration> steps, int target);

/// PRAGMA user_version.
Result<int> schemaVersionOf(const Project& project);

/// Project::open with other steps and another target than this program's: for tests.
Result<std::unique_ptr<Project>> openProject(const Path& file, OpenMode mode,
                                             std::span<const Migration> steps, int target);

} // namespace crux::store
