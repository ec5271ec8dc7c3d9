// What every command of crux-cli shares: the options all of them take, how a command registers
// itself with the parser, and how failure becomes one sentence and an exit status.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace crux::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// The common options of DESIGN.md section 6.
struct CommonOptions {
    std::string device = "auto";
    std::string dtype = "auto";
    int threads = 0;
    std::uint64_t seed = 0;
};

/// One run of the program: the parsed common options and the command that was chosen. Owner: main.
/// A command's parser callback only stores `run`; it is called once parsing is over.
struct Session {
    CommonOptions common;
    std::function<Status()> run;
};

/// Adds --device, --dtype, --threads and --seed, checked, writing into `options`.
void addCommonOptions(CLI::App& command, CommonOptions& options);

/// Makes `body` the thing to run when the parser chose this command.
void setBody(CLI::App& command, Session& session, std::function<Status()> body);

/// Registers the commands this build has, in the order of the help page.
void addCommands(CLI::App& app, Session& session);

/// The Error as one sentence on one line, with what object it is about when it does not say.
std::string sentenceOf(const Error& error);
/// "crux-cli: sentence" on stderr.
void printError(const Error& error);
/// A remark on stderr: which device was used, how many lines had errors.
void printNote(const std::string& text);
/// kExitUsage for ErrorCode::Usage, else kExitFailed.
int exitStatus(const Error& error);

} // namespace crux::cli
