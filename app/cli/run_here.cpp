#include "app/cli/run_here.h"

#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "app/cli/progress_bar.h"
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/selection.h"
#include "core/spec/params.h"
#include "core/spec/pipeline.h"
#include "core/store/job_ends.h"
#include "core/store/repositories.h"

#include <iostream>

namespace crux::cli {

Result<std::unique_ptr<store::Project>> openForWriting(const std::string& file) {
    CRUX_TRY(project, store::Project::open(file, store::OpenMode::ReadWrite));
    if (project->readOnly())
        return fail(ErrorCode::ReadOnly, project->readOnlyReason(), file);
    return project;
}

Result<Json> specFromFile(const std::string& file) {
    if (file.empty())
        return Json::object();
    CRUX_TRY(bytes, readFile(file, kMaxLineBytes));
    const auto spec = parseJson(bytes);
    if (!spec.ok())
        return fail(spec.error().code,
                    cat("The spec file ", file, " is not JSON: ", spec.error().message), file);
    if (!spec->is_object())
        return fail(ErrorCode::InvalidArgument,
                    cat("The spec file ", file, " does not hold a JSON object."), file);
    return *spec;
}

Json pathOrName(const std::string& text) {
    std::error_code code;
    return std::filesystem::is_directory(text, code) ? std::filesystem::absolute(text).string()
                                                     : text;
}

Json jobJson(const store::JobRecord& job) {
    Json row{{"job", job.id.value},      {"kind", job.kind},
             {"name", job.name},         {"state", store::jobStateName(store::jobStateNow(job))},
             {"done", job.progressDone}, {"total", job.progressTotal},
             {"message", job.message}};
    if (job.createdMs > 0)
        row["created"] = isoTime(job.createdMs);
    if (!job.owner.empty())
        row["owner"] = job.owner;
    if (job.tokensPerSecond > 0)
        row["tokens_per_second"] = jsonNumber(job.tokensPerSecond);
    if (!job.after.empty()) {
        Json after = Json::array();
        for (const store::JobPrerequisite& before : job.after)
            after.push_back(before.id.value);
        row["after"] = after;
    }
    if (const std::string waits = store::waitingSentence(job); !waits.empty())
        row["waiting"] = waits;
    if (!job.outputs.empty())
        row["outputs"] = job.outputs;
    if (job.error)
        row["error"] = job.error->message;
    return row;
}

namespace {

/// The first warnings of a job, so that no refused line goes unseen.
void printWarnings(const store::Project& project, JobId id) {
    constexpr std::size_t kShown = 10;
    const auto events = store::events(project, id, 0, 1000);
    if (!events.ok())
        return;
    std::size_t warnings = 0;
    for (const store::JobEventRecord& event : *events)
        if (event.level == "warning" && ++warnings <= kShown)
            printNote(event.object.empty() ? event.message
                                           : cat(event.object, ": ", event.message));
    if (warnings > kShown)
        printNote(cat(warnings - kShown, " more warnings; the Problems dock of the window lists "
                                         "them."));
}

void sayWhenReady(jobs::ModelCache& models) {
    models.setObserver([](const jobs::ModelState& state) {
        if (state.state == "ready")
            printNote(
                cat("model ", state.name, ": on ", state.info.device, " in ", state.info.dtype));
    });
}

Status runAdded(store::Project& project, JobId id, jobs::ModelCache& models,
                const ResultPrinter& print) {
    ProgressBar bar("");
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.onProgress = [&](const store::JobRecord& row) {
        std::string note = row.message;
        if (row.tokensPerSecond > 0)
            note += cat(", ", static_cast<std::int64_t>(row.tokensPerSecond), " tokens/s");
        bar.update(row.progressDone, row.progressTotal, note);
    };
    const auto row = jobs::runThisJob(project, id, models, options, cancelOnInterrupt());
    bar.clear();
    if (!row.ok())
        return fail(row.error());
    printWarnings(project, id);
    if (print)
        CRUX_TRY_VOID(print(project, id));
    std::cout << dumpJson(jobJson(*row)) << std::endl;
    if (row->state == store::JobState::Done)
        return {};
    if (row->error)
        return fail(*row->error);
    return fail(ErrorCode::Cancelled,
                cat("Job ", id.value, " was stopped; `crux-cli jobs ", project.file().string(),
                    " resume ", id.value, "` queues it again."));
}

Status runAdded(store::Project& project, JobId id, const CommonOptions& common,
                const ResultPrinter& print) {
    jobs::ModelCache models(computeOptions(common));
    sayWhenReady(models);
    return runAdded(project, id, models, print);
}

} // namespace

Status queueOrRunEach(const std::string& file, const std::string& kind,
                      const std::vector<NamedSpec>& list, bool enqueue, const CommonOptions& common,
                      const ResultPrinter& print) {
    CRUX_TRY(project, openForWriting(file));
    std::vector<Json> specs;
    for (const NamedSpec& one : list) {
        const auto complete = completeSpec(kind, one.spec);
        if (!complete.ok())
            return fail(ErrorCode::Usage, complete.error().message);
        specs.push_back(*complete);
    }
    std::vector<JobId> ids;
    CRUX_TRY_VOID(project->write([&]() -> Status {
        for (std::size_t i = 0; i < specs.size(); ++i) {
            CRUX_TRY(id, store::addJob(*project, kind, specs[i], list[i].name));
            ids.push_back(id);
        }
        return {};
    }));
    jobs::ModelCache models(computeOptions(common));
    sayWhenReady(models);
    Status first;
    std::size_t failed = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (enqueue) {
            CRUX_TRY(row, store::job(*project, ids[i]));
            std::cout << dumpJson(jobJson(row)) << std::endl;
            continue;
        }
        if (ids.size() > 1)
            printNote(
                cat("job ", ids[i].value, ", ", list[i].name, ", ", i + 1, " of ", ids.size()));
        const Status ended = runAdded(*project, ids[i], models, print);
        if (ended.ok())
            continue;
        if (ids.size() == 1 || ended.error().code == ErrorCode::Cancelled)
            return ended;
        printError(ended.error());
        if (failed++ == 0)
            first = ended;
    }
    return failed == 0
               ? Status()
               : fail(first.error().code, cat(failed, " of ", ids.size(),
                                              " jobs failed; the first: ", first.error().message));
}

