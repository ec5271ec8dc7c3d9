// The tokenizer of an import: for files that name tokens by their text alone. Internal to the room.
#pragma once

#include "core/interop/import.h"
#include "core/store/records.h"
#include "core/text/token_row.h"

#include <optional>
#include <string>
#include <unordered_map>

namespace crux::interop {

/// A loaded tokenizer and what tells its ids from those of others. Not thread-safe.
class ImportTokenizer {
public:
    static Result<ImportTokenizer> open(const Path& folder);

    const text::Tokenizer& tokenizer() const { return *m_tokenizer; }
    const std::string& hash() const { return m_hash; }

    /// Ids and offsets of prompt + response: those of the record laid over it, or new ones where it
    /// has none. Mismatch when its ids do not spell it or come from another tokenizer.
    Status lay(store::TrajectoryRecord& record) const;
    /// The pieces, so that the project shows tokens without the tokenizer.
    Status save(const store::Project& project) const;
    /// The one token that is this text inside another; none when there is no such token.
    std::optional<std::int32_t> tokenOf(const std::string& text) const;

private:
    text::TokenizerPtr m_tokenizer;
    std::string m_hash;
    mutable std::unordered_map<std::string, std::int32_t> m_byPiece; ///< filled when first asked
};

/// The folder that `options.tokenizer` names: a folder, or the name or number of a registered
/// model; empty: that of the registered models when all of them share one tokenizer. None when
/// there is none. NotFound for a name that nothing has.
Result<std::optional<Path>> tokenizerFolder(const store::Project& project,
                                            const ImportOptions& options);

/// Index of the token that ends after `bytes` bytes of the record's text. Mismatch, with the token
/// named, when a token lies across that place or the text is shorter.
Result<std::int32_t> tokenEndingAt(const store::TrajectoryRecord& record, std::size_t bytes);

} // namespace crux::interop
