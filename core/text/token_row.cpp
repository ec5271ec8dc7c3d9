#include "core/text/token_row.h"

#include "core/base/text_util.h"

#include <algorithm>

namespace crux::text {

namespace {

/// Bytes of id number `index` as laid over a text: the dummy prefix's space is not in the text.
std::string laidBytes(const Tokenizer& tokenizer, std::int32_t id, bool first,
                      std::string_view rest) {
    if (tokenizer.isSpecial(id))
        return {};
    std::string bytes = tokenizer.pieceBytes(id);
    if (first && tokenizer.addsDummyPrefix() && !bytes.empty() && bytes[0] == ' ' &&
        rest.substr(0, bytes.size()) != bytes)
        bytes.erase(0, 1);
    return bytes;
}

/// Offsets of the ids over `text`; false where they do not spell it.
bool layOver(const Tokenizer& tokenizer, const std::vector<std::int32_t>& ids,
             std::string_view text, std::vector<std::int32_t>& offsets) {
    std::size_t at = 0;
    bool first = true;
    for (const std::int32_t id : ids) {
        const std::string bytes = laidBytes(tokenizer, id, first, text.substr(at));
        if (text.substr(at, bytes.size()) != bytes)
            return false;
        first = first && tokenizer.isSpecial(id);
        offsets.push_back(static_cast<std::int32_t>(at));
        at += bytes.size();
        offsets.push_back(static_cast<std::int32_t>(at));
    }
    return at == text.size();
}

/// Normalisers drop blanks at the end of a text; typed in the middle of another they are meant.
void appendTrimmed(const Tokenizer& tokenizer, const std::string& typed,
                   std::vector<std::int32_t>& ids) {
    const std::string spelled = bytesOf(tokenizer, ids);
    if (typed.compare(0, spelled.size(), spelled) != 0 || spelled.size() == typed.size())
        return;
    const std::string rest = typed.substr(spelled.size());
    for (std::int32_t id = 0; id < tokenizer.vocabularySize(); ++id)
        if (!tokenizer.isSpecial(id) && tokenizer.pieceBytes(id) == rest) {
            ids.push_back(id);
            return;
        }
}

/// Index of the first token that reaches into the response.
std::int32_t firstResponseToken(const std::vector<std::int32_t>& offsets, std::size_t promptBytes) {
    std::size_t index = 0;
    while (2 * index + 1 < offsets.size() &&
           static_cast<std::size_t>(offsets[2 * index + 1]) <= promptBytes)
        ++index;
    return static_cast<std::int32_t>(index);
}

} // namespace

TokenRow tokenizeRow(const Tokenizer& tokenizer, const std::string& prompt,
                     const std::string& response) {
    const std::string text = prompt + response;
    const Encoding encoding = tokenizer.encode(text, true);
    TokenRow row;
    row.ids = encoding.ids;
    for (const ByteSpan& span : encoding.spans) {
        row.offsets.push_back(span.begin);
        row.offsets.push_back(span.end);
    }
    row.promptTokens = firstResponseToken(row.offsets, prompt.size());
    std::vector<std::int32_t> laid;
    row.decodesBack = layOver(tokenizer, row.ids, text, laid);
    return row;
}

Result<TokenRow> alignRow(const Tokenizer& tokenizer, const std::vector<std::int32_t>& ids,
                          std::int32_t promptTokens, const std::string& prompt,
                          const std::string& response) {
    for (const std::int32_t id : ids)
        if (id < 0 || id >= tokenizer.vocabularySize())
            return fail(ErrorCode::Mismatch,
                        cat("Its token id ", id, " is outside the tokenizer's vocabulary of ",
                            tokenizer.vocabularySize(), "."));
    TokenRow row;
    row.ids = ids;
    if (!layOver(tokenizer, ids, prompt + response, row.offsets)) {
        // Tokenizers that normalise do not spell the text; their own encoding is proof enough.
        TokenRow own = tokenizeRow(tokenizer, prompt, response);
        if (own.ids != ids)
            return fail(ErrorCode::Mismatch,
                        "Its token ids do not spell its text with this tokenizer.");
        row.offsets = std::move(own.offsets);
    }
    row.promptTokens = promptTokens > 0 || prompt.empty()
                           ? promptTokens
                           : firstResponseToken(row.offsets, prompt.size());
    return row;
}

std::vector<std::int32_t> tokenizeInContext(const Tokenizer& tokenizer, const std::string& typed) {
    if (!tokenizer.addsDummyPrefix())
        return tokenizer.encode(typed, false).ids;
    // An anchor before the text takes the dummy prefix; what reaches past the anchor is ours.
    const std::string anchor = "\n";
    const Encoding encoding = tokenizer.encode(anchor + typed, false);
    std::vector<std::int32_t> ids;
    bool straddles = false;
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
        const ByteSpan& span = encoding.spans[i];
        if (span.end <= static_cast<std::int32_t>(anchor.size()))
            continue;
        straddles = straddles || span.begin < static_cast<std::int32_t>(anchor.size());
        ids.push_back(encoding.ids[i]);
    }
    if (straddles)
        return tokenizer.encode(typed, false).ids;
    appendTrimmed(tokenizer, typed, ids);
    return ids;
}

std::vector<std::int32_t> unknownTokens(const Tokenizer& tokenizer,
                                        std::span<const std::int32_t> ids,
                                        const std::string& typed) {
    std::vector<std::int32_t> unknown;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (tokenizer.isSpecial(ids[i]) &&
            typed.find(tokenizer.pieceBytes(ids[i])) == std::string::npos)
            unknown.push_back(static_cast<std::int32_t>(i));
    return unknown;
}

std::string bytesOf(const Tokenizer& tokenizer, std::span<const std::int32_t> ids) {
    std::string bytes;
    for (const std::int32_t id : ids)
        if (!tokenizer.isSpecial(id))
            bytes += tokenizer.pieceBytes(id);
    return bytes;
}

} // namespace crux::text
