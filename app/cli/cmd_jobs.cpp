// crux-cli jobs: list, cancel and resume the jobs of a project.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
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

Status runJobs(const JobsOptions& options) {
    if (options.action == "list")
        return listJobs(options.file);
    if (options.id <= 0)
        return fail(ErrorCode::Usage, cat("jobs ", options.action, " needs the id of a job."));
    CRUX_TRY(project, openForWriting(options.file));
    const JobId id{options.id};
    CRUX_TRY(known, store::job(*project, id));
    static_cast<void>(known);
    CRUX_TRY(stale, store::interruptStaleJobs(*project));
    static_cast<void>(stale);
    if (options.action == "cancel")
        CRUX_TRY_VOID(store::requestCancel(*project, id));
    else
        CRUX_TRY_VOID(store::requeueJob(*project, id));
    CRUX_TRY(row, store::job(*project, id));
    std::cout << dumpJson(jobJson(row)) << std::endl;
    return {};
}

} // namespace

void addJobs(CLI::App& app, Session& session) {
    auto options = std::make_shared<JobsOptions>();
    CLI::App* command = app.add_subcommand("jobs", "List, cancel or resume the jobs of a project");
    command->add_option("file", options->file, "Project file")->required();
    command->add_option("action", options->action, "list (the default), cancel or resume")
        ->check(CLI::IsMember({"list", "cancel", "resume"}));
    command->add_option("id", options->id, "The job, for cancel and resume");
    command->footer(
        "resume queues a stopped, failed or interrupted job again; it goes on where it\n"
        "was when a worker runs.\n"
        "Example:\n  crux-cli jobs work.crux\n  crux-cli jobs work.crux cancel 3");
    setBody(*command, session, [options] { return runJobs(*options); });
}

} // namespace crux::cli
