// crux-cli train: fine-tuning and preference training, as a train job run here. Its options are the
// job's parameters, made from their table.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/jobs/train_preview.h"
#include "core/jobs/train_probe.h"
#include "core/spec/pipeline.h"
#include "core/spec/train_params.h"
#include "core/store/repositories.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct Options {
    std::string file, specFile;
    Json given = Json::object();
    bool enqueue = false, dryRun = false, pipeline = false;
    int probeSteps = 4;
    std::string choose, positive, negative; ///< of a pipeline
};

/// Folders and files as absolute paths: the job's row must mean the same to a worker started
/// elsewhere.
void makeAbsolute(Json& spec) {
    for (const char* key : {"model", "start_adapter", "positive", "negative"})
        if (spec.contains(key) && spec[key].is_string())
            spec[key] = pathOrName(spec[key].get<std::string>());
    for (const char* key : {"data", "output"}) {
        std::error_code code;
        if (!spec.contains(key) || !spec[key].is_string() || spec[key].get<std::string>().empty())
            continue;
        const Path path = spec[key].get<std::string>();
        if (key == std::string_view("output") || std::filesystem::is_regular_file(path, code))
            spec[key] = std::filesystem::absolute(path).string();
    }
}

Result<Json> specOf(const Options& options, const Session& session) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    if (isPipeline(spec)) {
        if (!options.given.empty() || options.pipeline)
            return fail(ErrorCode::Usage,
                        "A spec that is a pipeline says all of its steps; give no other "
                        "parameters beside it.");
        if (spec["pipeline"].is_array())
            for (Json& step : spec["pipeline"])
                if (step.is_object() && step.contains("spec") && step["spec"].is_object())
                    makeAbsolute(step["spec"]);
        return spec;
    }
    spec.update(options.given);
    makeAbsolute(spec);
    if (session.common.seed != 0)
        spec["seed"] = session.common.seed;
    return spec;
}

/// The spec of a cDPO run with the jobs before it.
Json pipelineOf(const Options& options, Json spec) {
    if (!spec.contains("method"))
        spec["method"] = "cdpo";
    TrainingPlan plan;
    if (!options.choose.empty())
        plan.data = Json{{"where", options.choose}, {"name", spec.value("name", std::string())}};
    if (options.positive.empty())
        plan.positive = Json::object();
    else
        plan.positiveModel = pathOrName(options.positive).get<std::string>();
    if (options.negative.empty())
        plan.negative = Json::object();
    else
        plan.negativeModel = pathOrName(options.negative).get<std::string>();
    plan.score = spec["method"] == "cdpo" && spec.value("score_set", std::string()).empty();
    plan.train = std::move(spec);
    return trainingPipeline(plan);
}

/// What the job would train on and what it would take; nothing is stored.
Status dryRun(const Options& options, const Session& session, const Json& spec) {
    CRUX_TRY(project, openForWriting(options.file));
    const auto preview = jobs::previewTraining(*project, spec);
    if (!preview.ok())
        return fail(ErrorCode::Usage, preview.error().message);
    std::cout << dumpJson(*preview) << std::endl;
    std::string fault;
    for (const Json& one : preview->at("problems"))
        if (fault.empty() && one.at("code") != "other_role")
            fault = one.at("message").get<std::string>();
    if (!fault.empty())
        return fail(ErrorCode::InvalidArgument, fault);
    jobs::ModelCache models(computeOptions(session.common));
    CRUX_TRY(probe, jobs::probeTraining(*project, models, spec, options.probeSteps,
                                        cancelOnInterrupt(), [](int step, int steps) {
                                            printNote(cat("probe step ", step + 1, " of ", steps));
                                        }));
    std::cout << dumpJson({{"estimate", probe}}) << std::endl;
    return {};
}

/// The checkpoints that are there, and what the run made.
Status printResults(const store::Project& project, JobId job) {
    CRUX_TRY(rows, store::checkpoints(project, job));
    for (const store::CheckpointRecord& row : rows) {
        if (row.deleted)
            continue;
        Json line{{"checkpoint", row.path}, {"step", row.step}, {"best", row.best}};
        for (const char* name : {"loss", "eval_loss"}) {
            CRUX_TRY(points, store::metrics(project, job, name, row.step - 1));
            if (!points.empty() && points.front().step == row.step)
                line[name] = jsonNumber(points.front().value);
        }
        if (row.adapterId) {
            CRUX_TRY(adapter, store::adapter(project, row.adapterId));
            line["adapter"] = adapter.path;
            line["name"] = adapter.name;
            line["role"] = adapter.role;
        }
        std::cout << dumpJson(line) << "\n";
    }
    return {};
}

