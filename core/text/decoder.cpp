#include "core/text/decoder.h"

#include "core/base/text_util.h"
#include "core/text/byte_alphabet.h"

#include <algorithm>

namespace crux::text {

namespace {

constexpr int kMaxDepth = 16;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string joined(const std::vector<std::string>& tokens, std::string_view between) {
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i > 0)
            text += between;
        text += tokens[i];
    }
    return text;
}

class ByteLevelDecoder final : public DecoderStep {
public:
    std::vector<std::string> apply(std::vector<std::string> tokens) const override {
        std::string bytes;
        for (const std::string& token : tokens)
            bytes += bytesOfName(token).value_or(token);
        return {withReplacedUtf8(bytes)};
    }
};

/// Runs of byte tokens become text when they are valid UTF-8, else one U+FFFD for each byte.
class ByteFallbackDecoder final : public DecoderStep {
public:
    std::vector<std::string> apply(std::vector<std::string> tokens) const override {
        std::vector<std::string> out;
        std::string bytes;
        const auto flush = [&] {
            if (bytes.empty())
                return;
            if (firstInvalidUtf8(bytes) == std::string_view::npos)
                out.push_back(bytes);
            else
                out.insert(out.end(), bytes.size(), std::string(kReplacement));
            bytes.clear();
        };
        for (std::string& token : tokens) {
            const int byte = byteOfFallbackName(token);
            if (byte >= 0) {
                bytes.push_back(static_cast<char>(byte));
                continue;
            }
            flush();
            out.push_back(std::move(token));
        }
        flush();
        return out;
    }
};

class FuseDecoder final : public DecoderStep {
public:
    std::vector<std::string> apply(std::vector<std::string> tokens) const override {
        return {joined(tokens, "")};
    }
};

/// Takes up to `start` copies of a text from the front of each token and `stop` from its end.
class StripDecoder final : public DecoderStep {
public:
    StripDecoder(std::string content, std::int64_t start, std::int64_t stop)
        : m_content(std::move(content))
        , m_start(start)
        , m_stop(stop) {}
    std::vector<std::string> apply(std::vector<std::string> tokens) const override {
        for (std::string& token : tokens) {
            std::string_view rest = token;
            for (std::int64_t i = 0; i < m_start && rest.starts_with(m_content); ++i)
                rest.remove_prefix(m_content.size());
            for (std::int64_t i = 0; i < m_stop && rest.ends_with(m_content); ++i)
                rest.remove_suffix(m_content.size());
            token = std::string(rest);
        }
        return tokens;
    }

private:
    std::string m_content;
    std::int64_t m_start;
    std::int64_t m_stop;
};

std::string replaceAll(const Regex& pattern, std::string_view text, std::string_view content) {
    std::string out;
    std::size_t at = 0;
    pattern.forEach(text, [&](Regex::Match match) {
        out.append(text.substr(at, match.begin - at)).append(content);
        at = match.end;
    });
    return out.append(text.substr(at));
}

class ReplaceDecoder final : public DecoderStep {
public:
    ReplaceDecoder(Regex pattern, std::string content)
        : m_pattern(std::move(pattern))
        , m_content(std::move(content)) {}
    std::vector<std::string> apply(std::vector<std::string> tokens) const override {
        for (std::string& token : tokens)
            token = replaceAll(m_pattern, token, m_content);
        return tokens;
    }

private:
    Regex m_pattern;
    std::string m_content;
};

/// Marks become spaces; those of the first token are dropped when one was put there.
class MetaspaceDecoder final : public DecoderStep {
public:
    MetaspaceDecoder(Regex mark, bool dropsFirst)
        : m_mark(std::move(mark))
        , m_dropsFirst(dropsFirst) {}
    std::vector<std::string> apply(std::vector<std::string> tokens) const override {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = replaceAll(m_mark, tokens[i], i == 0 && m_dropsFirst ? "" : " ");
        return tokens;
    }

private:
    Regex m_mark;
    bool m_dropsFirst;
};

} // namespace

