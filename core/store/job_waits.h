// Which jobs a job comes after, read and written beside its row. Internal to the room.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

#include <vector>

namespace crux::store {

/// By id. Throws SQLite::Exception.
std::vector<JobPrerequisite> prerequisitesOf(const Project& project, JobId id);
/// Fills `after` of jobs that were read together. Throws SQLite::Exception.
void addPrerequisites(const Project& project, std::vector<JobRecord>& jobs);

} // namespace crux::store