Status runTrain(const Options& options, const Session& session) {
    CRUX_TRY(spec, specOf(options, session));
    if (options.pipeline)
        spec = pipelineOf(options, std::move(spec));
    if (isPipeline(spec)) {
        if (options.dryRun) {
            const auto steps = parsePipeline(spec);
            if (!steps.ok())
                return fail(ErrorCode::Usage, steps.error().message);
            std::cout << dumpJson(spec) << std::endl;
            return {};
        }
        return queueOrRunPipeline(options.file, spec, options.enqueue, session.common,
                                  printResults);
    }
    if (options.dryRun)
        return dryRun(options, session, spec);
    const std::string method = spec.value("method", std::string("sft"));
    const std::string name = spec.value("name", std::string());
    return queueOrRun(options.file, "train", spec, name.empty() ? method : name, options.enqueue,
                      session.common, printResults);
}

std::string flagOf(const std::string& name) {
    std::string flag = "--" + name;
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

template <typename T> void addValue(CLI::App& command, Options& options, const ParamDef& def) {
    command.add_option_function<T>(
        flagOf(def.name),
        [&options, key = def.name](const T& value) { options.given[key] = value; }, def.doc);
}

void addParameter(CLI::App& command, Options& options, const ParamDef& def) {
    switch (def.type) {
    case ParamType::Integer:
        return addValue<std::int64_t>(command, options, def);
    case ParamType::Real:
        return addValue<double>(command, options, def);
    case ParamType::TextList:
        return addValue<std::vector<std::string>>(command, options, def);
    case ParamType::Boolean: {
        const std::string flag = flagOf(def.name);
        command.add_flag_function(
            cat(flag, ",!--no-", flag.substr(2)),
            [&options, key = def.name](std::int64_t count) { options.given[key] = count > 0; },
            def.doc);
        return;
    }
    default:
        return addValue<std::string>(command, options, def);
    }
}

} // namespace

void addTrain(CLI::App& app, Session& session) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("train", "Train an adapter or a model: SFT, DPO and its kin, cDPO");
    command->add_option("file", options->file, "Project file")->required();
    for (const ParamDef& def : trainTable())
        if (def.name != "seed") // one of the options all commands have
            addParameter(*command, *options, def);
    command->add_option("--spec", options->specFile,
                        "JSON file with the job's parameters (see `crux-cli spec train`)");
    command->add_flag("--enqueue", options->enqueue, "Only queue the job");
    command->add_flag("--dry-run", options->dryRun,
                      "Show what would be trained on (kept, dropped and why, tokenised examples) "
                      "and what it would take; of a pipeline, its steps. Stores nothing");
    command
        ->add_option("--probe-steps", options->probeSteps,
                     "Steps that --dry-run runs for its estimate; 0 plans only")
        ->check(CLI::Range(0, 1000));
    command->add_flag(
        "--pipeline", options->pipeline,
        "cDPO with the jobs before it: positive and negative SFT, scores. Each begins "
        "when what it needs is done");
    command->add_option("--choose", options->choose,
                        "Pipeline: first choose the data by the paper's rules from the model's own "
                        "trajectories that match this filter; anyone's where it names "
                        "sampled_by, model or source");
    command->add_option("--positive", options->positive,
                        "Pipeline: a positive model that is there already; none is trained");
    command->add_option("--negative", options->negative, "Pipeline: likewise the negative model");
    addCommonOptions(*command, session.common);
    command->footer("What is left out comes from --preset, then from the defaults.\n"
                    "Examples:\n"
                    "  crux-cli train p.crux --method sft --role positive --preset small_cpu\n"
                    "  crux-cli train p.crux --method cdpo --score-set mine --name policy\n"
                    "  crux-cli train p.crux --method dpo --data pairs.jsonl --dry-run\n"
                    "  crux-cli train p.crux --pipeline --preset small_cpu --name policy");
    setBody(*command, session, [options, &session] { return runTrain(*options, session); });
}

} // namespace crux::cli
