// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say beside a
// vocabulary.
#pragma once

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crux::text {

/// The switches Crux follows. Absent files give the defaults.
struct TokenizerConfig {
    std::string tokenizerClass;             ///< "LlamaTokenizer", ... or empty
    std::optional<bool> addBos;             ///< add_bos_token
    std::optional<bool> addEos;             ///< add_eos_token
    bool addPrefixSpace = false;            ///< add_prefix_space (GPT-2 kind)
    std::string bosToken, eosToken;         ///< contents, empty when not named
    std::vector<std::string> specialTokens; ///< all tokens named as special, bos and eos included
    std::vector<std::pair<std::string, std::int64_t>> addedTokens; ///< content and id
};

/// Reads the files that are there. Fails with one sentence on one that cannot be read.
Result<TokenizerConfig> readTokenizerConfig(const Path& folder);

/// Reads and parses a JSON object file, naming it in the error.
Result<Json> readJsonObject(const Path& path);

} // namespace crux::text
