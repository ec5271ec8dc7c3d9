// Token ids of a stored trajectory: made where there are none, checked where there are.
#pragma once

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/store/records.h"
#include "core/text/tokenizer.h"

#include <string>
#include <vector>

namespace crux::jobs {

/// Ids with byte offsets into prompt + response, as store::setTokens takes them.
struct TokenRow {
    std::vector<std::int32_t> ids;
    std::vector<std::int32_t> offsets; ///< 2 per id
    std::int32_t promptTokens = 0;
    bool decodesBack = true; ///< the ids' bytes are the text
};

/// Tokenises prompt + response as one string, BOS as the tokenizer says. A token across the border
/// counts as response, so that every byte of the response is scored.
TokenRow tokenizeRow(const text::Tokenizer& tokenizer, const std::string& prompt,
                     const std::string& response);

/// Offsets of ids that came with the data. Sampled ids need not be the tokenizer's own choice, so
/// they are laid over the text byte by byte. Mismatch when they do not spell it.
Result<TokenRow> alignRow(const text::Tokenizer& tokenizer, const std::vector<std::int32_t>& ids,
                          std::int32_t promptTokens, const std::string& prompt,
                          const std::string& response);

/// Tokens of a stored row for one model; `fresh` when they are not those that are stored.
struct ReadyTokens {
    TokenRow row;
    bool fresh = false;
};

/// Stored ids where the model's tokenizer made them, else the text tokenised or the ids laid over
/// it. `tokenizer` may be null (a folder without one): then only stored ids serve. The Error says
/// in one sentence why the row cannot be used: other tokenizer, ids that do not spell the text or
/// lie outside the vocabulary, no token, longer than the context.
Result<ReadyTokens> readyTokens(const store::TrajectoryRecord& row, const store::ModelRecord& model,
                                const engine::ModelInfo& info, const text::Tokenizer* tokenizer,
                                bool retokenize);

/// Ids of a text typed in the middle of another (no BOS, no space before the first word).
std::vector<std::int32_t> tokenizeInContext(const text::Tokenizer& tokenizer,
                                            const std::string& typed);

/// Indices into `ids` of tokens that stand for something the vocabulary does not have: special ones
/// whose name was not typed (<unk>). What was typed there is lost when they are forced.
std::vector<std::int32_t> unknownTokens(const text::Tokenizer& tokenizer,
                                        std::span<const std::int32_t> ids,
                                        const std::string& typed);

/// Bytes the ids add inside a text; special tokens add none.
std::string bytesOf(const text::Tokenizer& tokenizer, std::span<const std::int32_t> ids);

} // namespace crux::jobs
