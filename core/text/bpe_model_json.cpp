// The "model" value of tokenizer.json read into a BpeModel.
#include "core/text/added_tokens.h"
#include "core/text/bpe_model.h"

#include "core/base/text_util.h"

namespace crux::text {

namespace {

Result<Vocabulary> readVocabulary(const Json& model) {
    const auto it = model.find("vocab");
    if (it == model.end() || !it->is_object())
        return fail(ErrorCode::Corrupt, "the model of tokenizer.json has no vocabulary");
    Vocabulary names;
    names.reserve(it->size());
    for (const auto& [name, id] : it->items()) {
        if (!id.is_number_integer())
            return fail(ErrorCode::Corrupt, cat("the token \"", name,
                                                "\" of tokenizer.json has an id that is no whole "
                                                "number"));
        const auto number = id.is_number_unsigned() && id.get<std::uint64_t>() > kMaxTokenId
                                ? kMaxTokenId + 1
                                : id.get<std::int64_t>();
        if (number < 0 || number > kMaxTokenId)
            return fail(ErrorCode::Corrupt,
                        cat("the token \"", name, "\" of tokenizer.json has an id outside 0..",
                            kMaxTokenId));
        names.emplace(name, static_cast<std::int32_t>(number));
    }
    return names;
}

Result<std::pair<std::string, std::string>> readMerge(const Json& entry, std::size_t number) {
    const auto malformed = [&] {
        return fail(ErrorCode::Corrupt,
                    cat("merge ", number, " of tokenizer.json is not a pair of tokens"));
    };
    if (entry.is_string()) {
        const auto& text = entry.get_ref<const std::string&>();
        const std::size_t space = text.find(' ');
        if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
            return malformed();
        return std::pair(text.substr(0, space), text.substr(space + 1));
    }
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_string())
        return malformed();
    return std::pair(entry[0].get<std::string>(), entry[1].get<std::string>());
}

/// A text that may be null or absent.
Result<std::string> optionalText(const Json& model, const char* key) {
    const auto it = model.find(key);
    if (it == model.end() || it->is_null())
        return std::string();
    return jsonString(model, key);
}

bool flag(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_boolean() && it->get<bool>();
}

} // namespace

Result<BpeModel> BpeModel::fromJson(const Json& value, bool byteLevel) {
    if (!value.is_object())
        return fail(ErrorCode::Corrupt, "tokenizer.json has no model");
    CRUX_TRY(type, optionalText(value, "type"));
    if (!type.empty() && type != "BPE")
        return fail(ErrorCode::Unsupported,
                    cat("the tokenizer model \"", type, "\" is not supported; BPE is"));
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        CRUX_TRY(text, optionalText(value, key));
        if (!text.empty())
            return fail(ErrorCode::Unsupported,
                        cat("a tokenizer with \"", key, "\" is not supported"));
    }
    CRUX_TRY(names, readVocabulary(value));
    const auto list = value.find("merges");
    if (list == value.end() || !list->is_array())
        return fail(ErrorCode::Corrupt, "the model of tokenizer.json has no merges");
    std::vector<std::pair<std::string, std::string>> merges;
    merges.reserve(list->size());
    for (const Json& entry : *list) {
        CRUX_TRY(merge, readMerge(entry, merges.size() + 1));
        merges.push_back(std::move(merge));
    }
    BpeOptions options;
    options.byteLevel = byteLevel;
    options.ignoreMerges = flag(value, "ignore_merges");
    options.byteFallback = flag(value, "byte_fallback");
    options.fuseUnk = flag(value, "fuse_unk");
    CRUX_TRY(unk, optionalText(value, "unk_token"));
    options.unkToken = std::move(unk);
    return make(std::move(names), merges, std::move(options));
}

} // namespace crux::text
