#include "core/store/prompt_lengths.h"

#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

Result<std::optional<QuestionRecord>>
longestQuestion(const Project& project, DatasetId dataset,
                const std::optional<std::set<QuestionId>>& among, std::int64_t limit) {
    const auto search = [&]() -> Result<QuestionId> {
        QuestionId longest;
        std::int64_t most = -1, chosen = 0;
        Query row(project,
                  "SELECT id, length(text) FROM question WHERE dataset_id = ? ORDER BY id");
        row.bind(dataset.value);
        while ((limit <= 0 || chosen < limit) && row.step()) {
            const auto id = row.id<QuestionId>(0);
            if (among && !among->contains(id))
                continue;
            ++chosen;
            if (row.integer(1) > most) {
                most = row.integer(1);
                longest = id;
            }
        }
        return longest;
    };
    CRUX_TRY(longest, guarded(project, search));
    if (!longest)
        return std::optional<QuestionRecord>();
    CRUX_TRY(found, question(project, longest));
    return std::optional(std::move(found));
}

Result<std::int32_t> longestPrompt(const Project& project, const std::vector<TrajectoryId>& ids) {
    return guarded(project, [&]() -> Result<std::int32_t> {
        std::int32_t most = 0;
        Query row(project, "SELECT prompt_tokens FROM trajectory WHERE id = ?");
        for (const TrajectoryId id : ids) {
            if (row.bind(id.value).step())
                most = std::max(most, static_cast<std::int32_t>(row.integer(0)));
            row.again();
        }
        return most;
    });
}

} // namespace crux::store
