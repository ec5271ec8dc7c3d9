// Finding text in a trajectory: over all its tokens, painted or not.
#pragma once

#include "ui/model/trajectory_snapshot.h"

#include <vector>

namespace crux::ui {

/// Tokens that hold one place of the text, both inclusive.
struct TokenMatch {
    int first = 0, last = 0;
    bool operator==(const TokenMatch&) const = default;
};

/// Places where `query` stands in prompt and response, across token borders, in order and without
/// overlap. An empty query matches nowhere. Linear in the text.
std::vector<TokenMatch> findTokens(const TrajectorySnapshot& snapshot, const QString& query,
                                   Qt::CaseSensitivity sensitivity);

} // namespace crux::ui
