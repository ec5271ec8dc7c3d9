// crux-cli grade: the answer in a response, and whether it is the gold one.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/json_lines.h"
#include "app/cli/progress_bar.h"
#include "core/base/text_util.h"
#include "core/text/grade.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace crux::cli {

namespace {

struct GradeOptions {
    std::string input, task, profile = "crux";
};

/// The gold answers of a line: a text, a number, or a list of those (any of them is right).
Result<std::vector<std::string>> goldsOf(const Json& object) {
    const auto found = object.find("answer");
    if (found == object.end())
        return fail(ErrorCode::InvalidArgument, "The field \"answer\" is missing.");
    const Json list = found->is_array() ? *found : Json::array({*found});
    std::vector<std::string> golds;
    for (const Json& item : list) {
        if (!item.is_string() && !item.is_number())
            return fail(ErrorCode::InvalidArgument,
                        "The field \"answer\" must be a text, a number or a list of those.");
        golds.push_back(item.is_string() ? item.get<std::string>() : item.dump());
    }
    if (golds.empty())
        return fail(ErrorCode::InvalidArgument, "The field \"answer\" is an empty list.");
    return golds;
}

Result<Json> gradeLine(const Json& object, text::GradeTask task, text::GradeProfile profile) {
    CRUX_TRY(response, jsonString(object, "response"));
    CRUX_TRY(golds, goldsOf(object));
    if (task == text::GradeTask::Gsm8k)
        for (std::string& gold : golds)
            gold = text::gsm8kGold(gold);
    const text::Grade grade = text::gradeAny(task, profile, response, golds);
    const bool found = grade.verdict != Verdict::NoAnswer && !grade.extracted.empty();
    Json line{{"extracted", found ? Json(grade.extracted) : Json()},
              {"correct", grade.verdict == Verdict::Right},
              {"reason", grade.reason}};
    if (!grade.spans.empty()) { // ambiguous: every place where the answer may stand
        Json places = Json::array();
        for (std::size_t i = 0; i + 1 < grade.spans.size(); i += 2) {
            const std::int32_t begin = grade.spans[i], end = grade.spans[i + 1];
            places.push_back({{"text", response.substr(static_cast<std::size_t>(begin),
                                                       static_cast<std::size_t>(end - begin))},
                              {"begin", begin},
                              {"end", end}});
        }
        line["places"] = std::move(places);
    }
    return line;
}

Status runGrade(const GradeOptions& options) {
    CRUX_TRY(task, text::gradeTaskFromName(options.task));
    CRUX_TRY(profile, text::gradeProfileFromName(options.profile));
    CRUX_TRY(reader, LineReader::open(options.input));
    LineWriter writer;
    ProgressBar bar("lines");
    for (;;) {
        CRUX_TRY(line, reader.next());
        if (!line)
            break;
        const auto object = objectOfLine(*line);
        const Result<Json> made =
            object.ok() ? gradeLine(*object, task, profile) : fail(object.error());
        if (made.ok())
            writer.write(*made);
        else
            writer.writeError(line->number, made.error());
        if (reader.wouldWait())
            CRUX_TRY_VOID(writer.flush());
        bar.update(writer.lines(), 0);
    }
    bar.clear();
    writer.noteErrors();
    return writer.flush();
}

} // namespace

void addGrade(CLI::App& app, Session& session) {
    auto options = std::make_shared<GradeOptions>();
    CLI::App* command =
        app.add_subcommand("grade", "Extract answers and compare with the gold one");
    command->add_option("input", options->input,
                        "File of lines {\"response\",\"answer\"}; left out: stdin");
    command->add_option("--task", options->task, "Rules of extraction: gsm8k or math")
        ->required()
        ->check(CLI::IsMember({"gsm8k", "math"}));
    command->add_option("--profile", options->profile, "Rule set: crux, authors or minerva")
        ->check(CLI::IsMember({"crux", "authors", "minerva"}))
        ->capture_default_str();
    std::string reasons = "\nReasons:\n";
    for (const text::ReasonMeaning& reason : text::gradeReasons())
        reasons += cat("  ", reason.code, std::string(19 - reason.code.size(), ' '), reason.verdict,
                       ": ", reason.meaning, "\n");
    command->footer(
        "Gives {\"extracted\",\"correct\",\"reason\"}; extracted is null when no answer was "
        "found.\n"
        "Where several stand and the verdict depends on which is meant, the reason is ambiguous "
        "and\n"
        "\"places\" lists them with their bytes in the response.\n"
        "\"answer\" may be a list: any of them is right; a GSM8K solution with #### is "
        "understood.\n"
        "Example:\n"
        "  echo '{\"response\":\"4+4=8. #### 8\",\"answer\":\"8\"}' | crux-cli grade --task "
        "gsm8k\n" +
        reasons);
    setBody(*command, session, [options] { return runGrade(*options); });
}

} // namespace crux::cli
