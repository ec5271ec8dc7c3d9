// crux-cli train: fine-tuning and preference training, as a train job run here. Its options are the
// job's parameters, made from their table.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
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
    bool enqueue = false;
};

Result<Json> specOf(const Options& options, const Session& session) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    spec.update(options.given);
    for (const char* key : {"model", "start_adapter"})
        if (spec.contains(key) && spec[key].is_string())
            spec[key] = pathOrName(spec[key].get<std::string>());
    // Files too: the job's row must mean the same to a worker started elsewhere.
    for (const char* key : {"data", "output"}) {
        std::error_code code;
        if (!spec.contains(key) || !spec[key].is_string() || spec[key].get<std::string>().empty())
            continue;
        const Path path = spec[key].get<std::string>();
        if (key == std::string_view("output") || std::filesystem::is_regular_file(path, code))
            spec[key] = std::filesystem::absolute(path).string();
    }
    if (session.common.seed != 0)
        spec["seed"] = session.common.seed;
    return spec;
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
    addCommonOptions(*command, session.common);
    command->footer("What is left out comes from --preset, then from the defaults.\n"
                    "Examples:\n"
                    "  crux-cli train p.crux --method sft --role positive --preset small_cpu\n"
                    "  crux-cli train p.crux --method cdpo --score-set mine --name policy\n"
                    "  crux-cli train p.crux --method dpo --data pairs.jsonl --spec dpo.json");
    setBody(*command, session, [options, &session] { return runTrain(*options, session); });
}

} // namespace crux::cli
