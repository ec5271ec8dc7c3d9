// crux-cli sample and select: answers to a project's questions, and the training data chosen from
// answers; jobs run here.
#include "app/cli/answer_options.h"
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

struct SampleOptions : AnswerOptions {
    std::string preset;
    bool noSelect = false;
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
    takeAnswerOptions(spec, options, session);
    if (options.noSelect)
        spec["select"] = false;
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

} // namespace

void addSample(CLI::App& app, Session& session) {
    auto options = std::make_shared<SampleOptions>();
    CLI::App* command =
        app.add_subcommand("sample", "Sample answers to a project's questions and grade them");
    command->add_option("file", options->file, "Project file")->required();
    addSpecValue<std::string>(*command, *options, "--model", "model",
                              "Model that answers: folder, name or id; left out: the only one");
    addSpecValue<std::string>(*command, *options, "--adapter", "adapter",
                              "Adapter on it: folder, name or id");
    addWhatToAnswer(*command, *options);
    addSpecValue<int>(*command, *options, "--n,-n", "n", "Answers to each question (64)");
    addHowToAsk(*command, *options);
    command->add_option("--preset", options->preset, "paper, authors, \"small CPU\" or demo");
    addHowToDraw(*command, *options, "Sampling temperature (0.5); 0 = greedy");
    command->add_flag("--no-select", options->noSelect,
                      "Do not choose positive, negative and preference data at the end");
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
    addSpecValue<std::string>(
        *command, *options, "--model", "model",
        "Without what other models than this wrote (name, id or folder); "
        "left out: the only one. A --where that names sampled_by, model or source takes "
        "whom it says");
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
