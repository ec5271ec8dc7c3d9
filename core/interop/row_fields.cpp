#include "core/interop/row_fields.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace crux::interop {

const std::vector<RoleFacts>& roleFacts() {
    static const std::vector<RoleFacts> facts{
        {"question", {"question", "problem", "query", "input"}},
        {"response",
         {"response", "output", "completion", "generation", "model_output", "prediction",
          "model_response"}},
        {"gold",
         {"gold", "gold_answer", "golden_answer", "answer", "target", "ground_truth",
          "final_answer", "reference"}},
        {"verdict", {"verdict", "correct", "is_correct", "response_label", "published_correct"}},
        {"id", {"question_id", "problem_id", "qid", "id", "idx", "index", "unique_id"}},
        {"row_id", {"id", "trajectory_id", "path_id"}},
        {"sample", {"sample", "sample_index", "sample_id", "repeat"}},
        {"model", {"model", "source_model", "model_source", "model_name", "_model"}},
        {"prompt", {"prompt", "full_prompt", "final_prompt"}},
        {"ids", {"ids", "token_ids", "input_ids"}},
        {"prompt_tokens", {"prompt_tokens"}},
        {"slip", {"slip"}},
        {"solution", {"solution", "rationale", "gold_solution"}},
        {"split", {"split"}},
    };
    return facts;
}

Result<std::map<std::string, std::string>>
mapColumns(const std::vector<std::string>& columns,
           const std::map<std::string, std::string>& chosen) {
    const auto has = [&](const std::string& name) {
        return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    std::map<std::string, std::string> mapping;
    std::set<std::string> taken;
    for (const auto& [role, column] : chosen) {
        const auto& facts = roleFacts();
        if (std::none_of(facts.begin(), facts.end(),
                         [&](const RoleFacts& known) { return known.role == role; }))
            return fail(ErrorCode::InvalidArgument, cat("\"", role, "\" is no role of a column"),
                        role);
        if (column.empty())
            continue;
        if (!has(column)) {
            std::string list;
            for (const std::string& name : columns)
                list += (list.empty() ? "" : ", ") + name;
            return fail(
                ErrorCode::InvalidArgument,
                cat("there is no column \"", column, "\" for ", role, "; there are: ", list),
                column);
        }
        mapping[role] = column;
        taken.insert(column);
    }
    for (const RoleFacts& facts : roleFacts()) {
        if (mapping.contains(facts.role))
            continue;
        for (const std::string& name : facts.usualNames)
            if (has(name) && taken.insert(name).second) {
                mapping[facts.role] = name;
                break;
            }
    }
    return mapping;
}

std::string RowFields::columnOf(const std::string& role) const {
    const auto it = m_mapping.find(role);
    return it == m_mapping.end() ? role : it->second;
}

const Json* RowFields::find(const std::string& role) const {
    const auto column = m_mapping.find(role);
    if (column == m_mapping.end())
        return nullptr;
    const auto it = m_object.find(column->second);
    return it == m_object.end() || it->is_null() ? nullptr : &*it;
}

Result<std::optional<std::string>> RowFields::text(const std::string& role) const {
    const Json* value = find(role);
    if (value != nullptr && value->is_array() && !value->empty())
        value = &value->front();
    if (value == nullptr)
        return std::optional<std::string>();
    if (value->is_structured())
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", columnOf(role), "\" is not a text"));
    std::string text = value->is_string() ? value->get<std::string>() : dumpJson(*value);
    if (text.find('\0') != std::string::npos) // "\u0000" is legal JSON
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", columnOf(role), "\" holds a NUL character"));
    return std::optional<std::string>(std::move(text));
}

Result<std::string> RowFields::neededText(const std::string& role) const {
    CRUX_TRY(value, text(role));
    if (!value)
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", columnOf(role), "\" is missing"));
    return std::move(*value);
}

Result<std::optional<std::int64_t>> RowFields::integer(const std::string& role) const {
    const Json* value = find(role);
    if (value == nullptr || (value->is_string() && value->get_ref<const std::string&>().empty()))
        return std::optional<std::int64_t>();
    const auto refuse = [&] {
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", columnOf(role), "\" is not a whole number"));
    };
    if (value->is_number_unsigned() &&
        value->get<std::uint64_t>() >
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return refuse();
    if (value->is_number_integer())
        return std::optional<std::int64_t>(value->get<std::int64_t>());
    if (!value->is_string())
        return refuse();
    const std::string& text = value->get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || rest != text.data() + text.size())
        return refuse();
    return std::optional<std::int64_t>(number);
}

Result<std::optional<bool>> RowFields::verdict(const std::string& role) const {
    const Json* value = find(role);
    if (value != nullptr && value->is_boolean())
        return std::optional<bool>(value->get<bool>());
    CRUX_TRY(written, text(role));
    if (!written || written->empty())
        return std::optional<bool>();
    std::string word = *written;
    for (char& c : word)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (word == "ungraded") // as Crux's own export says it
        return std::optional<bool>();
    for (const char* yes : {"true", "1", "right", "correct", "yes", "1.0"})
        if (word == yes)
            return std::optional<bool>(true);
    for (const char* no : {"false", "0", "wrong", "incorrect", "no", "no_answer", "0.0"})
        if (word == no)
            return std::optional<bool>(false);
    return fail(
        ErrorCode::InvalidArgument,
        cat("the field \"", columnOf(role), "\" is no verdict: \"", written->substr(0, 40), "\""));
}

Result<std::optional<std::vector<std::int32_t>>> RowFields::ids(const std::string& role) const {
    using Ids = std::optional<std::vector<std::int32_t>>;
    const Json* value = find(role);
    Json parsed;
    if (value != nullptr && value->is_string()) {
        auto list = parseJson(value->get_ref<const std::string&>());
        if (list.ok())
            parsed = std::move(list).value();
        value = &parsed;
    }
    if (value == nullptr)
        return Ids();
    if (!value->is_array())
        return fail(ErrorCode::InvalidArgument,
                    cat("the field \"", columnOf(role), "\" is not a list of token ids"));
    std::vector<std::int32_t> ids;
    ids.reserve(value->size());
    for (const Json& entry : *value) {
        const bool whole = entry.is_number_integer() && entry >= 0 &&
                           entry <= std::numeric_limits<std::int32_t>::max();
        if (!whole)
            return fail(ErrorCode::InvalidArgument,
                        cat("the field \"", columnOf(role), "\" holds ",
                            dumpJson(entry).substr(0, 40), ", which is no token id"));
        ids.push_back(entry.get<std::int32_t>());
    }
    return Ids(std::move(ids));
}

} // namespace crux::interop
