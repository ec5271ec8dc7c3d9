// Text in and out of the scoring commands. The engine-only build links text_codec_none.cpp, where
// every folder counts as one without a tokenizer and only {"ids"} work.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace crux::cli {

class TextCodec {
public:
    virtual ~TextCodec() = default;

    /// nullptr when the folder holds no tokenizer; an Error when it holds a broken one.
    static Result<std::shared_ptr<const TextCodec>> open(const Path& folder);
    /// Why `open` gave none: the sentence for a line that has text all the same.
    static std::string missingText(const Path& folder);

    /// Ids with BOS as the tokenizer's own configuration says.
    virtual std::vector<std::int32_t> encode(const std::string& text) const = 0;
    /// Raw bytes a token adds inside a text; empty for special tokens.
    virtual std::string bytes(std::int32_t id) const = 0;
    /// The vocabulary file's name of a token, for telling two tokenizers apart.
    virtual std::string name(std::int32_t id) const = 0;
    virtual std::int32_t size() const = 0;
};

using TextCodecPtr = std::shared_ptr<const TextCodec>;

} // namespace crux::cli
