// crux-cli jobs: list, pause, stop, resume, duplicate and remove the jobs of a project.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/store/job_ends.h"
#include "core/store/repositories.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct JobsOptions {
    std::string file, action = "list";
    std::int64_t id = 0;
};

Status listJobs(const std::string& file) {
    CRUX_TRY(project, store::Project::open(file, store::OpenMode::ReadOnly));
    CRUX_TRY(all, store::jobs(*project));
    for (const store::JobRecord& row : all)
        std::cout << dumpJson(jobJson(row)) << "\n";
    return {};
}

/// Does it; the job to show afterwards, none when it is gone.
Result<JobId> act(const store::Project& project, const std::string& action,
                  const store::JobRecord& job) {
    if (action == "pause")
        CRUX_TRY_VOID(store::requestPause(project, job.id));
    else if (action == "stop" || action == "cancel")
        CRUX_TRY_VOID(store::requestCancel(project, job.id));
    else if (action == "force")
        CRUX_TRY_VOID(store::cancelJob(project, job.id));
    else if (action == "resume")
        CRUX_TRY_VOID(store::requeueJob(project, job.id));
    else if (action == "duplicate") {
        std::vector<JobId> after;
        for (const store::JobPrerequisite& before : job.after)
            after.push_back(before.id);
        return store::addJob(project, job.kind, job.spec, job.name, after);
    } else {
        CRUX_TRY_VOID(store::removeJob(project, job.id));
        return JobId{};
    }
    return job.id;
}

Status runJobs(const JobsOptions& options) {
    if (options.action == "list")
        return listJobs(options.file);
    if (options.id <= 0)
        return fail(ErrorCode::Usage, cat("jobs ", options.action, " needs the id of a job."));
    CRUX_TRY(project, openForWriting(options.file));
    const JobId id{options.id};
    CRUX_TRY(known, store::job(*project, id));
    CRUX_TRY(stale, store::interruptStaleJobs(*project));
    static_cast<void>(stale);
    const bool ends = options.action == "stop" || options.action == "cancel" ||
                      options.action == "force" || options.action == "pause";
    if (ends && store::jobHasEnded(known.state) && known.state != store::JobState::Interrupted)
        return fail(ErrorCode::InvalidArgument,
                    cat("Job ", id.value, " is ", store::jobStateName(known.state),
                        " already: there is nothing to ", options.action, "."));
    CRUX_TRY(shown, act(*project, options.action, known));
    if (!shown) {
        printNote(cat("job ", id.value, " is removed."));
        return {};
    }
    CRUX_TRY(row, store::job(*project, shown));
    std::cout << dumpJson(jobJson(row)) << std::endl;
    return {};
}

} // namespace

void addJobs(CLI::App& app, Session& session) {
    auto options = std::make_shared<JobsOptions>();
    CLI::App* command =
        app.add_subcommand("jobs", "List, pause, stop, resume or duplicate the jobs of a project");
    command->add_option("file", options->file, "Project file")->required();
    command
        ->add_option("action", options->action,
                     "list (the default), pause, stop (or cancel), force, resume, duplicate or "
                     "remove")
        ->check(CLI::IsMember(
            {"list", "pause", "stop", "cancel", "force", "resume", "duplicate", "remove"}));
    command->add_option("id", options->id, "The job, for everything but list");
    command->footer(
        "stop lets the job save what it has; force ends its row at once, whoever runs it: it goes\n"
        "on from its last checkpoint. resume queues a paused, stopped, failed or interrupted job\n"
        "again. A job that waits for others says so in \"waiting\".\n"
        "Example:\n  crux-cli jobs work.crux\n  crux-cli jobs work.crux pause 3");
    setBody(*command, session, [options] { return runJobs(*options); });
}

} // namespace crux::cli
