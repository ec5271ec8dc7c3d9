// Tokenizer over the sentencepiece module.
#pragma once

#include "core/text/tokenizer.h"
#include "core/text/tokenizer_config.h"

namespace crux::text {

/// Opens a tokenizer.model's bytes; `where` names the file in errors. BOS is added unless the
/// configuration says otherwise, EOS only when it asks for it (LLaMA-2's defaults).
Result<TokenizerPtr> openSentencepiece(std::string_view bytes, const std::string& where,
                                       const TokenizerConfig& config);

} // namespace crux::text
