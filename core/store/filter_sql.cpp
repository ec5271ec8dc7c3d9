#include "core/store/filter_sql.h"

#include "core/base/text_util.h"
#include "core/spec/verdict.h"
#include "core/store/score_summary.h"
#include "core/store/sql.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace crux::store {

namespace {

std::string_view opSql(FilterOp op) {
    switch (op) {
    case FilterOp::Equal:
        return " = ";
    case FilterOp::NotEqual:
        return " <> ";
    case FilterOp::Less:
        return " < ";
    case FilterOp::LessEqual:
        return " <= ";
    case FilterOp::Greater:
        return " > ";
    default:
        return " >= ";
    }
}

/// Writes one condition piece by piece.
class Builder {
public:
    Builder(const Project& project, ScoreSetId set, double threshold)
        : m_project(project)
        , m_set(set)
        , m_threshold(threshold) {}

    Status node(const FilterNode& node) {
        switch (node.kind) {
        case FilterNode::Kind::Compare:
            return comparison(node.comparison);
        case FilterNode::Kind::Not:
            m_out.sql += "NOT ("; // NULL (no score) is neither: "not min_s<0.1" lists no unscored
            ++m_negations;
            CRUX_TRY_VOID(this->node(node.children.front()));
            --m_negations;
            m_out.sql += ")";
            return {};
        case FilterNode::Kind::And:
        case FilterNode::Kind::Or:
            break;
        }
        if (node.children.empty()) {
            m_out.sql += "1";
            return {};
        }
        return children(node);
    }

    SqlCondition take() { return std::move(m_out); }

private:
    /// Joined by "and", terms about candidates speak of one candidate, those about critical tokens
    /// of one critical token.
    Status children(const FilterNode& node) {
        const bool conjunction = node.kind == FilterNode::Kind::And;
        std::vector<FilterComparison> candidate, critical;
        const char* joint = "(";
        for (const FilterNode& child : node.children) {
            const bool term = conjunction && child.kind == FilterNode::Kind::Compare;
            if (term && isCandidateField(child.comparison.field)) {
                candidate.push_back(child.comparison);
            } else if (term && isCriticalField(child.comparison.field)) {
                critical.push_back(child.comparison);
            } else {
                m_out.sql += std::exchange(joint, conjunction ? " AND " : " OR ");
                CRUX_TRY_VOID(this->node(child));
            }
        }
        for (std::vector<FilterComparison>* group : {&candidate, &critical}) {
            if (group->empty())
                continue;
            m_out.sql += std::exchange(joint, " AND ");
            CRUX_TRY_VOID(tokens(std::move(*group)));
        }
        m_out.sql += ")";
        return {};
    }

    Status comparison(const FilterComparison& c) {
        if (isCandidateField(c.field) || isCriticalField(c.field))
            return tokens({c});
        switch (c.field) {
        case FilterField::Verdict:
            return number("t.verdict", c);
        case FilterField::MinS:
            CRUX_TRY_VOID(needScores(c));
            return number("m.min_s", c);
        case FilterField::Candidates: {
            CRUX_TRY_VOID(needScores(c));
            m_out.sql += candidatesSql();
            for (SqlValue& value : candidatesValues(m_set, m_threshold))
                m_out.values.push_back(std::move(value));
            return number("", c);
        }
        case FilterField::Tokens:
            return number("t.tokens", c);
        case FilterField::Branches:
            return number("t.branches", c);
        case FilterField::Sample:
            return number("t.sample_index", c);
        case FilterField::Id:
            return number("t.id", c);
        case FilterField::Source:
            return number("t.source", c);
        case FilterField::Marked:
            return number("t.marked", c);
        case FilterField::Dataset:
            m_out.usesDataset = true;
            return text("d.name", c);
        case FilterField::Gold:
            m_out.usesQuestion = true;
            return gold(c);
        case FilterField::Answer:
            return text("t.extracted", c);
        case FilterField::Reason:
            return text("t.verdict_reason", c);
        case FilterField::Model:
            return text("t.source_model", c);
        case FilterField::Label:
            return text("t.label", c);
        case FilterField::Note:
            return note(c);
        case FilterField::SampledBy:
            return text("COALESCE((SELECT name FROM adapter WHERE id = t.adapter_id), (SELECT name"
                        " FROM model WHERE id = t.model_id), t.source_model)",
                        c);
        case FilterField::Samples:
            m_out.usesSamples = true;
            return number("COALESCE(g.samples, 0)", c);
        case FilterField::Pass:
            m_out.usesSamples = true;
            return number("g.pass", c);
        case FilterField::Slip:
            return number("(t.slip >= 0)", c);
        case FilterField::Rollouts:
            m_out.usesRollouts = true;
            return number("COALESCE(o.rollouts, 0)", c);
        case FilterField::Searched:
            return number("(t.id IN (SELECT trajectory_id FROM search_result INDEXED BY"
                          " search_result_by_token WHERE method <> 'rollouts'))",
                          c);
        case FilterField::Critical:
            CRUX_TRY_VOID(needSearch(c));
            return number("(SELECT count(DISTINCT f.position) FROM found_token f WHERE"
                          " f.trajectory_id = t.id)",
                          c);
        case FilterField::Question:
            return longText("t.question_id", "question", "text", c);
        case FilterField::Text:
            return longText("t.id", "trajectory_text", "response", c);
        case FilterField::AnyText:
            return anyText(c);
        default:
            return {};
        }
    }

