// crux-cli compare: evaluations of a project side by side. Needs no model.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/interop/evaluation_report.h"
#include "core/jobs/compare.h"
#include "core/spec/params.h"
#include "core/store/repositories.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <unistd.h>

namespace crux::cli {

namespace {

struct CompareOptions {
    std::string file, specFile, baseline, show;
    std::vector<std::string> evaluations;
    double confidence = 0;
    int replicates = 0;
    bool common = false, anyDecoding = false, enqueue = false, json = false;
};

Result<Json> specOf(const CompareOptions& options, const Session& session) {
    CRUX_TRY(spec, specFromFile(options.specFile));
    if (!options.evaluations.empty() || !options.baseline.empty()) {
        Json names = Json::array();
        if (!options.baseline.empty())
            names.push_back(options.baseline);
        for (const std::string& name : options.evaluations)
            names.push_back(name);
        spec["evaluations"] = std::move(names);
    }
    if (options.common)
        spec["common"] = true;
    if (options.anyDecoding)
        spec["any_decoding"] = true;
    if (!options.show.empty())
        spec["show"] = options.show;
    if (options.confidence != 0)
        spec["confidence"] = options.confidence;
    if (options.replicates != 0)
        spec["replicates"] = options.replicates;
    if (session.common.seed != 0)
        spec["seed"] = session.common.seed;
    const auto complete = completeSpec("compare", spec);
    if (!complete.ok())
        return fail(ErrorCode::Usage, complete.error().message);
    return *complete;
}

Status runCompare(const CompareOptions& options, const Session& session) {
    CRUX_TRY(spec, specOf(options, session));
    if (options.enqueue)
        return queueOrRun(options.file, "compare", spec, "compare evaluations", true,
                          session.common);
    CRUX_TRY(project, store::Project::open(options.file, store::OpenMode::ReadOnly));
    CRUX_TRY(comparison, store::compareEvaluations(*project, jobs::comparisonOptions(spec)));
    CRUX_TRY(whole, interop::comparisonJson(*project, comparison));
    if (!options.json && isatty(STDOUT_FILENO) != 0) {
        std::cout << interop::comparisonTable(whole);
        return {};
    }
    std::cout << dumpJson(whole) << "\n";
    CRUX_TRY(shown, interop::shownQuestions(comparison, spec.at("show").get<std::string>()));
    for (const std::size_t question : shown) {
        CRUX_TRY(line, interop::comparedQuestionJson(*project, comparison, question));
        std::cout << dumpJson(line) << "\n";
    }
    return {};
}

} // namespace

void addCompare(CLI::App& app, Session& session) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App* command = app.add_subcommand(
        "compare", "Compare evaluations: what was fixed, what was broken, how sure it is");
    command->add_option("file", options->file, "Project file")->required();
    command->add_option("evaluations", options->evaluations,
                        "Evaluations by id or name, the baseline first; left out: the oldest and "
                        "all that are comparable with it");
    command->add_option("--baseline", options->baseline, "The baseline, before those named");
    command->add_flag("--common", options->common,
                      "Also different question sets, by the questions they share, and evaluations "
                      "that were cut off");
    command->add_flag("--any-decoding", options->anyDecoding,
                      "Also different prompts or decodings");
    command->add_option("--show", options->show,
                        "Questions listed: changed, all, fixed, broken, both_wrong, no_answer or "
                        "none");
    command->add_option("--confidence", options->confidence, "Of all intervals (0.95)");
    command->add_option("--replicates", options->replicates,
                        "Of the bootstrap over questions (2000)");
    command->add_flag("--json", options->json, "JSON Lines on a terminal too");
    command->add_option("--spec", options->specFile,
                        "JSON file of parameters (crux-cli spec compare)");
    command->add_flag("--enqueue", options->enqueue, "Only queue it; a worker compares later");
    addCommonOptions(*command, session.common);
    command->footer(
        "Gives one object: baseline, and for each candidate the difference with its paired\n"
        "interval, McNemar's mid-p, the table of both right, fixed, broken and both wrong with\n"
        "question ids; a grid where there are several candidates; slices; what was refused and\n"
        "why. Then a line a listed question with the first token in which the answers differ.\n"
        "A question counts as right where its most frequent answer is right.\n"
        "Example:\n"
        "  crux-cli compare work.crux base \"base + cdpo\" --show fixed");
    setBody(*command, session, [options, &session] { return runCompare(*options, session); });
}

} // namespace crux::cli
