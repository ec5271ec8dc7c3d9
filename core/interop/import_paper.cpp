// Files of the paper's authors (chenzhiling9954/Critical-Tokens-Matter; REFERENCE.md D): sampled
// and checked answers, the selections for SFT and preference training, the latter with scores.
#include "core/base/text_util.h"
#include "core/interop/import_kinds.h"
#include "core/interop/json_fields.h"
#include "core/text/prompts.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::interop {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Their scripts strip a prompt before they sample (REFERENCE.md A.5, 1), so that the white space
/// at its end is the model's to write. Text and its parting into prompt and response stay those of
/// the file where the model did write it; else the prompt is the stripped one.
void splitAsSampled(const std::string& prompt, const std::string& generated, ParsedAnswer& answer) {
    const std::size_t last = prompt.find_last_not_of(kBlanks);
    const std::string cut = last == std::string::npos ? prompt : prompt.substr(last + 1);
    const bool written = generated.compare(0, cut.size(), cut) == 0;
    answer.prompt = written ? prompt : prompt.substr(0, prompt.size() - cut.size());
    answer.response = written ? generated.substr(cut.size()) : generated;
}

/// What stands in front of a row's prompt in the text that was sampled from.
std::string fewShotOf(const Json& object, const std::string& prompt) {
    const std::string whole = labelField(object, "final_prompt");
    return whole.size() > prompt.size() && whole.ends_with(prompt)
               ? whole.substr(0, whole.size() - prompt.size())
               : std::string();
}

/// [text, extracted answer, label] of one checked generation.
Status readCheck(const Json& check, ParsedAnswer& answer, std::string& text) {
    if (!check.is_array() || check.size() != 3 || !check[0].is_string() || !check[2].is_boolean())
        return fail(ErrorCode::InvalidArgument,
                    "an entry of \"generation_check\" is not [text, answer, true or false]");
    text = check[0].get<std::string>();
    answer.published = check[2].get<bool>();
    return {};
}

Result<const Json*> generationsOf(const Json& object) {
    for (const char* key : {"generation_check", "generation_result"})
        if (const auto it = object.find(key); it != object.end() && it->is_array())
            return &*it;
    return fail(ErrorCode::InvalidArgument, "the field \"generation_result\" is not a list");
}

/// The scores of one side of a pair in a CE_scored file.
Result<ParsedScores> scoresOf(const Json& result, const char* side) {
    const auto it = result.find(side);
    if (it == result.end() || !it->is_object() || !it->contains("ce_prob") ||
        !(*it)["ce_prob"].is_array())
        return fail(ErrorCode::InvalidArgument,
                    cat("\"prob_result\" holds no list \"ce_prob\" for \"", side, "\""));
    ParsedScores scores;
    for (const Json& value : (*it)["ce_prob"]) {
        const bool share = value.is_number() && value >= 0 && value <= 1;
        if (!share && !value.is_null())
            return fail(ErrorCode::InvalidArgument, cat("the score ", scores.values.size(),
                                                        " of \"", side, "\" is no probability"));
        scores.values.push_back(share ? value.get<float>()
                                      : std::numeric_limits<float>::quiet_NaN());
    }
    const auto start = it->find("response_start_idx");
    const auto text = it->find("text");
    if (start != it->end() && start->is_number_integer() && text != it->end() &&
        text->is_string() && *start >= 0 &&
        static_cast<std::size_t>(start->get<std::int64_t>()) <= scores.values.size()) {
        scores.tailStart = start->get<std::int32_t>();
        scores.tail = text->get<std::string>();
    }
    return scores;
}

/// Weights of a response's tokens, as Crux writes them beside TRL's columns; none where not given.
Result<std::vector<float>> weightsField(const Json& object, const std::string& key) {
    std::vector<float> weights;
    const auto it = object.find(key);
    if (it == object.end() || it->is_null())
        return weights;
    if (!it->is_array())
        return wrongField(key.c_str(), "is not a list of weights");
    for (const Json& weight : *it) {
        if (!weight.is_number() || !std::isfinite(weight.get<float>()))
            return wrongField(key.c_str(), "is not a list of weights");
        weights.push_back(weight.get<float>());
    }
    return weights;
}

} // namespace

