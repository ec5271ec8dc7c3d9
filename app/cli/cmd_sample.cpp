// crux-cli sample and select: answers to a project's questions, and the training data chosen from
// answers; jobs run here.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/jobs/grading.h"
#include "core/jobs/sample_prompts.h"
#include "core/jobs/sample_report.h"
#include "core/spec/sample_presets.h"
#include "core/store/repositories.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct SampleOptions {
    std::string file, specFile, preset;
    Json given = Json::object();
    bool enqueue = false, noStop = false, noBos = false, noSelect = false;
};

/// The preset for the model and data set that the job will take: the paper's temperature is one a
/// model and task.
Result<Json> presetSpec(const SampleOptions& options, const Json& spec) {
    CRUX_TRY(project, store::Project::open(options.file, store::OpenMode::ReadOnly));
    std::string model = spec.value("model", std::string());
    CRUX_TRY(models, store::models(*project));
    for (const store::ModelRecord& row : models)
        if ((model.empty() && models.size() == 1) || cat(row.id.value) == model)
            model = cat(row.name, " ", row.path);
    const auto dataset = jobs::sampleDataset(*project, spec.value("dataset", std::string()));
    const bool math = dataset.ok() && jobs::gradeTaskOf(*dataset) == text::GradeTask::Math;
    const auto preset = samplePreset(options.preset, model, math);
    if (!preset.ok())
        return fail(ErrorCode::Usage, preset.error().message);
    if (preset->name != "demo" && preset->name != "small CPU" && !paperTemperature(model, math))
        printNote(cat("the paper names no temperature for this model; ",
                      preset->spec.at("temperature").get<double>(), " is that of Llama-3-8B"));
    return preset->spec;
}

/// Spec file, then preset, then what was said on the command line.
Result<Json> specOf(const SampleOptions& options, const Session& session) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    if (!options.preset.empty()) {
        Json known = spec;
        known.update(options.given);
        CRUX_TRY(preset, presetSpec(options, known));
        spec.update(preset);
    }
    spec.update(options.given);
    for (const char* key : {"model", "adapter"})
        if (spec.contains(key) && spec[key].is_string())
            spec[key] = pathOrName(spec[key].get<std::string>());
    if (std::error_code code;
        spec.contains("shots_from") && spec["shots_from"].is_string() &&
        std::filesystem::is_regular_file(spec["shots_from"].get<std::string>(), code))
        spec["shots_from"] =
            std::filesystem::absolute(spec["shots_from"].get<std::string>()).string();
    if (options.noStop)
        spec["no_stop"] = true;
    if (options.noBos)
        spec["bos"] = "none";
    if (options.noSelect)
        spec["select"] = false;
    if (session.common.seed != 0)
        spec["seed"] = session.common.seed;
    return spec;
}

/// What there is of the job's answers, also when it was stopped half way.
Status printResults(const store::Project& project, JobId job) {
    CRUX_TRY(lines, jobs::sampleLines(project, job));
    for (const Json& line : lines)
        std::cout << dumpJson(line) << "\n";
    return {};
}

Status runSample(const SampleOptions& options, const Session& session) {
    CRUX_TRY(spec, specOf(options, session));
    return queueOrRun(options.file, "sample", spec,
                      cat("sample ", spec.value("dataset", std::string("questions"))),
                      options.enqueue, session.common, printResults);
}

/// The sets a select job stored, as its events say it.
Status printSets(const store::Project& project, JobId job) {
    CRUX_TRY(sets, store::pairSets(project));
    CRUX_TRY(events, store::events(project, job, 0, 100));
    for (const store::JobEventRecord& event : events)
        for (const store::PairSetRecord& set : sets)
            if (event.object == cat("pair_set ", set.id.value))
                std::cout << dumpJson({{"pair_set", set.id.value},
                                       {"name", set.name},
                                       {"rows", set.pairs},
                                       {"rule", set.rule}})
                          << "\n";
    return {};
}

template <typename T>
void addSpecValue(CLI::App& command, SampleOptions& options, const char* flag, const char* key,
                  const char* doc) {
    command.add_option_function<T>(
        flag, [&options, key](const T& value) { options.given[key] = value; }, doc);
}

void addWhatToAnswer(CLI::App& command, SampleOptions& options) {
    addSpecValue<std::string>(command, options, "--model", "model",
                              "Model that answers: folder, name or id; left out: the only one");
    addSpecValue<std::string>(command, options, "--adapter", "adapter",
                              "Adapter on it: folder, name or id");
    addSpecValue<std::string>(command, options, "--dataset", "dataset",
                              "Dataset that is answered; left out: the only one");
    addSpecValue<std::string>(command, options, "--questions,--ids", "questions",
                              "These questions, by their ids in the dataset, such as 600,612");
    addSpecValue<std::string>(command, options, "--where", "where",
                              "Only questions with a trajectory that matches, e.g. verdict=wrong");
    addSpecValue<std::int64_t>(command, options, "--limit", "limit", "Only the first so many");
    addSpecValue<int>(command, options, "--n,-n", "n", "Answers to each question (64)");
}

