#include "app/cli/answer_options.h"

#include "app/cli/run_here.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace crux::cli {

void addWhatToAnswer(CLI::App& command, AnswerOptions& options) {
    addSpecValue<std::string>(command, options, "--dataset", "dataset",
                              "Dataset that is answered; left out: the only one");
    addSpecValue<std::string>(command, options, "--questions,--ids", "questions",
                              "These questions, by their ids in the dataset, such as 600,612");
    addSpecValue<std::string>(command, options, "--where", "where",
                              "Only questions with a trajectory that matches, e.g. verdict=wrong");
    addSpecValue<std::int64_t>(command, options, "--limit", "limit", "Only the first so many");
}

void addHowToAsk(CLI::App& command, AnswerOptions& options) {
    addSpecValue<std::string>(command, options, "--template", "template",
                              "Prompt template; left out: the dataset's own");
    addSpecValue<int>(command, options, "--shots", "shots",
                      "Worked examples; 0 = plain prompt, -1 = the paper's number");
    addSpecValue<std::string>(command, options, "--shots-from", "shots_from",
                              "builtin, train, or a JSON Lines file of question and response");
    addSpecValue<std::string>(command, options, "--prompt-end", "prompt_end",
                              "Blanks at the prompt's end: auto, strip or keep");
    command.add_flag("--no-bos", options.noBos, "Leave BOS out");
}

void addHowToDraw(CLI::App& command, AnswerOptions& options, const char* temperature) {
    addSpecValue<double>(command, options, "--temperature", "temperature", temperature);
    addSpecValue<double>(command, options, "--top-p", "top_p", "Nucleus mass (0.95); 1 = off");
    addSpecValue<int>(command, options, "--top-k", "top_k", "Most likely tokens kept; 0 = off");
    addSpecValue<int>(command, options, "--max-new-tokens", "max_new_tokens",
                      "Longest answer (1024)");
    addSpecValue<std::vector<std::string>>(command, options, "--stop", "stop",
                                           "Texts that end an answer; left out: the template's");
    command.add_flag("--no-stop", options.noStop, "No stop text: answers end at EOS");
    addSpecValue<int>(command, options, "--batch", "batch", "Answers drawn at once (64)");
    addSpecValue<std::int64_t>(command, options, "--memory", "memory",
                               "Most megabytes of keys and values; 0 = a quarter of the machine's");
    addSpecValue<std::string>(command, options, "--profile", "profile",
                              "Grader: crux, authors or minerva");
}

void addJobOptions(CLI::App& command, AnswerOptions& options, Session& session, const char* spec) {
    command.add_option("--spec", options.specFile, spec);
    command.add_flag("--enqueue", options.enqueue, "Only queue the job; a worker runs it later");
    addCommonOptions(command, session.common);
}

void takeAnswerOptions(Json& spec, const AnswerOptions& options, const Session& session) {
    spec.update(options.given);
    for (const char* key : {"model", "adapter"})
        if (spec.contains(key) && spec[key].is_string())
            spec[key] = pathOrName(spec[key].get<std::string>());
    if (std::error_code code;
        spec.contains("shots_from") && spec["shots_from"].is_string() &&
        std::filesystem::is_regular_file(spec["shots_from"].get<std::string>(), code))
        spec["shots_from"] =
            std::filesystem::absolute(spec["shots_from"].get<std::string>()).string();
    if (options.noStop)
        spec["no_stop"] = true;
    if (options.noBos)
        spec["bos"] = "none";
    if (session.common.seed != 0)
        spec["seed"] = session.common.seed;
}

} // namespace crux::cli
