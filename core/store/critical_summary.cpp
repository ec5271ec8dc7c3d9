#include "core/store/critical_summary.h"

#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

namespace {

CriticalState stateOf(std::int32_t position, const Json& detail) {
    if (position < 0)
        return CriticalState::NoneFound;
    const auto confirmed = detail.find("confirmed");
    if (confirmed == detail.end() || !confirmed->is_boolean())
        return CriticalState::Found;
    return confirmed->get<bool>() ? CriticalState::Confirmed : CriticalState::NotConfirmed;
}

/// Bytes of the token at `position`, cut out of prompt + response by its offsets.
std::string tokenText(const Project& project, TrajectoryId id, std::int32_t position) {
    Query row(project, "SELECT substr(k.offsets, ?1 * 8 + 1, 8), p.text, x.response FROM trajectory"
                       " t JOIN trajectory_tokens k ON k.id = t.id JOIN prompt p ON p.id ="
                       " t.prompt_id JOIN trajectory_text x ON x.id = t.id WHERE t.id = ?2");
    row.bindAll(position, id);
    if (!row.step())
        return {};
    const auto offsets = row.array<std::int32_t>(0);
    if (offsets.size() != 2 || offsets[0] < 0 || offsets[1] <= offsets[0])
        return {};
    const std::string text = row.text(1) + row.text(2);
    const auto begin = static_cast<std::size_t>(offsets[0]);
    return begin < text.size() ? text.substr(begin, static_cast<std::size_t>(offsets[1]) - begin)
                               : std::string();
}

} // namespace

void fillCritical(const Project& project, TrajectorySummary& row) {
    std::int32_t position = -1;
    {
        Query newest(project, "SELECT s.position, s.detail, t.prompt_tokens FROM search_result s"
                              " JOIN trajectory t ON t.id = s.trajectory_id WHERE s.trajectory_id"
                              " = ? AND s.method IN ('critical', 'bisect') ORDER BY s.created_ms"
                              " DESC, s.position LIMIT 1");
        if (!newest.bind(row.id).step())
            return;
        position = newest.integer32(0);
        const auto detail = parseJson(newest.text(1));
        row.critical = stateOf(position, detail.ok() ? *detail : Json::object());
        if (position >= 0)
            row.criticalPosition = position - newest.integer32(2);
    }
    if (position >= 0)
        row.criticalText = tokenText(project, row.id, position);
}

} // namespace crux::store