int byteOfFallbackName(std::string_view name) {
    if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>')
        return -1;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                      : -1;
    };
    const int high = digit(name[3]);
    const int low = digit(name[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string withSpaces(std::string_view name, std::string_view mark) {
    std::string text;
    std::size_t at = 0;
    for (std::size_t found; (found = name.find(mark, at)) != std::string_view::npos;
         at = found + mark.size())
        text.append(name.substr(at, found - at)).append(1, ' ');
    return text.append(name.substr(at));
}

Decoder Decoder::byteLevel() {
    Decoder decoder;
    decoder.m_steps.push_back(std::make_shared<ByteLevelDecoder>());
    decoder.m_byteLevel = true;
    return decoder;
}

Status Decoder::add(const Json& value, int depth) {
    if (!value.is_object() || depth > kMaxDepth)
        return fail(ErrorCode::Corrupt, "the decoder of tokenizer.json is malformed");
    CRUX_TRY(type, jsonString(value, "type"));
    if (type == "Sequence") {
        const auto steps = value.find("decoders");
        if (steps == value.end() || !steps->is_array())
            return fail(ErrorCode::Corrupt, "the decoder sequence of tokenizer.json has no list");
        for (const Json& step : *steps)
            CRUX_TRY_VOID(add(step, depth + 1));
    } else if (type == "ByteLevel") {
        m_byteLevel = true;
        m_steps.push_back(std::make_shared<ByteLevelDecoder>());
    } else if (type == "ByteFallback") {
        m_byteFallback = true;
        m_steps.push_back(std::make_shared<ByteFallbackDecoder>());
    } else if (type == "Fuse") {
        m_steps.push_back(std::make_shared<FuseDecoder>());
    } else if (type == "Strip") {
        CRUX_TRY(content, jsonString(value, "content"));
        CRUX_TRY(start, jsonInt(value, "start"));
        CRUX_TRY(stop, jsonInt(value, "stop"));
        if (content.empty())
            return fail(ErrorCode::Corrupt, "the Strip decoder of tokenizer.json strips nothing");
        m_steps.push_back(std::make_shared<StripDecoder>(std::move(content), start, stop));
    } else if (type == "Replace") {
        const Json pattern = value.value("pattern", Json());
        if (!pattern.is_object())
            return fail(ErrorCode::Corrupt, "a Replace decoder of tokenizer.json has no pattern");
        const bool literal = pattern.contains("String");
        CRUX_TRY(text, jsonString(pattern, literal ? "String" : "Regex"));
        CRUX_TRY(regex, literal ? Regex::literal(text) : Regex::compile(text));
        CRUX_TRY(content, jsonString(value, "content"));
        if (literal && content == " ")
            m_spaceMark = text;
        m_steps.push_back(std::make_shared<ReplaceDecoder>(std::move(regex), std::move(content)));
    } else if (type == "Metaspace") {
        CRUX_TRY(mark, jsonString(value, "replacement"));
        CRUX_TRY(regex, Regex::literal(mark));
        const bool never =
            value.contains("prepend_scheme")
                ? value["prepend_scheme"] == "never"
                : value.contains("add_prefix_space") && value["add_prefix_space"] == false;
        m_spaceMark = mark;
        m_steps.push_back(std::make_shared<MetaspaceDecoder>(std::move(regex), !never));
    } else {
        return fail(ErrorCode::Unsupported, cat("the decoder \"", type, "\" is not supported"),
                    "tokenizer.json");
    }
    return {};
}

Result<Decoder> Decoder::fromJson(const Json& value) {
    Decoder decoder;
    if (!value.is_null())
        CRUX_TRY_VOID(decoder.add(value, 0));
    return decoder;
}

std::string Decoder::decode(std::vector<std::string> names) const {
    if (m_steps.empty())
        return joined(names, " ");
    for (const auto& step : m_steps)
        names = step->apply(std::move(names));
    return withReplacedUtf8(joined(names, ""));
}

std::string Decoder::pieceBytes(const std::string& name) const {
    if (m_byteLevel)
        return bytesOfName(name).value_or(name);
    if (const int byte = byteOfFallbackName(name); m_byteFallback && byte >= 0)
        return std::string(1, static_cast<char>(byte));
    if (m_spaceMark.empty())
        return name;
    return withSpaces(name, m_spaceMark);
}

} // namespace crux::text
