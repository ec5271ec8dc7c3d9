// Decoders of tokenizer.json: token names back to text.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/text/regex.h"

#include <memory>
#include <string>
#include <vector>

namespace crux::text {

/// One decoding step over the list of token texts. Immutable and thread-safe.
class DecoderStep {
public:
    virtual ~DecoderStep() = default;
    virtual std::vector<std::string> apply(std::vector<std::string> tokens) const = 0;
};

/// The steps of a file in order. Without any, tokens are joined by spaces, as the library does.
class Decoder {
public:
    /// Reads the "decoder" value: ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace,
    /// Sequence and null. Others are refused by name.
    static Result<Decoder> fromJson(const Json& value);
    static Decoder byteLevel();

    std::string decode(std::vector<std::string> names) const;
    /// What one token adds inside a text, before bytes are joined to characters: byte tokens give
    /// their byte, space marks a space.
    std::string pieceBytes(const std::string& name) const;

private:
    Status add(const Json& value, int depth);

    std::vector<std::shared_ptr<const DecoderStep>> m_steps;
    bool m_byteLevel = false;
    bool m_byteFallback = false;
    std::string m_spaceMark; ///< written for a space, empty when none is
};

/// "<0x0A>" gives 10; -1 for anything else.
int byteOfFallbackName(std::string_view name);

/// `name` with each space mark (not empty) written as a space.
std::string withSpaces(std::string_view name, std::string_view mark);

} // namespace crux::text