    Status tokens(std::vector<FilterComparison> group) {
        const FilterComparison first = group.front();
        const bool candidates = isCandidateField(first.field);
        CRUX_TRY_VOID(candidates ? needScoreSet(first) : needSearch(first));
        CRUX_TRY(test, TokenTest::make(m_project, std::move(group)));
        if (test.uses(FilterField::CritHit))
            CRUX_TRY_VOID(needScoreSet(first));
        std::vector<std::int64_t> ids;
        if (!test.matchesNothing())
            ids = candidates ? holdersOfCandidates(test) : holdersOfCritical(test);
        if (!candidates) {
            among(std::move(ids));
            return {};
        }
        // Without scores it is neither so nor not so, which shows only below a "not".
        const bool negated = m_negations > 0;
        if (negated) {
            m_out.sql += "(CASE WHEN ";
            among(scoredIds());
            m_out.sql += " THEN ";
        }
        m_out.sql += cat("(t.verdict = ", static_cast<int>(Verdict::Wrong), " AND ");
        among(std::move(ids));
        m_out.sql += negated ? ") END)" : ")";
        return {};
    }

    std::vector<std::int64_t> scoredIds() const {
        std::vector<std::int64_t> ids;
        Query row(m_project, "SELECT trajectory_id FROM score_summary INDEXED BY"
                             " score_summary_by_min WHERE score_set_id = ?");
        row.bind(m_set.value);
        while (row.step())
            ids.push_back(row.integer(0));
        std::sort(ids.begin(), ids.end());
        return ids;
    }

    /// Roots alone; by the index, ascending.
    std::vector<std::int64_t> wrongIds() const {
        std::vector<std::int64_t> ids;
        Query row(m_project, cat("SELECT id FROM trajectory INDEXED BY trajectory_by_verdict WHERE"
                                 " root_id IS NULL AND verdict = ",
                                 static_cast<int>(Verdict::Wrong), " ORDER BY id"));
        while (row.step())
            ids.push_back(row.integer(0));
        return ids;
    }

    /// A few ids lead to their rows; many are looked up while all rows pass.
    void among(std::vector<std::int64_t> ids) {
        constexpr std::size_t kFew = 2000;
        if (ids.size() > kFew) {
            m_out.sql += "crux_among(?, t.id)";
            m_out.values.emplace_back(std::move(ids));
            return;
        }
        std::string list = "[";
        for (const std::int64_t id : ids)
            list += cat(list.size() > 1 ? "," : "", id);
        m_out.sql += "t.id IN (SELECT value FROM json_each(?))";
        m_out.values.emplace_back(list + "]");
    }

