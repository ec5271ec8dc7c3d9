// What may follow at a position, some tokens deep: from stored alternatives, from branches that
// were forced there, and from rollouts that passed through. Read on the reader thread, immutable
// then but for what the worker adds. No widgets.
#pragma once

#include "core/store/project.h"
#include "ui/model/force_service.h"
#include "ui/model/trajectory_snapshot.h"

#include <QString>

#include <vector>

namespace crux::ui {

/// One next token. `p` is the probability given everything before it, under the policy model
/// (Stored, Computed) or as its share of the rollouts.
struct NextToken {
    enum class From { Stored, Rollouts, Computed };
    std::int32_t id = -1;
    QString text;
    double p = 0;
    From from = From::Stored;
    bool original = false;    ///< the trajectory's own token
    int right = 0, total = 0; ///< rollouts that go through here
    TrajectoryId path;        ///< a trajectory that holds this token here; none: a model is asked
    std::vector<NextToken> children; ///< most likely first
    bool end = false;                ///< nothing follows in any rollout: the text is over
};

struct NextTokenTree {
    TrajectoryId trajectory;
    std::int32_t position = -1; ///< absolute; the first level stands here
    std::vector<NextToken> first;
};

/// At most `depth` levels with at most `most` tokens each; tokens of a share below a hundredth stay
/// out of deeper levels.
Result<NextTokenTree> loadNextTokens(const store::Project& project, TrajectoryId id,
                                     ScoreSetId scoreSet, std::int32_t position, int depth,
                                     int most);

/// The node behind a way of indices; nullptr when it leads nowhere.
const NextToken* nodeAt(const NextTokenTree& tree, const std::vector<int>& way);
/// Ids along the way, and the rows of the worker put under its end.
std::vector<std::int32_t> idsAlong(const NextTokenTree& tree, const std::vector<int>& way);
void addComputed(NextTokenTree& tree, const std::vector<int>& way,
                 const std::vector<AlternativeRow>& rows);

} // namespace crux::ui
