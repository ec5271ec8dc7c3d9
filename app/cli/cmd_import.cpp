// crux-cli import: files of others into a project, as an import job run here.
#include "app/cli/commands.h"
#include "app/cli/run_here.h"
#include "core/base/text_util.h"
#include "core/interop/import.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct ImportOptions {
    std::string file, kind, specFile;
    std::vector<std::string> inputs;
    Json given = Json::object();
    bool enqueue = false;
};

void printKinds() {
    for (const auto& [name, doc] : interop::importKinds())
        std::cout << dumpJson({{"kind", name}, {"doc", doc}}) << "\n";
}

Status runImport(const ImportOptions& options, const Session& session) {
    if (options.kind == "help") {
        printKinds();
        return {};
    }
    CRUX_TRY(spec, specFromFile(options.specFile));
    spec.update(options.given);
    if (!options.kind.empty())
        spec["kind"] = options.kind;
    if (options.file.empty())
        return fail(ErrorCode::Usage, "import needs a project FILE and at least one INPUT.");
    const std::string kind = spec.value("kind", std::string("auto"));
    const auto& kinds = interop::importKinds();
    if (kind != "auto" && std::none_of(kinds.begin(), kinds.end(),
                                       [&](const auto& row) { return row.first == kind; }))
        return fail(ErrorCode::Usage,
                    cat("There is no import kind \"", kind, "\"; --kind help lists them."));
    std::vector<Path> named(options.inputs.begin(), options.inputs.end());
    if (named.empty() && spec.contains("inputs") && spec["inputs"].is_array())
        for (const Json& input : spec["inputs"])
            if (input.is_string())
                named.emplace_back(input.get<std::string>());
    if (!named.empty()) {
        CRUX_TRY(files, interop::importFiles(named));
        Json inputs = Json::array();
        for (const Path& file : files)
            inputs.push_back(std::filesystem::absolute(file).string());
        spec["inputs"] = std::move(inputs);
    }
    return queueOrRun(options.file, "import", spec, "import", options.enqueue, session.common);
}

/// An option whose text goes into the spec under `key` when it is given.
void addSpecText(CLI::App& command, ImportOptions& options, const char* flag, const char* key,
                 const char* doc) {
    command.add_option_function<std::string>(
        flag, [&options, key](const std::string& text) { options.given[key] = text; }, doc);
}

} // namespace

void addImport(CLI::App& app, Session& session) {
    auto options = std::make_shared<ImportOptions>();
    CLI::App* command = app.add_subcommand("import", "Read trajectories of a file into a project");
    command->add_option("file", options->file, "Project file");
    command->add_option("inputs", options->inputs,
                        "Files to read, or folders: their .json, .jsonl and .csv files by name");
    command->add_option("--kind", options->kind,
                        "Form of the files: auto looks at them itself, help lists all");
    addSpecText(*command, *options, "--dataset", "dataset", "Dataset to add to");
    addSpecText(*command, *options, "--split", "split", "Split, such as train or test");
    addSpecText(*command, *options, "--task", "task", "Grading: gsm8k, math or none");
    addSpecText(*command, *options, "--profile", "profile", "Grader: crux, authors or minerva");
    addSpecText(*command, *options, "--template", "template", "Prompt template, such as gsm8k");
    addSpecText(*command, *options, "--tokenizer", "tokenizer",
                "Folder of the tokenizer that made the files, or a registered model");
    addSpecText(*command, *options, "--bad-lines", "bad_lines",
                "keep: the good lines are taken (default); refuse: one bad line refuses all");
    command->add_option_function<std::vector<std::string>>(
        "--column",
        [options](const std::vector<std::string>& pairs) {
            for (const std::string& pair : pairs) {
                const std::size_t equals = pair.find('=');
                if (equals == std::string::npos || equals == 0)
                    throw CLI::ValidationError("--column", "must look like response=answer_text");
                options->given[pair.substr(0, equals) + "_column"] = pair.substr(equals + 1);
            }
        },
        "ROLE=COLUMN: which column holds question, response, answer, verdict, id or model");
    command->add_option("--spec", options->specFile,
                        "JSON file of parameters (crux-cli spec import)");
    command->add_flag("--enqueue", options->enqueue, "Only queue the job; a worker runs it later");
    command->footer(
        "A row that cannot be used is reported with its line, and the rest is kept.\n"
        "Example:\n"
        "  crux-cli project create work.crux\n"
        "  crux-cli import work.crux --kind jsonl answers.jsonl --column response=text");
    setBody(*command, session, [options, &session] { return runImport(*options, session); });
}

} // namespace crux::cli
