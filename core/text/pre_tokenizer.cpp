#include "core/text/pre_tokenizer.h"

#include "core/base/text_util.h"

#include <optional>

namespace crux::text {

namespace {

constexpr int kMaxDepth = 16;
constexpr std::string_view kGpt2Pattern =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

class SplitStep final : public PreTokenizerStep {
public:
    SplitStep(Regex pattern, SplitBehavior behavior, bool invert)
        : m_pattern(std::move(pattern))
        , m_behavior(behavior)
        , m_invert(invert) {}
    void apply(const Chunk& chunk, std::vector<Chunk>& out, ChunkArena&) const override {
        splitChunk(m_pattern, m_behavior, m_invert, chunk, out);
    }

private:
    Regex m_pattern;
    SplitBehavior m_behavior;
    bool m_invert;
};

/// A copy of the chunk's text in the arena, `prefix` before it.
Chunk prefixed(const Chunk& chunk, std::string_view prefix, ChunkArena& arena) {
    AlignedText text = AlignedText::empty();
    text.append(prefix, chunk.text->span(chunk.begin, chunk.begin));
    text.appendFrom(*chunk.text, chunk.begin, chunk.end);
    arena.push_back(std::move(text));
    return {&arena.back(), 0, arena.back().view().size()};
}

class ByteLevelStep final : public PreTokenizerStep {
public:
    ByteLevelStep(std::optional<Regex> pattern, bool addPrefixSpace)
        : m_pattern(std::move(pattern))
        , m_addPrefixSpace(addPrefixSpace) {}
    void apply(const Chunk& given, std::vector<Chunk>& out, ChunkArena& arena) const override {
        const bool needsSpace = m_addPrefixSpace && !given.view().starts_with(' ');
        const Chunk chunk = needsSpace ? prefixed(given, " ", arena) : given;
        if (m_pattern)
            splitChunk(*m_pattern, SplitBehavior::Isolated, false, chunk, out);
        else
            out.push_back(chunk);
    }

private:
    std::optional<Regex> m_pattern;
    bool m_addPrefixSpace;
};

/// Spaces become the mark; a mark is put before the text (always, at its start only, or never).
class MetaspaceStep final : public PreTokenizerStep {
public:
    enum class Prepend { Always, First, Never };

    MetaspaceStep(Regex mark, std::string replacement, Prepend prepend, bool split)
        : m_mark(std::move(mark))
        , m_replacement(std::move(replacement))
        , m_prepend(prepend)
        , m_split(split) {}