void addHowToAsk(CLI::App& command, SampleOptions& options) {
    addSpecValue<std::string>(command, options, "--template", "template",
                              "Prompt template; left out: the dataset's own");
    addSpecValue<int>(command, options, "--shots", "shots",
                      "Worked examples; 0 = plain prompt, -1 = the paper's number");
    addSpecValue<std::string>(command, options, "--shots-from", "shots_from",
                              "builtin, train, or a JSON Lines file of question and response");
    addSpecValue<std::string>(command, options, "--prompt-end", "prompt_end",
                              "Blanks at the prompt's end: auto, strip or keep");
    command.add_flag("--no-bos", options.noBos, "Leave BOS out");
}

void addHowToDraw(CLI::App& command, SampleOptions& options) {
    command.add_option("--preset", options.preset, "paper, authors, \"small CPU\" or demo");
    addSpecValue<double>(command, options, "--temperature", "temperature",
                         "Sampling temperature (0.5); 0 = greedy");
    addSpecValue<double>(command, options, "--top-p", "top_p", "Nucleus mass (0.95); 1 = off");
    addSpecValue<int>(command, options, "--top-k", "top_k", "Most likely tokens kept; 0 = off");
    addSpecValue<int>(command, options, "--max-new-tokens", "max_new_tokens",
                      "Longest answer (1024)");
    addSpecValue<std::vector<std::string>>(command, options, "--stop", "stop",
                                           "Texts that end an answer; left out: the template's");
    command.add_flag("--no-stop", options.noStop, "No stop text: answers end at EOS");
    addSpecValue<int>(command, options, "--batch", "batch", "Answers drawn at once (64)");
    addSpecValue<std::int64_t>(command, options, "--memory", "memory",
                               "Most megabytes of keys and values; 0 = a quarter of the machine's");
    addSpecValue<std::string>(command, options, "--profile", "profile",
                              "Grader: crux, authors or minerva");
    command.add_flag("--no-select", options.noSelect,
                     "Do not choose positive, negative and preference data at the end");
}

void addJobOptions(CLI::App& command, SampleOptions& options, Session& session, const char* spec) {
    command.add_option("--spec", options.specFile, spec);
    command.add_flag("--enqueue", options.enqueue, "Only queue the job; a worker runs it later");
    addCommonOptions(command, session.common);
}

} // namespace

void addSample(CLI::App& app, Session& session) {
    auto options = std::make_shared<SampleOptions>();
    CLI::App* command =
        app.add_subcommand("sample", "Sample answers to a project's questions and grade them");
    command->add_option("file", options->file, "Project file")->required();
    addWhatToAnswer(*command, *options);
    addHowToAsk(*command, *options);
    addHowToDraw(*command, *options);
    addJobOptions(*command, *options, session, "JSON file of parameters (crux-cli spec sample)");
    command->footer(
        "Gives a line a question with its verdicts and answers by frequency, then a line with the\n"
        "accuracy (Wilson interval) of all, and the job. Answers stay in the project: a stopped "
        "or\n"
        "repeated job draws only what is missing, a larger n adds to what is there.\n"
        "Example:\n"
        "  crux-cli sample work.crux --model FOLDER --dataset gsm8k --preset paper --limit 100");
    setBody(*command, session, [options, &session] { return runSample(*options, session); });
}

void addSelect(CLI::App& app, Session& session) {
    auto options = std::make_shared<SampleOptions>();
    CLI::App* command = app.add_subcommand(
        "select", "Choose positive, negative and preference data by answer frequency");
    command->add_option("file", options->file, "Project file")->required();
    addSpecValue<std::string>(*command, *options, "--where", "where",
                              "Only trajectories that match, e.g. source=sampled");
    addSpecValue<std::string>(*command, *options, "--dataset", "dataset", "Only this dataset");
    addSpecValue<std::string>(*command, *options, "--name", "name", "Name of the sets");
    addSpecValue<int>(*command, *options, "--positive-top-k", "positive_top_k",
                      "Most frequent right answers taken (1); 0 makes no such set");
    addSpecValue<double>(*command, *options, "--negative-top-p", "negative_top_p",
                         "Share of the wrong answers covered (0.5); 0 makes no such set");
    addSpecValue<int>(*command, *options, "--negative-repeats", "negative_repeats",
                      "A wrong answer after the first occurs so often (2)");
    addSpecValue<int>(*command, *options, "--preference-top-k", "preference_top_k",
                      "Pairs of the k-th right and wrong answer (1); 0 makes no such set");
    addSpecValue<int>(*command, *options, "--per-answer", "per_answer",
                      "Responses of a chosen answer (1); 0 = all");
    addJobOptions(*command, *options, session, "JSON file of parameters (crux-cli spec select)");
    command->footer("Gives a line a set: its rule, how many questions it kept, which were dropped "
                    "and why.\n"
                    "Export them with crux-cli export --kind sft-pos, sft-neg or preference.\n"
                    "Example:\n"
                    "  crux-cli select work.crux --where 'source=sampled'");
    setBody(*command, session, [options, &session]() -> Status {
        CRUX_TRY(spec, specFromFile(options->specFile));
        spec.update(options->given);
        return queueOrRun(options->file, "select", spec, "select training data", options->enqueue,
                          session.common, printSets);
    });
}

} // namespace crux::cli
