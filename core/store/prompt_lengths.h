// How long prompts get, for the live checks of launch sheets: the longest question of a data set,
// the longest prompt of some trajectories.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

#include <optional>
#include <set>
#include <vector>

namespace crux::store {

/// The question with the most characters among the first `limit` (0: all) of the data set, or of
/// those named in `among`, by id; none where nothing is chosen.
Result<std::optional<QuestionRecord>>
longestQuestion(const Project&, DatasetId, const std::optional<std::set<QuestionId>>& among,
                std::int64_t limit);

/// Most prompt tokens of these trajectories; 0 where none has any.
Result<std::int32_t> longestPrompt(const Project&, const std::vector<TrajectoryId>& ids);

} // namespace crux::store
