// Rows that a job leaves out: each with its reason, up to a number that someone may still read.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// Counts the rows that one job skips and tells of the first hundred. Borrows the context, which
/// must outlive it.
class Skips {
public:
    /// `nouns`: what the rows are, such as "trajectories"; `done`: what was not done with them,
    /// such as "scored".
    Skips(const JobContext& context, std::string nouns, std::string done)
        : m_context(context)
        , m_nouns(std::move(nouns))
        , m_done(std::move(done)) {}

    /// A warning of the job: "NAME was not DONE: WHY".
    void add(const std::string& name, const std::string& why, const std::string& object,
             Json fix = Json::object());
    void addTrajectory(TrajectoryId id, const std::string& why, Json fix = Json::object());
    /// After the last row: how many more there were.
    void finish() const;
    /// Why a job that skipped all it was given has failed: "None of the NOUNS could be DONE." and
    /// the reason of the first.
    Failure allSkipped() const;
    bool any() const { return m_count > 0; }
    /// ", 3 trajectories skipped" for a summary; empty when none was.
    std::string words() const;

private:
    const JobContext& m_context;
    const std::string m_nouns, m_done;
    std::int64_t m_count = 0;
    std::string m_first;
};

} // namespace crux::jobs