Status queueOrRunPipeline(const std::string& file, const Json& pipeline, bool enqueue,
                          const CommonOptions& common, const ResultPrinter& print) {
    CRUX_TRY(project, openForWriting(file));
    const auto steps = parsePipeline(pipeline);
    if (!steps.ok())
        return fail(ErrorCode::Usage, steps.error().message);
    for (const PipelineStep& step : *steps) {
        CRUX_TRY_VOID(jobs::checkChoice(*project, step.kind, step.spec));
        if (step.kind == "train" && step.spec.value("model", std::string()).empty())
            CRUX_TRY_VOID(jobs::onlyModel(*project)); // not after the jobs before it
    }
    CRUX_TRY(ids, store::addPipeline(*project, *steps));
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (enqueue) {
            CRUX_TRY(row, store::job(*project, ids[i]));
            std::cout << dumpJson(jobJson(row)) << std::endl;
            continue;
        }
        printNote(
            cat("job ", ids[i].value, ", ", (*steps)[i].name, ", ", i + 1, " of ", ids.size()));
        CRUX_TRY_VOID(runAdded(*project, ids[i], common, print));
    }
    return {};
}

Status queueOrRun(const std::string& file, const std::string& kind, const Json& spec,
                  const std::string& name, bool enqueue, const CommonOptions& common,
                  const ResultPrinter& print) {
    CRUX_TRY(project, openForWriting(file));
    const auto complete = completeSpec(kind, spec);
    if (!complete.ok()) // said on the command line or in the file it names
        return fail(ErrorCode::Usage, complete.error().message);
    CRUX_TRY_VOID(jobs::checkChoice(*project, kind, *complete)); // leaves no failed job
    CRUX_TRY(id, store::addJob(*project, kind, *complete, name));
    if (!enqueue)
        return runAdded(*project, id, common, print);
    CRUX_TRY(row, store::job(*project, id));
    std::cout << dumpJson(jobJson(row)) << std::endl;
    return {};
}

} // namespace crux::cli
