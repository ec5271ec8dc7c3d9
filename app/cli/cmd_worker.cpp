// crux-cli worker run: claim and run queued jobs until none is left.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "app/cli/progress_bar.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/store/job_ends.h"
#include "core/store/repositories.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

/// What is left, and why, on stderr. The sentence of a job that took too many workers with it, if
/// any.
Result<std::string> noteLeft(const store::Project& project, const std::string& file) {
    CRUX_TRY(rows, store::jobs(project));
    std::string stuck;
    for (const store::JobRecord& row : rows) {
        if (const std::string waits = store::waitingSentence(row); !waits.empty())
            printNote(waits);
        else if (store::jobRuns(row.state))
            printNote(cat("job ", row.id.value, " is being run by ", row.owner, "."));
        if (row.state != store::JobState::Interrupted)
            continue;
        CRUX_TRY(crashes, store::jobCrashes(project, row.id));
        const std::string sentence =
            cat("Job ", row.id.value, " stays interrupted: the process that ran it died ", crashes,
                " times; look at its events, then `crux-cli jobs ", file, " resume ", row.id.value,
                "` tries again.");
        if (!stuck.empty())
            printNote(stuck);
        stuck = sentence;
    }
    return stuck;
}

Status runWorker(const std::string& file, const Session& session) {
    CRUX_TRY(project, openForWriting(file));
    const CancelToken cancel = cancelOnInterrupt();
    jobs::ModelCache models(computeOptions(session.common));
    models.setObserver([](const jobs::ModelState& state) {
        if (state.state == "ready")
            printNote(
                cat("model ", state.name, ": on ", state.info.device, " in ", state.info.dtype));
    });
    ProgressBar bar("");
    int ran = 0, failed = 0;
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.onProgress = [&](const store::JobRecord& row) {
        bar.update(row.progressDone, row.progressTotal,
                   cat("job ", row.id.value, ": ", row.message));
        if (!store::jobHasEnded(row.state))
            return;
        bar.clear();
        std::cout << dumpJson(jobJson(row)) << std::endl;
        ++ran;
        failed += row.state == store::JobState::Failed ? 1 : 0;
    };
    CRUX_TRY_VOID(jobs::runQueue(file, models, options, cancel));
    bar.clear();
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "Stopped by a signal; the running job can be resumed.");
    CRUX_TRY(stuck, noteLeft(*project, file));
    if (failed > 0 && !stuck.empty())
        printNote(stuck); // both are told: the error of the command is one sentence
    if (failed > 0)
        return fail(ErrorCode::Internal,
                    cat(failed, " of ", ran, " jobs failed; their rows say why (crux-cli jobs ",
                        file, ")."));
    if (!stuck.empty())
        return fail(ErrorCode::Internal, stuck);
    printNote(cat(ran, ran == 1 ? " job" : " jobs", " run, none left to run."));
    return {};
}

} // namespace

void addWorker(CLI::App& app, Session& session) {
    auto file = std::make_shared<std::string>();
    CLI::App* group = app.add_subcommand("worker", "Run queued jobs of a project");
    group->require_subcommand(1);
    group->footer("Example:\n  crux-cli worker run work.crux");
    CLI::App* command =
        group->add_subcommand("run", "Run queued and interrupted jobs until none is left");
    command->add_option("file", *file, "Project file")->required();
    addCommonOptions(*command, session.common);
    command->footer("Jobs that a crash or a signal interrupted are taken up again; one whose "
                    "process died\nthree times stays. Paused and stopped jobs stay.\n"
                    "Example:\n  crux-cli score work.crux --spec job.json --enqueue\n"
                    "  crux-cli worker run work.crux --device cuda");
    setBody(*command, session, [file, &session] { return runWorker(*file, session); });
}

} // namespace crux::cli
