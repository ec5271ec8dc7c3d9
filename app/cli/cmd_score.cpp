// crux-cli score: contrastive scores of a project's trajectories, as a score job run here.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace crux::cli {

namespace {

struct ScoreOptions {
    std::string file, specFile;
    Json given = Json::object();
    bool enqueue = false, details = false, retokenize = false;
};

Status runScore(const ScoreOptions& options, const Session& session) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    spec.update(options.given);
    for (const char* key : {"model", "positive", "negative"})
        if (spec.contains(key) && spec[key].is_string())
            spec[key] = pathOrName(spec[key].get<std::string>());
    if (options.details)
        spec["details"] = true;
    if (options.retokenize)
        spec["retokenize"] = true;
    return queueOrRun(options.file, "score", spec, spec.value("score_set", std::string("score")),
                      options.enqueue, session.common);
}

template <typename T>
void addSpecValue(CLI::App& command, ScoreOptions& options, const char* flag, const char* key,
                  const char* doc) {
    command.add_option_function<T>(
        flag, [&options, key](const T& value) { options.given[key] = value; }, doc);
}

} // namespace

void addScore(CLI::App& app, Session& session) {
    auto options = std::make_shared<ScoreOptions>();
    CLI::App* command =
        app.add_subcommand("score", "Score a project's trajectories: low s_t = critical token");
    command->add_option("file", options->file, "Project file")->required();
    addSpecValue<std::string>(*command, *options, "--model", "model",
                              "Base model: folder, or name or id of a registered one");
    addSpecValue<std::string>(*command, *options, "--positive", "positive",
                              "Positive adapter or model: folder, name or id");
    addSpecValue<std::string>(*command, *options, "--negative", "negative",
                              "Negative adapter or model: folder, name or id");
    addSpecValue<std::string>(*command, *options, "--policy", "policy",
                              "none, or base: the bare model's probabilities too");
    addSpecValue<double>(*command, *options, "--beta", "beta", "Strength of the contrast (1)");
    addSpecValue<int>(*command, *options, "--top-k", "top_k", "Alternatives kept a position (20)");
    addSpecValue<std::string>(*command, *options, "--where", "where",
                              "Only trajectories that match, e.g. 'verdict=wrong'");
    addSpecValue<std::string>(*command, *options, "--dataset", "dataset", "Only this dataset");
    addSpecValue<std::string>(*command, *options, "--name", "score_set", "Name of the score set");
    command->add_flag("--details", options->details, "Entropies and ranks too");
    command->add_flag("--retokenize", options->retokenize,
                      "Tokenise rows of another tokenizer again");
    command->add_option("--spec", options->specFile,
                        "JSON file of parameters (crux-cli spec score)");
    command->add_flag("--enqueue", options->enqueue, "Only queue the job; a worker runs it later");
    addCommonOptions(*command, session.common);
    command->footer(
        "Scored trajectories are never scored again: a stopped job goes on where it was.\n"
        "Example:\n"
        "  crux-cli score work.crux --model FOLDER --positive FOLDER/positive \\\n"
        "      --negative FOLDER/negative --where 'verdict=wrong'");
    setBody(*command, session, [options, &session] { return runScore(*options, session); });
}

} // namespace crux::cli
