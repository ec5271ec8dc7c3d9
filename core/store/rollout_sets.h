// What a set's parameters and a rollout's ids alone tell: shared by all who count, list or write
// rollouts.
#pragma once

#include "core/store/records.h"

#include <span>
#include <string>
#include <vector>

namespace crux::store {

/// kIndependentRollouts of a set's parameters: no rollout stands for a later prefix.
bool independentRollouts(const Json& params);
/// Texts that end a rollout of the set.
std::vector<std::string> rolloutStops(const Json& params);

/// Tokens of the trajectory `ids` that the rollout draws before it leaves it.
std::size_t followedTokens(const RolloutRecord& rollout, std::span<const std::int32_t> ids);

/// Bytes of ids inside a text; special tokens leave none.
std::string piecesText(const VocabularyRecord& vocabulary, std::span<const std::int32_t> ids);
/// Cut before the first of the stop texts.
std::string cutAtStops(std::string text, const std::vector<std::string>& stops);

} // namespace crux::store
