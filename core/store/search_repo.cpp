// Verdicts of searches for critical tokens, and the shares by position that they rest on. Both are
// rows of search_result; shares have the method kEstimates and their rollout set as provenance.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

namespace {

constexpr const char* kEstimates = "rollouts";
constexpr const char* kFindingColumns =
    "s.trajectory_id, t.question_id, s.method, s.provenance_id, s.position, s.right_count,"
    " s.total_count, s.detail, s.job_id, s.created_ms FROM search_result s JOIN trajectory t ON"
    " t.id = s.trajectory_id WHERE s.method <> 'rollouts'";

Json toJson(const ShareCount& count) {
    return Json{count.right, count.total};
}

/// Takes a count out of the stored detail.
ShareCount takeCount(Json& detail, const char* key) {
    ShareCount count;
    const auto found = detail.find(key);
    if (found == detail.end())
        return count;
    if (found->is_array() && found->size() == 2 && (*found)[0].is_number_integer() &&
        (*found)[1].is_number_integer())
        count = {(*found)[0].get<std::int32_t>(), (*found)[1].get<std::int32_t>()};
    detail.erase(found);
    return count;
}

std::int64_t takeInteger(Json& detail, const char* key, std::int64_t otherwise) {
    const auto found = detail.find(key);
    if (found == detail.end())
        return otherwise;
    const std::int64_t value = found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
    detail.erase(found);
    return value;
}

/// The fields without a column of their own go into the detail.
Json detailOf(const SearchFindingRecord& finding) {
    Json detail = finding.detail;
    detail["rollout_set"] = finding.rolloutSet.value;
    if (finding.position < 0)
        return detail;
    detail["token_id"] = finding.tokenId;
    detail["sign"] = finding.sign;
    const std::pair<const char*, const ShareCount*> counts[] = {
        {"before", &finding.before},
        {"confirmation", &finding.confirmation},
        {"with", &finding.with},
        {"without", &finding.without}};
    for (const auto& [key, count] : counts)
        if (count->total > 0)
            detail[key] = toJson(*count);
    if (finding.confirmed)
        detail["confirmed"] = *finding.confirmed;
    return detail;
}

SearchFindingRecord readFinding(const Query& row) {
    SearchFindingRecord finding;
    finding.trajectoryId = row.id<TrajectoryId>(0);
    finding.questionId = row.id<QuestionId>(1);
    finding.method = row.text(2);
    finding.search = row.id<SearchId>(3);
    finding.position = row.integer32(4);
    finding.at = {row.integer32(5), row.integer32(6)};
    Json detail = storedJson(row.text(7));
    finding.jobId = row.id<JobId>(8);
    finding.createdMs = row.integer(9);
    finding.rolloutSet = RolloutSetId{takeInteger(detail, "rollout_set", 0)};
    finding.tokenId = static_cast<std::int32_t>(takeInteger(detail, "token_id", -1));
    finding.sign = static_cast<std::int32_t>(takeInteger(detail, "sign", -1));
    finding.before = takeCount(detail, "before");
    finding.confirmation = takeCount(detail, "confirmation");
    finding.with = takeCount(detail, "with");
    finding.without = takeCount(detail, "without");
    if (const auto found = detail.find("confirmed"); found != detail.end()) {
        if (found->is_boolean())
            finding.confirmed = found->get<bool>();
        detail.erase(found);
    }
    finding.detail = std::move(detail);
    return finding;
}

std::vector<SearchFindingRecord> readFindings(Query& query) {
    std::vector<SearchFindingRecord> list;
    while (query.step())
        list.push_back(readFinding(query));
    return list;
}

void insertFinding(const Project& project, const SearchFindingRecord& finding) {
    Query row(project, "INSERT INTO search_result(trajectory_id, method, provenance_id, position,"
                       " right_count, total_count, detail, job_id, created_ms)"
                       " VALUES (?,?,?,?,?,?,?,?,?)");
    row.bindAll(finding.trajectoryId, finding.method, finding.search, finding.position,
                finding.at.right, finding.at.total, dumpJson(detailOf(finding)), finding.jobId,
                finding.createdMs != 0 ? finding.createdMs : nowMs());
    row.run();
}

/// More rollouts say more; a curtailed position of as many says less.
bool saysMore(const RolloutEstimate& wanted, const RolloutEstimate& stored) {
    if (wanted.curtailed != stored.curtailed)
        return stored.curtailed;
    return wanted.count.total > stored.count.total;
}

RolloutEstimate readEstimate(const Query& row) {
    return {row.integer32(0),
            {row.integer32(1), row.integer32(2)},
            storedJson(row.text(3)).value("curtailed", false)};
}

void saveEstimate(const Project& project, const SearchFindingRecord& of,
                  const RolloutEstimate& estimate) {
    {
        Query find(project, "SELECT position, right_count, total_count, detail FROM search_result"
                            " WHERE trajectory_id = ? AND method = ? AND provenance_id = ? AND"
                            " position = ?");
        find.bindAll(of.trajectoryId, kEstimates, of.rolloutSet, estimate.position);
        if (find.step() && !saysMore(estimate, readEstimate(find)))
            return;
    }
    Query row(project, "INSERT INTO search_result(trajectory_id, method, provenance_id, position,"
                       " right_count, total_count, detail, job_id, created_ms)"
                       " VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT(trajectory_id, method,"
                       " provenance_id, position) DO UPDATE SET right_count = excluded.right_count,"
                       " total_count = excluded.total_count, detail = excluded.detail,"
                       " job_id = excluded.job_id, created_ms = excluded.created_ms");
    const Json detail = estimate.curtailed ? Json{{"curtailed", true}} : Json::object();
    row.bindAll(of.trajectoryId, kEstimates, of.rolloutSet, estimate.position, estimate.count.right,
                estimate.count.total, dumpJson(detail), of.jobId, nowMs());
    row.run();
}

} // namespace

