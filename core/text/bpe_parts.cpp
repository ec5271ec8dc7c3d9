// The parts of a BPE tokenizer read from tokenizer.json, or from vocab.json and merges.txt.
#include "core/text/bpe_tokenizer.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <array>

namespace crux::text {

namespace {

constexpr std::uint64_t kMaxMergesBytes = std::uint64_t{256} << 20;
/// Qwen2's pattern: Llama-3's with single digits.
constexpr std::string_view kQwen2Pattern =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/// Classes whose vocab.json and merges.txt are read GPT-2's way.
constexpr std::array<std::string_view, 9> kGpt2Classes = {"",
                                                          "GPT2Tokenizer",
                                                          "GPT2TokenizerFast",
                                                          "PreTrainedTokenizerFast",
                                                          "AutoTokenizer",
                                                          "CodeGenTokenizer",
                                                          "CodeGenTokenizerFast",
                                                          "GPTNeoXTokenizerFast",
                                                          "GPTNeoXTokenizer"};

Json member(const Json& file, const char* key) {
    const auto it = file.find(key);
    return it == file.end() ? Json() : *it;
}

Result<Vocabulary> readVocabularyFile(const Path& path) {
    CRUX_TRY(object, readJsonObject(path));
    Vocabulary names;
    names.reserve(object.size());
    for (const auto& [name, id] : object.items()) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() > kMaxTokenId)
            return fail(ErrorCode::Corrupt,
                        cat("the token \"", name, "\" of ", path.filename().string(),
                            " has no id in 0..", kMaxTokenId, "; fetch the file again"),
                        path.string());
        names.emplace(name, id.get<std::int32_t>());
    }
    return names;
}

Result<std::vector<std::pair<std::string, std::string>>> readMergesFile(const Path& path) {
    CRUX_TRY(bytes, readFile(path, kMaxMergesBytes));
    std::vector<std::pair<std::string, std::string>> merges;
    std::size_t number = 0;
    for (std::string_view line : split(bytes, '\n')) {
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty() || line.starts_with("#version"))
            continue;
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
            return fail(ErrorCode::Corrupt,
                        cat("line ", number, " of ", path.filename().string(),
                            " is not a pair of tokens; fetch the file again"),
                        path.string());
        merges.emplace_back(line.substr(0, space), line.substr(space + 1));
    }
    return merges;
}

/// Tokens that the configuration files name, as added tokens. Those without an id are left out.
std::vector<AddedToken> namedTokens(const TokenizerConfig& config, const BpeModel& model) {
    std::vector<AddedToken> tokens;
    const auto has = [&](const std::string& content) {
        return std::any_of(tokens.begin(), tokens.end(),
                           [&](const AddedToken& token) { return token.content == content; });
    };
    const auto isSpecial = [&](const std::string& content) {
        const auto& all = config.specialTokens;
        return std::find(all.begin(), all.end(), content) != all.end();
    };
    const auto add = [&](const std::string& content, std::int64_t id) {
        if (id < 0 || id > kMaxTokenId || has(content))
            return;
        AddedToken token;
        token.content = content;
        token.id = static_cast<std::int32_t>(id);
        token.special = isSpecial(content);
        tokens.push_back(std::move(token));
    };
    for (const auto& [content, id] : config.addedTokens)
        add(content, id);
    for (const std::string& content : config.specialTokens)
        add(content, model.find(content));
    return tokens;
}

/// BOS and EOS as the configuration asks; GPT-2's own default adds neither.
PostProcessor configuredPost(const TokenizerConfig& config, const std::vector<AddedToken>& tokens) {
    PostProcessor post;
    for (const AddedToken& token : tokens) {
        if (config.addBos.value_or(false) && token.content == config.bosToken)
            post.before.push_back(token.id);
        if (config.addEos.value_or(false) && token.content == config.eosToken)
            post.after.push_back(token.id);
    }
    return post;
}

} // namespace

Result<BpeParts> partsFromTokenizerJson(const Json& file) {
    CRUX_TRY(normalizer, Normalizer::fromJson(member(file, "normalizer")));
    CRUX_TRY(preTokenizer, PreTokenizer::fromJson(member(file, "pre_tokenizer")));
    CRUX_TRY(added, AddedTokens::fromJson(member(file, "added_tokens")));
    CRUX_TRY(post, PostProcessor::fromJson(member(file, "post_processor")));
    CRUX_TRY(decoder, Decoder::fromJson(member(file, "decoder")));
    const auto modelJson = file.find("model");
    if (modelJson == file.end())
        return fail(ErrorCode::Corrupt, "tokenizer.json has no model");
    CRUX_TRY(model, BpeModel::fromJson(*modelJson, preTokenizer.byteLevel()));
    // As the library does: a token that the model has too keeps the model's id.
    for (AddedToken& token : added)
        if (const std::int32_t id = model.find(token.content); id >= 0)
            token.id = id;
    return BpeParts{std::move(normalizer), std::move(preTokenizer), std::move(model),
                    std::move(added),      std::move(post),         std::move(decoder)};
}

Result<BpeParts> partsFromVocabularyFiles(const Path& vocabulary, const Path& merges,
                                          const TokenizerConfig& config) {
    const bool qwen2 = config.tokenizerClass.starts_with("Qwen2Tokenizer");
    if (!qwen2 && std::find(kGpt2Classes.begin(), kGpt2Classes.end(), config.tokenizerClass) ==
                      kGpt2Classes.end())
        return fail(ErrorCode::Unsupported,
                    cat("a ", config.tokenizerClass,
                        " without tokenizer.json is not supported; save its tokenizer.json"),
                    vocabulary.string());
    CRUX_TRY(names, readVocabularyFile(vocabulary));
    CRUX_TRY(pairs, readMergesFile(merges));
    Normalizer normalizer;
    if (qwen2)
        CRUX_TRY_VOID(normalizer.addForm("NFC"));
    CRUX_TRY(preTokenizer, qwen2 ? PreTokenizer::splitThenBytes(kQwen2Pattern)
                                 : PreTokenizer::byteLevelOnly(config.addPrefixSpace));
    BpeOptions options;
    options.byteLevel = true;
    CRUX_TRY(model, BpeModel::make(std::move(names), pairs, std::move(options)));
    std::vector<AddedToken> added = namedTokens(config, model);
    PostProcessor post = configuredPost(config, added);
    return BpeParts{std::move(normalizer), std::move(preTokenizer), std::move(model),
                    std::move(added),      std::move(post),         Decoder::byteLevel()};
}

} // namespace crux::text
