#include "core/text/tokenizer_config.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <charconv>

namespace crux::text {

namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{512} << 20;

/// A token given as a string or as an AddedToken object; empty for anything else (null).
std::string tokenContent(const Json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_object() && value.contains("content") && value["content"].is_string())
        return value["content"].get<std::string>();
    return {};
}

std::optional<bool> optionalBool(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_boolean())
        return std::nullopt;
    return it->get<bool>();
}

void addSpecial(TokenizerConfig& config, const std::string& token) {
    auto& all = config.specialTokens;
    if (!token.empty() && std::find(all.begin(), all.end(), token) == all.end())
        all.push_back(token);
}

/// The named special tokens: the same keys in tokenizer_config.json and special_tokens_map.json.
void readSpecialNames(TokenizerConfig& config, const Json& object) {
    for (const char* key : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
                            "cls_token", "mask_token"}) {
        const auto it = object.find(key);
        if (it == object.end())
            continue;
        const std::string token = tokenContent(*it);
        addSpecial(config, token);
        if (key == std::string_view("bos_token") && config.bosToken.empty())
            config.bosToken = token;
        if (key == std::string_view("eos_token") && config.eosToken.empty())
            config.eosToken = token;
    }
    const auto more = object.find("additional_special_tokens");
    if (more != object.end() && more->is_array())
        for (const Json& token : *more)
            addSpecial(config, tokenContent(token));
}

/// tokenizer_config.json's "added_tokens_decoder": {"50256": {"content": .., "special": true}}.
void readAddedDecoder(TokenizerConfig& config, const Json& object) {
    const auto it = object.find("added_tokens_decoder");
    if (it == object.end() || !it->is_object())
        return;
    for (const auto& [key, value] : it->items()) {
        std::int64_t id = -1;
        const auto end = key.data() + key.size();
        const std::string token = tokenContent(value);
        if (token.empty() || std::from_chars(key.data(), end, id).ptr != end)
            continue;
        config.addedTokens.emplace_back(token, id);
        if (optionalBool(value, "special").value_or(false))
            addSpecial(config, token);
    }
}

} // namespace

Result<Json> readJsonObject(const Path& path) {
    CRUX_TRY(bytes, readFile(path, kMaxFileBytes));
    auto parsed = parseJson(bytes);
    const std::string name = path.filename().string();
    if (!parsed.ok())
        return fail(
            ErrorCode::Corrupt,
            cat(name, " cannot be read (", parsed.error().message, "); fetch the file again"),
            path.string(), parsed.error().detail);
    if (!parsed->is_object())
        return fail(ErrorCode::Corrupt, cat(name, " is not a JSON object; fetch the file again"),
                    path.string());
    return parsed;
}

Result<TokenizerConfig> readTokenizerConfig(const Path& folder) {
    TokenizerConfig config;
    std::error_code ignored;
    if (const Path path = folder / "tokenizer_config.json";
        std::filesystem::exists(path, ignored)) {
        CRUX_TRY(object, readJsonObject(path));
        if (object.contains("tokenizer_class") && object["tokenizer_class"].is_string())
            config.tokenizerClass = object["tokenizer_class"].get<std::string>();
        config.addBos = optionalBool(object, "add_bos_token");
        config.addEos = optionalBool(object, "add_eos_token");
        config.addPrefixSpace = optionalBool(object, "add_prefix_space").value_or(false);
        readSpecialNames(config, object);
        readAddedDecoder(config, object);
    }
    if (const Path path = folder / "special_tokens_map.json";
        std::filesystem::exists(path, ignored)) {
        CRUX_TRY(object, readJsonObject(path));
        readSpecialNames(config, object);
    }
    if (const Path path = folder / "added_tokens.json"; std::filesystem::exists(path, ignored)) {
        CRUX_TRY(object, readJsonObject(path));
        for (const auto& [token, id] : object.items())
            if (id.is_number_integer())
                config.addedTokens.emplace_back(token, id.get<std::int64_t>());
    }
    return config;
}

} // namespace crux::text
