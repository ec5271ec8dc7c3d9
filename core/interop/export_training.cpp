#include "core/interop/export_training.h"

#include "core/base/text_util.h"
#include "core/interop/training_text.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>

namespace crux::interop {

namespace {

constexpr std::string_view kKinds[] = {"sft-pos",     "sft-neg",     "preference",
                                       "authors-sft", "authors-dpo", "authors-ce"};

/// The set's kind as stored.
std::string storedKind(std::string_view kind) {
    return kind == "sft-pos" ? "sft_pos" : kind == "sft-neg" ? "sft_neg" : "preference";
}

Result<store::PairSetRecord> chosenSet(const store::Project& project, const std::string& kind,
                                       const std::string& wanted) {
    CRUX_TRY(sets, store::pairSets(project));
    for (auto set = sets.rbegin(); set != sets.rend(); ++set)
        if (set->kind() == kind &&
            (wanted.empty() || set->name == wanted || cat(set->id.value) == wanted))
            return *set;
    return fail(ErrorCode::NotFound,
                wanted.empty()
                    ? cat("The project has no ", kind, " data yet; `crux-cli select` chooses it.")
                    : cat("The project has no ", kind, " data named \"", wanted,
                          "\"; leave the name out for the newest."),
                kind);
}

/// Rows of a set, those of the filter.
Result<std::vector<store::PairRecord>> rowsOf(const store::Project& project, PairSetId set,
                                              const ExportOptions& options) {
    CRUX_TRY(rows, store::pairsOf(project, set));
    if (options.where.empty())
        return rows;
    store::TrajectoryQuery query;
    query.filter = options.where;
    query.scoreSet = options.scoreSet;
    CRUX_TRY(ids, store::trajectoryIds(project, query));
    const std::set<TrajectoryId> matching(ids.begin(), ids.end());
    std::erase_if(rows, [&](const store::PairRecord& row) { return !matching.count(row.chosen); });
    return rows;
}

Json idsOrNull(const std::vector<std::int32_t>& ids) {
    return ids.empty() ? Json(nullptr) : Json(ids);
}

/// Weights of the response's tokens as stored; else 1 - s_t of the score set for the rejected one
/// (the paper's weights, REFERENCE.md A.4); null where neither is there.
Result<Json> weightsOf(const store::Project& project, const std::vector<float>& stored,
                       TrajectoryId id, const TrainingText& text, ScoreSetId set) {
    Json list = Json::array();
    if (!stored.empty()) {
        for (const float weight : stored)
            list.push_back(jsonNumber(static_cast<double>(weight)));
        return list;
    }
    if (!set || text.ids.empty())
        return Json(nullptr);
    CRUX_TRY(scores, store::scores(project, id, set));
    if (!scores || scores->s.size() < text.ids.size())
        return Json(nullptr);
    for (std::size_t i = scores->s.size() - text.ids.size(); i < scores->s.size(); ++i)
        list.push_back(jsonNumber(1.0 - static_cast<double>(scores->s[i])));
    return list;
}

/// What the kinds share while they write.
struct Writer {
    const store::Project& project;
    const ExportOptions& options;
    std::ostream& out;
    TrainingTexts source;

    Status sftRow(const store::PairRecord& row) const {
        CRUX_TRY(text, source.text(row.chosen));
        Json line{{"prompt", text.prompt},
                  {"completion", text.response},
                  {"completion_token_ids", idsOrNull(text.ids)},
                  {"question_id", text.questionId},
                  {"gold", store::goldJson(text.golds)}};
        line.update(text.row);
        out << dumpJson(line) << '\n';
        return {};
    }

