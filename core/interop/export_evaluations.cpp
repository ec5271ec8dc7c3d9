#include "core/interop/export_evaluations.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/interop/evaluation_report.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <ostream>

namespace crux::interop {

namespace {

/// Names of lm-eval for what it knows; the rest as Crux calls it.
Json settingsOf(const Json& decoding) {
    Json made = Json::object();
    for (const auto& [key, value] : decoding.items())
        made[key == "stop" ? "until" : key == "max_new_tokens" ? "max_gen_toks" : key] = value;
    if (decoding.contains("temperature"))
        made["do_sample"] = decoding["temperature"] > 0;
    return made;
}

Result<Json> sampleLine(const store::Project& project, const store::EvaluationRecord& record,
                        const store::EvaluatedQuestion& row, std::size_t number) {
    CRUX_TRY(question, store::question(project, row.questionId));
    const std::string gold = store::goldLine(store::goldAnswers(question));
    Json doc = question.meta;
    doc["id"] = question.externalId;
    doc["question"] = question.text;
    doc["answer"] = question.solution.empty() ? gold : question.solution;
    Json responses = Json::array(), answers = Json::array();
    std::string prompt;
    for (const TrajectoryId id : row.trajectories) {
        CRUX_TRY(t, store::trajectory(project, id));
        prompt = t.prompt;
        responses.push_back(t.response);
        answers.push_back(t.extracted);
    }
    return Json{
        {"doc_id", number},
        {"doc", std::move(doc)},
        {"target", gold},
        {"arguments",
         {{"gen_args_0", {{"arg_0", prompt}, {"arg_1", settingsOf(record.decoding)}}}}},
        {"resps", Json::array({std::move(responses)})},
        {"filtered_resps", std::move(answers)},
        {"filter", record.grader},
        {"metrics", Json::array({"exact_match"})},
        {"exact_match", row.graded() > 0 ? jsonNumber(store::rightShare(row)) : Json(nullptr)},
        {"doc_hash", hashText(question.text)},
        {"prompt_hash", hashText(prompt)},
        {"target_hash", hashText(gold)},
        {"evaluation", record.name}};
}

Result<std::int64_t> writeSamples(const store::Project& project, const ExportOptions& options,
                                  std::ostream& out, const CancelToken& cancel) {
    std::vector<store::EvaluationRecord> chosen;
    for (const std::string& name : options.evaluations) {
        CRUX_TRY(record, store::findEvaluation(project, name));
        chosen.push_back(std::move(record));
    }
    if (options.evaluations.empty()) {
        CRUX_TRY(all, store::evaluations(project));
        chosen = std::move(all);
    }
    if (chosen.empty())
        return fail(ErrorCode::NotFound,
                    "The project has no evaluation yet; `crux-cli evaluate` makes one.");
    std::int64_t written = 0;
    for (const store::EvaluationRecord& record : chosen) {
        CRUX_TRY(rows, store::evaluatedQuestions(project, record));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (cancel.cancelled())
                return fail(ErrorCode::Cancelled, "the export was cancelled");
            CRUX_TRY(line, sampleLine(project, record, rows[i], i));
            out << dumpJson(line) << "\n";
            ++written;
        }
    }
    return written;
}

} // namespace

bool isEvaluationKind(const std::string& kind) {
    return kind == "lm-eval" || kind.starts_with("comparison-");
}

Result<std::int64_t> writeEvaluations(const store::Project& project, const ExportOptions& options,
                                      std::ostream& out, const CancelToken& cancel) {
    if (options.kind == "lm-eval")
        return writeSamples(project, options, out, cancel);
    store::ComparisonOptions asked;
    asked.evaluations = options.evaluations;
    asked.common = options.common;
    asked.anyDecoding = options.anyDecoding;
    CRUX_TRY(comparison, store::compareEvaluations(project, asked));
    if (options.notes != nullptr) {
        for (const store::RefusedEvaluation& refused : comparison.refused)
            options.notes->push_back(refused.reason);
        options.notes->insert(options.notes->end(), comparison.cautions.begin(),
                              comparison.cautions.end());
    }
    if (options.kind == "comparison-csv") {
        CRUX_TRY(table, comparisonCsv(project, comparison));
        out << table;
        return std::ssize(comparison.questions);
    }
    CRUX_TRY(whole, comparisonJson(project, comparison));
    if (options.kind == "comparison-latex") {
        out << comparisonLatex(whole);
        return std::ssize(comparison.columns);
    }
    if (options.kind != "comparison-jsonl")
        return fail(ErrorCode::InvalidArgument,
                    cat("there is no export kind \"", options.kind, "\""), options.kind);
    out << dumpJson(whole) << "\n";
    for (std::size_t i = 0; i < comparison.questions.size(); ++i) {
        if (cancel.cancelled())
            return fail(ErrorCode::Cancelled, "the export was cancelled");
        CRUX_TRY(line, comparedQuestionJson(project, comparison, i));
        out << dumpJson(line) << "\n";
    }
    return std::ssize(comparison.questions);
}

} // namespace crux::interop
