// The folder of one training run: checkpoints by step, the newest complete one, and which are given
// up for newer ones.
#pragma once

#include "core/jobs/facade.h"

#include <optional>
#include <vector>

namespace crux::jobs {

class RunFolder {
public:
    explicit RunFolder(Path folder)
        : m_folder(std::move(folder)) {}

    const Path& path() const { return m_folder; }
    Path checkpoint(std::int64_t step) const;
    /// Steps with a complete checkpoint, ascending.
    std::vector<std::int64_t> complete() const;
    /// Takes a checkpoint away: its mark of completeness first, so that a kill in between leaves
    /// nothing that could be read.
    void remove(std::int64_t step) const;
    /// Folders that a kill left half written or half removed.
    void removeLeftovers() const;

private:
    Path m_folder;
};

/// Where a job's run goes when its spec names no folder: NAME.runs/job-ID beside the project.
Path defaultRunFolder(const Path& project, JobId job);

} // namespace crux::jobs
