// crux-cli search: the tokens that lose a project's trajectories, by rollouts; a search job run
// here.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/jobs/search_estimate.h"
#include "core/jobs/search_report.h"
#include "core/spec/intervals.h"
#include "core/spec/params.h"
#include "core/spec/sampling.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct SearchOptions {
    std::string file, specFile, preset;
    Json given = Json::object();
    bool enqueue = false, estimate = false, noVerify = false, without = false, retokenize = false,
         noStop = false;
};

/// A preset's fields under the names of the job's parameters; `n` where it says how many.
Result<Json> presetSpec(const std::string& name) {
    std::string names;
    for (const SamplingPreset& preset : samplingPresets()) {
        names += (names.empty() ? "" : ", ") + preset.name;
        if (preset.name != name)
            continue;
        Json spec{{"temperature", preset.params.temperature},
                  {"top_p", preset.params.topP},
                  {"top_k", preset.params.topK},
                  {"max_new_tokens", preset.params.maxNewTokens},
                  {"stop", preset.params.stop}};
        if (preset.params.samples > 1)
            spec["n"] = preset.params.samples;
        return spec;
    }
    return fail(ErrorCode::Usage,
                cat("There is no sampling preset \"", name, "\"; the presets are ", names, "."));
}

/// Spec file, then preset, then what was said on the command line.
Result<Json> specOf(const SearchOptions& options, const Session& session) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    if (!options.preset.empty()) {
        CRUX_TRY(preset, presetSpec(options.preset));
        spec.update(preset);
    }
    spec.update(options.given);
    for (const char* key : {"model", "adapter"})
        if (spec.contains(key) && spec[key].is_string())
            spec[key] = pathOrName(spec[key].get<std::string>());
    if (options.noVerify)
        spec["verify"] = false;
    if (options.without)
        spec["without"] = true;
    if (options.retokenize)
        spec["retokenize"] = true;
    if (options.noStop)
        spec["stop"] = Json::array();
    if (session.common.seed != 0)
        spec["seed"] = session.common.seed;
    return spec;
}

/// What the job found, also when it was stopped half way.
Status printResults(const store::Project& project, JobId job) {
    CRUX_TRY(lines, jobs::searchLines(project, job));
    for (const Json& line : lines)
        std::cout << dumpJson(line) << "\n";
    CRUX_TRY(curves, jobs::passAtKLine(project, job));
    if (!curves.is_null())
        std::cout << dumpJson(curves) << "\n";
    CRUX_TRY(agreement, jobs::agreementSentence(project, job));
    if (!agreement.empty())
        printNote(agreement);
    return {};
}

/// What the search would draw, from a probe; nothing is stored.
Status printEstimate(const SearchOptions& options, const Json& spec, const Session& session) {
    CRUX_TRY(project, openForWriting(options.file));
    jobs::ModelCache models(computeOptions(session.common));
    CRUX_TRY(estimate, jobs::estimateSearch(*project, models, spec, cancelOnInterrupt()));
    std::cout << dumpJson(jobs::toJson(estimate)) << std::endl;
    return {};
}

/// So few fresh rollouts that they cannot confirm anything are drawn, but not silently.
void warnOfFewToConfirm(const Json& given) {
    const auto spec = completeSpec("search", given);
    if (!spec) // the job says what is wrong with it
        return;
    const auto method = spec->at("method").get<std::string>();
    const int confirm = spec->at("confirm").get<int>();
    const double share = spec->at("low_share").get<double>();
    const int fewest = fewestToConfirm(share);
    if ((method == "critical" || method == "bisect") && confirm > 0 && confirm < fewest)
        printNote(cat(confirm, " fresh rollouts cannot confirm a share below ", share * 100,
                      " %: ", fewest, " without a right one are the fewest that do."));
}

Status runSearch(const SearchOptions& options, const Session& session) {
    CRUX_TRY(spec, specOf(options, session));
    warnOfFewToConfirm(spec);
    if (options.estimate)
        return printEstimate(options, spec, session);
    return queueOrRun(options.file, "search", spec, spec.value("method", std::string("critical")),
                      options.enqueue, session.common, printResults);
}

template <typename T>
CLI::Option* addSpecValue(CLI::App& command, SearchOptions& options, const char* flag,
                          const char* key, const char* doc) {
    return command.add_option_function<T>(
        flag, [&options, key](const T& value) { options.given[key] = value; }, doc);
}

void addWhatToSearch(CLI::App& command, SearchOptions& options) {
    addSpecValue<std::string>(command, options, "--model", "model",
                              "Model that draws: folder, name or id; left out: the only one");
    addSpecValue<std::string>(command, options, "--adapter", "adapter",
                              "Adapter on it: folder, name or id");
    addSpecValue<std::string>(command, options, "--where", "where",
                              "Only trajectories that match (verdict=wrong or verdict=no_answer)");
    addSpecValue<std::string>(command, options, "--dataset", "dataset", "Only this dataset");
    addSpecValue<std::string>(command, options, "--ids", "trajectories",
                              "These trajectories, such as 12,15,20, instead of a filter");
    addSpecValue<std::int64_t>(command, options, "--limit", "limit", "Only the first so many");
}

