#include "core/jobs/alternatives.h"

#include "core/base/text_util.h"
#include "core/jobs/score_models.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::jobs {

namespace {

constexpr int kMaxRows = 200;

/// The set asked for, else the newest; NotFound when the project has none.
Result<store::ScoreSetRecord> chosenSet(const store::Project& project, ScoreSetId id) {
    if (id)
        return scoreSetOf(project, id);
    CRUX_TRY(sets, store::scoreSets(project));
    if (sets.empty())
        return fail(ErrorCode::NotFound,
                    "The project has no scores yet, so nothing says which models to ask; run a "
                    "score job first.");
    return sets.back();
}

/// Pieces by id from the project's vocabulary, so that stored rows need no model.
class Pieces {
public:
    Pieces(const store::Project& project, const std::string& tokenizerHash) {
        auto record = store::vocabulary(project, tokenizerHash);
        if (record.ok())
            m_pieces = std::move(record->pieces);
    }
    std::string of(std::int32_t id) const {
        const auto index = static_cast<std::size_t>(id);
        return id >= 0 && index < m_pieces.size() ? m_pieces[index] : cat("<", id, ">");
    }

private:
    std::vector<std::string> m_pieces;
};

/// Stored rows of a position; empty when they are too few or the original is not among them.
Result<std::vector<AlternativeRow>> storedRows(const store::Project& project,
                                               const AlternativesRequest& request,
                                               const store::ScoreSetRecord& set,
                                               std::int32_t originalId) {
    std::vector<AlternativeRow> rows;
    CRUX_TRY(stored, store::alternatives(project, request.trajectory, set.id));
    if (!stored || stored->k < request.topK || originalId < 0)
        return rows;
    const auto k = static_cast<std::size_t>(stored->k);
    const std::size_t begin = static_cast<std::size_t>(request.position) * k;
    if (begin + k > stored->ids.size())
        return rows;
    const auto at = [](const std::vector<float>& values, std::size_t i) {
        return i < values.size() ? values[i] : std::numeric_limits<float>::quiet_NaN();
    };
    bool seen = false;
    for (std::size_t i = begin; i < begin + static_cast<std::size_t>(request.topK); ++i) {
        if (stored->ids[i] < 0)
            continue;
        seen = seen || stored->ids[i] == originalId;
        rows.push_back({stored->ids[i],
                        {},
                        at(stored->p, i),
                        at(stored->pPositive, i),
                        at(stored->pNegative, i),
                        at(stored->s, i),
                        static_cast<std::int32_t>(i - begin + 1)});
    }
    if (!seen)
        rows.clear();
    return rows;
}

Result<std::vector<AlternativeRow>> computedRows(const store::Project& project, ModelCache& models,
                                                 const AlternativesRequest& request,
                                                 const store::ScoreSetRecord& set,
                                                 const store::TrajectoryRecord& trajectory,
                                                 std::int32_t originalId) {
    CRUX_TRY(contrast, contrastOf(project, models, set));
    std::vector<std::int32_t> prefix(trajectory.ids.begin(),
                                     trajectory.ids.begin() + request.position);
    prefix.insert(prefix.end(), request.appendIds.begin(), request.appendIds.end());
    const std::span<const std::int32_t> include(&originalId, originalId >= 0 ? 1 : 0);
    CRUX_TRY(next, engine::nextTokens(contrast, prefix, request.topK, include));
    std::vector<AlternativeRow> rows;
    for (const engine::NextTokenRow& row : next)
        rows.push_back({row.id, {}, row.p, row.pPositive, row.pNegative, row.s, row.rank});
    return rows;
}

} // namespace

Result<Alternatives> alternativesAt(store::Project& project, ModelCache& models,
                                    const AlternativesRequest& asked) {
    if (asked.topK < 1 || asked.topK > kMaxRows)
        return fail(ErrorCode::InvalidArgument,
                    cat("top_k must be between 1 and ", kMaxRows, ", not ", asked.topK, "."));
    CRUX_TRY(trajectory, store::trajectory(project, asked.trajectory));
    const auto size = static_cast<std::int32_t>(trajectory.ids.size());
    if (size == 0)
        return fail(ErrorCode::NotFound, cat("Trajectory ", asked.trajectory.value,
                                             " has no tokens yet; score it first."));
    if (asked.position < 1 || asked.position > size)
        return fail(ErrorCode::InvalidArgument,
                    cat("Position ", asked.position, " has no prediction in trajectory ",
                        asked.trajectory.value, "; the positions are 1 to ", size, "."));
    CRUX_TRY(set, chosenSet(project, asked.scoreSet));
    Alternatives found;
    found.position = asked.position;
    const bool own = asked.appendIds.empty();
    found.originalId = own && asked.position < size
                           ? trajectory.ids[static_cast<std::size_t>(asked.position)]
                           : -1;
    found.scoreSet = set.id;
    if (own && !asked.compute) {
        CRUX_TRY(stored, storedRows(project, asked, set, found.originalId));
        found.rows = std::move(stored);
    }
    if (found.rows.empty()) {
        CRUX_TRY(computed, computedRows(project, models, asked, set, trajectory, found.originalId));
        found.rows = std::move(computed);
    }
    const Pieces pieces(project, trajectory.tokenizerHash);
    for (AlternativeRow& row : found.rows)
        row.piece = pieces.of(row.id);
    return found;
}

} // namespace crux::jobs
