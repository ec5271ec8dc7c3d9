#include "core/text/normalizer.h"

#include "core/base/text_util.h"
#include "core/text/regex.h"
#include "core/text/utf8.h"

namespace crux::text {

namespace {

constexpr int kMaxDepth = 16;

class FormStep final : public NormalizerStep {
public:
    FormStep(bool compose, bool compatibility)
        : m_compose(compose)
        , m_compatibility(compatibility) {}
    AlignedText apply(AlignedText text) const override {
        return unicodeNormalForm(std::move(text), m_compose, m_compatibility);
    }

private:
    bool m_compose;
    bool m_compatibility;
};

class PrependStep final : public NormalizerStep {
public:
    explicit PrependStep(std::string prefix)
        : m_prefix(std::move(prefix)) {}
    AlignedText apply(AlignedText text) const override {
        if (text.view().empty() || m_prefix.empty())
            return text;
        AlignedText out = AlignedText::empty();
        out.append(m_prefix, text.span(0, 0));
        out.appendFrom(text, 0, text.view().size());
        return out;
    }

private:
    std::string m_prefix;
};

class ReplaceStep final : public NormalizerStep {
public:
    ReplaceStep(Regex pattern, std::string content)
        : m_pattern(std::move(pattern))
        , m_content(std::move(content)) {}
    AlignedText apply(AlignedText text) const override {
        const std::string_view view = text.view();
        AlignedText out = AlignedText::empty();
        std::size_t at = 0;
        bool found = false;
        m_pattern.forEach(view, [&](Regex::Match match) {
            out.appendFrom(text, at, match.begin);
            out.append(m_content, text.span(match.begin, match.end));
            at = match.end;
            found = true;
        });
        if (!found)
            return text;
        out.appendFrom(text, at, view.size());
        return out;
    }

private:
    Regex m_pattern;
    std::string m_content;
};

class StripStep final : public NormalizerStep {
public:
    StripStep(bool left, bool right)
        : m_left(left)
        , m_right(right) {}
    AlignedText apply(AlignedText text) const override {
        const std::string_view view = text.view();
        std::size_t begin = 0;
        std::size_t end = view.size();
        while (m_left && begin < end && isUnicodeSpace(utf8CodePoint(view, begin)))
            begin += utf8Length(view[begin]);
        while (m_right && end > begin &&
               isUnicodeSpace(utf8CodePoint(view, utf8Previous(view, end))))
            end = utf8Previous(view, end);
        return begin == 0 && end == view.size() ? std::move(text) : text.slice(begin, end);
    }

private:
    bool m_left;
    bool m_right;
};

/// {"String": ".."} or {"Regex": ".."}.
Result<Regex> readPattern(const Json& value) {
    if (!value.is_object())
        return fail(ErrorCode::Corrupt, "a pattern in tokenizer.json is not an object");
    if (value.contains("String")) {
        CRUX_TRY(text, jsonString(value, "String"));
        return Regex::literal(text);
    }
    CRUX_TRY(pattern, jsonString(value, "Regex"));
    return Regex::compile(pattern);
}

} // namespace

Status Normalizer::addForm(const std::string& name) {
    if (name != "NFC" && name != "NFD" && name != "NFKC" && name != "NFKD")
        return fail(ErrorCode::Unsupported, cat("the normalizer \"", name, "\" is not supported"),
                    "tokenizer.json");
    m_steps.push_back(std::make_shared<FormStep>(name.back() == 'C', name[2] == 'K'));
    return {};
}

Status Normalizer::add(const Json& value, int depth) {
    if (!value.is_object() || depth > kMaxDepth)
        return fail(ErrorCode::Corrupt, "the normalizer of tokenizer.json is malformed");
    CRUX_TRY(type, jsonString(value, "type"));
    if (type == "Sequence") {
        const auto steps = value.find("normalizers");
        if (steps == value.end() || !steps->is_array())
            return fail(ErrorCode::Corrupt,
                        "the normalizer sequence of tokenizer.json has no list");
        for (const Json& step : *steps)
            CRUX_TRY_VOID(add(step, depth + 1));
        return {};
    }
    if (type == "Prepend") {
        CRUX_TRY(prefix, jsonString(value, "prepend"));
        m_prependsSpaceMark = m_prependsSpaceMark || prefix.starts_with("\xE2\x96\x81");
        m_steps.push_back(std::make_shared<PrependStep>(std::move(prefix)));
        return {};
    }
    if (type == "Replace") {
        CRUX_TRY(pattern, readPattern(value.value("pattern", Json())));
        CRUX_TRY(content, jsonString(value, "content"));
        m_steps.push_back(std::make_shared<ReplaceStep>(std::move(pattern), std::move(content)));
        return {};
    }
    if (type == "Strip") {
        CRUX_TRY(left, jsonBool(value, "strip_left"));
        CRUX_TRY(right, jsonBool(value, "strip_right"));
        m_steps.push_back(std::make_shared<StripStep>(left, right));
        return {};
    }
    return addForm(type);
}

Result<Normalizer> Normalizer::fromJson(const Json& value) {
    Normalizer normalizer;
    if (!value.is_null())
        CRUX_TRY_VOID(normalizer.add(value, 0));
    return normalizer;
}

AlignedText Normalizer::apply(AlignedText text) const {
    for (const auto& step : m_steps)
        text = step->apply(std::move(text));
    return text;
}

} // namespace crux::text
