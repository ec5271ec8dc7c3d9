// Which of a folder's files the tokenizer is read from.
#include "core/base/text_util.h"
#include "core/text/bpe_tokenizer.h"
#include "core/text/sentencepiece_tokenizer.h"

namespace crux::text {

namespace {

constexpr std::uint64_t kMaxModelBytes = std::uint64_t{256} << 20;

bool isFile(const Path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

/// Llama-3's tokenizer.model: lines "BASE64 RANK".
bool isTiktoken(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, std::min(bytes.find('\n'), bytes.size()));
    const std::size_t space = line.find(' ');
    if (space == 0 || space == std::string_view::npos || space + 1 == line.size())
        return false;
    constexpr std::string_view kBase64 =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    return line.substr(0, space).find_first_not_of(kBase64) == std::string_view::npos &&
           line.substr(space + 1).find_first_not_of("0123456789\r") == std::string_view::npos;
}

/// Names the folder's file in an error that lacks a place.
template <typename T> Result<T> placed(Result<T> result, const Path& path) {
    if (result.ok())
        return result;
    Error error = result.error();
    error.where = path.string(); // whatever part of the file it is about
    return fail(std::move(error));
}

Result<TokenizerPtr> loadJson(const Path& path, const TokenizerConfig& config) {
    CRUX_TRY(file, readJsonObject(path));
    CRUX_TRY(parts, placed(partsFromTokenizerJson(file), path));
    return makeBpeTokenizer(std::move(parts), config);
}

} // namespace

bool hasTokenizer(const Path& folder) {
    return isFile(folder / "tokenizer.model") || isFile(folder / "tokenizer.json") ||
           (isFile(folder / "vocab.json") && isFile(folder / "merges.txt"));
}

Result<TokenizerPtr> loadTokenizer(const Path& folder) {
    if (!hasTokenizer(folder))
        return fail(ErrorCode::NotFound,
                    "the folder has no tokenizer.model, tokenizer.json, or vocab.json with "
                    "merges.txt; name a folder with a tokenizer",
                    folder.string());
    CRUX_TRY(config, readTokenizerConfig(folder));
    const Path model = folder / "tokenizer.model";
    bool tiktoken = false;
    if (isFile(model)) {
        CRUX_TRY(bytes, readFile(model, kMaxModelBytes));
        tiktoken = isTiktoken(bytes);
        if (!tiktoken)
            return openSentencepiece(bytes, model.string(), config);
    }
    if (const Path json = folder / "tokenizer.json"; isFile(json))
        return loadJson(json, config);
    const Path vocabulary = folder / "vocab.json";
    const Path merges = folder / "merges.txt";
    if (isFile(vocabulary) && isFile(merges)) {
        CRUX_TRY(parts, placed(partsFromVocabularyFiles(vocabulary, merges, config), vocabulary));
        return makeBpeTokenizer(std::move(parts), config);
    }
    return fail(ErrorCode::Unsupported,
                "tokenizer.model is in tiktoken's format, which Crux does not read; put the "
                "model's tokenizer.json beside it",
                model.string());
}

} // namespace crux::text
