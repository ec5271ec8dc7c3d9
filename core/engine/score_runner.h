// Runs sequences through the models of a scoring call: batches without padding, shared beginnings
// computed once, small models' batches side by side. What is made of each token is the caller's.
#pragma once

#include "core/engine/vocabulary_pass.h"
#include "core/engine/weights.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace crux::engine {

/// Models of one call and where each stands among the roles; -1: not there.
struct ScoreRoles {
    std::vector<std::shared_ptr<LoadedModel>> models;
    std::vector<int> adapters;
    int positive = -1, negative = -1, policy = -1;

    std::size_t size() const { return models.size(); }
    /// The role whose logits order the alternatives.
    std::size_t key() const { return static_cast<std::size_t>(policy >= 0 ? policy : 0); }
    /// Index of the new role. Mismatch when its vocabulary or device is not that of the others.
    Result<int> add(const ModelRef& ref);
};

/// InvalidArgument for a sequence longer than the context or an id outside the vocabulary.
Status checkSequences(const ScoreRoles& roles, std::span<const Ids> sequences);

/// A token's facts: take(sequence, position, facts, row of facts). For different sequences it is
/// called at the same time from several threads.
using TakeFacts =
    std::function<void(std::size_t, std::size_t, const VocabularyFacts&, std::size_t)>;

/// How the caller of a scoring call is heard and told. Owner: the caller, for the call.
struct ScoreHooks {
    const CancelToken& cancel;
    const ScoreProgress& progress; ///< from one thread at a time
    const Breath& breathe;
};

/// Every predicted token of every sequence.
Status runScoring(const ScoreRoles& roles, std::span<const Ids> sequences,
                  const VocabularyOptions& options, const ScoreHooks& hooks, const TakeFacts& take);

} // namespace crux::engine
