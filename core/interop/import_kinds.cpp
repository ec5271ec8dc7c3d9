#include "core/interop/import_kinds.h"
#include "core/base/text_util.h"
#include "core/interop/evaluation_logs.h"
#include "core/interop/json_fields.h"
#include "core/interop/pts_rows.h"
#include "core/interop/rollout_rows.h"
#include "core/text/grade.h"
#include "core/text/prompts.h"

#include <algorithm>

namespace crux::interop {

namespace {

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
    if (slip && (*slip < *promptTokens || *slip >= count))
        return fail(ErrorCode::InvalidArgument,
                    cat("the slip ", *slip, " lies outside the response, tokens ", *promptTokens,
                        " to ", count - 1));
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

std::string goldOf(const std::string& task, const std::string& answer) {
    return task == "gsm8k" && answer.find("####") != std::string::npos ? text::gsm8kGold(answer)
                                                                       : answer;
}

std::vector<std::string> goldField(const Json& object, const char* key, const std::string& task) {
    std::vector<std::string> golds = listedTexts(object, key);
    for (std::string& gold : golds)
        gold = goldOf(task, gold);
    std::erase(golds, std::string());
    return golds;
}

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
    CRUX_TRY(gold, fields.text("gold")); // what is no text is said
    if (gold)
        row.golds = goldField(object, fields.columnOf("gold").c_str(), context.options.task);
    CRUX_TRY(solution, fields.text("solution"));
    row.solution = solution.value_or("");
    row.meta = propertiesOf(object);
    if (context.kind == "questions" || !fields.mapped("response"))
        return row;
    CRUX_TRY(answer, readAnswer(fields));
    if (context.kind == "trajectories" && answer.ids.empty())
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", fields.columnOf("ids"), "\" is missing"));
    row.answers.push_back(std::move(answer));
    return row;
}

const std::vector<std::pair<std::string, std::string>>& importKinds() {
    static const std::vector<std::pair<std::string, std::string>> kinds{
        {"auto", "looks at the names and first rows of the files"},
        {"jsonl", "JSON Lines of questions and responses; columns are mapped"},
        {"csv", "the same as comma-separated values with a header (.tsv: tabs)"},
        {"questions", "rows of question, answer and solution, without responses"},
        {"trajectories", "rows with token ids: prompt, response, ids, prompt_tokens, slip"},
        {"gsm8k", "GSM8K's train.jsonl and test.jsonl"},
        {"gsm8k-solutions", "GSM8K's model solutions: four a question, with published verdicts"},
        {"paper-sampling", "the paper's *.finished.jsonl: questions with all sampled answers"},
        {"paper-checked", "the paper's *.checked.json: the same with answers read and labelled"},
        {"paper-sft", "the paper's sft_pos_.._sft_neg_...json: selected right and wrong answers"},
        {"paper-dpo", "the paper's dpo_...json: columns of prompt, chosen, rejected and answer"},
        {"paper-ce", "the paper's ...CE_scored.json: pairs with s_t of every token (tokenizer)"},
        {"paper-rollouts",
         "the paper's rollouts with and without each token: inputs, *_result.jsonl and their "
         "checked files (tokenizer)"},
        {"pairs", "rows of prompt, chosen and rejected: TRL's form, and DPO files of PTS"},
        {"pts", "pivotal tokens of PTS: records of version 1 and events of 2.0 (tokenizer)"},
        {"cliff", "per-token rollout potentials of Cliff Tokens (JSON, with its CSV)"},
        {"lm-eval", "samples_*.jsonl of lm-eval --log_samples: evaluations, one for each filter "
                    "and one by Crux's grader"},
        {"inspect", "JSON logs of inspect_ai: evaluations, one for each scorer and one by Crux's "
                    "grader"},
        {"rollouts", "rollouts as `export --kind rollouts` writes them, onto the trajectories of "
                     "the dataset that begin with their ids"},
    };
    return kinds;
}

Result<ParsedRow> parseRow(const KindContext& context, const Json& object) {
    if (context.kind == "gsm8k")
        return parseGsm8kRow(context, object);
    if (context.kind == "gsm8k-solutions")
        return parseModelSolutionsRow(context, object);
    if (context.kind == "cliff")
        return parseCliffRow(context, object);
    if (context.kind == "paper-sampling" || context.kind == "paper-checked")
        return parsePaperSamples(context, object);
    if (context.kind == "paper-sft")
        return parsePaperSft(context, object);
    if (context.kind == "paper-dpo" || context.kind == "paper-ce" || context.kind == "pairs")
        return parsePair(context, object);
    return parseGenericRow(context, object);
}

Status checkRow(const KindContext& context, const Json& object) {
    const auto seen = [](const auto& parsed) {
        return parsed.ok() ? Status() : Status(fail(parsed.error()));
    };
    if (context.kind == "paper-rollouts")
        return seen(parsePaperRollouts(object, context.options.task));
    if (context.kind == "rollouts")
        return seen(parseStoredRollout(object));
    if (context.kind == "pts")
        return seen(parsePivotal(object));
    if (context.kind == "lm-eval")
        return seen(parseLmEval(object, context.options.task));
    if (context.kind == "inspect")
        return object.contains("samples")
                   ? Status()
                   : Status(fail(ErrorCode::InvalidArgument, "the log has no samples"));
    return seen(parseRow(context, object));
}

namespace {

/// The question of a rollout row is a prefix: it goes on behind the prompt's last words.
bool isPaperPrefix(const Json& row) {
    const auto question = row.find("question");
    if (question == row.end() || !question->is_string())
        return false;
    const std::string& text = question->get_ref<const std::string&>();
    return text.find("\nAnswer:") != std::string::npos ||
           text.find("\nSolution:") != std::string::npos;
}

} // namespace

std::string kindOf(const std::vector<std::string>& columns, const Json& firstRow, FileForm form) {
    const auto has = [&](const char* name) {
        return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    const auto is = [&](const char* name, auto&& test) {
        const auto it = firstRow.find(name);
        return it != firstRow.end() && test(*it);
    };
    const auto list = [](const Json& value) { return value.is_array(); };
    const auto text = [](const Json& value) { return value.is_string(); };
    if (has("pivot_token") || (has("event_type") && has("granularity")))
        return "pts";
    if (is("generation_result", list) || is("generation_check", list))
        return has("replace_token") || (!has("prompt") && isPaperPrefix(firstRow))
                   ? "paper-rollouts"
               : has("generation_check") ? "paper-checked"
                                         : "paper-sampling";
    if (has("response_label") &&
        (has("replace_token") || (!has("response") && isPaperPrefix(firstRow))))
        return "paper-rollouts";
    if (has("doc_id") && has("doc") && has("resps"))
        return "lm-eval";
    if (is("samples", list) && has("eval"))
        return "inspect";
    if (has("prefix_ids") && has("seed_path"))
        return "rollouts";
    if (firstRow.contains(kGroupField))
        return "paper-sft";
    if (is("prompt", text) && is("chosen", text) && is("rejected", text))
        return has("prob_result") ? "paper-ce" : is("answer", list) ? "paper-dpo" : "pairs";
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
