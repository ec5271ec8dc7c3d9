#include "core/base/json.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>

namespace crux {

namespace {

/// Deepest bracket nesting outside strings; cheap, and it keeps the recursive parser safe.
int nestingDepth(std::string_view text) {
    // Rows of other programs have few brackets: no more of them, no deeper nesting.
    const auto brackets =
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xDF) == ('{' & 0xDF); });
    if (brackets <= kMaxJsonDepth)
        return static_cast<int>(brackets);
    int depth = 0;
    int deepest = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return deepest;
}

std::string fieldName(const char* key) {
    return cat("field \"", key, "\"");
}

} // namespace

Result<Json> parseJson(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return fail(ErrorCode::Corrupt, "the JSON holds a NUL byte");
    if (const std::size_t at = firstInvalidUtf8(text); at != std::string_view::npos)
        return fail(ErrorCode::Corrupt, cat("the JSON is not valid UTF-8 at byte ", at));
    if (nestingDepth(text) > kMaxJsonDepth)
        return fail(ErrorCode::Corrupt, cat("the JSON is nested deeper than ", kMaxJsonDepth));
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        return fail(ErrorCode::Corrupt, cat("not valid JSON near byte ", error.byte), {},
                    error.what());
    } catch (const Json::exception& error) { // a number outside the range of a double
        return fail(ErrorCode::Corrupt, "not valid JSON", {}, error.what());
    }
}

std::string dumpJson(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json jsonNumber(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Result<std::string> jsonString(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is missing");
    if (!it->is_string())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is not a string");
    return it->get<std::string>();
}

Result<std::int64_t> jsonInt(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is missing");
    if (!it->is_number_integer())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is not a whole number");
    return it->get<std::int64_t>();
}

Result<double> jsonDouble(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is missing");
    if (!it->is_number())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is not a number");
    return it->get<double>();
}

Result<bool> jsonBool(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is missing");
    if (!it->is_boolean())
        return fail(ErrorCode::InvalidArgument, fieldName(key) + " is not true or false");
    return it->get<bool>();
}

} // namespace crux
