// crux-cli evaluate: checkpoints on a question set, one evaluate job each, run here.
#include "app/cli/answer_options.h"
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/interop/evaluation_report.h"
#include "core/spec/pipeline.h"
#include "core/store/repositories.h"

#include <iostream>
#include <memory>
#include <unistd.h>

namespace crux::cli {

namespace {

struct EvaluateOptions : AnswerOptions {
    std::vector<std::string> models, adapters;
    std::vector<std::int64_t> runs;
    bool base = false, details = false, json = false, list = false;
    std::vector<Json> lines; ///< for the table
};

std::string shownName(const std::string& pathOrName) {
    const Path path(pathOrName);
    return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

/// The checkpoints of a run, oldest first; folders that are gone are said and left out.
Status addRun(const store::Project& project, JobId run, const Json& spec,
              std::vector<NamedSpec>& jobs, std::size_t& gone) {
    CRUX_TRY(job, store::job(project, run));
    if (job.kind != "train")
        return fail(ErrorCode::Usage, cat("Job ", run.value, " is no training run but a ", job.kind,
                                          " job; `crux-cli jobs` lists them."));
    CRUX_TRY(rows, store::checkpoints(project, run));
    if (rows.empty())
        return fail(ErrorCode::NotFound, cat("Run ", run.value, " has saved no checkpoint."));
    for (const store::CheckpointRecord& row : rows) {
        std::error_code code;
        if (row.deleted || !std::filesystem::is_directory(row.path, code)) {
            printNote(cat("step ", row.step, " of run ", run.value, " cannot be evaluated: ",
                          row.deleted ? "its folder was given up for newer checkpoints"
                                      : cat("its folder ", row.path, " is gone")));
            gone += row.deleted ? 0 : 1;
            continue;
        }
        Json one = spec;
        if (std::filesystem::exists(Path(row.path) / "adapter_config.json", code)) {
            const std::string base = job.spec.value("model", std::string());
            if (!one.contains("model") && !base.empty() && !referencedJob(base))
                one["model"] = base;
            one["adapter"] = row.path;
        } else {
            one["model"] = row.path;
        }
        one["name"] = cat(job.name, ", step ", row.step);
        jobs.push_back({one, cat("evaluate ", one["name"].get<std::string>())});
    }
    return {};
}

/// One job a checkpoint.
Result<std::vector<NamedSpec>> jobsOf(const EvaluateOptions& options, const Session& session,
                                      std::size_t& gone) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    takeAnswerOptions(spec, options, session);
    std::vector<NamedSpec> jobs;
    const auto add = [&](Json one, const std::string& what) {
        jobs.push_back({std::move(one), cat("evaluate ", what)});
    };
    if (options.models.size() > 1 && (!options.adapters.empty() || !options.runs.empty()))
        return fail(ErrorCode::Usage, "Adapters and runs need one --model, not several.");
    if (options.models.size() > 1)
        for (const std::string& model : options.models) {
            Json one = spec;
            one["model"] = pathOrName(model);
            add(std::move(one), shownName(model));
        }
    if (options.models.size() == 1)
        spec["model"] = pathOrName(options.models.front());
    if (options.base) {
        Json one = spec;
        one.erase("adapter");
        add(std::move(one), shownName(spec.value("model", std::string("the model"))));
    }
    for (const std::string& adapter : options.adapters) {
        Json one = spec;
        one["adapter"] = pathOrName(adapter);
        add(std::move(one), shownName(adapter));
    }
    if (!options.runs.empty()) {
        CRUX_TRY(project, store::Project::open(options.file, store::OpenMode::ReadOnly));
        for (const std::int64_t run : options.runs)
            CRUX_TRY_VOID(addRun(*project, JobId{run}, spec, jobs, gone));
    }
    if (jobs.empty() && options.runs.empty()) {
        const std::string what =
            spec.value("adapter", spec.value("model", spec.value("dataset", std::string())));
        add(spec, what.empty() ? "the model" : shownName(what));
    }
    if (jobs.size() > 1 && options.given.contains("name"))
        return fail(ErrorCode::Usage, "--name names one evaluation, and these are several.");
    return jobs;
}

/// The evaluation of a job, also when it was stopped half way.
Status printEvaluation(const store::Project& project, JobId id, EvaluateOptions& options) {
    CRUX_TRY(job, store::job(project, id));
    const auto made = job.outputs.find("evaluation");
    if (made == job.outputs.end())
        return {};
    CRUX_TRY(record, store::evaluation(project, EvaluationId{made->get<std::int64_t>()}));
    if (options.details)
        CRUX_TRY_VOID(interop::evaluationLines(
            project, record, [](const Json& line) { std::cout << dumpJson(line) << "\n"; }));
    CRUX_TRY(line, interop::evaluationJson(project, record));
    std::cout << (options.json ? dumpJson(line) + "\n" : std::string());
    options.lines.push_back(std::move(line));
    return {};
}

Status listEvaluations(EvaluateOptions& options) {
    CRUX_TRY(project, store::Project::open(options.file, store::OpenMode::ReadOnly));
    CRUX_TRY(all, store::evaluations(*project));
    for (const store::EvaluationRecord& record : all) {
        CRUX_TRY(line, interop::evaluationJson(*project, record));
        if (options.json)
            std::cout << dumpJson(line) << "\n";
        options.lines.push_back(std::move(line));
    }
    if (!options.json)
        std::cout << interop::evaluationTable(options.lines);
    return {};
}

Status runEvaluate(EvaluateOptions& options, const Session& session) {
    options.json = options.json || isatty(STDOUT_FILENO) == 0;
    if (options.list)
        return listEvaluations(options);
    std::size_t gone = 0;
    CRUX_TRY(jobs, jobsOf(options, session, gone));
    const Status ended =
        queueOrRunEach(options.file, "evaluate", jobs, options.enqueue, session.common,
                       [&](const store::Project& project, JobId id) {
                           return printEvaluation(project, id, options);
                       });
    if (!options.json && !options.lines.empty())
        std::cout << interop::evaluationTable(options.lines);
    if (ended.ok() && gone > 0)
        return fail(ErrorCode::NotFound,
                    cat(gone, " checkpoints could not be evaluated: their folders are gone."));
    return ended;
}

} // namespace

void addEvaluate(CLI::App& app, Session& session) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* command = app.add_subcommand(
        "evaluate", "Evaluate checkpoints on a question set: accuracy, pass@k, maj@k");
    command->add_option("file", options->file, "Project file")->required();
    command->add_option("--model", options->models,
                        "Model: folder, name or id; left out: the only one; several: each");
    command->add_option("--adapter", options->adapters,
                        "Adapter on it: folder (also a checkpoint's), name or id; several: each");
    command->add_flag("--base", options->base, "The bare model too, before the adapters");
    command->add_option("--run", options->runs,
                        "All checkpoints of this training run, by its job id");
    addWhatToAnswer(*command, *options);
    addSpecValue<int>(*command, *options, "--n,-n", "n", "Samples of each question (1)");
    addHowToAsk(*command, *options);
    addHowToDraw(*command, *options, "Sampling temperature (0 = greedy)");
    addSpecValue<std::string>(*command, *options, "--name", "name", "Name of the evaluation");
    command->add_flag("--details", options->details, "A line a question before each evaluation");
    command->add_flag("--list", options->list, "Only list the evaluations there are");
    command->add_flag("--json", options->json, "JSON Lines on a terminal too");
    addJobOptions(*command, *options, session, "JSON file of parameters (crux-cli spec evaluate)");
    command->footer(
        "Gives a line an evaluation: accuracy with its 95 % interval (Wilson's, or by bootstrap\n"
        "over questions where each has several samples), pass@k, maj@k, share without an answer,\n"
        "tokens and seconds; then the job. What the same settings drew before is not drawn again:\n"
        "a killed evaluation goes on, a finished one is only read.\n"
        "Example:\n"
        "  crux-cli evaluate work.crux --model FOLDER --base --adapter dpo --adapter cdpo \\\n"
        "      --dataset gsm8k --limit 200\n"
        "  crux-cli compare work.crux");
    setBody(*command, session, [options, &session] { return runEvaluate(*options, session); });
}

} // namespace crux::cli