Result<SearchId> addSearch(const Project& project, const Provenance& provenance) {
    return writingValue<SearchId>(project, [&]() -> Result<SearchId> {
        return SearchId{provenanceRowOfAnyVersion(project, provenance)};
    });
}

Result<Provenance> search(const Project& project, SearchId id) {
    return guarded(project, [&]() -> Result<Provenance> {
        Query row(project, "SELECT 1 FROM provenance WHERE id = ?");
        if (!row.bind(id).step())
            return noSuchRow(project, "search", id.value);
        return provenanceOf(project, id.value);
    });
}

Status saveSearchResult(const Project& project, const std::vector<SearchFindingRecord>& findings,
                        const std::vector<RolloutEstimate>& estimates) {
    if (findings.empty())
        return fail(ErrorCode::InvalidArgument, "a search's verdict needs at least one row");
    return writing(project, [&]() -> Status {
        const SearchFindingRecord& front = findings.front();
        {
            Query old(project, "DELETE FROM search_result WHERE trajectory_id = ? AND method = ?"
                               " AND provenance_id = ?");
            old.bindAll(front.trajectoryId, front.method, front.search).run();
        }
        for (const SearchFindingRecord& finding : findings)
            insertFinding(project, finding);
        for (const RolloutEstimate& estimate : estimates)
            saveEstimate(project, front, estimate);
        return {};
    });
}

Status saveEstimates(const Project& project, TrajectoryId trajectory, RolloutSetId set,
                     const std::vector<RolloutEstimate>& estimates) {
    return writing(project, [&]() -> Status {
        SearchFindingRecord of;
        of.trajectoryId = trajectory;
        of.rolloutSet = set;
        for (const RolloutEstimate& estimate : estimates)
            saveEstimate(project, of, estimate);
        return {};
    });
}

Result<std::vector<TrajectoryId>> unsearched(const Project& project, SearchId search,
                                             const std::string& method,
                                             const std::vector<TrajectoryId>& wanted) {
    return guarded(project, [&]() -> Result<std::vector<TrajectoryId>> {
        std::vector<std::int64_t> there;
        Query query(project, "SELECT DISTINCT trajectory_id FROM search_result WHERE"
                             " provenance_id = ? AND method = ? ORDER BY trajectory_id");
        query.bindAll(search, method);
        while (query.step())
            there.push_back(query.integer(0));
        std::vector<TrajectoryId> missing;
        for (const TrajectoryId id : wanted)
            if (!std::binary_search(there.begin(), there.end(), id.value))
                missing.push_back(id);
        return missing;
    });
}

Status tagFindings(const Project& project, SearchId search, const std::string& method,
                   TrajectoryId trajectory, JobId job) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE search_result SET job_id = ? WHERE trajectory_id = ? AND"
                           " method = ? AND provenance_id = ?");
        row.bindAll(job, trajectory, method, search).run();
        return {};
    });
}

Result<std::vector<SearchFindingRecord>> findingsOf(const Project& project,
                                                    TrajectoryId trajectory) {
    return guarded(project, [&]() -> Result<std::vector<SearchFindingRecord>> {
        Query query(project, cat("SELECT ", kFindingColumns,
                                 " AND s.trajectory_id = ? ORDER BY s.position, s.id"));
        query.bind(trajectory);
        return readFindings(query);
    });
}

Result<std::vector<SearchFindingRecord>> findingsOfJob(const Project& project, JobId job) {
    return guarded(project, [&]() -> Result<std::vector<SearchFindingRecord>> {
        Query query(project, cat("SELECT ", kFindingColumns,
                                 " AND s.job_id = ? ORDER BY s.trajectory_id, s.position, s.id"));
        query.bind(job);
        return readFindings(query);
    });
}

Result<std::vector<SearchFindingRecord>> allFindings(const Project& project,
                                                     const std::string& method) {
    return guarded(project, [&]() -> Result<std::vector<SearchFindingRecord>> {
        Query query(project, cat("SELECT ", kFindingColumns,
                                 " AND s.position >= 0 AND t.deleted = 0 AND ?1 IN ('', s.method)"
                                 " ORDER BY s.trajectory_id, s.position, s.id"));
        query.bind(method);
        return readFindings(query);
    });
}

Result<std::vector<RolloutEstimate>> rolloutEstimates(const Project& project,
                                                      TrajectoryId trajectory, RolloutSetId set) {
    return guarded(project, [&]() -> Result<std::vector<RolloutEstimate>> {
        Query query(project, "SELECT position, right_count, total_count, detail FROM search_result"
                             " WHERE trajectory_id = ? AND method = ? AND provenance_id = ?"
                             " ORDER BY position");
        query.bindAll(trajectory, kEstimates, set);
        std::vector<RolloutEstimate> list;
        while (query.step())
            list.push_back(readEstimate(query));
        return list;
    });
}

Result<RolloutChart> rolloutChart(const Project& project, TrajectoryId trajectory,
                                  RolloutSetId set) {
    RolloutChart chart;
    CRUX_TRY(estimates, rolloutEstimates(project, trajectory, set));
    chart.estimates = std::move(estimates);
    for (const RolloutEstimate& estimate : chart.estimates)
        if (chart.firstAllWrong < 0 && estimate.count.right == 0 && estimate.count.total > 0)
            chart.firstAllWrong = estimate.position;
    CRUX_TRY(findings, findingsOf(project, trajectory));
    for (SearchFindingRecord& finding : findings)
        if (finding.rolloutSet == set && finding.position >= 0)
            chart.findings.push_back(std::move(finding));
    return chart;
}

} // namespace crux::store