    using PlaceList = std::vector<std::pair<TrajectoryId, std::int32_t>>;
    /// Takes the trajectories (ascending, each once) of the tokens that pass.
    static TokenVisitor holdersInto(const TokenTest& test, std::vector<std::int64_t>& ids) {
        return [&test, &ids](const FoundToken& token) {
            if ((ids.empty() || ids.back() != token.trajectory.value) && test.holds(token))
                ids.push_back(token.trajectory.value);
            return true;
        };
    }
    static TokenVisitor placesInto(PlaceList& places) {
        return [&places](const FoundToken& token) {
            places.emplace_back(token.trajectory, token.position);
            return true;
        };
    }

    std::vector<std::int64_t> holdersOfCandidates(TokenTest& test) {
        if (test.uses(FilterField::CandHit)) {
            PlaceList places;
            scanCritical(m_project, {{}, {}, {}, {false, false}}, {}, placesInto(places));
            test.setPartners(std::move(places));
        }
        std::vector<std::int64_t> ids;
        scanCandidates(m_project, {m_set, m_threshold, false, test.needs()}, {},
                       holdersInto(test, ids));
        return ids;
    }

    std::vector<std::int64_t> holdersOfCritical(TokenTest& test) {
        if (test.uses(FilterField::CritHit)) {
            PlaceList places;
            const std::vector<std::int64_t> wrong = wrongIds();
            auto next = wrong.begin(); // both lists ascend
            scanCandidates(m_project, {m_set, m_threshold, false, {false, false}}, {},
                           [&](const FoundToken& token) {
                               while (next != wrong.end() && *next < token.trajectory.value)
                                   ++next;
                               if (next != wrong.end() && *next == token.trajectory.value)
                                   places.emplace_back(token.trajectory, token.position);
                               return true;
                           });
            test.setPartners(std::move(places));
        }
        std::vector<std::int64_t> ids;
        const bool scored = test.uses(FilterField::CritScore);
        scanCritical(m_project, {{}, scored ? m_set : ScoreSetId(), test.onlyIds(), test.needs()},
                     {}, holdersInto(test, ids));
        return ids;
    }

    Status needSearch(const FilterComparison& c) {
        Query row(m_project, "SELECT 1 FROM search_result INDEXED BY search_result_by_token WHERE"
                             " method <> 'rollouts' LIMIT 1");
        if (row.step())
            return {};
        return fail(ErrorCode::InvalidArgument,
                    cat("the filter asks for ", c.fieldName,
                        ", but no search for critical tokens was made; candidates by score are "
                        "asked for with cand.token"),
                    c.fieldName);
    }

    Status needScores(const FilterComparison& c) {
        m_out.usesScores = true;
        return needScoreSet(c);
    }

    Status needScoreSet(const FilterComparison& c) {
        if (m_set)
            return {};
        return fail(ErrorCode::InvalidArgument,
                    cat("the filter asks for ", c.fieldName,
                        ", but no score set is chosen; score the trajectories first"),
                    c.fieldName);
    }

    Status number(std::string_view column, const FilterComparison& c) {
        m_out.sql += cat(column, opSql(c.op), "?");
        m_out.values.emplace_back(c.number);
        return {};
    }

    Status text(std::string_view column, const FilterComparison& c) {
        if (c.op == FilterOp::Contains)
            m_out.sql += cat("crux_contains(", column, ", ?)");
        else
            m_out.sql += cat(column, opSql(c.op), "?");
        m_out.values.emplace_back(c.text);
        return {};
    }

    /// A question may have several: any of them.
    Status gold(const FilterComparison& c) {
        const bool unequal = c.op == FilterOp::NotEqual;
        const std::string_view holds =
            c.op == FilterOp::Contains ? "crux_contains(value, ?)" : "value = ?";
        m_out.sql +=
            cat(unequal ? "NOT (" : "(",
                c.op == FilterOp::Contains ? "crux_contains(q.gold, ?)" : "q.gold = ?",
                " OR (instr(q.meta, '\"golds\"') AND json_valid(q.meta) AND EXISTS (SELECT 1 FROM"
                " json_each(q.meta, '$.golds') WHERE ",
                holds, ")))");
        m_out.values.emplace_back(c.text);
        m_out.values.emplace_back(c.text);
        return {};
    }

