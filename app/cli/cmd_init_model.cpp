// crux-cli init-model: a model folder of random weights to train from nothing.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "core/base/json.h"
#include "core/engine/random_folder.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct InitModelOptions {
    std::string source, output;
    std::uint64_t seed = 0;
};

Status initModel(const InitModelOptions& options) {
    CRUX_TRY(made, engine::writeRandomFolder(options.source, options.output, options.seed));
    std::cout << dumpJson({{"folder", options.output},
                           {"parameters", made.parameters},
                           {"bytes", made.bytes},
                           {"dtype", made.dtype},
                           {"seed", options.seed}})
              << std::endl;
    return {};
}

} // namespace

void addInitModel(CLI::App& app, Session& session) {
    auto options = std::make_shared<InitModelOptions>();
    CLI::App* command = app.add_subcommand(
        "init-model", "Write a model folder of random weights, to train from nothing");
    command
        ->add_option("source", options->source,
                     "Folder with config.json and the tokenizer's files; weights in it are ignored")
        ->required();
    command->add_option("output", options->output, "Folder to make")->required();
    command->add_option("--seed", options->seed, "Seed of the weights");
    command->footer(
        "Train all of its parameters with `crux-cli train --trained all --method sft`.\n"
        "Example:\n  crux-cli init-model small/ untrained/ --seed 1");
    setBody(*command, session, [options] { return initModel(*options); });
}

} // namespace crux::cli
