// Rollout potentials as Cliff Tokens publishes them (arXiv 2606.25524; REFERENCE.md A'): JSON of
// many paths, and the per-token table of one.
#include "core/base/text_util.h"
#include "core/interop/csv_reader.h"
#include "core/interop/exporter.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <cmath>
#include <limits>
#include <map>

namespace crux::interop {

namespace {

/// Rollouts that most positions have in full; 0: none is known in full.
int usualCount(const std::vector<store::RolloutEstimate>& estimates) {
    std::map<int, int> positions;
    for (const store::RolloutEstimate& estimate : estimates)
        if (!estimate.curtailed && estimate.count.total > 0)
            ++positions[estimate.count.total];
    int usual = 0;
    for (const auto& [total, count] : positions)
        if (usual == 0 || count >= positions[usual])
            usual = total;
    return usual;
}

struct Potentials {
    std::vector<double> values; ///< NaN unknown
    int rollouts = 0;           ///< that each share is of; 0 unknown
};

/// Shares of right rollouts after each response token: imported ones, else the newest set's. A
/// position where drawing stopped early, or that has more or fewer rollouts than the others, counts
/// as unknown: who reads the list takes every share as one of the same number of rollouts.
Result<Potentials> potentialsOf(const store::Project& project, const store::TrajectoryRecord& row) {
    CRUX_TRY(layers, store::layersOf(project, row.id));
    const auto promptTokens = static_cast<std::ptrdiff_t>(row.promptTokens);
    for (auto& [layer, values] : layers)
        if (layer.kind == "rollout_correctness" && values.size() == row.ids.size())
            return Potentials{{values.begin() + promptTokens, values.end()}, 0};
    Potentials shares;
    shares.values.assign(row.ids.size() - static_cast<std::size_t>(row.promptTokens),
                         std::numeric_limits<double>::quiet_NaN());
    CRUX_TRY(sets, store::rolloutSets(project, row.id));
    if (sets.empty())
        return shares;
    CRUX_TRY(estimates, store::rolloutEstimates(project, row.id, sets.front().id));
    shares.rollouts = usualCount(estimates);
    for (const store::RolloutEstimate& estimate : estimates)
        if (!estimate.curtailed && estimate.count.total == shares.rollouts &&
            estimate.position >= row.promptTokens &&
            static_cast<std::size_t>(estimate.position) < row.ids.size())
            shares.values[static_cast<std::size_t>(estimate.position - row.promptTokens)] =
                estimate.share();
    return shares;
}

Json potentialsJson(const std::vector<double>& values) {
    Json list = Json::array();
    std::size_t known = values.size(); // nothing is said of the last token, as in their files
    while (known > 0 && std::isnan(values[known - 1]))
        --known;
    for (std::size_t i = 0; i < known; ++i)
        list.push_back(jsonNumber(values[i]));
    return list;
}

/// Their entries where the path was imported, else what searches by the method "cliff" found.
/// Positions count from 1 in the response.
Result<Json> cliffsOf(const store::Project& project, const TextOfTrajectory& whole) {
    const Json& params = whole.record.provenance.params;
    Json list = Json::array();
    if (const auto own = params.find("cliffs"); own != params.end() && own->is_array()) {
        for (Json entry : *own) {
            entry.erase("response_index");
            list.push_back(std::move(entry));
        }
        if (!list.empty())
            return list;
    }
    CRUX_TRY(findings, store::findingsOf(project, whole.record.id));
    for (const store::SearchFindingRecord& finding : findings) {
        if (finding.method != "cliff" || finding.position < whole.record.promptTokens)
            continue;
        const auto share = [](const store::ShareCount& count) {
            return count.total > 0 ? Json(static_cast<double>(count.right) / count.total) : Json();
        };
        Json entry{{"cliff_position", finding.position - whole.record.promptTokens + 1},
                   {"cliff_token", withReplacedUtf8(whole.token(finding.position))},
                   {"score_prev", share(finding.before)},
                   {"score_curr", share(finding.at)}};
        if (finding.before.total > 0 && finding.at.total > 0)
            entry["drop_magnitude"] =
                entry["score_prev"].get<double>() - entry["score_curr"].get<double>();
        for (const auto& [from, to] :
             {std::pair{"rank", "rank"}, {"entropy", "entropy"}, {"class", "taxonomy_type"}})
            if (const auto it = finding.detail.find(from); it != finding.detail.end())
                entry[to] = *it;
        list.push_back(std::move(entry));
    }
    return list;
}

/// Quoted only where the form needs it, as Python writes their tables.
std::string tableCell(const std::string& text) {
    return text.find_first_of(",\"\r\n") == std::string::npos ? text : csvCell(text);
}

struct PathWithPotentials {
    TextOfTrajectory whole;
    Potentials shares;
    std::vector<std::string> tokens; ///< of the response
};

/// None where nothing is known of any token.
Result<std::optional<PathWithPotentials>> pathOf(Exporter& exporter, TrajectoryId id) {
    CRUX_TRY(whole, textOfTrajectory(exporter.project, id));
    if (whole.record.ids.empty())
        return std::optional<PathWithPotentials>();
    CRUX_TRY(shares, potentialsOf(exporter.project, whole.record));
    if (potentialsJson(shares.values).empty())
        return std::optional<PathWithPotentials>();
    PathWithPotentials path{std::move(whole), std::move(shares), {}};
    const std::size_t count = path.shares.values.size();
    // Rows that came with the texts of their tokens have offsets in the response alone.
    const std::vector<std::int32_t>& offsets = path.whole.record.offsets;
    if (offsets.size() < 2 * count) {
        exporter.leave("trajectories whose tokens are not laid over their text");
        return std::optional<PathWithPotentials>();
    }
    const std::size_t first = offsets.size() / 2 - count;
    for (std::size_t i = first; i < first + count; ++i)
        path.tokens.push_back(path.whole.token(static_cast<std::int32_t>(i)));
    return std::optional<PathWithPotentials>(std::move(path));
}

} // namespace

Status exportCliff(Exporter& exporter, TrajectoryId id) {
    CRUX_TRY(path, pathOf(exporter, id));
    if (!path)
        return {};
    const store::TrajectoryRecord& row = path->whole.record;
    CRUX_TRY(question, store::question(exporter.project, row.questionId));
    CRUX_TRY(model, modelNameOf(exporter.project, row, row.provenance.weightsHash));
    CRUX_TRY(summaries, store::trajectorySummaries(exporter.project, {id}, ScoreSetId()));
    CRUX_TRY(cliffs, cliffsOf(exporter.project, path->whole));
    Json tokens = Json::array();
    for (const std::string& token : path->tokens)
        tokens.push_back(withReplacedUtf8(token));
    const bool right = row.publishedCorrect.value_or(row.verdict == Verdict::Right);
    exporter.write(
        dumpJson(
            {{"id", row.externalId.empty() ? cat(question.externalId, "_path_", row.sampleIndex)
                                           : row.externalId},
             {"problem_id", question.externalId},
             {"question", question.text},
             {"golden_answer", store::goldAnswers(question)},
             {"response", row.response},
             {"is_correct", right},
             {"response_tokens", std::move(tokens)},
             {"response_token_ids",
              std::vector<std::int32_t>(row.ids.begin() + row.promptTokens, row.ids.end())},
             {"full_prompt", row.prompt},
             {"all_position_scores", potentialsJson(path->shares.values)},
             {"_rollouts", path->shares.rollouts > 0 ? Json(path->shares.rollouts) : Json()},
             {"total_tokens", path->tokens.size()},
             {"_model", model},
             {"_dataset", summaries.front().datasetName},
             {"cliffs", std::move(cliffs)}}),
        ",\n");
    return {};
}

Status exportCliffTable(Exporter& exporter, TrajectoryId id) {
    CRUX_TRY(path, pathOf(exporter, id));
    if (!path)
        return {};
    if (exporter.written > 0)
        return fail(ErrorCode::InvalidArgument,
                    "a per-token table is of one trajectory; choose it with --where id=N, or "
                    "export the kind cliff");
    CRUX_TRY(cliffs, cliffsOf(exporter.project, path->whole));
    std::vector<bool> flags(path->tokens.size() + 1, false);
    for (const Json& cliff : cliffs)
        if (const auto at = jsonInt(cliff, "cliff_position");
            at.ok() && *at >= 0 && *at < std::ssize(flags))
            flags[static_cast<std::size_t>(*at)] = true;
    for (std::size_t i = 0; i < path->tokens.size(); ++i) {
        const double value = path->shares.values[i];
        exporter.out << i << ',' << tableCell(withReplacedUtf8(path->tokens[i])) << ','
                     << (std::isnan(value) ? std::string() : dumpJson(jsonNumber(value))) << ','
                     << (flags[i] ? 1 : 0) << "\r\n";
    }
    exporter.written += std::ssize(path->tokens);
    return {};
}

} // namespace crux::interop
