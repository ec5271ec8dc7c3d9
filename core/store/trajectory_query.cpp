#include "core/base/text_util.h"
#include "core/store/critical_summary.h"
#include "core/store/filter_sql.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>
#include <map>

namespace crux::store {

namespace {

struct SortKey {
    std::string_view name, sql;
    bool usesScores, usesQuestion;
};

/// Of the newest search that found a critical token; NULL without one.
constexpr std::string_view kCriticalPositionSql =
    "(SELECT s.position - t.prompt_tokens FROM search_result s WHERE s.trajectory_id = t.id AND"
    " s.method IN ('critical', 'bisect') AND s.position >= 0 ORDER BY s.created_ms DESC,"
    " s.position LIMIT 1)";

// Texts sort without regard to ASCII case. candidates is built by candidatesSql().
constexpr SortKey kSortKeys[] = {
    {"id", "t.id", false, false},
    {"question", "q.text COLLATE NOCASE", false, true},
    {"verdict", "t.verdict", false, false},
    {"extracted", "t.extracted COLLATE NOCASE", false, false},
    {"gold", "q.gold COLLATE NOCASE", false, true},
    {"tokens", "t.tokens", false, false},
    {"min_s", "m.min_s", true, false},
    {"candidates", "", true, false},
    {"branches", "t.branches", false, false},
    {"source", "t.source_model COLLATE NOCASE", false, false},
    {"sample", "t.sample_index", false, false},
    {"label", "t.label COLLATE NOCASE", false, false},
    {"critical", kCriticalPositionSql, false, false},
};

Result<SortKey> sortKey(const std::string& name) {
    for (const SortKey& key : kSortKeys)
        if (key.name == name)
            return key;
    return fail(ErrorCode::InvalidArgument, cat("trajectories cannot be sorted by \"", name, "\""),
                name);
}

// Pass rates of questions and counts of rollouts, made once for a query that asks for them.
constexpr std::string_view kSamplesJoin =
    " LEFT JOIN (SELECT question_id, count(*) AS samples, avg(verdict = 1) AS pass FROM trajectory"
    " WHERE root_id IS NULL AND deleted = 0 AND verdict <> 0 GROUP BY question_id) g"
    " ON g.question_id = t.question_id";
constexpr std::string_view kRolloutsJoin =
    " LEFT JOIN (SELECT u.trajectory_id, count(*) AS rollouts FROM prefix_use u JOIN rollout r"
    " ON r.prefix_id = u.prefix_id GROUP BY u.trajectory_id) o ON o.trajectory_id = t.id";

/// FROM and WHERE join only the tables that the filter and the order ask for.
SqlSelection idsStatement(const TrajectoryQuery& wanted, const SortKey& key, SqlCondition condition,
                          double threshold, bool ordered = true) {
    SqlSelection out;
    out.sql = "SELECT t.id FROM trajectory t";
    const bool scoreOrder = key.usesScores && wanted.scoreSet;
    if (condition.usesQuestion || key.usesQuestion)
        out.sql += " JOIN question q ON q.id = t.question_id";
    if (condition.usesDataset)
        out.sql += " JOIN dataset d ON d.id = t.dataset_id";
    if (condition.usesScores || scoreOrder) {
        out.sql += " LEFT JOIN score_summary m ON m.score_set_id = ? AND m.trajectory_id = t.id";
        out.values.emplace_back(wanted.scoreSet.value);
    }
    if (condition.usesSamples)
        out.sql += kSamplesJoin;
    if (condition.usesRollouts)
        out.sql += kRolloutsJoin;
    out.sql += " WHERE t.root_id IS NULL AND t.deleted = 0 AND " + condition.sql;
    for (SqlValue& value : condition.values)
        out.values.push_back(std::move(value));
    if (!ordered)
        return out;
    out.sql += " ORDER BY ";
    const std::string_view direction = wanted.descending ? " DESC" : "";
    if (key.name == "candidates" && scoreOrder) {
        out.sql += cat(candidatesSql(), direction, " NULLS LAST, ");
        for (SqlValue& value : candidatesValues(wanted.scoreSet, threshold))
            out.values.push_back(std::move(value));
    } else if (key.name != "id" && (!key.usesScores || scoreOrder)) {
        const bool mayLack = key.usesScores || key.name == "critical";
        out.sql += cat(key.sql, direction, mayLack ? " NULLS LAST, " : ", ");
    }
    out.sql += cat("t.id", key.name == "id" ? direction : "");
    return out;
}

TrajectorySummary readSummary(const Query& row) {
    TrajectorySummary s;
    s.id = row.id<TrajectoryId>(0);
    s.questionId = row.id<QuestionId>(1);
    s.datasetId = row.id<DatasetId>(2);
    s.question = row.text(3);
    s.datasetName = row.text(4);
    s.verdict = static_cast<Verdict>(row.integer(5));
    s.source = static_cast<Source>(row.integer(6));
    s.extracted = row.text(7);
    s.golds = goldAnswers(row.text(8), row.isNull(20) ? Json::object() : storedJson(row.text(20)));
    s.sourceModel = row.text(9);
    s.sampleIndex = row.integer32(10);
    s.tokens = row.integer32(11);
    s.branches = row.integer32(12);
    s.label = row.text(13);
    s.hasNote = row.flag(14);
    s.marked = row.flag(15);
    if (!row.isNull(16))
        s.minS = static_cast<float>(row.real(16));
    s.minSPosition = row.isNull(17) ? -1 : row.integer32(17);
    s.strip = row.text(18);
    s.candidates = row.isNull(19) ? -1 : row.integer32(19);
    return s;
}

} // namespace

Result<SqlSelection> filterSelection(const Project& project, const std::string& filter,
                                     ScoreSetId set) {
    CRUX_TRY(tree, parseFilterTree(filter));
    if (tree.kind == FilterNode::Kind::And && tree.children.empty())
        return SqlSelection{};
    double threshold = 0;
    if (set) {
        CRUX_TRY(stored, candidateThreshold(project, set));
        threshold = stored;
    }
    CRUX_TRY(condition, filterToSql(project, tree, set, threshold));
    TrajectoryQuery wanted;
    wanted.scoreSet = set;
    return idsStatement(wanted, kSortKeys[0], std::move(condition), threshold, false);
}

Result<std::vector<TrajectoryId>> trajectoryIds(const Project& project,
                                                const TrajectoryQuery& wanted) {
    CRUX_TRY(tree, parseFilterTree(wanted.filter));
    CRUX_TRY(key, sortKey(wanted.sortKey));
    double threshold = 0;
    if (wanted.scoreSet) {
        CRUX_TRY(stored, candidateThreshold(project, wanted.scoreSet));
        threshold = stored;
    }
    CRUX_TRY(condition, filterToSql(project, tree, wanted.scoreSet, threshold));
    const SqlSelection statement = idsStatement(wanted, key, std::move(condition), threshold);
    return guarded(project, [&]() -> Result<std::vector<TrajectoryId>> {
        std::vector<TrajectoryId> ids;
        Query query(project, statement.sql);
        bindValues(query, statement.values);
        while (query.step())
            ids.push_back(query.id<TrajectoryId>(0));
        return ids;
    });
}

Result<std::vector<TrajectoryId>> ofDataset(const Project& project, DatasetId dataset,
                                            const std::vector<TrajectoryId>& ids) {
    return guarded(project, [&]() -> Result<std::vector<TrajectoryId>> {
        std::vector<TrajectoryId> kept;
        Query row(project, "SELECT dataset_id FROM trajectory WHERE id = ?");
        for (const TrajectoryId id : ids) {
            row.again();
            if (!row.bind(id.value).step())
                return noSuchRow(project, "trajectory", id.value);
            if (row.id<DatasetId>(0) == dataset)
                kept.push_back(id);
        }
        return kept;
    });
}

Result<std::vector<TrajectorySummary>>
trajectorySummaries(const Project& project, const std::vector<TrajectoryId>& ids, ScoreSetId set) {
    double threshold = 0;
    if (set) {
        CRUX_TRY(stored, candidateThreshold(project, set));
        threshold = stored;
    }
    return guarded(project, [&]() -> Result<std::vector<TrajectorySummary>> {
        std::vector<TrajectorySummary> list;
        list.reserve(ids.size());
        Query row(project,
                  cat("SELECT t.id, t.question_id, t.dataset_id, substr(q.text, 1, 200), d.name,"
                      " t.verdict, t.source, t.extracted, q.gold, t.source_model, t.sample_index,"
                      " t.tokens, t.branches, t.label, t.has_note, t.marked, m.min_s,"
                      " m.min_s_position - t.prompt_tokens, m.strip, ",
                      candidatesSql(),
                      ", CASE WHEN instr(q.meta, '\"golds\"') THEN q.meta END"
                      " FROM trajectory t JOIN question q ON q.id = t.question_id"
                      " JOIN dataset d ON d.id = t.dataset_id LEFT JOIN score_summary m"
                      " ON m.score_set_id = ? AND m.trajectory_id = t.id WHERE t.id = ?"));
        for (const TrajectoryId id : ids) {
            row.again();
            bindValues(row, candidatesValues(set, threshold));
            row.bindAll(set.value, id.value);
            if (row.step()) {
                list.push_back(readSummary(row));
                fillCritical(project, list.back());
            } else { // removed since the ids were read: keeps its place in the list
                list.emplace_back();
                list.back().id = id;
            }
        }
        return list;
    });
}

} // namespace crux::store
