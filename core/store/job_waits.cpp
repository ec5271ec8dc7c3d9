#include "core/store/job_waits.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

namespace {

JobPrerequisite readPrerequisite(const Query& row) {
    return {row.id<JobId>(1), row.text(2), static_cast<JobState>(row.integer(3))};
}

constexpr std::string_view kPrerequisites =
    "SELECT d.job_id, a.id, a.name, a.state FROM job_dependency d JOIN job a ON a.id = d.after_id";

bool exists(const Project& project, JobId id) {
    Query row(project, "SELECT 1 FROM job WHERE id = ?");
    return row.bind(id.value).step();
}

/// The job's place behind those it comes after; the caller holds the write lock.
Status comeAfter(const Project& project, JobId id, const std::vector<JobId>& after) {
    for (const JobId other : after) {
        if (!exists(project, other))
            return fail(ErrorCode::InvalidArgument,
                        cat("There is no job ", other.value, " in this project to come after."),
                        jobReference(other));
        Query row(project, "INSERT OR IGNORE INTO job_dependency(job_id, after_id) VALUES (?,?)");
        row.bindAll(id.value, other.value).run();
    }
    return {};
}

/// `spec` with "@ID" of other steps replaced by their jobs.
Json placed(const PipelineStep& step, const std::vector<PipelineStep>& steps,
            const std::vector<JobId>& jobs) {
    Json spec = step.spec;
    for (auto& [key, value] : spec.items()) {
        if (!value.is_string() || takenBy(step.kind, step.spec, key).empty())
            continue;
        const auto name = value.get<std::string>();
        for (std::size_t i = 0; i < jobs.size(); ++i)
            if (name == "@" + steps[i].id)
                value = jobReference(jobs[i]);
    }
    return spec;
}

} // namespace

std::vector<JobPrerequisite> prerequisitesOf(const Project& project, JobId id) {
    std::vector<JobPrerequisite> list;
    Query query(project, cat(kPrerequisites, " WHERE d.job_id = ? ORDER BY a.id"));
    query.bind(id.value);
    while (query.step())
        list.push_back(readPrerequisite(query));
    return list;
}

void addPrerequisites(const Project& project, std::vector<JobRecord>& jobs) {
    std::map<std::int64_t, std::vector<JobPrerequisite>> all;
    Query query(project, cat(kPrerequisites, " ORDER BY d.job_id, a.id"));
    while (query.step())
        all[query.integer(0)].push_back(readPrerequisite(query));
    for (JobRecord& job : jobs)
        if (const auto found = all.find(job.id.value); found != all.end())
            job.after = std::move(found->second);
}

Result<JobId> addJob(const Project& project, const std::string& kind, const Json& spec,
                     const std::string& name, const std::vector<JobId>& after) {
    return writingValue<JobId>(project, [&]() -> Result<JobId> {
        JobId id;
        {
            Query row(project,
                      "INSERT INTO job(kind, name, spec, state, position, created_ms) VALUES"
                      " (?,?,?,?,(SELECT COALESCE(MAX(position), 0) + 1 FROM job),?)");
            row.bindAll(kind, name.empty() ? kind : name, dumpJson(spec),
                        static_cast<int>(JobState::Queued), nowMs());
            row.run();
            id = JobId{lastRow(project)};
        }
        CRUX_TRY_VOID(comeAfter(project, id, referencedJobs(kind, spec)));
        CRUX_TRY_VOID(comeAfter(project, id, after));
        return id;
    });
}

Result<std::vector<JobId>> addPipeline(const Project& project,
                                       const std::vector<PipelineStep>& steps) {
    return writingValue<std::vector<JobId>>(project, [&]() -> Result<std::vector<JobId>> {
        std::vector<JobId> jobs;
        for (const PipelineStep& step : steps) {
            std::vector<JobId> after;
            for (const std::size_t other : step.after)
                after.push_back(jobs[other]);
            CRUX_TRY(id, addJob(project, step.kind, placed(step, steps, jobs), step.name, after));
            jobs.push_back(id);
        }
        return jobs;
    });
}

std::string waitingSentence(const JobRecord& job) {
    if (job.state != JobState::Queued)
        return {};
    for (const JobPrerequisite& before : job.after) {
        const std::string head =
            cat("Job ", job.id.value, " waits for job ", before.id.value, " \"", before.name, "\"");
        switch (before.state) {
        case JobState::Done:
            continue;
        case JobState::Failed:
        case JobState::Interrupted:
        case JobState::Stopped:
        case JobState::Cancelled:
        case JobState::Paused:
            return cat(head, ", which is ", jobStateName(before.state),
                       ": resume that one, or cancel this one.");
        default:
            return cat(head, ", which is ", jobStateName(before.state), ".");
        }
    }
    return {};
}

Status setJobOutputs(const Project& project, JobId id, const Json& outputs) {
    return writing(project, [&]() -> Status {
        CRUX_TRY(found, job(project, id));
        Json all = found.outputs.is_object() ? found.outputs : Json::object();
        all.update(outputs);
        Query row(project, "UPDATE job SET state_blob = ? WHERE id = ?");
        row.bindAll(dumpJson(all), id.value).run();
        return {};
    });
}

Result<std::vector<JobRecord>> followersOf(const Project& project, JobId id) {
    CRUX_TRY(all, jobs(project));
    std::erase_if(all, [id](const JobRecord& job) {
        return std::none_of(job.after.begin(), job.after.end(),
                            [id](const JobPrerequisite& before) { return before.id == id; });
    });
    return all;
}

} // namespace crux::store
