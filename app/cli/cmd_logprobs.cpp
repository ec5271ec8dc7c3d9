// crux-cli logprobs: how likely a model finds every token of a text.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/scored_lines.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace crux::cli {

namespace {

struct LogprobsOptions {
    std::string input, model, adapter;
    int top = 0;
};

/// The K most likely tokens at one position, best first; null where there is no prediction.
Json topJson(const engine::TokenFacts& facts, std::size_t position) {
    if (position == 0)
        return nullptr;
    Json row = Json::array();
    const auto k = static_cast<std::size_t>(facts.k);
    for (std::size_t i = position * k; i < (position + 1) * k && i < facts.topIds.size(); ++i)
        if (facts.topIds[i] >= 0)
            row.push_back({{"id", facts.topIds[i]}, {"logprob", floatJson(facts.topLogp[i])}});
    return row;
}

Json answerOf(const engine::Ids& ids, const engine::TokenFacts& facts, bool withTop) {
    Json answer{
        {"ids", ids}, {"logprobs", floatsJson(facts.logp)}, {"entropy", floatsJson(facts.entropy)}};
    if (withTop) {
        Json rows = Json::array();
        for (std::size_t t = 0; t < ids.size(); ++t)
            rows.push_back(topJson(facts, t));
        answer["top"] = std::move(rows);
    }
    return answer;
}

Status runLogprobs(const LogprobsOptions& options, const Session& session) {
    CRUX_TRY(model, loadModel(session.common, options.model, options.adapter));
    engine::LogprobRequest request;
    request.model = model.ref;
    request.topK = std::min(options.top, model.ref.model->info().vocabularySize);
    request.rank = false;
    const CancelToken cancel = cancelOnInterrupt();
    return scoreLines(options.input, model,
                      [&](std::span<const engine::Ids> sequences) -> Result<std::vector<Json>> {
                          CRUX_TRY(facts, engine::scoreTokens(request, sequences, cancel));
                          std::vector<Json> answers;
                          for (std::size_t i = 0; i < sequences.size(); ++i)
                              answers.push_back(answerOf(sequences[i], facts[i], options.top > 0));
                          return answers;
                      });
}

} // namespace

void addLogprobs(CLI::App& app, Session& session) {
    auto options = std::make_shared<LogprobsOptions>();
    CLI::App* command = app.add_subcommand(
        "logprobs", "Log-probability and entropy (nats) of every token of a text");
    command->add_option("input", options->input,
                        "File of lines {\"text\"} or {\"ids\"}; left out: stdin");
    command->add_option("--model", options->model, "Hugging Face model folder")->required();
    command->add_option("--adapter", options->adapter, "PEFT LoRA folder put on the model");
    command->add_option("--top", options->top, "Also the K most likely tokens of each position")
        ->check(CLI::Range(0, 1000000));
    addCommonOptions(*command, session.common);
    command->footer(
        "Gives {\"ids\",\"logprobs\",\"entropy\"} and with --top also \"top\". logprobs[t] is\n"
        "log p(ids[t] | ids before t), null at 0. {\"text\"} gets BOS as the tokenizer says;\n"
        "{\"ids\"} are taken as they are (and first, where a line has both).\n"
        "Example:\n"
#ifdef CRUX_HAS_TEXT
        "  echo '{\"text\":\"Once upon a time\"}' | crux-cli logprobs --model FOLDER --top 3");
#else // this build reads ids only
        "  echo '{\"ids\":[1,2,3]}' | crux-cli logprobs --model FOLDER --top 3");
#endif
    setBody(*command, session, [options, &session] { return runLogprobs(*options, session); });
}

} // namespace crux::cli