    Status preferenceRow(const store::PairRecord& row) const {
        CRUX_TRY(chosen, source.text(row.chosen));
        CRUX_TRY(rejected, source.text(row.rejected));
        CRUX_TRY(chosenWeights, weightsOf(project, row.chosenWeights, row.chosen, chosen, {}));
        CRUX_TRY(rejectedWeights,
                 weightsOf(project, row.rejectedWeights, row.rejected, rejected, options.scoreSet));
        out << dumpJson({{"prompt", chosen.prompt},
                         {"chosen", chosen.response},
                         {"rejected", rejected.response},
                         {"chosen_token_ids", idsOrNull(chosen.ids)},
                         {"rejected_token_ids", idsOrNull(rejected.ids)},
                         {"chosen_weights", std::move(chosenWeights)},
                         {"rejected_weights", std::move(rejectedWeights)},
                         {"question_id", chosen.questionId},
                         {"gold", store::goldJson(chosen.golds)},
                         {"chosen_from", chosen.row},
                         {"rejected_from", rejected.row}})
            << '\n';
        return {};
    }
};

/// {"0": {question, response, answer}, ..}; a question's further rows get "_1", "_2" (`numbered`:
/// all of them get a number, as the authors' negatives do).
Result<Json> authorsRows(const Writer& writer, const std::vector<store::PairRecord>& rows,
                         bool numbered) {
    Json all = Json::object();
    std::map<std::string, int> counts;
    for (const store::PairRecord& row : rows) {
        CRUX_TRY(text, writer.source.text(row.chosen));
        const int number = counts[text.questionId]++;
        const std::string key =
            numbered || number > 0 ? cat(text.questionId, "_", number) : text.questionId;
        all[key] = {
            {"question", text.question}, {"response", text.response}, {"answer", text.golds}};
    }
    return all;
}

Result<std::int64_t> writeAuthorsSft(const Writer& writer) {
    const std::string& wanted = writer.options.pairSet;
    CRUX_TRY(positive, chosenSet(writer.project, "sft_pos", wanted));
    CRUX_TRY(negative, chosenSet(writer.project, "sft_neg", wanted));
    CRUX_TRY(positiveRows, rowsOf(writer.project, positive.id, writer.options));
    CRUX_TRY(negativeRows, rowsOf(writer.project, negative.id, writer.options));
    CRUX_TRY(pos, authorsRows(writer, positiveRows, false));
    CRUX_TRY(neg, authorsRows(writer, negativeRows, true));
    writer.out << dumpJson({{"config", {{"pos", positive.rule}, {"neg", negative.rule}}},
                            {"pos", std::move(pos)},
                            {"neg", std::move(neg)}})
               << '\n';
    return std::ssize(positiveRows) + std::ssize(negativeRows);
}

Result<std::int64_t> writeAuthorsDpo(const Writer& writer) {
    CRUX_TRY(set, chosenSet(writer.project, "preference", writer.options.pairSet));
    CRUX_TRY(rows, rowsOf(writer.project, set.id, writer.options));
    Json all{{"config", set.rule},
             {"prompt", Json::array()},
             {"chosen", Json::array()},
             {"rejected", Json::array()},
             {"answer", Json::array()}};
    for (const store::PairRecord& row : rows) {
        CRUX_TRY(chosen, writer.source.text(row.chosen));
        CRUX_TRY(rejected, writer.source.text(row.rejected));
        all["prompt"].push_back(chosen.prompt);
        all["chosen"].push_back(chosen.response);
        all["rejected"].push_back(rejected.response);
        all["answer"].push_back(chosen.golds);
    }
    writer.out << dumpJson(all) << '\n';
    return std::ssize(rows);
}

/// One side of a pair with s_t of its tokens. The list has one entry less than there are tokens:
/// the first has no score (REFERENCE.md A.4).
struct ScoredSide {
    TrainingText text;
    Json scores;
};

/// None, with the reason, where the scores are not those of the training prompt and the response.
Result<std::optional<ScoredSide>> scoredSide(const Writer& writer, TrajectoryId id,
                                             std::string& reason) {
    CRUX_TRY(text, writer.source.text(id));
    CRUX_TRY(row, store::trajectory(writer.project, id));
    CRUX_TRY(scores, store::scores(writer.project, id, writer.options.scoreSet));
    if (text.prompt != row.prompt || text.response != row.response)
        reason =
            "pairs with an answer drawn from another prompt than the plain training one, whose "
            "scores belong to that";
    else if (!scores || row.ids.empty() || scores->s.size() != row.ids.size() ||
             row.offsets.size() != 2 * row.ids.size() || row.promptTokens < 1 ||
             row.promptTokens >= std::ssize(row.ids))
        reason = "pairs with an answer that has no scores in the score set";
    else {
        Json list = Json::array();
        for (std::size_t i = 1; i < scores->s.size(); ++i)
            list.push_back(jsonNumber(static_cast<double>(scores->s[i])));
        const auto first = static_cast<std::size_t>(row.promptTokens);
        const std::string whole = row.prompt + row.response;
        return std::optional<ScoredSide>(
            {std::move(text),
             {{"ce_prob", std::move(list)},
              {"response_start_idx", first - 1},
              {"text",
               withReplacedUtf8(whole.substr(static_cast<std::size_t>(row.offsets[2 * first])))}}});
    }
    return std::optional<ScoredSide>();
}

using ScoredPair = std::pair<ScoredSide, ScoredSide>;
Result<std::optional<ScoredPair>> scoredPair(const Writer& writer, const store::PairRecord& row,
                                             std::string& reason) {
    CRUX_TRY(chosen, scoredSide(writer, row.chosen, reason));
    if (!chosen)
        return std::optional<ScoredPair>();
    CRUX_TRY(rejected, scoredSide(writer, row.rejected, reason));
    if (!rejected)
        return std::optional<ScoredPair>();
    return std::optional<ScoredPair>({std::move(*chosen), std::move(*rejected)});
}

/// Columns written one after another, so that memory is needed for one pair.
Result<std::int64_t> writeAuthorsScored(const Writer& writer) {
    if (!writer.options.scoreSet)
        return fail(ErrorCode::NotFound,
                    "The pairs are written with their scores, and the project has no score set; "
                    "`crux-cli score` makes one.");
    CRUX_TRY(set, chosenSet(writer.project, "preference", writer.options.pairSet));
    CRUX_TRY(all, rowsOf(writer.project, set.id, writer.options));
    std::vector<store::PairRecord> rows;
    std::map<std::string, std::int64_t> leftOut;
    for (const store::PairRecord& row : all) {
        std::string reason;
        CRUX_TRY(pair, scoredPair(writer, row, reason));
        if (pair)
            rows.push_back(row);
        else
            ++leftOut[reason];
    }
    const std::pair<const char*, Json (*)(const ScoredPair&)> columns[] = {
        {"prompt", [](const ScoredPair& pair) { return Json(pair.first.text.prompt); }},
        {"chosen", [](const ScoredPair& pair) { return Json(pair.first.text.response); }},
        {"rejected", [](const ScoredPair& pair) { return Json(pair.second.text.response); }},
        {"answer", [](const ScoredPair& pair) { return Json(pair.first.text.golds); }},
        {"prob_result", [](const ScoredPair& pair) {
             return Json{{"pos", pair.first.scores}, {"neg", pair.second.scores}};
         }}};
    const char* before = "{";
    for (const auto& [name, valueOf] : columns) {
        writer.out << before << '"' << name << "\": [";
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::string reason;
            CRUX_TRY(pair, scoredPair(writer, rows[i], reason));
            writer.out << (i > 0 ? ",\n" : "\n") << (pair ? dumpJson(valueOf(*pair)) : "null");
        }
        writer.out << "]";
        before = ",\n";
    }
    writer.out << "}\n";
    if (writer.options.notes != nullptr)
        for (const auto& [why, count] : leftOut)
            writer.options.notes->push_back(cat("left out: ", count, " ", why));
    return std::ssize(rows);
}

} // namespace

