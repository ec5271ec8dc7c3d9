// The models behind a score set, loaded, and one trajectory's facts turned into rows. Shared by the
// score job, by branches scored as they finish, and by alternatives computed on demand.
#pragma once

#include "core/jobs/facade.h"

#include <optional>

namespace crux::jobs {

/// The contrast of a score set with its models in memory.
Result<engine::ContrastRequest> contrastOf(const store::Project& project, ModelCache& models,
                                           const store::ScoreSetRecord& set);

/// The score set of an id; NotFound otherwise.
Result<store::ScoreSetRecord> scoreSetOf(const store::Project& project, ScoreSetId id);

/// Tokens the two models must agree on: sizes, and tokenizers where both have one.
Status sameVocabulary(const store::Project& project, ModelId positive, ModelId negative);

/// Rows of one sequence's facts.
store::ScoreRecord scoreRow(TrajectoryId trajectory, ScoreSetId set,
                            const engine::ContrastFacts& facts);
store::AlternativesRecord alternativesRow(const engine::ContrastFacts& facts);

/// Facts of each sequence; nothing where memory does not suffice for it alone.
using ScoredSequences = std::vector<std::optional<engine::ContrastFacts>>;

/// What scores; tests put their own in.
using ScoringEngine = std::function<Result<std::vector<engine::ContrastFacts>>(
    const engine::ContrastRequest&, std::span<const engine::Ids>, const CancelToken&)>;

/// Scores sequences; when memory runs out, in halves down to single sequences.
Result<ScoredSequences> scoreWithRetry(const engine::ContrastRequest& request,
                                       std::span<const engine::Ids> sequences,
                                       const CancelToken& cancel, const ScoringEngine& engine);

/// Scores stored ids of one trajectory in a set and saves them with alternatives.
Status scoreTrajectory(const store::Project& project, ModelCache& models,
                       const store::ScoreSetRecord& set, TrajectoryId trajectory, JobId job);

} // namespace crux::jobs