    void apply(const Chunk& chunk, std::vector<Chunk>& out, ChunkArena& arena) const override {
        AlignedText text = AlignedText::empty();
        const std::string_view view = chunk.view();
        const ByteSpan start = chunk.text->span(chunk.begin, chunk.begin);
        const bool marked = view.starts_with(m_replacement) || view.starts_with(' ');
        if (!marked &&
            (m_prepend == Prepend::Always || (m_prepend == Prepend::First && start.begin == 0)))
            text.append(m_replacement, start);
        std::size_t at = 0;
        while (at < view.size()) {
            const std::size_t space = std::min(view.find(' ', at), view.size());
            text.appendFrom(*chunk.text, chunk.begin + at, chunk.begin + space);
            if (space < view.size())
                text.append(m_replacement,
                            chunk.text->span(chunk.begin + space, chunk.begin + space + 1));
            at = space + 1;
        }
        arena.push_back(std::move(text));
        const Chunk whole{&arena.back(), 0, arena.back().view().size()};
        if (m_split)
            splitChunk(m_mark, SplitBehavior::MergedWithNext, false, whole, out);
        else
            out.push_back(whole);
    }

private:
    Regex m_mark;
    std::string m_replacement;
    Prepend m_prepend;
    bool m_split;
};

Result<SplitBehavior> behaviorFromName(const std::string& name) {
    if (name == "Removed")
        return SplitBehavior::Removed;
    if (name == "Isolated")
        return SplitBehavior::Isolated;
    if (name == "MergedWithPrevious")
        return SplitBehavior::MergedWithPrevious;
    if (name == "MergedWithNext")
        return SplitBehavior::MergedWithNext;
    if (name == "Contiguous")
        return SplitBehavior::Contiguous;
    return fail(ErrorCode::Unsupported, cat("the split behaviour \"", name, "\" is not supported"),
                "tokenizer.json");
}

bool flag(const Json& object, const char* key, bool otherwise) {
    const auto it = object.find(key);
    return it != object.end() && it->is_boolean() ? it->get<bool>() : otherwise;
}

struct Part {
    std::size_t begin;
    std::size_t end;
    bool match;
};

/// Matches and what lies between them, covering the whole text.
std::vector<Part> findParts(const Regex& pattern, std::string_view text, bool invert) {
    std::vector<Part> parts;
    std::size_t at = 0;
    pattern.forEach(text, [&](Regex::Match match) {
        if (at != match.begin)
            parts.push_back({at, match.begin, invert});
        parts.push_back({match.begin, match.end, !invert});
        at = match.end;
    });
    if (at != text.size())
        parts.push_back({at, text.size(), invert});
    return parts;
}

/// Joins parts: `joins(left, right)` tells whether the right one belongs to the left one.
template <typename Joins>
void pushJoined(const std::vector<Part>& parts, const Chunk& chunk, std::vector<Chunk>& out,
                Joins&& joins) {
    for (std::size_t i = 0; i < parts.size();) {
        std::size_t last = i;
        while (last + 1 < parts.size() && joins(parts[last], parts[last + 1]))
            ++last;
        if (parts[i].begin < parts[last].end)
            out.push_back(
                {chunk.text, chunk.begin + parts[i].begin, chunk.begin + parts[last].end});
        i = last + 1;
    }
}

} // namespace

void splitChunk(const Regex& pattern, SplitBehavior behavior, bool invert, const Chunk& chunk,
                std::vector<Chunk>& out) {
    std::vector<Part> parts = findParts(pattern, chunk.view(), invert);
    switch (behavior) {
    case SplitBehavior::Removed:
        std::erase_if(parts, [](const Part& part) { return part.match; });
        [[fallthrough]];
    case SplitBehavior::Isolated:
        pushJoined(parts, chunk, out, [](const Part&, const Part&) { return false; });
        return;
    case SplitBehavior::MergedWithPrevious:
        pushJoined(parts, chunk, out,
                   [](const Part& left, const Part& right) { return right.match && !left.match; });
        return;
    case SplitBehavior::MergedWithNext:
        pushJoined(parts, chunk, out,
                   [](const Part& left, const Part& right) { return left.match && !right.match; });
        return;
    case SplitBehavior::Contiguous:
        pushJoined(parts, chunk, out,
                   [](const Part& left, const Part& right) { return left.match == right.match; });
        return;
    }
}

Status PreTokenizer::addSplit(const Json& value) {
    const auto pattern = value.find("pattern");
    if (pattern == value.end() || !pattern->is_object())
        return fail(ErrorCode::Corrupt, "a Split step of tokenizer.json has no pattern");
    CRUX_TRY(name, jsonString(value, "behavior"));
    CRUX_TRY(behavior, behaviorFromName(name));
    const bool literal = pattern->contains("String");
    CRUX_TRY(text, jsonString(*pattern, literal ? "String" : "Regex"));
    CRUX_TRY(regex, literal ? Regex::literal(text) : Regex::compile(text));
    m_steps.push_back(
        std::make_shared<SplitStep>(std::move(regex), behavior, flag(value, "invert", false)));
    return {};
}

Status PreTokenizer::addByteLevel(bool addPrefixSpace, bool useRegex) {
    std::optional<Regex> pattern;
    if (useRegex) {
        CRUX_TRY(own, Regex::compile(kGpt2Pattern));
        pattern = std::move(own);
    }
    m_steps.push_back(std::make_shared<ByteLevelStep>(std::move(pattern), addPrefixSpace));
    m_byteLevel = true;
    m_addsPrefix = m_addsPrefix || addPrefixSpace;
    return {};
}

Status PreTokenizer::addMetaspace(const Json& value) {
    CRUX_TRY(replacement, jsonString(value, "replacement"));
    CRUX_TRY(mark, Regex::literal(replacement));
    std::string scheme = flag(value, "add_prefix_space", true) ? "always" : "never";
    if (value.contains("prepend_scheme")) {
        CRUX_TRY(named, jsonString(value, "prepend_scheme"));
        scheme = named;
    }
    if (scheme != "always" && scheme != "first" && scheme != "never")
        return fail(ErrorCode::Unsupported,
                    cat("the prepend_scheme \"", scheme, "\" is not supported"), "tokenizer.json");
    const auto prepend = scheme == "always"  ? MetaspaceStep::Prepend::Always
                         : scheme == "first" ? MetaspaceStep::Prepend::First
                                             : MetaspaceStep::Prepend::Never;
    m_addsPrefix = m_addsPrefix || prepend != MetaspaceStep::Prepend::Never;
    m_steps.push_back(std::make_shared<MetaspaceStep>(std::move(mark), std::move(replacement),
                                                      prepend, flag(value, "split", true)));
    return {};
}

Status PreTokenizer::add(const Json& value, int depth) {
    if (!value.is_object() || depth > kMaxDepth)
        return fail(ErrorCode::Corrupt, "the pre_tokenizer of tokenizer.json is malformed");
    CRUX_TRY(type, jsonString(value, "type"));
    if (m_byteLevel)
        return fail(ErrorCode::Unsupported,
                    cat("the pre-tokenizer \"", type, "\" after ByteLevel is not supported"),
                    "tokenizer.json");
    if (type == "Sequence") {
        const auto steps = value.find("pretokenizers");
        if (steps == value.end() || !steps->is_array())
            return fail(ErrorCode::Corrupt,
                        "the pre-tokenizer sequence of tokenizer.json has no list");
        for (const Json& step : *steps)
            CRUX_TRY_VOID(add(step, depth + 1));
        return {};
    }
    if (type == "Split")
        return addSplit(value);
    if (type == "ByteLevel")
        return addByteLevel(flag(value, "add_prefix_space", true), flag(value, "use_regex", true));
    if (type == "Metaspace")
        return addMetaspace(value);
    if (type == "Digits") {
        CRUX_TRY(digit, Regex::compile("\\p{N}"));
        const auto behavior = flag(value, "individual_digits", false) ? SplitBehavior::Isolated
                                                                      : SplitBehavior::Contiguous;
        m_steps.push_back(std::make_shared<SplitStep>(std::move(digit), behavior, false));
        return {};
    }
    return fail(ErrorCode::Unsupported, cat("the pre-tokenizer \"", type, "\" is not supported"),
                "tokenizer.json");
}

Result<PreTokenizer> PreTokenizer::fromJson(const Json& value) {
    PreTokenizer steps;
    if (!value.is_null())
        CRUX_TRY_VOID(steps.add(value, 0));
    return steps;
}

Result<PreTokenizer> PreTokenizer::byteLevelOnly(bool addPrefixSpace) {
    PreTokenizer steps;
    CRUX_TRY_VOID(steps.addByteLevel(addPrefixSpace, true));
    return steps;
}

Result<PreTokenizer> PreTokenizer::splitThenBytes(std::string_view pattern) {
    PreTokenizer steps;
    CRUX_TRY(regex, Regex::compile(pattern));
    steps.m_steps.push_back(
        std::make_shared<SplitStep>(std::move(regex), SplitBehavior::Isolated, false));
    CRUX_TRY_VOID(steps.addByteLevel(false, false));
    return steps;
}

std::vector<Chunk> PreTokenizer::apply(const AlignedText& text, ChunkArena& arena) const {
    std::vector<Chunk> chunks;
    if (!text.view().empty())
        chunks.push_back({&text, 0, text.view().size()});
    std::vector<Chunk> next;
    for (const auto& step : m_steps) {
        next.clear();
        for (const Chunk& chunk : chunks)
            step->apply(chunk, next, arena);
        chunks.swap(next);
    }
    return chunks;
}

} // namespace crux::text
