// GSM8K's own files (openai/grade-school-math) and the published potentials of Cliff Tokens
// (arXiv 2606.25524).
#include "core/base/text_util.h"
#include "core/interop/import_kinds.h"
#include "core/interop/json_fields.h"
#include "core/text/grade.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace crux::interop {

namespace {

std::string firstText(const Json& object, const char* key) {
    const std::vector<std::string> texts = listedTexts(object, key);
    return texts.empty() ? std::string() : texts.front();
}

Result<const Json*> listField(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_array())
        return fail(ErrorCode::InvalidArgument, cat("field \"", key, "\" is not a list"));
    return &*it;
}

/// Potentials, one for each token: the published list is one shorter, and may hold nulls.
Result<std::vector<float>> potentials(const Json& object, std::size_t tokens) {
    CRUX_TRY(list, listField(object, "all_position_scores"));
    if (list->size() > tokens)
        return fail(ErrorCode::Mismatch,
                    cat(list->size(), " potentials do not fit ", tokens, " tokens"));
    std::vector<float> values(tokens, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Json& value = (*list)[i];
        if (value.is_null())
            continue;
        if (!value.is_number() || value < 0 || value > 1)
            return fail(ErrorCode::InvalidArgument,
                        cat("the potential of token ", i, " is no share between 0 and 1"));
        values[i] = value.get<float>();
    }
    return values;
}

Status readCliffTokens(const Json& object, ParsedAnswer& answer) {
    CRUX_TRY(pieces, listField(object, "response_tokens"));
    for (const Json& piece : *pieces) {
        if (!piece.is_string())
            return fail(ErrorCode::InvalidArgument, "field \"response_tokens\" holds no texts");
        answer.pieces.push_back(piece.get<std::string>());
    }
    CRUX_TRY(ids, listField(object, "response_token_ids"));
    for (const Json& id : *ids) {
        if (!id.is_number_integer() || id < 0 || id > std::numeric_limits<std::int32_t>::max())
            return fail(ErrorCode::InvalidArgument, "field \"response_token_ids\" holds no ids");
        answer.ids.push_back(id.get<std::int32_t>());
    }
    if (answer.ids.size() != answer.pieces.size())
        return fail(ErrorCode::Mismatch, cat(answer.ids.size(), " token ids do not fit ",
                                             answer.pieces.size(), " tokens"));
    return {};
}

/// The published positions count from 1; here they count from 0, as everywhere in Crux.
Json cliffFacts(const Json& object) {
    Json cliffs = Json::array();
    if (const auto list = object.find("cliffs"); list != object.end() && list->is_array())
        for (const Json& entry : *list) {
            if (!entry.is_object())
                continue;
            const auto position = jsonInt(entry, "cliff_position");
            if (!position.ok())
                continue;
            Json copy = entry;
            copy["response_index"] = *position - 1;
            cliffs.push_back(std::move(copy));
        }
    return Json{{"import", "cliff"}, {"rollouts", 64}, {"cliffs", std::move(cliffs)}};
}

} // namespace

Result<ParsedRow> parseGsm8kRow(const KindContext& context, const Json& object) {
    ParsedRow row;
    CRUX_TRY(question, textField(object, "question"));
    CRUX_TRY(answer, textField(object, "answer"));
    row.question = std::move(question);
    row.golds = {text::gsm8kGold(answer)};
    row.solution = std::move(answer);
    row.split = context.options.split;
    return row;
}

Result<ParsedRow> parseModelSolutionsRow(const KindContext& context, const Json& object) {
    ParsedRow row;
    CRUX_TRY(question, textField(object, "question"));
    CRUX_TRY(truth, textField(object, "ground_truth"));
    row.question = std::move(question);
    row.golds = {text::gsm8kGold(truth)};
    row.solution = std::move(truth);
    row.split = context.options.split;
    for (const char* model :
         {"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}) {
        const auto it = object.find(model);
        if (it == object.end() || !it->is_object())
            return fail(ErrorCode::InvalidArgument, cat("field \"", model, "\" is missing"));
        ParsedAnswer answer;
        CRUX_TRY(solution, textField(*it, "solution"));
        CRUX_TRY(correct, jsonBool(*it, "is_correct"));
        answer.response = std::move(solution);
        answer.published = correct;
        answer.sourceModel = model;
        row.answers.push_back(std::move(answer));
    }
    return row;
}

Result<ParsedRow> parseCliffRow(const KindContext&, const Json& object) {
    ParsedRow row;
    CRUX_TRY(question, textField(object, "question"));
    CRUX_TRY(response, textField(object, "response"));
    row.question = std::move(question);
    row.questionId = firstText(object, "problem_id");
    row.golds = listedTexts(object, "golden_answer");
    ParsedAnswer answer;
    answer.response = std::move(response);
    answer.rowId = firstText(object, "id");
    answer.sourceModel = firstText(object, "_model");
    if (const auto it = object.find("full_prompt"); it != object.end() && it->is_string())
        answer.prompt = it->get<std::string>();
    if (const auto it = object.find("is_correct"); it != object.end() && it->is_boolean())
        answer.published = it->get<bool>();
    CRUX_TRY_VOID(readCliffTokens(object, answer));
    CRUX_TRY(values, potentials(object, answer.ids.size()));
    answer.facts = cliffFacts(object);
    ParsedLayer layer;
    layer.layer.name = "rollout correctness";
    layer.layer.kind = "rollout_correctness";
    layer.layer.source = "Cliff Tokens (arXiv 2606.25524), 64 rollouts a token";
    layer.layer.lowMeans = "all rollouts wrong";
    layer.layer.highMeans = "all rollouts right";
    layer.values = std::move(values);
    answer.layer = std::move(layer);
    row.answers.push_back(std::move(answer));
    return row;
}

Result<std::vector<float>> readCliffCsv(const Path& file) {
    CRUX_TRY(rows, openRows(file, FileForm::Csv));
    std::vector<float> values;
    while (true) {
        CRUX_TRY(row, rows->next());
        if (!row)
            return values;
        if (!row->fault.empty())
            return fail(ErrorCode::Corrupt,
                        cat(file.string(), " line ", row->line, ": ", row->fault), file.string());
        CRUX_TRY(written, jsonString(row->object, "potential"));
        float value = std::numeric_limits<float>::quiet_NaN();
        const auto [rest, problem] =
            std::from_chars(written.data(), written.data() + written.size(), value);
        if (!written.empty() && (problem != std::errc() || rest != written.data() + written.size()))
            return fail(ErrorCode::Corrupt,
                        cat(file.string(), " line ", row->line, ": \"", written.substr(0, 40),
                            "\" is no number"),
                        file.string());
        values.push_back(value);
    }
}

} // namespace crux::interop
