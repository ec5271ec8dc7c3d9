#include "core/interop/import_kinds.h"
#include "core/base/text_util.h"
#include "core/text/grade.h"
#include "core/text/prompts.h"

#include <algorithm>

namespace crux::interop {

namespace {

/// "#### 18" and "A: 18" lines of GSM8K are cut to the number; other answers stay as they are.
std::string goldOf(const std::string& task, const std::string& answer) {
    return task == "gsm8k" && answer.find("####") != std::string::npos ? text::gsm8kGold(answer)
                                                                       : answer;
}

/// The question inside a prompt, by the template it was made with; else the whole prompt.
std::string questionInPrompt(const std::string& prompt, const std::string& templateName) {
    const text::PromptTemplate* shape = text::promptTemplate(templateName);
    const std::string_view whole = prompt;
    if (shape == nullptr || !whole.ends_with(shape->after))
        return prompt;
    const std::size_t begin = whole.rfind(shape->before); // few-shot prompts: the last one
    const std::size_t end = whole.size() - shape->after.size();
    if (begin == std::string_view::npos || begin + shape->before.size() > end)
        return prompt;
    return prompt.substr(begin + shape->before.size(), end - begin - shape->before.size());
}

Status readTokens(const RowFields& fields, ParsedAnswer& answer) {
    CRUX_TRY(ids, fields.ids("ids"));
    if (!ids)
        return {};
    answer.ids = std::move(*ids);
    const auto count = static_cast<std::int64_t>(answer.ids.size());
    CRUX_TRY(promptTokens, fields.integer("prompt_tokens"));
    if (!promptTokens)
        return fail(ErrorCode::InvalidArgument,
                    "the row has token ids but not the number of its prompt tokens");
    if (*promptTokens < 0 || *promptTokens > count)
        return fail(ErrorCode::InvalidArgument,
                    cat(*promptTokens, " prompt tokens do not fit ", count, " token ids"));
    answer.promptTokens = static_cast<std::int32_t>(*promptTokens);
    CRUX_TRY(slip, fields.integer("slip"));
    if (slip && (*slip < 0 || *slip >= count))
        return fail(ErrorCode::InvalidArgument,
                    cat("the slip ", *slip, " lies outside the ", count, " token ids"));
    answer.slip = slip ? static_cast<std::int32_t>(*slip) : -1;
    return {};
}

Result<ParsedAnswer> readAnswer(const RowFields& fields) {
    ParsedAnswer answer;
    CRUX_TRY(response, fields.neededText("response"));
    answer.response = std::move(response);
    CRUX_TRY(prompt, fields.text("prompt"));
    answer.prompt = std::move(prompt);
    CRUX_TRY(model, fields.text("model"));
    answer.sourceModel = model.value_or("");
    CRUX_TRY(rowId, fields.text("row_id"));
    answer.rowId = rowId.value_or("");
    CRUX_TRY(sample, fields.integer("sample"));
    if (sample && (*sample < 0 || *sample > 1'000'000'000))
        return fail(ErrorCode::InvalidArgument,
                    cat("the sample index ", *sample, " is out of range"));
    if (sample)
        answer.sample = static_cast<std::int32_t>(*sample);
    CRUX_TRY(published, fields.verdict("verdict"));
    answer.published = published;
    CRUX_TRY_VOID(readTokens(fields, answer));
    return answer;
}

} // namespace

Result<ParsedRow> parseGenericRow(const KindContext& context, const Json& object) {
    const RowFields fields(object, context.mapping);
    ParsedRow row;
    CRUX_TRY(id, fields.text("id"));
    row.questionId = id.value_or("");
    CRUX_TRY(split, fields.text("split"));
    row.split = split.value_or("");
    CRUX_TRY(question, fields.text("question"));
    CRUX_TRY(prompt, fields.text("prompt"));
    if (question && !question->empty()) {
        row.question = std::move(*question);
    } else if (prompt && !prompt->empty()) {
        row.question = questionInPrompt(*prompt, context.options.promptTemplate);
        row.questionFromPrompt = true;
    } else {
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", fields.columnOf("question"), "\" is missing"));
    }
    CRUX_TRY(gold, fields.text("gold"));
    row.gold = goldOf(context.options.task, gold.value_or(""));
    CRUX_TRY(solution, fields.text("solution"));
    row.solution = solution.value_or("");
    if (context.kind == "questions" || !fields.mapped("response"))
        return row;
    CRUX_TRY(answer, readAnswer(fields));
    if (context.kind == "trajectories" && answer.ids.empty())
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", fields.columnOf("ids"), "\" is missing"));
    row.answers.push_back(std::move(answer));
    return row;
}

Result<ParsedRow> parseRow(const KindContext& context, const Json& object) {
    if (context.kind == "gsm8k")
        return parseGsm8kRow(context, object);
    if (context.kind == "gsm8k-solutions")
        return parseModelSolutionsRow(context, object);
    if (context.kind == "cliff")
        return parseCliffRow(context, object);
    return parseGenericRow(context, object);
}

std::string kindOf(const std::vector<std::string>& columns, const Json& firstRow, FileForm form) {
    const auto has = [&](const char* name) {
        return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    if (has("all_position_scores") && has("response_tokens"))
        return "cliff";
    if (has("ground_truth") && has("6b_finetuning"))
        return "gsm8k-solutions";
    if (has("ids") && has("prompt_tokens") && has("response"))
        return "trajectories";
    const auto answer = firstRow.find("answer");
    if (columns.size() == 2 && has("question") && answer != firstRow.end() && answer->is_string() &&
        answer->get_ref<const std::string&>().find("####") != std::string::npos)
        return "gsm8k";
    const auto mapping = mapColumns(columns, {});
    if (mapping.ok() && !mapping->contains("response") && mapping->contains("question"))
        return "questions";
    return form == FileForm::Csv ? "csv" : "jsonl";
}

} // namespace crux::interop
