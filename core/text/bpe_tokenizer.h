// Tokenizer made of the parts that tokenizer.json (or vocab.json and merges.txt) names.
#pragma once

#include "core/base/files.h"
#include "core/text/added_tokens.h"
#include "core/text/bpe_model.h"
#include "core/text/decoder.h"
#include "core/text/normalizer.h"
#include "core/text/post_processor.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/tokenizer.h"
#include "core/text/tokenizer_config.h"

namespace crux::text {

/// The parts, read by fromTokenizerJson() or fromVocabularyFiles().
struct BpeParts {
    Normalizer normalizer;
    PreTokenizer preTokenizer;
    BpeModel model;
    std::vector<AddedToken> added;
    PostProcessor post;
    Decoder decoder;
};

/// Reads the parts of a parsed tokenizer.json.
Result<BpeParts> partsFromTokenizerJson(const Json& file);
/// Reads vocab.json and merges.txt as GPT-2's or Qwen2's tokenizer class does.
Result<BpeParts> partsFromVocabularyFiles(const Path& vocabulary, const Path& merges,
                                          const TokenizerConfig& config);

/// Puts the parts together; BOS and EOS are named by `config`.
Result<TokenizerPtr> makeBpeTokenizer(BpeParts parts, const TokenizerConfig& config);

} // namespace crux::text
