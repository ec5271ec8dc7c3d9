// crux-cli selftest: the engine on this device against the CPU and built-in numbers.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/model_input.h"
#include "core/base/text_util.h"
#include "core/engine/train/train.h"

#include <CLI/CLI.hpp>

#include <iostream>

namespace crux::cli {

namespace {

Status runSelftest(const Session& session) {
    const auto print = [](const std::string& line) { std::cout << line << std::endl; };
    const engine::ComputeOptions options = computeOptions(session.common);
    CRUX_TRY(totals, engine::selftest(options, print));
    CRUX_TRY(training, engine::train::trainSelftest(options, print));
    totals.passed += training.passed;
    totals.failed += training.failed;
    totals.skipped += training.skipped;
    if (totals.skipped > 0)
        std::cout << totals.skipped << " skipped\n";
    std::cout << totals.passed << " passed, " << totals.failed << " failed" << std::endl;
    if (totals.failed > 0)
        return fail(ErrorCode::Internal,
                    cat(totals.failed, " of the checks failed on ", session.common.device,
                        "; results computed there are not to be trusted."));
    return {};
}

} // namespace

void addSelftest(CLI::App& app, Session& session) {
    CLI::App* command = app.add_subcommand(
        "selftest", "Check kernels, losses and LoRA on this device against the CPU");
    addCommonOptions(*command, session.common);
    command->footer(
        "One line a check; the last line is \"N passed, N failed\". Exit 1 when one fails.\n"
        "Example:\n  crux-cli selftest --device cuda:0");
    setBody(*command, session, [&session] { return runSelftest(session); });
}

} // namespace crux::cli
