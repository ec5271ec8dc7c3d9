// Filter trees to SQL with bound values. Internal to the room.
#pragma once

#include "core/store/filter_tree.h"

#include "core/base/ids.h"

#include <string>
#include <variant>
#include <vector>

namespace crux::store {

using SqlValue = std::variant<double, std::int64_t, std::string>;

/// A condition over the aliases of trajectory_query.cpp: t trajectory, q question, d dataset,
/// m score_summary. Texts of users are only ever bound.
struct SqlCondition {
    std::string sql;
    std::vector<SqlValue> values;
    bool usesScores = false, usesQuestion = false, usesDataset = false;
};

/// `threshold` is the candidate threshold of the score set. Error when the expression asks for
/// scores and there is no score set.
Result<SqlCondition> filterToSql(const FilterNode& node, ScoreSetId set, double threshold);

/// Number of candidates of row t with summary m (UX.md 3.2): none for right trajectories; of a
/// wrong one at least its lowest. candidatesValues() are its bound values.
std::string candidatesSql();
std::vector<SqlValue> candidatesValues(ScoreSetId set, double threshold);

/// Trigrams a text must have to contain `part`, as an FTS5 query; empty when `part` is too short.
std::string trigramQuery(std::string_view part);

} // namespace crux::store
