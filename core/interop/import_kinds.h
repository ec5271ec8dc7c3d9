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

/// Contrastive scores that came with an answer, for every token of prompt + response but the first:
/// they mean nothing without the tokenizer that cut the text.
struct ParsedScores {
    std::vector<float> values;
    std::int32_t tailStart = -1; ///< index into values where `tail` begins, -1: not said
    std::string tail;            ///< text of the tokens from there on, to check the alignment by
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
    std::optional<ParsedScores> scores;
    std::vector<float> weights;  ///< one a response token, of training data that carries them
    bool ungraded = false;       ///< a piece of a response: no answer can be read off it
    Json facts = Json::object(); ///< kept as the parameters of the row's provenance
};

/// One row of a file: a question and the answers that stand with it.
struct ParsedRow {
    std::string questionId; ///< empty: the question's text names it
    std::string question, solution, split;
    std::vector<std::string> golds;  ///< any of them is right
    bool questionFromPrompt = false; ///< only a guess: a question of that id wins over it
    std::vector<ParsedAnswer> answers;
    Json meta = Json::object(); ///< subject, level ..: kept beside a new question
    /// Kind of the set of training data that the row belongs to ("preference": chosen and rejected,
    /// "sft_pos", "sft_neg"); empty: none.
    std::string trainAs;
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
/// Rows of the paper's files (chenzhiling9954/Critical-Tokens-Matter): a question with all its
/// sampled answers, one selected answer, a pair, a pair with scores.
Result<ParsedRow> parsePaperSamples(const KindContext& context, const Json& object);
Result<ParsedRow> parsePaperSft(const KindContext& context, const Json& object);
Result<ParsedRow> parsePair(const KindContext& context, const Json& object);
/// Of the row's own form alone, without a project: for previews. Rows of rollouts and of pivotal
/// tokens too.
Status checkRow(const KindContext& context, const Json& object);
/// Chooses by context.kind; kinds that are no table of answers are read by their takers.
Result<ParsedRow> parseRow(const KindContext& context, const Json& object);

/// "#### 18" and "A: 18" lines of GSM8K are cut to the number; other answers stay as they are.
std::string goldOf(const std::string& task, const std::string& answer);
/// The same of the texts or numbers in a field, which may be a list of them.
std::vector<std::string> goldField(const Json& object, const char* key, const std::string& task);
/// The question inside a prompt, by the template it was made with; else the whole prompt.
std::string questionInPrompt(const std::string& prompt, const std::string& templateName);

/// By the columns of the first rows and the form of the file.
std::string kindOf(const std::vector<std::string>& columns, const Json& firstRow, FileForm form);

/// Values of one cliff_tokens CSV (position, token, potential, is_cliff), NaN where empty.
Result<std::vector<float>> readCliffCsv(const Path& file);

} // namespace crux::interop
