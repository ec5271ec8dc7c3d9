// Kinds of imports: what a row of each means. Internal to the room; one function a kind, in
// import_kinds.cpp (generic rows) and import_published.cpp (files of GSM8K and of papers).
#pragma once

#include "core/interop/import.h"
#include "core/interop/row_fields.h"
#include "core/store/records.h"

#include <optional>
#include <string>
#include <vector>

namespace crux::interop {

/// A value per response token that came with an answer.
struct ParsedLayer {
    store::LayerRecord layer;
    std::vector<float> values;
};

struct ParsedAnswer {
    std::string rowId, sourceModel, response;
    std::optional<std::int32_t> sample; ///< none: counted per question
    std::optional<std::string> prompt;  ///< none: from the template
    std::vector<std::int32_t> ids;
    std::vector<std::string> pieces; ///< texts of the ids where the row has them (offsets follow)
    std::int32_t promptTokens = 0, slip = -1;
    std::optional<bool> published;
    std::optional<ParsedLayer> layer;
    Json facts = Json::object(); ///< kept as the parameters of the row's provenance
};

/// One row of a file: a question and the answers that stand with it.
struct ParsedRow {
    std::string questionId; ///< empty: the question's text names it
    std::string question, gold, solution, split;
    bool questionFromPrompt = false; ///< only a guess: a question of that id wins over it
    std::vector<ParsedAnswer> answers;
};

/// What a kind is told of the import.
struct KindContext {
    const ImportOptions& options;
    std::string kind;
    std::map<std::string, std::string> mapping;
};

/// The row, or one sentence why not.
Result<ParsedRow> parseGenericRow(const KindContext& context, const Json& object);
Result<ParsedRow> parseGsm8kRow(const KindContext& context, const Json& object);
Result<ParsedRow> parseModelSolutionsRow(const KindContext& context, const Json& object);
Result<ParsedRow> parseCliffRow(const KindContext& context, const Json& object);
/// Chooses by context.kind.
Result<ParsedRow> parseRow(const KindContext& context, const Json& object);

/// By the columns of the first rows and the form of the file.
std::string kindOf(const std::vector<std::string>& columns, const Json& firstRow, FileForm form);

/// Values of one cliff_tokens CSV (position, token, potential, is_cliff), NaN where empty.
Result<std::vector<float>> readCliffCsv(const Path& file);

} // namespace crux::interop
