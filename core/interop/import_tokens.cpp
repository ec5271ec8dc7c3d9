#include "core/interop/import_tokens.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <set>
#include <system_error>

namespace crux::interop {

namespace {

/// As it stands in a sentence: blanks shown, not too long.
std::string quoted(std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.replace(at, 1, "\\n");
    return cat("\"", withReplacedUtf8(text.substr(0, 40)), "\"");
}

} // namespace

Result<ImportTokenizer> ImportTokenizer::open(const Path& folder) {
    ImportTokenizer opened;
    CRUX_TRY(tokenizer, text::loadTokenizer(folder));
    CRUX_TRY(hash, hashTokenizerFolder(folder));
    opened.m_tokenizer = std::move(tokenizer);
    opened.m_hash = std::move(hash);
    return opened;
}

Status ImportTokenizer::lay(store::TrajectoryRecord& record) const {
    if (!record.tokenizerHash.empty() && record.tokenizerHash != m_hash)
        return fail(ErrorCode::Mismatch, "its token ids come from another tokenizer");
    if (!record.tokenizerHash.empty() && !record.offsets.empty())
        return {};
    auto row = record.ids.empty() ? Result<text::TokenRow>(text::tokenizeRow(
                                        *m_tokenizer, record.prompt, record.response))
                                  : text::alignRow(*m_tokenizer, record.ids, record.promptTokens,
                                                   record.prompt, record.response);
    if (!row.ok())
        return fail(row.error());
    record.ids = std::move(row->ids);
    record.offsets = std::move(row->offsets);
    record.promptTokens = row->promptTokens;
    record.tokenizerHash = m_hash;
    return {};
}

Status ImportTokenizer::save(const store::Project& project) const {
    if (store::vocabulary(project, m_hash).ok())
        return {};
    store::VocabularyRecord record;
    record.tokenizerHash = m_hash;
    for (std::int32_t id = 0; id < m_tokenizer->vocabularySize(); ++id) {
        record.pieces.push_back(m_tokenizer->pieceBytes(id));
        record.special.push_back(m_tokenizer->isSpecial(id));
    }
    return store::saveVocabulary(project, record);
}

std::optional<std::int32_t> ImportTokenizer::tokenOf(const std::string& text) const {
    if (m_byPiece.empty())
        for (std::int32_t id = m_tokenizer->vocabularySize() - 1; id >= 0; --id)
            m_byPiece[m_tokenizer->pieceBytes(id)] = id;
    const auto found = m_byPiece.find(text);
    return found == m_byPiece.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<Path>> tokenizerFolder(const store::Project& project,
                                            const ImportOptions& options) {
    std::error_code code;
    if (!options.tokenizer.empty() && std::filesystem::is_directory(options.tokenizer, code))
        return std::optional<Path>(options.tokenizer);
    CRUX_TRY(models, store::models(project));
    if (!options.tokenizer.empty()) {
        for (const store::ModelRecord& model : models)
            if (model.name == options.tokenizer || cat(model.id.value) == options.tokenizer)
                return std::optional<Path>(model.path);
        return fail(
            ErrorCode::NotFound,
            cat("there is no tokenizer folder and no registered model \"", options.tokenizer, "\""),
            options.tokenizer);
    }
    std::set<std::string> hashes;
    std::optional<Path> folder;
    for (const store::ModelRecord& model : models)
        if (!model.tokenizerHash.empty() && text::hasTokenizer(model.path)) {
            hashes.insert(model.tokenizerHash);
            folder = model.path;
        }
    return hashes.size() == 1 ? folder : std::nullopt;
}

Result<std::int32_t> tokenEndingAt(const store::TrajectoryRecord& record, std::size_t bytes) {
    const auto end = static_cast<std::int32_t>(bytes);
    for (std::size_t i = 0; i < record.ids.size(); ++i) {
        const std::int32_t begins = record.offsets[2 * i], ends = record.offsets[2 * i + 1];
        if (ends == end && ends > begins)
            return static_cast<std::int32_t>(i);
        if (ends > end) {
            const std::string whole = record.prompt + record.response;
            return fail(ErrorCode::Mismatch,
                        cat("it ends inside the token ",
                            quoted(whole.substr(static_cast<std::size_t>(begins),
                                                static_cast<std::size_t>(ends - begins))),
                            " (number ", i + 1, "), as this tokenizer cuts the text"));
        }
    }
    return fail(ErrorCode::Mismatch, "it is longer than the text that it should begin");
}

} // namespace crux::interop
