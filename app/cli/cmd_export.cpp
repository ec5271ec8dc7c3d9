// crux-cli export: rows of a project into a file of another form.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_bar.h"
#include "core/base/text_util.h"
#include "core/interop/export.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct ExportOptions {
    std::string file, kind, where, output, scoreSet, pairSet, method;
    std::vector<std::int64_t> runs;
    std::vector<std::string> evaluations;
    bool summary = false, common = false, anyDecoding = false;
    int window = 2;
};

void printKinds() {
    for (const auto& [name, doc] : interop::exportKinds())
        std::cout << dumpJson({{"kind", name}, {"doc", doc}}) << "\n";
}

/// The language of --where, for every command that takes it.
void printFields() {
    for (const auto& [name, doc] : store::filterFields())
        std::cout << dumpJson({{"field", name}, {"doc", doc}}) << "\n";
}

/// A score set by name or id; the newest when none was named, none when there is none.
Result<ScoreSetId> chooseScoreSet(const store::Project& project, const std::string& wanted) {
    CRUX_TRY(sets, store::scoreSets(project));
    if (wanted.empty())
        return sets.empty() ? ScoreSetId{} : sets.back().id;
    for (const store::ScoreSetRecord& set : sets)
        if (set.name == wanted || cat(set.id.value) == wanted)
            return set.id;
    return fail(ErrorCode::NotFound,
                cat("The project has no score set \"", wanted, "\"; `project info` lists them."));
}

Status runExport(const ExportOptions& options) {
    if (options.kind == "help") {
        printKinds();
        return {};
    }
    if (options.where == "help") {
        printFields();
        return {};
    }
    const auto& kinds = interop::exportKinds();
    if (std::none_of(kinds.begin(), kinds.end(),
                     [&](const auto& kind) { return kind.first == options.kind; }))
        return fail(ErrorCode::Usage,
                    cat("There is no export kind \"", options.kind, "\"; --kind help lists them."));
    if (options.file.empty() || options.output.empty())
        return fail(ErrorCode::Usage, "export needs a project FILE and -o OUT.");
    CRUX_TRY(project, store::Project::open(options.file, store::OpenMode::ReadOnly));
    CRUX_TRY(scoreSet, chooseScoreSet(*project, options.scoreSet));
    interop::ExportOptions what;
    what.kind = options.kind;
    what.where = options.where;
    what.scoreSet = scoreSet;
    what.pairSet = options.pairSet;
    what.perToken = !options.summary;
    std::vector<std::string> notes;
    what.notes = &notes;
    what.method = options.method;
    what.window = options.window;
    for (const std::int64_t run : options.runs)
        what.runs.push_back(JobId{run});
    what.evaluations = options.evaluations;
    what.common = options.common;
    what.anyDecoding = options.anyDecoding;
    const CancelToken cancel = cancelOnInterrupt();
    ProgressBar bar("rows");
    const auto progress = [&](std::int64_t done, std::int64_t total) { bar.update(done, total); };
    const auto rows = options.output == "-"
                          ? interop::runExport(*project, what, std::cout, cancel, progress)
                          : interop::exportToFile(*project, what, options.output, cancel, progress);
    bar.clear();
    if (!rows.ok())
        return fail(rows.error());
    for (const std::string& note : notes)
        printNote(note);
    printNote(cat(*rows, " rows written to ", options.output == "-" ? "stdout" : options.output));
    return {};
}

} // namespace

void addExport(CLI::App& app, Session& session) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* command = app.add_subcommand("export", "Write rows of a project to a file");
    command->add_option("file", options->file, "Project file");
    command->add_option("--kind", options->kind, "Form to write; help lists them")->required();
    command->add_option(
        "--where", options->where,
        "Only trajectories that match, e.g. 'verdict=wrong and min_s<0.1'; help lists "
        "the fields");
    command->add_option("--score-set", options->scoreSet,
                        "Scores to write, by name or id; left out: the newest set");
    command->add_option("--set", options->pairSet,
                        "Training data to write, by name or id; left out: the newest of the kind");
    command->add_option("--method", options->method,
                        "corpus, agreement: searches of this method (critical, pivotal, cliff, "
                        "bisect)");
    command
        ->add_option("--window", options->window, "agreement: tokens away that count as near (2)")
        ->check(CLI::Range(0, 1000));
    command->add_option("--run", options->runs,
                        "metrics: job ids of training runs; left out: all of the project");
    command->add_option("--evaluation", options->evaluations,
                        "lm-eval, comparison-*: evaluations by id or name, the baseline first; "
                        "left out: all");
    command->add_flag("--common", options->common,
                      "comparison-*: also different question sets, by what they share");
    command->add_flag("--any-decoding", options->anyDecoding,
                      "comparison-*: also different prompts or decodings");
    command->add_flag("--summary", options->summary, "Leave per-token arrays out");
    command->add_option("-o,--output", options->output, "File to write, - for stdout");
    command->footer(
        "Example:\n"
        "  crux-cli export work.crux --kind jsonl --where 'verdict=wrong' -o wrong.jsonl");
    setBody(*command, session, [options] { return runExport(*options); });
}

} // namespace crux::cli
