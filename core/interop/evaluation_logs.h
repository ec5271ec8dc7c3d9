// Logs of other evaluation programs: lm-eval's `--log_samples` files and inspect_ai's JSON logs.
// Internal to the room.
#pragma once

#include "core/base/json.h"
#include "core/spec/verdict.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crux::interop {

/// One row of a log: a question, what was answered, and what the log's graders said.
struct LoggedAnswers {
    std::string id;  ///< of the row in its log
    std::string key; ///< of the question in its data set; empty: its text names it
    std::string question, solution, model;
    std::vector<std::string> golds;
    std::optional<std::string> prompt;
    std::vector<std::string> responses; ///< one a sample
    int firstSample = 0;                ///< index of the first of them
    std::vector<std::int32_t> tokens;   ///< one a response, or none where the log does not say
    /// Grader ("strict-match", "match") and its verdict; of rows with one response.
    std::vector<std::pair<std::string, Verdict>> verdicts;
    Json decoding = Json::object(); ///< as the log says it
    Json meta = Json::object();     ///< subject, level ..
};

/// Short properties that question sets write beside a question: subject, level, type ..
Json propertiesOf(const Json& object);

/// A line of lm-eval's samples_TASK_DATE.jsonl. InvalidArgument: one sentence.
Result<LoggedAnswers> parseLmEval(const Json& row, const std::string& task);
/// A sample of an inspect_ai log; `log`: the whole of it.
Result<LoggedAnswers> parseInspect(const Json& sample, const Json& log, const std::string& task);

} // namespace crux::interop
