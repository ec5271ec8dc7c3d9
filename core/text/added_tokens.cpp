#include "core/text/added_tokens.h"

#include "core/base/text_util.h"
#include "core/text/utf8.h"

#include <utf8proc.h>

namespace crux::text {

namespace {

/// \w of Rust's regex crate, near enough: letters, marks, decimal digits and connectors.
bool isWordCharacter(std::int32_t c) {
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
        return true;
    default:
        return false;
    }
}

bool wordBefore(std::string_view text, std::size_t end) {
    return end > 0 && isWordCharacter(utf8CodePoint(text, utf8Previous(text, end)));
}
bool wordAfter(std::string_view text, std::size_t begin) {
    return begin < text.size() && isWordCharacter(utf8CodePoint(text, begin));
}

bool flag(const Json& object, const char* key, bool otherwise) {
    const auto it = object.find(key);
    return it != object.end() && it->is_boolean() ? it->get<bool>() : otherwise;
}

} // namespace

TokenTrie::TokenTrie()
    : m_nodes(1) {}

void TokenTrie::add(std::string_view content, std::size_t index) {
    if (content.empty())
        return;
    std::size_t node = 0;
    for (const char c : content) {
        const auto byte = static_cast<unsigned char>(c);
        const auto [it, isNew] = m_nodes[node].next.try_emplace(byte, m_nodes.size());
        node = it->second;
        if (isNew)
            m_nodes.emplace_back();
    }
    if (m_nodes[node].index < 0)
        m_nodes[node].index = static_cast<std::ptrdiff_t>(index);
    m_starts[static_cast<unsigned char>(content.front())] = true;
}

TokenTrie::Hit TokenTrie::find(std::string_view text, std::size_t from) const {
    for (std::size_t begin = from; begin < text.size(); ++begin) {
        if (!m_starts[static_cast<unsigned char>(text[begin])])
            continue;
        Hit hit{begin, 0, 0};
        std::size_t node = 0;
        for (std::size_t at = begin; at < text.size(); ++at) {
            const auto& next = m_nodes[node].next;
            const auto it = next.find(static_cast<unsigned char>(text[at]));
            if (it == next.end())
                break;
            node = it->second;
            if (m_nodes[node].index >= 0)
                hit = {begin, at + 1, static_cast<std::size_t>(m_nodes[node].index)};
        }
        if (hit.end != 0)
            return hit;
    }
    return {text.size(), 0, 0};
}

Result<std::vector<AddedToken>> AddedTokens::fromJson(const Json& value) {
    std::vector<AddedToken> tokens;
    if (value.is_null())
        return tokens;
    if (!value.is_array())
        return fail(ErrorCode::Corrupt, "\"added_tokens\" of tokenizer.json is not a list");
    for (const Json& entry : value) {
        if (!entry.is_object())
            return fail(ErrorCode::Corrupt, "an added token of tokenizer.json is not an object");
        CRUX_TRY(content, jsonString(entry, "content"));
        CRUX_TRY(id, jsonInt(entry, "id"));
        if (id < 0 || id > kMaxTokenId)
            return fail(ErrorCode::Corrupt,
                        cat("the added token \"", content, "\" of tokenizer.json has the id ", id,
                            ", outside 0..", kMaxTokenId));
        AddedToken token;
        token.content = std::move(content);
        token.id = static_cast<std::int32_t>(id);
        token.special = flag(entry, "special", false);
        token.normalized = flag(entry, "normalized", !token.special);
        token.lstrip = flag(entry, "lstrip", false);
        token.rstrip = flag(entry, "rstrip", false);
        token.singleWord = flag(entry, "single_word", false);
        tokens.push_back(std::move(token));
    }
    return tokens;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer& normalizer)
    : m_tokens(std::move(tokens)) {
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const AddedToken& token = m_tokens[i];
        m_byId[token.id] = i;
        if (token.normalized)
            m_normalized.add(normalizer.apply(AlignedText(token.content)).view(), i);
        else
            m_raw.add(token.content, i);
    }
}

const AddedToken* AddedTokens::find(std::int32_t id) const {
    const auto it = m_byId.find(id);
    return it == m_byId.end() ? nullptr : &m_tokens[it->second];
}

std::vector<TokenPart> AddedTokens::splitRaw(std::string_view text) const {
    return split(m_raw, text);
}
std::vector<TokenPart> AddedTokens::splitNormalized(std::string_view text) const {
    return split(m_normalized, text);
}

std::vector<TokenPart> AddedTokens::split(const TokenTrie& trie, std::string_view text) const {
    std::vector<TokenPart> parts;
    std::size_t done = 0; // everything before it is in a part
    for (std::size_t from = 0; !trie.empty() && from < text.size();) {
        const TokenTrie::Hit hit = trie.find(text, from);
        if (hit.end == 0)
            break;
        from = hit.end;
        const AddedToken& token = m_tokens[hit.index];
        std::size_t begin = hit.begin;
        std::size_t end = hit.end;
        if (token.singleWord && (wordBefore(text, begin) || wordAfter(text, end)))
            continue;
        while (token.lstrip && begin > done &&
               isUnicodeSpace(utf8CodePoint(text, utf8Previous(text, begin))))
            begin = utf8Previous(text, begin);
        while (token.rstrip && end < text.size() && isUnicodeSpace(utf8CodePoint(text, end)))
            end += utf8Length(text[end]);
        begin = std::max(begin, done);
        end = std::max(end, begin);
        if (done < begin)
            parts.push_back({done, begin, -1});
        parts.push_back({begin, end, token.id});
        done = end;
    }
    if (done < text.size())
        parts.push_back({done, text.size(), -1});
    return parts;
}

} // namespace crux::text
