#include "core/jobs/train_set.h"

#include "core/base/text_util.h"
#include "core/interop/training_text.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace crux::jobs {

namespace {

std::string text(const Json& spec, const char* key) {
    return spec.at(key).get<std::string>();
}

bool wantsPairs(const Json& spec) {
    return spec.at("method") != "sft";
}

/// The response's ids as sampled, as far as its text goes here (a stop text may have been cut off);
/// none where a token lies across the cut or the text is another, so that it is tokenised.
std::vector<std::int32_t> keptIds(const store::TrajectoryRecord& row, const std::string& response) {
    if (row.offsets.size() != 2 * row.ids.size() || row.response.rfind(response, 0) != 0)
        return {};
    const std::size_t end = row.prompt.size() + response.size();
    std::vector<std::int32_t> ids;
    for (auto i = static_cast<std::size_t>(row.promptTokens); i < row.ids.size(); ++i) {
        if (static_cast<std::size_t>(row.offsets[2 * i]) >= end)
            break;
        if (static_cast<std::size_t>(row.offsets[2 * i + 1]) > end)
            return {};
        ids.push_back(row.ids[i]);
    }
    return ids;
}

/// Reads the rows of one set. Owner: trainData.
class SetReader {
public:
    SetReader(const store::Project& project, const Json& spec, const RowMaker& maker,
              interop::TrainingTexts texts, TrainData& data)
        : m_project(project)
        , m_maker(maker)
        , m_texts(std::move(texts))
        , m_data(data)
        , m_both(spec.at("cdpo_weights") == "both") {}

    void weighBy(const store::ScoreSetRecord& set) { m_scores = set; }

    Status read(const std::vector<store::PairRecord>& rows, std::int64_t limit) {
        for (const store::PairRecord& row : rows) {
            if (limit > 0 && m_data.given >= limit)
                break;
            ++m_data.given;
            std::string reason;
            CRUX_TRY(example, exampleOf(row, reason));
            if (!reason.empty()) {
                ++m_data.dropped[reason];
                continue;
            }
            m_data.rows.push_back(std::move(example));
            m_data.sources.push_back({row.chosen, row.rejected, 0});
        }
        if (m_unscored > 0)
            return fail(ErrorCode::InvalidArgument,
                        cat(m_unscored, " trajectories of this data have no scores in \"",
                            m_scores->name, "\"; `crux-cli score` computes what is missing."));
        return {};
    }

private:
    Result<engine::train::TrainExample> exampleOf(const store::PairRecord& row,
                                                  std::string& reason) {
        CRUX_TRY(chosen, completion(row.chosen, row.chosenWeights, m_both, true));
        if (!m_maker.pairs())
            return m_maker.single(chosen, reason);
        if (!row.rejected) {
            reason = "no rejected answer";
            return engine::train::TrainExample{};
        }
        CRUX_TRY(rejected, completion(row.rejected, row.rejectedWeights, true, false));
        return m_maker.pair(chosen, rejected, reason);
    }

    /// `scored`: weights come from the score set where the row carries none; s_t
    /// on chosen tokens, 1 - s_t on rejected ones.
    Result<CompletionText> completion(TrajectoryId id, const std::vector<float>& stored,
                                      bool scored, bool chosen) {
        CRUX_TRY(row, store::trajectory(m_project, id));
        CRUX_TRY(text, m_texts.text(row));
        CompletionText made{text.prompt, text.response, keptIds(row, text.response), stored};
        if (!m_scores || !scored || !stored.empty())
            return made;
        CRUX_TRY(scores, store::scores(m_project, id, m_scores->id));
        if (!scores || made.ids.empty() || scores->s.size() != row.ids.size()) {
            ++m_unscored;
            return made;
        }
        for (std::size_t i = 0; i < made.ids.size(); ++i) {
            const float s = scores->s[static_cast<std::size_t>(row.promptTokens) + i];
            made.weights.push_back(std::isfinite(s) ? (chosen ? s : 1 - s) : 1.0f);
        }
        return made;
    }

    const store::Project& m_project;
    const RowMaker& m_maker;
    interop::TrainingTexts m_texts;
    TrainData& m_data;
    bool m_both;
    std::optional<store::ScoreSetRecord> m_scores;
    std::int64_t m_unscored = 0;
};

} // namespace

Result<store::PairSetRecord> trainSetOf(const store::Project& project, const Json& spec) {
    CRUX_TRY(sets, store::pairSets(project));
    const std::string wanted = text(spec, "data"), role = text(spec, "role");
    const bool pairs = wantsPairs(spec);
    const auto fits = [&](const store::PairSetRecord& set) {
        if (pairs)
            return set.kind() == "preference";
        if (role == "positive" || role == "negative")
            return set.kind() == (role == "positive" ? "sft_pos" : "sft_neg");
        return set.kind() != "preference";
    };
    for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
        if (cat(set->id.value) == wanted)
            return *set; // an id means just that one
        if (fits(*set) && (wanted.empty() || set->name == wanted))
            return *set;
    }
    return fail(ErrorCode::NotFound,
                wanted.empty() ? cat("The project holds no ", pairs ? "preference" : "SFT",
                                     " data yet; `crux-cli select` chooses it from graded "
                                     "trajectories, or "
                                     "name a TRL JSON Lines file.")
                               : cat("\"", wanted, "\" is neither a file nor a set of ",
                                     pairs ? "pairs" : "SFT data",
                                     " in the project; `crux-cli select` makes them."),
                wanted);
}

Result<store::ScoreSetRecord> trainScores(const store::Project& project,
                                          const std::string& wanted) {
    CRUX_TRY(sets, store::scoreSets(project));
    for (auto set = sets.rbegin(); set != sets.rend(); ++set)
        if (wanted.empty() || set->name == wanted || cat(set->id.value) == wanted)
            return *set;
    return fail(ErrorCode::NotFound,
                wanted.empty() ? "cDPO weighs tokens by their contrastive scores, and the project "
                                 "has none: run `crux-cli score` first."
                               : cat("The project has no score set \"", wanted, "\"."),
                wanted);
}

Status readTrainSet(const store::Project& project, const Json& spec, const RowMaker& maker,
                    TrainData& data) {
    CRUX_TRY(set, trainSetOf(project, spec));
    data.name = set.name;
    data.kind = set.kind();
    CRUX_TRY(rows, store::pairsOf(project, set.id));
    CRUX_TRY(texts, interop::TrainingTexts::open(project));
    SetReader reader(project, spec, maker, std::move(texts), data);
    const bool carried = std::any_of(rows.begin(), rows.end(), [](const store::PairRecord& row) {
        return !row.rejectedWeights.empty();
    });
    if (spec.at("method") == "cdpo" && (!carried || !text(spec, "score_set").empty())) {
        CRUX_TRY(scores, trainScores(project, text(spec, "score_set")));
        data.scoreSet = scores.name;
        reader.weighBy(scores);
    }
    return reader.read(rows, spec.at("limit").get<std::int64_t>());
}

} // namespace crux::jobs
