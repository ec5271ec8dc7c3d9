#include "app/cli/command.h"

#include "app/cli/commands.h"

#include <CLI/CLI.hpp>

#include <cctype>
#include <cstdlib>
#include <iostream>

namespace crux::cli {

namespace {

std::string checkDevice(const std::string& text) {
    if (text == "auto" || text == "cpu" || text == "cuda")
        return {};
    const std::string prefix = "cuda:";
    const bool numbered = text.rfind(prefix, 0) == 0 && text.size() > prefix.size() &&
                          text.size() <= prefix.size() + 4 &&
                          std::all_of(text.begin() + static_cast<std::ptrdiff_t>(prefix.size()),
                                      text.end(), [](unsigned char c) { return std::isdigit(c); });
    return numbered ? std::string() : "must be auto, cpu, cuda or cuda:N, not \"" + text + "\"";
}

} // namespace

void addCommonOptions(CLI::App& command, CommonOptions& options) {
    command.add_option("--device", options.device, "Where to compute: auto, cpu, cuda or cuda:N")
        ->check(CLI::Validator(checkDevice, ""))
        ->group("Common options");
    command
        .add_option("--dtype", options.dtype,
                    "Numbers to compute in; auto = bfloat16 for large models where the "
                    "device computes in it, else float32")
        ->check(CLI::IsMember({"auto", "float32", "bfloat16"}))
        ->group("Common options");
    command.add_option("--threads", options.threads, "CPU threads; 0 = all cores")
        ->check(CLI::Range(0, 4096))
        ->group("Common options");
    command.add_option("--seed", options.seed, "Seed of all random draws")->group("Common options");
}

void setBody(CLI::App& command, Session& session, std::function<Status()> body) {
    command.callback([&session, body = std::move(body)] { session.run = body; });
}

void addCommands(CLI::App& app, Session& session) {
#ifdef CRUX_HAS_TEXT
    addTokenize(app, session);
    addDetokenize(app, session);
#endif
#ifdef CRUX_HAS_ENGINE
    addLogprobs(app, session);
    addContrast(app, session);
    addGenerate(app, session);
#endif
#ifdef CRUX_HAS_TEXT
    addGrade(app, session);
#endif
#ifdef CRUX_HAS_ENGINE
    addSelftest(app, session);
    addDoctor(app, session);
    addInitModel(app, session);
#endif
#ifdef CRUX_HAS_TEXT
    addProject(app, session);
#endif
#ifdef CRUX_HAS_JOBS
    addImport(app, session);
#endif
#ifdef CRUX_HAS_TEXT
    addExport(app, session);
#endif
#ifdef CRUX_HAS_JOBS
    addSample(app, session);
    addSelect(app, session);
    addScore(app, session);
    addSearch(app, session);
    addTrain(app, session);
    addEvaluate(app, session);
    addCompare(app, session);
#endif
    addSpec(app, session);
#ifdef CRUX_HAS_JOBS
    addWorker(app, session);
    addJobs(app, session);
    addReproduce(app, session);
    addDemo(app, session);
#endif
}

std::string sentenceOf(const Error& error) {
    std::string text = error.message;
    if (!error.where.empty() && text.find(error.where) == std::string::npos)
        text = error.where + ": " + text;
    for (char& c : text) // one line, whatever a file's name holds
        if (c == '\n' || c == '\r')
            c = ' ';
    if (!text.empty() && std::string(".!?").find(text.back()) == std::string::npos)
        text += '.';
    return text;
}

void printError(const Error& error) {
    std::cerr << "crux-cli: " << sentenceOf(error) << std::endl;
    if (std::getenv("CRUX_DETAILS") && !error.detail.empty()) // for a bug report
        std::cerr << error.detail << std::endl;
}

void printNote(const std::string& text) {
    std::cerr << "crux-cli: " << text << std::endl;
}

int exitStatus(const Error& error) {
    return error.code == ErrorCode::Usage ? kExitUsage : kExitFailed;
}

} // namespace crux::cli
