#include "core/jobs/score_models.h"

#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace crux::jobs {

Result<store::ScoreSetRecord> scoreSetOf(const store::Project& project, ScoreSetId id) {
    CRUX_TRY(sets, store::scoreSets(project));
    for (store::ScoreSetRecord& set : sets)
        if (set.id == id)
            return std::move(set);
    return fail(ErrorCode::NotFound, cat("There is no score set ", id.value, " in the project."));
}

Status sameVocabulary(const store::Project& project, ModelId positive, ModelId negative) {
    if (positive == negative)
        return {};
    CRUX_TRY(left, store::model(project, positive));
    CRUX_TRY(right, store::model(project, negative));
    const auto differ = [&](const std::string& how) {
        return fail(ErrorCode::Mismatch,
                    cat("The vocabularies of ", left.name, " and ", right.name, " differ: ", how,
                        "; a contrast needs two models of one vocabulary."));
    };
    if (left.vocabularySize != right.vocabularySize)
        return differ(cat(left.vocabularySize, " and ", right.vocabularySize, " tokens"));
    if (left.tokenizerHash.empty() || right.tokenizerHash.empty() ||
        left.tokenizerHash == right.tokenizerHash)
        return {};
    CRUX_TRY(first, store::vocabulary(project, left.tokenizerHash));
    CRUX_TRY(second, store::vocabulary(project, right.tokenizerHash));
    const std::size_t size = std::max(first.pieces.size(), second.pieces.size());
    for (std::size_t id = 0; id < size; ++id) {
        const std::string a = id < first.pieces.size() ? first.pieces[id] : std::string();
        const std::string b = id < second.pieces.size() ? second.pieces[id] : std::string();
        if (a != b)
            return differ(cat("token ", id, " is \"", withReplacedUtf8(a), "\" in one and \"",
                              withReplacedUtf8(b), "\" in the other"));
    }
    return {};
}

Result<engine::ContrastRequest> contrastOf(const store::Project& project, ModelCache& models,
                                           const store::ScoreSetRecord& set) {
    engine::ContrastRequest request;
    CRUX_TRY(positive, models.model(project, set.positiveModel, set.positiveAdapter));
    CRUX_TRY(negative, models.model(project, set.negativeModel, set.negativeAdapter));
    request.positive = positive;
    request.negative = negative;
    if (set.policyModel) {
        CRUX_TRY(policy, models.model(project, set.policyModel, set.policyAdapter));
        request.policy = policy;
    }
    request.beta = set.beta;
    request.topK = std::min(set.topK, positive.model->info().vocabularySize);
    request.details = set.provenance.params.value("details", false);
    return request;
}

store::ScoreRecord scoreRow(TrajectoryId trajectory, ScoreSetId set,
                            const engine::ContrastFacts& facts) {
    store::ScoreRecord row;
    row.trajectoryId = trajectory;
    row.scoreSetId = set;
    row.s = facts.s;
    row.pPositive = facts.pPositive;
    row.pNegative = facts.pNegative;
    row.logpPolicy = facts.logpPolicy;
    row.entropyPositive = facts.entropyPositive;
    row.entropyNegative = facts.entropyNegative;
    row.entropyPolicy = facts.entropyPolicy;
    row.rankPositive = facts.rankPositive;
    row.rankNegative = facts.rankNegative;
    row.rankPolicy = facts.rankPolicy;
    return row;
}

store::AlternativesRecord alternativesRow(const engine::ContrastFacts& facts) {
    store::AlternativesRecord row;
    row.k = facts.k;
    row.ids = facts.topIds;
    row.p = facts.topPPolicy;
    if (row.p.empty()) // no policy: the column stays, unknown
        row.p.assign(row.ids.size(), std::numeric_limits<float>::quiet_NaN());
    row.pPositive = facts.topPPositive;
    row.pNegative = facts.topPNegative;
    row.s = facts.topS;
    return row;
}

Result<ScoredSequences> scoreWithRetry(const engine::ContrastRequest& request,
                                       std::span<const engine::Ids> sequences,
                                       const CancelToken& cancel, const ScoringEngine& engine) {
    auto all = engine(request, sequences, cancel);
    if (all.ok())
        return ScoredSequences(std::make_move_iterator(all->begin()),
                               std::make_move_iterator(all->end()));
    if (all.error().code != ErrorCode::OutOfMemory)
        return fail(all.error());
    if (sequences.size() < 2)
        return ScoredSequences(sequences.size());
    const std::size_t half = sequences.size() / 2;
    CRUX_TRY(scored, scoreWithRetry(request, sequences.first(half), cancel, engine));
    CRUX_TRY(rest, scoreWithRetry(request, sequences.subspan(half), cancel, engine));
    std::move(rest.begin(), rest.end(), std::back_inserter(scored));
    return scored;
}

Status scoreTrajectory(const store::Project& project, ModelCache& models,
                       const store::ScoreSetRecord& set, TrajectoryId trajectory, JobId job) {
    CRUX_TRY(row, store::trajectory(project, trajectory));
    CRUX_TRY(request, contrastOf(project, models, set));
    CRUX_TRY(facts, engine::scoreContrast(request, std::span<const engine::Ids>(&row.ids, 1)));
    const store::AlternativesRecord alternatives = alternativesRow(facts[0]);
    return store::saveScores(project, scoreRow(trajectory, set.id, facts[0]),
                             alternatives.k > 0 ? &alternatives : nullptr, job);
}

} // namespace crux::jobs
