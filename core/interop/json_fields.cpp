#include "core/interop/json_fields.h"

#include "core/base/text_util.h"

namespace crux::interop {

namespace {

std::string labelOf(const Json& value) {
    if (value.is_null() || value.is_structured())
        return {};
    return value.is_string() ? value.get<std::string>() : dumpJson(value);
}

} // namespace

Failure wrongField(const char* key, const char* what) {
    return fail(ErrorCode::InvalidArgument, cat("the field \"", key, "\" ", what));
}

Result<std::string> plainText(const Json& value, const std::string& what) {
    if (!value.is_string())
        return fail(ErrorCode::InvalidArgument, cat(what, " is not a text"));
    const std::string& text = value.get_ref<const std::string&>();
    if (text.find('\0') != std::string::npos)
        return fail(ErrorCode::InvalidArgument, cat(what, " holds a NUL character"));
    return text;
}

Result<std::string> textField(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end())
        return wrongField(key, "is missing");
    return plainText(*it, cat("the field \"", key, "\""));
}

std::string labelField(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it == object.end() ? std::string() : labelOf(*it);
}

std::vector<std::string> listedTexts(const Json& object, const char* key) {
    const auto it = object.find(key);
    std::vector<std::string> texts;
    if (it == object.end())
        return texts;
    const auto add = [&](const Json& value) {
        if (std::string text = labelOf(value); !text.empty())
            texts.push_back(std::move(text));
    };
    if (it->is_array())
        for (const Json& value : *it)
            add(value);
    else
        add(*it);
    return texts;
}

} // namespace crux::interop