    Status note(const FilterComparison& c) {
        if (c.isNumber)
            return number("t.has_note", c);
        m_out.sql +=
            cat("(t.has_note", c.op == FilterOp::NotEqual ? " = 0 OR NOT " : " AND ",
                "EXISTS(SELECT 1 FROM note n WHERE n.trajectory_id = t.id AND ",
                c.op == FilterOp::Contains ? "crux_contains(n.text, ?)" : "n.text = ?", "))");
        m_out.values.emplace_back(c.text);
        return {};
    }

    /// A text outside the narrow table: found by its trigrams first, then read and compared.
    Status longText(std::string_view key, std::string_view table, std::string_view column,
                    const FilterComparison& c) {
        if (c.op == FilterOp::NotEqual)
            m_out.sql += "NOT ";
        const std::string_view index = table == "question" ? "question_fts" : "trajectory_fts";
        const std::string trigrams = trigramQuery(c.text);
        m_out.sql += cat(key, " IN (SELECT x.id FROM ");
        if (trigrams.empty()) {
            m_out.sql += cat(table, " x WHERE ");
        } else {
            m_out.sql += cat(index, " f CROSS JOIN ", table, " x ON x.id = f.rowid WHERE ", index,
                             " MATCH ? AND ");
            m_out.values.emplace_back(trigrams);
        }
        m_out.sql += c.op == FilterOp::Contains ? cat("crux_contains(x.", column, ", ?))")
                                                : cat("x.", column, " = ?)");
        m_out.values.emplace_back(c.text);
        return {};
    }

    Status anyText(const FilterComparison& c) {
        m_out.sql += "(";
        CRUX_TRY_VOID(longText("t.id", "trajectory_text", "response", c));
        m_out.sql += " OR ";
        CRUX_TRY_VOID(longText("t.question_id", "question", "text", c));
        m_out.sql += ")";
        return {};
    }

    SqlCondition m_out;
    const Project& m_project;
    ScoreSetId m_set;
    double m_threshold;
    int m_negations = 0;
};

} // namespace

std::string candidatesSql() {
    // The array is only read where all of the kept lowest are below the threshold.
    return cat("(CASE WHEN m.trajectory_id IS NULL THEN NULL WHEN t.verdict = ",
               static_cast<int>(Verdict::Right),
               " THEN 0 ELSE MAX(COALESCE(NULLIF(crux_count_below(m.lowest, 0, ?), ", kLowestKept,
               "), (SELECT crux_count_below(z.s, t.prompt_tokens, ?) FROM score z"
               " WHERE z.trajectory_id = t.id AND z.score_set_id = ?)), t.verdict = ",
               static_cast<int>(Verdict::Wrong), " AND m.min_s IS NOT NULL) END)");
}

std::vector<SqlValue> candidatesValues(ScoreSetId set, double threshold) {
    return {threshold, threshold, set.value};
}

std::string trigramQuery(std::string_view part) {
    std::vector<std::size_t> starts; // of characters
    for (std::size_t i = 0; i < part.size(); ++i)
        if ((static_cast<unsigned char>(part[i]) & 0xC0) != 0x80)
            starts.push_back(i);
    starts.push_back(part.size());
    if (starts.size() < 4 || part.find('\0') != std::string_view::npos)
        return {};
    // Some trigrams narrow down enough; the text itself is compared afterwards.
    constexpr std::size_t kMost = 16;
    const std::size_t count = starts.size() - 3;
    const std::size_t stride = (count + kMost - 1) / kMost;
    std::string query;
    for (std::size_t i = 0; i < count; i += stride) {
        std::string quoted;
        for (const char c : part.substr(starts[i], starts[i + 3] - starts[i]))
            quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        query += cat(query.empty() ? "" : " AND ", "\"", quoted, "\"");
    }
    return query;
}

Result<SqlCondition> filterToSql(const Project& project, const FilterNode& node, ScoreSetId set,
                                 double threshold) {
    return guarded(project, [&]() -> Result<SqlCondition> {
        Builder builder(project, set, threshold);
        CRUX_TRY_VOID(builder.node(node));
        return builder.take();
    });
}

} // namespace crux::store
