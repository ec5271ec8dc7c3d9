// What holds for every option of every command: numbers are checked in one place, and the help says
// types, ranges and choices in plain words.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace crux::cli {

/// Call once, when all commands are there. Options that take a number refuse what is none: NaN,
/// infinity, and whole numbers that do not fit (the parser library would wrap or clamp them).
void applyParserRules(CLI::App& app);

/// One sentence when the first words name no command of `app` or of its groups, else empty.
std::string unknownCommand(const CLI::App& app, int argc, const char* const* argv);

} // namespace crux::cli
