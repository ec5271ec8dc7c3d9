// Candidates by s_t held against what rollouts found, trajectory by trajectory.
#include "core/base/text_util.h"
#include "core/store/corpus.h"
#include "core/store/filter_sql.h"
#include "core/store/sql.h"

#include <algorithm>
#include <cmath>

namespace crux::store {

namespace {

/// One scored trajectory: what its row in the report is computed from.
struct Compared {
    TrajectoryId trajectory;
    std::int32_t promptTokens = 0, slip = -1;
    Verdict verdict = Verdict::Ungraded;
    std::vector<float> s;
};

/// The verdict rows of the newest search of the method.
struct NewestSearch {
    bool there = false;
    RolloutSetId rolloutSet;
    std::vector<std::int32_t> critical;
};

NewestSearch newestSearch(const Project& project, TrajectoryId id, const AgreementQuery& wanted) {
    NewestSearch found;
    Query row(project, "SELECT position, detail, provenance_id FROM search_result WHERE"
                       " trajectory_id = ?1 AND method = ?2 AND provenance_id = (SELECT"
                       " provenance_id FROM search_result WHERE trajectory_id = ?1 AND method = ?2"
                       " ORDER BY id DESC LIMIT 1) ORDER BY position");
    row.bindAll(id, wanted.method);
    while (row.step()) {
        const Json detail = storedJson(row.text(1));
        found.there = true;
        found.rolloutSet = RolloutSetId{detail.value("rollout_set", std::int64_t{0})};
        const bool lowers = detail.value("sign", -1) < 0;
        const bool counts = wanted.truth != Truth::Confirmed || detail.value("confirmed", false);
        if (row.integer(0) >= 0 && lowers && counts)
            found.critical.push_back(row.integer32(0));
    }
    return found;
}

std::vector<AgreementInput::Share> sharesOf(const Project& project, TrajectoryId id,
                                            RolloutSetId set) {
    std::vector<AgreementInput::Share> shares;
    Query row(project, "SELECT position, right_count, total_count, detail FROM search_result WHERE"
                       " trajectory_id = ? AND method = 'rollouts' AND provenance_id = ? ORDER BY"
                       " position");
    row.bindAll(id, set);
    while (row.step()) {
        RolloutEstimate estimate{row.integer32(0), {row.integer32(1), row.integer32(2)}, false};
        if (const std::string detail = row.text(3); detail.size() > 2) // not "{}"
            estimate.curtailed = storedJson(detail).value("curtailed", false);
        if (estimate.count.total > 0)
            shares.push_back({estimate.position, estimate.share()});
    }
    return shares;
}

/// None when there is nothing to hold the candidates against.
std::optional<AgreementRow> compare(const Project& project, const Compared& one, double threshold,
                                    const AgreementQuery& wanted) {
    AgreementRow row;
    row.trajectory = one.trajectory;
    const NewestSearch search = newestSearch(project, one.trajectory, wanted);
    if (wanted.truth == Truth::Slips) {
        if (one.slip < 0)
            return {};
        row.critical = {one.slip};
    } else {
        if (!search.there)
            return {};
        row.critical = search.critical;
    }
    const auto shares = search.there ? sharesOf(project, one.trajectory, search.rolloutSet)
                                     : std::vector<AgreementInput::Share>();
    row.candidates = candidatePositions(one.s, one.promptTokens, one.verdict, threshold);
    row.numbers =
        agreementOf({one.s, one.promptTokens, row.candidates, row.critical, shares}, wanted.window);
    return row;
}

/// Wrong, scored trajectories of a selection that may have what is asked for.
std::string comparedSql(const AgreementQuery& wanted, std::string_view selection) {
    const std::string_view truth =
        wanted.truth == Truth::Slips
            ? "t.slip >= 0"
            : "t.id IN (SELECT trajectory_id FROM search_result INDEXED BY search_result_by_token"
              " WHERE method <> 'rollouts' AND method = ?)";
    return cat("SELECT t.id, t.prompt_tokens, t.slip, t.verdict, c.s FROM trajectory t CROSS JOIN"
               " score c ON c.trajectory_id = t.id AND c.score_set_id = ? WHERE t.verdict = ",
               static_cast<int>(Verdict::Wrong), " AND t.root_id IS NULL AND t.deleted = 0 AND ",
               truth, selection.empty() ? std::string() : cat(" AND t.id IN (", selection, ")"),
               " ORDER BY t.id");
}

Compared readCompared(const Query& row) {
    return {row.id<TrajectoryId>(0), row.integer32(1), row.integer32(2),
            static_cast<Verdict>(row.integer(3)), row.array<float>(4)};
}

} // namespace

std::vector<std::int32_t> candidatePositions(std::span<const float> s, std::int32_t promptTokens,
                                             Verdict verdict, double threshold) {
    std::vector<std::int32_t> positions;
    if (verdict != Verdict::Wrong)
        return positions;
    std::int32_t lowest = -1;
    for (std::int32_t i = std::max(promptTokens, 0); i < std::ssize(s); ++i) {
        const float value = s[static_cast<std::size_t>(i)];
        if (std::isnan(value))
            continue;
        if (lowest < 0 || value < s[static_cast<std::size_t>(lowest)])
            lowest = i;
        if (static_cast<double>(value) < threshold)
            positions.push_back(i);
    }
    if (positions.empty() && lowest >= 0)
        positions.push_back(lowest);
    return positions;
}

Result<AgreementReport> agreementReport(const Project& project, const AgreementQuery& wanted,
                                        const CancelToken& cancel) {
    AgreementReport report;
    if (!wanted.scoreSet)
        return report;
    CRUX_TRY(where, filterSelection(project, wanted.filter, wanted.scoreSet));
    CRUX_TRY(threshold, candidateThreshold(project, wanted.scoreSet));
    return guarded(project, [&]() -> Result<AgreementReport> {
        Query query(project, comparedSql(wanted, where.sql));
        query.bind(wanted.scoreSet.value);
        if (wanted.truth != Truth::Slips)
            query.bind(wanted.method);
        bindValues(query, where.values);
        AgreementSum sum;
        while (query.step()) {
            if (cancel.cancelled())
                return fail(ErrorCode::Cancelled, "comparing with rollouts was cancelled");
            if (auto row = compare(project, readCompared(query), threshold, wanted)) {
                sum.add(row->numbers);
                report.rows.push_back(std::move(*row));
            }
        }
        report.totals = sum.totals();
        return report;
    });
}

Result<std::optional<AgreementRow>> trajectoryAgreement(const Project& project, TrajectoryId id,
                                                        const AgreementQuery& wanted) {
    using Row = std::optional<AgreementRow>;
    if (!wanted.scoreSet)
        return Row();
    CRUX_TRY(threshold, candidateThreshold(project, wanted.scoreSet));
    return guarded(project, [&]() -> Result<Row> {
        Query query(project, comparedSql(wanted, "?"));
        query.bind(wanted.scoreSet.value);
        if (wanted.truth != Truth::Slips)
            query.bind(wanted.method);
        query.bind(id);
        return query.step() ? compare(project, readCompared(query), threshold, wanted) : Row();
    });
}

} // namespace crux::store
