// Options that sample and evaluate share: which questions are asked, how, and how answers are
// drawn.
#pragma once

#include "app/cli/command.h"
#include "core/base/json.h"

#include <CLI/CLI.hpp>

#include <string>

namespace crux::cli {

/// What was said on the command line. Lives as long as the parser: options write into it.
struct AnswerOptions {
    std::string file, specFile;
    Json given = Json::object(); ///< parameters of the job's spec
    bool enqueue = false, noStop = false, noBos = false;
};

/// An option that is a parameter of the job's spec.
template <typename T>
void addSpecValue(CLI::App& command, AnswerOptions& options, const char* flag, const char* key,
                  const char* doc) {
    command.add_option_function<T>(
        flag, [&options, key](const T& value) { options.given[key] = value; }, doc);
}

/// Dataset and questions.
void addWhatToAnswer(CLI::App& command, AnswerOptions& options);
/// Template, worked examples, BOS.
void addHowToAsk(CLI::App& command, AnswerOptions& options);
/// Sampler, stop texts, batch, grader; `temperature`: its help text.
void addHowToDraw(CLI::App& command, AnswerOptions& options, const char* temperature);
/// --spec, --enqueue and the common options.
void addJobOptions(CLI::App& command, AnswerOptions& options, Session& session, const char* spec);

/// Puts what was said on the command line over `spec`, paths made absolute.
void takeAnswerOptions(Json& spec, const AnswerOptions& options, const Session& session);

} // namespace crux::cli