Result<ParsedRow> parsePaperSamples(const KindContext& context, const Json& object) {
    ParsedRow row;
    CRUX_TRY(question, textField(object, "question"));
    CRUX_TRY(generations, generationsOf(object));
    row.question = std::move(question);
    row.questionId = labelField(object, "id");
    row.golds = goldField(object, "answer", context.options.task);
    const text::PromptTemplate* shape = text::promptTemplate(context.options.promptTemplate);
    std::string prompt = labelField(object, "prompt");
    if (prompt.empty())
        prompt = shape != nullptr ? text::renderPrompt(*shape, row.question) : row.question;
    Json facts{{"import", context.kind}};
    if (const std::string shots = fewShotOf(object, prompt); !shots.empty())
        facts["few_shot"] = shots;
    const bool checked = object.contains("generation_check");
    for (const Json& generation : *generations) {
        ParsedAnswer answer;
        std::string text;
        if (checked) {
            CRUX_TRY_VOID(readCheck(generation, answer, text));
        } else {
            CRUX_TRY(plain, plainText(generation, "an entry of \"generation_result\""));
            text = std::move(plain);
        }
        splitAsSampled(prompt, text, answer);
        answer.sample = static_cast<std::int32_t>(row.answers.size());
        answer.facts = facts;
        row.answers.push_back(std::move(answer));
    }
    return row;
}

Result<ParsedRow> parsePaperSft(const KindContext& context, const Json& object) {
    ParsedRow row;
    CRUX_TRY(question, textField(object, "question"));
    CRUX_TRY(response, textField(object, "response"));
    row.question = std::move(question);
    row.golds = goldField(object, "answer", context.options.task);
    const std::string group = labelField(object, kGroupField);
    std::string key = labelField(object, kKeyField);
    if (group != "pos" && group != "neg")
        return fail(ErrorCode::InvalidArgument, "it stands neither under \"pos\" nor \"neg\"");
    ParsedAnswer answer;
    answer.response = std::move(response);
    answer.published = group == "pos";
    answer.sample = 0;
    if (group == "neg") { // "ID_j": the question's id and a number
        const std::size_t bar = key.rfind('_');
        const std::string number = bar == std::string::npos ? std::string() : key.substr(bar + 1);
        if (number.empty() || number.size() > 6 ||
            number.find_first_not_of("0123456789") != std::string::npos)
            return fail(ErrorCode::InvalidArgument, "its key does not end in \"_\" and a number");
        answer.sample = std::stoi(number) + 1;
        key.resize(bar);
    }
    row.questionId = key;
    row.trainAs = "sft_" + group;
    answer.facts = Json{{"import", "paper-sft"}, {"group", group}};
    row.answers.push_back(std::move(answer));
    return row;
}

Result<ParsedRow> parsePair(const KindContext& context, const Json& object) {
    ParsedRow row;
    CRUX_TRY(prompt, textField(object, "prompt"));
    row.question = questionInPrompt(prompt, context.options.promptTemplate);
    row.questionFromPrompt = true;
    row.trainAs = "preference";
    row.golds = goldField(object, "answer", context.options.task);
    const bool tokens = context.kind == "pairs";
    if (const auto it = object.find("metadata"); it != object.end() && it->is_object())
        if (const std::string query = labelField(*it, "original_query"); !query.empty())
            row.question = query;
    for (const char* side : {"chosen", "rejected"}) {
        ParsedAnswer answer;
        CRUX_TRY(response, textField(object, side));
        answer.prompt = prompt;
        answer.response = std::move(response);
        answer.sample = std::string_view(side) == "chosen" ? 0 : 1;
        if (!tokens)
            answer.published = *answer.sample == 0;
        answer.ungraded = tokens && row.golds.empty();
        answer.facts = Json{{"import", context.kind}, {"side", side}};
        CRUX_TRY(weights, weightsField(object, std::string(side) + "_weights"));
        answer.weights = std::move(weights);
        if (context.kind == "paper-ce") {
            const auto result = object.find("prob_result");
            if (result == object.end() || !result->is_object())
                return fail(ErrorCode::InvalidArgument, "the field \"prob_result\" is missing");
            CRUX_TRY(scores, scoresOf(*result, *answer.sample == 0 ? "pos" : "neg"));
            answer.scores = std::move(scores);
        }
        row.answers.push_back(std::move(answer));
    }
    return row;
}

} // namespace crux::interop
