// Tokens added beside the vocabulary, found in a text before anything else is done to it.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/text/normalizer.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crux::text {

/// One added token as tokenizer.json declares it.
struct AddedToken {
    std::string content;
    std::int32_t id = 0;
    bool special = false;
    bool normalized = false; ///< looked for in the normalised text, itself normalised
    bool lstrip = false;
    bool rstrip = false;
    bool singleWord = false;
};

/// Leftmost-longest search for a set of texts. Immutable after the last add, thread-safe.
class TokenTrie {
public:
    TokenTrie();
    void add(std::string_view content, std::size_t index);
    bool empty() const { return m_nodes.size() == 1; }

    struct Hit {
        std::size_t begin;
        std::size_t end;
        std::size_t index;
    };
    /// The first hit that starts at or after `from`, the longest at its place; end 0 when none.
    Hit find(std::string_view text, std::size_t from) const;

private:
    struct Node {
        std::map<unsigned char, std::size_t> next;
        std::ptrdiff_t index = -1;
    };
    std::vector<Node> m_nodes;
    std::array<bool, 256> m_starts{};
};

/// A part of a text: an added token, or text in between (id -1).
struct TokenPart {
    std::size_t begin;
    std::size_t end;
    std::int32_t id;
};

/// All added tokens of a tokenizer. Immutable after load, thread-safe.
class AddedTokens {
public:
    /// Reads the "added_tokens" value.
    static Result<std::vector<AddedToken>> fromJson(const Json& value);

    AddedTokens() = default;
    AddedTokens(std::vector<AddedToken> tokens, const Normalizer& normalizer);

    std::vector<TokenPart> splitRaw(std::string_view text) const;
    std::vector<TokenPart> splitNormalized(std::string_view text) const;
    /// nullptr when `id` is not an added token.
    const AddedToken* find(std::int32_t id) const;
    const std::vector<AddedToken>& all() const { return m_tokens; }

private:
    std::vector<TokenPart> split(const TokenTrie& trie, std::string_view text) const;

    std::vector<AddedToken> m_tokens;
    std::unordered_map<std::int32_t, std::size_t> m_byId;
    TokenTrie m_raw;
    TokenTrie m_normalized;
};

/// Largest token id accepted; more is a lying file.
inline constexpr std::int64_t kMaxTokenId = (std::int64_t{1} << 22) - 1;

} // namespace crux::text
