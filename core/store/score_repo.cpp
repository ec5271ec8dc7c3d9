#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/score_summary.h"
#include "core/store/sql.h"

#include <algorithm>
#include <cmath>

namespace crux::store {

namespace {

constexpr double kThresholdQuantile = 0.01; // UX.md 3.2: the data set's 1st percentile

/// What makes a score set that set; names and times do not.
std::string identityOf(const ScoreSetRecord& set) {
    const Provenance& p = set.provenance;
    return hashText(dumpJson(
        Json{set.positiveModel.value, set.positiveAdapter.value, set.negativeModel.value,
             set.negativeAdapter.value, set.policyModel.value, set.policyAdapter.value, set.beta,
             set.topK, p.weightsHash, p.adapterHash, p.tokenizerHash, p.params, p.seed, p.dtype}));
}

ScoreSetRecord readScoreSet(const Project& project, const Query& row) {
    ScoreSetRecord set;
    set.id = row.id<ScoreSetId>(0);
    set.name = row.text(1);
    set.positiveModel = row.id<ModelId>(2);
    set.positiveAdapter = row.id<AdapterId>(3);
    set.negativeModel = row.id<ModelId>(4);
    set.negativeAdapter = row.id<AdapterId>(5);
    set.policyModel = row.id<ModelId>(6);
    set.policyAdapter = row.id<AdapterId>(7);
    set.beta = row.real(8);
    set.topK = row.integer32(9);
    set.provenance = provenanceOf(project, row.integer(10));
    set.scored = row.integer(11);
    set.createdMs = row.integer(12);
    return set;
}

template <typename T>
Status checkLength(const std::vector<T>& values, std::size_t tokens, const char* name) {
    if (values.empty() || values.size() == tokens)
        return {};
    return fail(ErrorCode::Mismatch,
                cat(values.size(), " values of ", name, " do not fit ", tokens, " tokens"));
}

Status checkScores(const ScoreRecord& r, const AlternativesRecord* alternatives,
                   std::size_t tokens) {
    if (r.s.size() != tokens)
        return fail(ErrorCode::Mismatch, cat(r.s.size(), " scores do not fit the ", tokens,
                                             " tokens of trajectory ", r.trajectoryId.value));
    CRUX_TRY_VOID(checkLength(r.pPositive, tokens, "p_positive"));
    CRUX_TRY_VOID(checkLength(r.pNegative, tokens, "p_negative"));
    CRUX_TRY_VOID(checkLength(r.logpPolicy, tokens, "logp_policy"));
    CRUX_TRY_VOID(checkLength(r.entropyPositive, tokens, "entropy_positive"));
    CRUX_TRY_VOID(checkLength(r.entropyNegative, tokens, "entropy_negative"));
    CRUX_TRY_VOID(checkLength(r.entropyPolicy, tokens, "entropy_policy"));
    CRUX_TRY_VOID(checkLength(r.rankPositive, tokens, "rank_positive"));
    CRUX_TRY_VOID(checkLength(r.rankNegative, tokens, "rank_negative"));
    CRUX_TRY_VOID(checkLength(r.rankPolicy, tokens, "rank_policy"));
    if (alternatives == nullptr)
        return {};
    const AlternativesRecord& a = *alternatives;
    const std::size_t cells = tokens * static_cast<std::size_t>(std::max(a.k, 0));
    if (a.k < 1 || a.ids.size() != cells)
        return fail(ErrorCode::Mismatch,
                    cat(a.ids.size(), " alternatives do not fit ", tokens, " x ", a.k));
    CRUX_TRY_VOID(checkLength(a.p, cells, "p"));
    CRUX_TRY_VOID(checkLength(a.pPositive, cells, "p_positive"));
    CRUX_TRY_VOID(checkLength(a.pNegative, cells, "p_negative"));
    return checkLength(a.s, cells, "s");
}

void insertScores(const Project& project, const ScoreRecord& r, JobId job) {
    Query row(project,
              "INSERT OR REPLACE INTO score(score_set_id, trajectory_id, job_id, s, p_positive,"
              " p_negative, logp_policy, entropy_positive, entropy_negative, entropy_policy,"
              " rank_positive, rank_negative, rank_policy) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
    row.bindAll(r.scoreSetId.value, r.trajectoryId.value, job);
    row.bindArray(r.s).bindArray(r.pPositive).bindArray(r.pNegative).bindArray(r.logpPolicy);
    row.bindArray(r.entropyPositive).bindArray(r.entropyNegative).bindArray(r.entropyPolicy);
    row.bindArray(r.rankPositive).bindArray(r.rankNegative).bindArray(r.rankPolicy);
    row.run();
}

void insertAlternatives(const Project& project, const ScoreRecord& r, const AlternativesRecord& a) {
    Query row(project, "INSERT OR REPLACE INTO alternatives(score_set_id, trajectory_id, k, ids, p,"
                       " p_positive, p_negative, s) VALUES (?,?,?,?,?,?,?,?)");
    row.bindAll(r.scoreSetId.value, r.trajectoryId.value, a.k);
    row.bindArray(a.ids)
        .bindArray(a.p)
        .bindArray(a.pPositive)
        .bindArray(a.pNegative)
        .bindArray(a.s);
    row.run();
}

void insertSummary(const Project& project, const ScoreRecord& r, std::int32_t promptTokens,
                   const std::vector<std::int32_t>& ids) {
    const ScoreSummary summary = summarise(r.s, promptTokens);
    // An update, not a replacement: the counter trigger must see an insert only once.
    Query row(project,
              "INSERT INTO score_summary(score_set_id, trajectory_id, min_s, min_s_position,"
              " tokens, lowest, strip) VALUES (?,?,?,?,?,?,?)"
              " ON CONFLICT(score_set_id, trajectory_id) DO UPDATE SET min_s = excluded.min_s,"
              " min_s_position = excluded.min_s_position, tokens = excluded.tokens,"
              " lowest = excluded.lowest, strip = excluded.strip");
    row.bindAll(r.scoreSetId.value, r.trajectoryId.value);
    if (summary.minPosition < 0)
        row.bindNull();
    else
        row.bind(summary.minS);
    row.bindAll(summary.minPosition, static_cast<std::int64_t>(r.s.size()) - promptTokens);
    row.bindArray(summary.lowest).bindBlob(summary.strip.data(), summary.strip.size());
    row.run();
    std::vector<std::int32_t> tokens;
    for (const std::int32_t position : summary.lowestPositions)
        tokens.push_back(ids[static_cast<std::size_t>(position)]);
    Query lowest(project, "INSERT OR REPLACE INTO lowest_token(score_set_id, trajectory_id,"
                          " positions, ids, s) VALUES (?,?,?,?,?)");
    lowest.bindAll(r.scoreSetId.value, r.trajectoryId.value);
    lowest.bindArray(summary.lowestPositions).bindArray(tokens).bindArray(summary.lowest).run();
}

/// Response scores of the set, every `stride`-th over all rows; NaN left out.
std::vector<float> responseScores(const Project& project, ScoreSetId set, bool wrongOnly,
                                  std::size_t stride) {
    std::string sql = "SELECT c.s, t.prompt_tokens FROM score c JOIN trajectory t"
                      " ON t.id = c.trajectory_id WHERE c.score_set_id = ? AND t.deleted = 0";
    if (wrongOnly)
        sql += cat(" AND t.verdict = ", static_cast<int>(Verdict::Wrong));
    Query query(project, sql);
    query.bind(set.value);
    std::vector<float> values;
    std::size_t number = 0;
    while (query.step()) {
        const std::vector<float> scores = query.array<float>(0);
        for (auto i = static_cast<std::size_t>(query.integer(1)); i < scores.size(); ++i)
            if (!std::isnan(scores[i]) && number++ % stride == 0)
                values.push_back(scores[i]);
    }
    return values;
}

/// `name`, or with a number behind it where another set has it: sets are chosen by their names.
std::string freeName(const Project& project, const std::string& name) {
    std::string candidate = name;
    for (int number = 2;; ++number) {
        Query taken(project, "SELECT 1 FROM score_set WHERE name = ?");
        if (!taken.bind(candidate).step())
            return candidate;
        candidate = cat(name, " (", number, ")");
    }
}

} // namespace

Status dropEmptyScoreSet(const Project& project, ScoreSetId set) {
    return writing(project, [&]() -> Status {
        Query row(project, "DELETE FROM score_set WHERE id = ?1 AND NOT EXISTS"
                           " (SELECT 1 FROM score_summary WHERE score_set_id = ?1)");
        row.bind(set.value).run();
        return {};
    });
}

Result<ScoreSetId> addScoreSet(const Project& project, const ScoreSetRecord& set) {
    return writingValue<ScoreSetId>(project, [&]() -> Result<ScoreSetId> {
        const std::string hash = identityOf(set);
        Query find(project, "SELECT id FROM score_set WHERE hash = ?");
        if (find.bind(hash).step())
            return find.id<ScoreSetId>(0);
        const std::int64_t provenance = provenanceRow(project, set.provenance);
        Query row(project,
                  "INSERT INTO score_set(name, hash, positive_model, positive_adapter,"
                  " negative_model, negative_adapter, policy_model, policy_adapter, beta, top_k,"
                  " provenance_id, created_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
        row.bindAll(freeName(project, set.name), hash, set.positiveModel, set.positiveAdapter,
                    set.negativeModel, set.negativeAdapter, set.policyModel, set.policyAdapter,
                    set.beta, set.topK, provenance, nowMs());
        row.run();
        return ScoreSetId{lastRow(project)};
    });
}

Result<std::vector<ScoreSetRecord>> scoreSets(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<ScoreSetRecord>> {
        std::vector<ScoreSetRecord> list;
        Query query(project,
                    "SELECT id, name, positive_model, positive_adapter, negative_model,"
                    " negative_adapter, policy_model, policy_adapter, beta, top_k, provenance_id,"
                    " scored, created_ms FROM score_set ORDER BY id");
        while (query.step())
            list.push_back(readScoreSet(project, query));
        return list;
    });
}

Status saveScores(const Project& project, const ScoreRecord& record,
                  const AlternativesRecord* alternatives, JobId job) {
    return writing(project, [&]() -> Status {
        std::int32_t promptTokens = 0;
        std::vector<std::int32_t> ids;
        {
            Query row(project, "SELECT t.prompt_tokens, k.ids FROM trajectory t LEFT JOIN"
                               " trajectory_tokens k ON k.id = t.id WHERE t.id = ?");
            if (!row.bind(record.trajectoryId.value).step())
                return noSuchRow(project, "trajectory", record.trajectoryId.value);
            promptTokens = row.integer32(0);
            ids = row.array<std::int32_t>(1);
        }
        CRUX_TRY_VOID(checkScores(record, alternatives, ids.size()));
        insertScores(project, record, job);
        if (alternatives != nullptr)
            insertAlternatives(project, record, *alternatives);
        insertSummary(project, record, promptTokens, ids);
        return {};
    });
}

Result<std::optional<ScoreRecord>> scores(const Project& project, TrajectoryId trajectory,
                                          ScoreSetId set) {
    return guarded(project, [&]() -> Result<std::optional<ScoreRecord>> {
        Query row(project, "SELECT s, p_positive, p_negative, logp_policy, entropy_positive,"
                           " entropy_negative, entropy_policy, rank_positive, rank_negative,"
                           " rank_policy FROM score WHERE trajectory_id = ? AND score_set_id = ?");
        if (!row.bindAll(trajectory.value, set.value).step())
            return std::optional<ScoreRecord>();
        ScoreRecord r;
        r.trajectoryId = trajectory;
        r.scoreSetId = set;
        std::vector<float>* floats[] = {&r.s,
                                        &r.pPositive,
                                        &r.pNegative,
                                        &r.logpPolicy,
                                        &r.entropyPositive,
                                        &r.entropyNegative,
                                        &r.entropyPolicy};
        int column = 0;
        for (std::vector<float>* target : floats)
            *target = row.array<float>(column++);
        for (std::vector<std::int32_t>* target : {&r.rankPositive, &r.rankNegative, &r.rankPolicy})
            *target = row.array<std::int32_t>(column++);
        return std::optional<ScoreRecord>(std::move(r));
    });
}

Result<std::optional<AlternativesRecord>> alternatives(const Project& project,
                                                       TrajectoryId trajectory, ScoreSetId set) {
    return guarded(project, [&]() -> Result<std::optional<AlternativesRecord>> {
        Query row(project, "SELECT k, ids, p, p_positive, p_negative, s FROM alternatives"
                           " WHERE trajectory_id = ? AND score_set_id = ?");
        if (!row.bindAll(trajectory.value, set.value).step())
            return std::optional<AlternativesRecord>();
        AlternativesRecord a;
        a.k = row.integer32(0);
        a.ids = row.array<std::int32_t>(1);
        a.p = row.array<float>(2);
        a.pPositive = row.array<float>(3);
        a.pNegative = row.array<float>(4);
        a.s = row.array<float>(5);
        return std::optional<AlternativesRecord>(std::move(a));
    });
}

Result<std::vector<TrajectoryId>> unscored(const Project& project, ScoreSetId set,
                                           const std::vector<TrajectoryId>& wanted) {
    return guarded(project, [&]() -> Result<std::vector<TrajectoryId>> {
        std::vector<std::int64_t> there;
        Query query(project, "SELECT trajectory_id FROM score_summary WHERE score_set_id = ?"
                             " ORDER BY trajectory_id");
        query.bind(set.value);
        while (query.step())
            there.push_back(query.integer(0));
        std::vector<TrajectoryId> missing;
        for (const TrajectoryId id : wanted)
            if (!std::binary_search(there.begin(), there.end(), id.value))
                missing.push_back(id);
        return missing;
    });
}

Result<double> candidateThreshold(const Project& project, ScoreSetId set) {
    CRUX_TRY(stored, guarded(project, [&]() -> Result<std::optional<double>> {
                 Query query(project, "SELECT threshold FROM score_set WHERE id = ?");
                 if (!query.bind(set.value).step())
                     return noSuchRow(project, "score set", set.value);
                 return query.isNull(0) ? std::optional<double>()
                                        : std::optional<double>(query.real(0));
             }));
    if (stored)
        return *stored;
    if (!project.readOnly())
        return recomputeThreshold(project, set);
    return guarded(project, [&]() -> Result<double> {
        auto values = responseScores(project, set, true, 1);
        return values.empty() ? 0.0 : quantile(values, kThresholdQuantile);
    });
}

Status setCandidateThreshold(const Project& project, ScoreSetId set, double threshold) {
    if (!(threshold >= 0 && threshold <= 1))
        return fail(ErrorCode::InvalidArgument,
                    cat("a candidate threshold lies between 0 and 1, not at ", threshold));
    return writing(project, [&]() -> Status {
        Query row(project,
                  "UPDATE score_set SET threshold = ?, threshold_by_user = 1 WHERE id = ?");
        row.bindAll(threshold, set.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "score set", set.value);
    });
}

Result<double> recomputeThreshold(const Project& project, ScoreSetId set, bool force) {
    // Read before the write lock is taken: a large set takes a second.
    CRUX_TRY(computed, guarded(project, [&]() -> Result<double> {
                 auto values = responseScores(project, set, true, 1);
                 return values.empty() ? -1.0 : quantile(values, kThresholdQuantile);
             }));
    if (computed < 0) // nothing is scored yet: not known, which is not 0
        return 0.0;
    return writingValue<double>(project, [&]() -> Result<double> {
        Query row(project, "UPDATE score_set SET threshold = CASE WHEN threshold_by_user AND NOT ?2"
                           " THEN threshold ELSE ?1 END,"
                           " threshold_by_user = threshold_by_user AND NOT ?2 WHERE id = ?3"
                           " RETURNING threshold");
        if (!row.bindAll(computed, force, set.value).step())
            return noSuchRow(project, "score set", set.value);
        const double stored = row.real(0);
        row.run();
        return stored;
    });
}

Result<std::vector<float>> scoreQuantiles(const Project& project, ScoreSetId set,
                                          std::size_t limit) {
    return guarded(project, [&]() -> Result<std::vector<float>> {
        Query total(project, "SELECT COALESCE(SUM(tokens), 0) FROM score_summary"
                             " WHERE score_set_id = ?");
        total.bind(set.value).step();
        const auto count = static_cast<std::size_t>(std::max<std::int64_t>(total.integer(0), 0));
        const std::size_t kept = std::max<std::size_t>(limit, 1);
        auto values = responseScores(project, set, false,
                                     std::max<std::size_t>(1, (count + kept - 1) / kept));
        std::sort(values.begin(), values.end());
        return values;
    });
}

} // namespace crux::store