bool isTrainingKind(std::string_view kind) {
    return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

Result<std::int64_t> exportTraining(const store::Project& project, const ExportOptions& options,
                                    std::ostream& out, const CancelToken& cancel,
                                    const ExportProgress& progress) {
    CRUX_TRY(source, TrainingTexts::open(project));
    const Writer writer{project, options, out, std::move(source)};
    if (options.kind == "authors-sft")
        return writeAuthorsSft(writer);
    if (options.kind == "authors-dpo")
        return writeAuthorsDpo(writer);
    if (options.kind == "authors-ce")
        return writeAuthorsScored(writer);
    CRUX_TRY(set, chosenSet(project, storedKind(options.kind), options.pairSet));
    CRUX_TRY(rows, rowsOf(project, set.id, options));
    std::int64_t done = 0;
    for (const store::PairRecord& row : rows) {
        if (cancel.cancelled())
            return fail(ErrorCode::Cancelled, "the export was cancelled");
        CRUX_TRY_VOID(row.rejected ? writer.preferenceRow(row) : writer.sftRow(row));
        if (!out)
            return fail(ErrorCode::Io, cat("cannot write the export after ", done, " rows"));
        ++done;
        if (progress && (done % 500 == 0 || done == std::ssize(rows)))
            progress(done, std::ssize(rows));
    }
    return std::ssize(rows);
}

} // namespace crux::interop
