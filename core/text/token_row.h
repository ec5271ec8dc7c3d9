// Token ids of a text with their byte offsets: made by a tokenizer, or given and laid over the
// text.
#pragma once

#include "core/text/tokenizer.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace crux::text {

/// Ids with byte offsets into prompt + response, as store::setTokens takes them.
struct TokenRow {
    std::vector<std::int32_t> ids;
    std::vector<std::int32_t> offsets; ///< 2 per id
    std::int32_t promptTokens = 0;
    bool decodesBack = true; ///< the ids' bytes are the text
};

/// Tokenises prompt + response as one string, BOS as the tokenizer says. A token across the border
/// counts as response, so that every byte of the response is scored.
TokenRow tokenizeRow(const Tokenizer& tokenizer, const std::string& prompt,
                     const std::string& response);

/// Offsets of ids that came with the data. Sampled ids need not be the tokenizer's own choice, so
/// they are laid over the text byte by byte. Mismatch when they do not spell it.
Result<TokenRow> alignRow(const Tokenizer& tokenizer, const std::vector<std::int32_t>& ids,
                          std::int32_t promptTokens, const std::string& prompt,
                          const std::string& response);

/// Ids of a text typed in the middle of another (no BOS, no space before the first word).
std::vector<std::int32_t> tokenizeInContext(const Tokenizer& tokenizer, const std::string& typed);

/// Indices into `ids` of tokens that stand for something the vocabulary does not have: special ones
/// whose name was not typed (<unk>). What was typed there is lost when they are forced.
std::vector<std::int32_t> unknownTokens(const Tokenizer& tokenizer,
                                        std::span<const std::int32_t> ids,
                                        const std::string& typed);

/// Bytes the ids add inside a text; special tokens add none.
std::string bytesOf(const Tokenizer& tokenizer, std::span<const std::int32_t> ids);

} // namespace crux::text
