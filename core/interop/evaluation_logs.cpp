#include "core/interop/evaluation_logs.h"

#include "core/base/text_util.h"
#include "core/interop/import_kinds.h"
#include "core/interop/json_fields.h"

namespace crux::interop {

namespace {

const Json* member(const Json& object, const char* key) {
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string textAt(const Json& object, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (const Json* value = member(object, key)) {
            if (value->is_string())
                return value->get<std::string>();
            if (value->is_number())
                return value->dump();
        }
    return {};
}

Failure lacks(const char* what) {
    return fail(ErrorCode::InvalidArgument,
                cat("field \"", what, "\" is missing or of another kind"));
}

/// Prompt and generation arguments: {"gen_args_0": {"arg_0", "arg_1"}} or [[prompt, arguments]].
void readArguments(const Json& row, LoggedAnswers& made) {
    const Json* all = member(row, "arguments");
    if (all == nullptr || all->empty())
        return;
    const Json first = all->is_object() ? all->begin().value() : (*all)[0];
    const Json prompt = first.is_object()                    ? first.value("arg_0", Json())
                        : first.is_array() && !first.empty() ? first[0]
                                                             : Json();
    const Json settings = first.is_object()                      ? first.value("arg_1", Json())
                          : first.is_array() && first.size() > 1 ? first[1]
                                                                 : Json();
    if (prompt.is_string())
        made.prompt = prompt.get<std::string>();
    if (settings.is_object())
        made.decoding = settings;
}

/// resps: [["answer", ..]]; a list of lists, one a request.
Status readResponses(const Json& row, LoggedAnswers& made) {
    const Json* all = member(row, "resps");
    if (all == nullptr || !all->is_array() || all->empty())
        return lacks("resps");
    const Json& first = (*all)[0];
    for (const Json& one : first.is_array() ? first : *all) {
        if (!one.is_string())
            return fail(ErrorCode::InvalidArgument,
                        "its responses are no texts: only tasks that generate can be read");
        made.responses.push_back(one.get<std::string>());
    }
    return made.responses.empty() ? Status(lacks("resps")) : Status();
}

std::optional<Verdict> metricOf(const Json& row) {
    std::vector<std::string> names{"exact_match", "math_verify", "acc", "pass@1"};
    if (const Json* own = member(row, "metrics"); own != nullptr && own->is_array())
        for (const Json& name : *own)
            if (name.is_string())
                names.push_back(name.get<std::string>());
    for (const std::string& name : names)
        if (const Json* value = member(row, name.c_str())) {
            if (value->is_number())
                return value->get<double>() > 0.5 ? Verdict::Right : Verdict::Wrong;
            if (value->is_boolean())
                return value->get<bool>() ? Verdict::Right : Verdict::Wrong;
        }
    return {};
}

/// inspect_ai writes "C", "I", "P" and "N" (no answer), numbers or booleans.
std::optional<Verdict> scoreOf(const Json& value) {
    if (value.is_boolean())
        return value.get<bool>() ? Verdict::Right : Verdict::Wrong;
    if (value.is_number())
        return value.get<double>() >= 1 ? Verdict::Right : Verdict::Wrong;
    if (!value.is_string())
        return {};
    const std::string text = value.get<std::string>();
    return text == "C"                  ? std::optional(Verdict::Right)
           : text == "N"                ? std::optional(Verdict::NoAnswer)
           : text == "I" || text == "P" ? std::optional(Verdict::Wrong)
                                        : std::nullopt;
}

/// A text, or the last message of the user.
std::string inputOf(const Json& sample) {
    const Json* input = member(sample, "input");
    if (input == nullptr)
        return {};
    if (input->is_string())
        return input->get<std::string>();
    std::string question;
    if (input->is_array())
        for (const Json& message : *input)
            if (textAt(message, {"role"}) == "user")
                question = textAt(message, {"content"});
    return question;
}

} // namespace

Json propertiesOf(const Json& object) {
    constexpr std::size_t kLongest = 80;
    Json kept = Json::object();
    for (const char* key : {"subject", "level", "type", "category", "difficulty"})
        if (const Json* value = member(object, key);
            value != nullptr &&
            (value->is_number() || value->is_boolean() ||
             (value->is_string() && value->get_ref<const std::string&>().size() <= kLongest)))
            kept[key] = *value;
    return kept;
}

Result<LoggedAnswers> parseLmEval(const Json& row, const std::string& task) {
    LoggedAnswers made;
    const Json* id = member(row, "doc_id");
    const Json* doc = member(row, "doc");
    if (id == nullptr || !id->is_number_integer())
        return lacks("doc_id");
    if (doc == nullptr || !doc->is_object())
        return lacks("doc");
    made.id = id->dump();
    made.question = textAt(*doc, {"question", "problem", "query", "input"});
    if (made.question.empty())
        return fail(ErrorCode::InvalidArgument, "its doc has no question or problem");
    made.key = textAt(*doc, {"unique_id"});
    made.solution = textAt(*doc, {"solution", "answer"});
    std::string gold = goldOf(task, textAt(*doc, {"answer"}));
    if (gold.empty())
        gold = goldOf(task, textAt(row, {"target"}));
    if (!gold.empty())
        made.golds = {gold};
    made.meta = propertiesOf(*doc);
    readArguments(row, made);
    CRUX_TRY_VOID(readResponses(row, made));
    const auto verdict = metricOf(row);
    if (verdict && made.responses.size() == 1)
        made.verdicts.emplace_back(textAt(row, {"filter"}), *verdict);
    return made;
}

Result<LoggedAnswers> parseInspect(const Json& sample, const Json& log, const std::string& task) {
    LoggedAnswers made;
    made.id = textAt(sample, {"id"});
    if (made.id.empty())
        return lacks("id");
    made.question = inputOf(sample);
    if (made.question.empty())
        return lacks("input");
    const Json* target = member(sample, "target");
    if (target != nullptr && target->is_string())
        made.golds = {goldOf(task, target->get<std::string>())};
    else if (target != nullptr)
        made.golds = goldField(sample, "target", task);
    const Json* output = member(sample, "output");
    if (output == nullptr)
        return lacks("output");
    std::string response = textAt(*output, {"completion"});
    if (const Json* choices = member(*output, "choices");
        response.empty() && choices != nullptr && choices->is_array() && !choices->empty())
        if (const Json* message = member((*choices)[0], "message"))
            response = textAt(*message, {"content"});
    made.responses = {response};
    if (const Json* usage = member(*output, "usage"))
        if (const Json* tokens = member(*usage, "output_tokens");
            tokens != nullptr && tokens->is_number_integer())
            made.tokens = {static_cast<std::int32_t>(tokens->get<std::int64_t>())};
    const Json* epoch = member(sample, "epoch");
    if (epoch != nullptr && epoch->is_number_integer())
        made.firstSample = std::max(0, epoch->get<int>() - 1);
    if (const Json* scores = member(sample, "scores"); scores != nullptr && scores->is_object())
        for (const auto& [scorer, score] : scores->items())
            if (const Json* value = member(score, "value"))
                if (const auto verdict = scoreOf(*value))
                    made.verdicts.emplace_back(scorer, *verdict);
    if (const Json* facts = member(sample, "metadata"))
        made.meta = propertiesOf(*facts);
    if (const Json* eval = member(log, "eval"))
        made.model = textAt(*eval, {"model"});
    if (const Json* plan = member(log, "plan"))
        if (const Json* config = member(*plan, "config"); config != nullptr && config->is_object())
            made.decoding = *config;
    return made;
}

} // namespace crux::interop
