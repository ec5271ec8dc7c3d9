// What the table of trajectories shows of a search for critical tokens. Internal to the room.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

namespace crux::store {

/// The newest verdict of a search for critical tokens (methods critical and bisect) into the row.
/// Throws SQLite's exceptions: called inside guarded().
void fillCritical(const Project& project, TrajectorySummary& row);

} // namespace crux::store
