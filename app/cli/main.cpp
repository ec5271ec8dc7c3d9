// crux-cli: the jobs of Crux without a window. Contract: DESIGN.md section 6.
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/parser_rules.h"
#include "core/base/version.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <iostream>

namespace {

constexpr const char* kDescription =
    "Crux finds the few tokens of a reasoning text that decide whether it ends right or wrong.\n"
    "JSON Lines in on stdin or from a file, JSON Lines out on stdout, remarks on stderr.\n"
    "Exit status: 0 done, 1 failed (one sentence says why), 2 wrong usage.";
constexpr const char* kFooter =
    "A line that cannot be used gives {\"line\":N,\"error\":\"...\"} in its place and does not\n"
    "change the exit status; stderr says how many there were.\n"
    "Start with:  crux-cli doctor\n"
#ifdef CRUX_HAS_TEXT
    "             echo '{\"text\":\"Once upon a time\"}' | crux-cli logprobs --model FOLDER --top "
    "3\n"
#else
    "             echo '{\"ids\":[1,2,3]}' | crux-cli logprobs --model FOLDER --top 3\n"
#endif
    "Help on one command:  crux-cli COMMAND --help";

/// Help goes to stdout with status 0; any other complaint of the parser is one sentence and 2.
int answerParser(const CLI::App& app, const CLI::ParseError& complaint) {
    if (complaint.get_exit_code() == 0) {
        app.exit(complaint, std::cout, std::cerr);
        return crux::cli::kExitDone;
    }
    std::string sentence = complaint.what();
    for (char& c : sentence)
        if (c == '\n' || c == '\r')
            c = ' ';
    std::cerr << "crux-cli: " << sentence << " (see crux-cli --help)" << std::endl;
    return crux::cli::kExitUsage;
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN); // a limit of file sizes is told as a full disk is
    CLI::App app{kDescription, "crux-cli"};
    app.footer(kFooter);
    app.set_version_flag("--version", std::string("crux-cli ") + crux::kVersion);
    app.require_subcommand(1);
    app.fallthrough();
    crux::cli::Session session;
    crux::cli::addCommonOptions(app, session.common); // accepted by every command
    crux::cli::addCommands(app, session);
    crux::cli::applyParserRules(app);
    if (const std::string fault = crux::cli::unknownCommand(app, argc, argv); !fault.empty()) {
        crux::cli::printNote(fault);
        return crux::cli::kExitUsage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& complaint) {
        return answerParser(app, complaint);
    }
    crux::cli::cancelOnInterrupt();
    const crux::Status status = session.run();
    if (!status.ok()) {
        std::fflush(stdout);
        crux::cli::printError(status.error());
        return crux::cli::exitStatus(status.error());
    }
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
        std::cerr << "crux-cli: Writing to the standard output failed; is its disk full?"
                  << std::endl;
        return crux::cli::kExitFailed;
    }
    return crux::cli::kExitDone;
}
