// Tokenizers behind one interface: text to ids with byte offsets, and back.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

/// A byte range [begin,end) of the input text.
struct ByteSpan {
    std::int32_t begin = 0;
    std::int32_t end = 0;
    bool operator==(const ByteSpan&) const = default;
};

struct Encoding {
    std::vector<std::int32_t> ids;
    std::vector<ByteSpan>
        spans; ///< one per id; empty (b,b) for tokens that stand for no text (BOS)
};

/// Loaded tokenizer. Immutable and thread-safe after load.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    /// `special`: add BOS/EOS as the tokenizer's own configuration says. Invalid UTF-8 is replaced
    /// as the reference library does.
    virtual Encoding encode(std::string_view text, bool special) const = 0;
    /// Bytes of the ids joined as the reference library's decode gives them; `keepSpecial` keeps
    /// special tokens as their text. Invalid UTF-8 becomes U+FFFD.
    virtual std::string decode(std::span<const std::int32_t> ids, bool keepSpecial) const = 0;
    /// Raw bytes one token adds inside a text (may be part of a UTF-8 character); special tokens
    /// give their literal name, e.g. "<s>".
    virtual std::string pieceBytes(std::int32_t id) const = 0;
    /// Name as the vocabulary file writes it ("▁was", "Ġwas").
    virtual std::string pieceName(std::int32_t id) const = 0;
    virtual bool isSpecial(std::int32_t id) const = 0;
    virtual std::int32_t vocabularySize() const = 0; ///< ids are in [0, size); there may be holes
    virtual std::int32_t bosId() const = 0;          ///< -1: none
    virtual std::int32_t eosId() const = 0;          ///< -1: none
    virtual bool addsBos() const = 0;
    /// True when the tokenizer puts a space before a text's first word ("dummy prefix", LLaMA-2).
    virtual bool addsDummyPrefix() const = 0;
};

using TokenizerPtr = std::shared_ptr<const Tokenizer>;

/// Opens the tokenizer of a model folder: tokenizer.model in sentencepiece's format, else
/// tokenizer.json, else vocab.json + merges.txt. One sentence per fault.
Result<TokenizerPtr> loadTokenizer(const Path& folder);
/// True when the folder holds any of the above.
bool hasTokenizer(const Path& folder);

/// Incremental decoding of a stream: holds back bytes that are part of a character.
class StreamDecoder {
public:
    explicit StreamDecoder(TokenizerPtr tokenizer)
        : m_tokenizer(std::move(tokenizer)) {}
    /// Text that became complete with this id (raw bytes when `flush`).
    std::string push(std::int32_t id);
    std::string flush();

private:
    TokenizerPtr m_tokenizer;
    std::string m_pending;
};

} // namespace crux::text
