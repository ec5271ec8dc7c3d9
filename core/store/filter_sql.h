// Filter trees to SQL with bound values. Internal to the room.
#pragma once

#include "core/store/token_scan.h"

namespace crux::store {

/// A condition over the aliases of trajectory_query.cpp: t trajectory, q question, d dataset,
/// m score_summary. Texts of users are only ever bound.
struct SqlCondition {
    std::string sql;
    std::vector<SqlValue> values;
    bool usesScores = false, usesQuestion = false, usesDataset = false;
    bool usesSamples = false;  ///< joins the pass rates of questions as g
    bool usesRollouts = false; ///< joins the counts of rollouts as o
};

/// `threshold` is the candidate threshold of the score set. Error when the expression asks for
/// scores and there is no score set, or for critical tokens and there was no search. Terms about
/// tokens are looked up here and become lists of ids.
Result<SqlCondition> filterToSql(const Project& project, const FilterNode& node, ScoreSetId set,
                                 double threshold);

/// Number of candidates of row t with summary m (UX.md 3.2): none for right trajectories; of a
/// wrong one at least its lowest. candidatesValues() are its bound values.
std::string candidatesSql();
std::vector<SqlValue> candidatesValues(ScoreSetId set, double threshold);

/// The trajectories a filter selects, as a selection without order.
Result<SqlSelection> filterSelection(const Project& project, const std::string& filter,
                                     ScoreSetId set);

/// Trigrams a text must have to contain `part`, as an FTS5 query; empty when `part` is too short.
std::string trigramQuery(std::string_view part);

} // namespace crux::store