void addHowToSearch(CLI::App& command, SearchOptions& options) {
    addSpecValue<std::string>(command, options, "--method", "method",
                              "critical, pivotal, cliff, bisect or curve (shares only)");
    addSpecValue<std::string>(command, options, "--rule", "rule", "critical: paper or authors");
    addSpecValue<std::string>(command, options, "--mode", "mode", "economical or exhaustive");
    addSpecValue<std::string>(command, options, "--potentials", "potentials",
                              "draw rollouts, or take imported shares");
    addSpecValue<int>(command, options, "--n,-n", "n", "Rollouts of a position (64)");
    addSpecValue<int>(command, options, "--points", "points",
                      "So many evenly spaced positions get n rollouts too, for the curve (0)");
    addSpecValue<std::string>(command, options, "--positions", "positions",
                              "curve: only these response positions, such as 0,12,34");
    addSpecValue<double>(command, options, "--low-share", "low_share",
                         "Later positions stay below it (0.05)");
    addSpecValue<double>(command, options, "--gap", "gap", "pivotal: least change (0.2)");
    addSpecValue<double>(command, options, "--minimum", "minimum",
                         "pivotal: least share of the bare prompt (0.2)");
    addSpecValue<double>(command, options, "--maximum", "maximum",
                         "pivotal: largest share of the bare prompt (0.8)");
    addSpecValue<double>(command, options, "--drop", "drop", "cliff: least drop (0.1)");
    addSpecValue<double>(command, options, "--z", "z", "cliff: quantile of the test (1.645)");
    command.add_flag("--no-verify", options.noVerify,
                     "bisect: assume that the chance never recovers");
    addSpecValue<int>(command, options, "--confirm", "confirm",
                      "Fresh rollouts that confirm the token found (256); 0 draws none");
    command.add_flag("--without", options.without,
                     "Ban the token found, draw replacements, compare pass@k");
    addSpecValue<std::string>(command, options, "--replacement", "replacement",
                              "Replacements by the sampler or the full_softmax");
}

void addHowToDraw(CLI::App& command, SearchOptions& options) {
    command.add_option("--preset", options.preset,
                       "Sampling preset, such as \"paper rollouts\" or demo");
    addSpecValue<double>(command, options, "--temperature", "temperature",
                         "Sampling temperature (0.5); 0 = greedy");
    addSpecValue<double>(command, options, "--top-p", "top_p", "Nucleus mass (0.95); 1 = off");
    addSpecValue<int>(command, options, "--top-k", "top_k", "Most likely tokens kept; 0 = off");
    addSpecValue<int>(command, options, "--max-new-tokens", "max_new_tokens",
                      "Longest response (1024)");
    addSpecValue<std::vector<std::string>>(command, options, "--stop", "stop",
                                           "Texts that end a rollout; several times for several");
    command.add_flag("--no-stop", options.noStop, "No stop text: rollouts end at EOS");
    addSpecValue<int>(command, options, "--batch", "batch", "Rollouts drawn at once (64)");
    addSpecValue<std::int64_t>(command, options, "--memory", "memory",
                               "Most megabytes of keys and values; 0 = a quarter of the machine's");
    command.add_flag("--retokenize", options.retokenize,
                     "Tokenise rows of another tokenizer again");
}

} // namespace

void addSearch(CLI::App& app, Session& session) {
    auto options = std::make_shared<SearchOptions>();
    CLI::App* command = app.add_subcommand(
        "search", "Find the tokens that lose a trajectory, by rollouts from its prefixes");
    command->add_option("file", options->file, "Project file")->required();
    addWhatToSearch(*command, *options);
    addHowToSearch(*command, *options);
    addHowToDraw(*command, *options);
    command->add_option("--spec", options->specFile,
                        "JSON file of parameters (crux-cli spec search)");
    command->add_flag("--estimate", options->estimate,
                      "Only say how many rollouts and tokens, and how long, from a probe");
    command->add_flag("--enqueue", options->enqueue, "Only queue the job; a worker runs it later");
    addCommonOptions(*command, session.common);
    command->footer(
        "Gives a line a trajectory: position (absolute and in the response), token, right of "
        "total\n"
        "with its Wilson interval, confirmation, the candidate by s_t where scored, pass@k with\n"
        "--without; then pass@k over all, and the job. Rollouts stay in the project: a stopped or\n"
        "repeated search draws only what is missing, whatever method asked for it first.\n"
        "Example:\n"
        "  crux-cli search work.crux --model FOLDER --where 'verdict=wrong' --limit 10 --without");
    setBody(*command, session, [options, &session] { return runSearch(*options, session); });
}

} // namespace crux::cli
