// Rollouts: continuations keyed by the ids of their prefix, whoever asked for them.
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/rollout_rows.h"
#include "core/store/rollout_sets.h"

#include <algorithm>
#include <map>

namespace crux::store {

std::string PrefixSource::hash(std::int32_t position) const {
    const auto part = prefix(position);
    std::string bytes = cat(question.value, '/', tokenizerHash, '/');
    bytes.append(reinterpret_cast<const char*>(part.data()), part.size_bytes());
    return hashText(bytes);
}

Result<PrefixSource> prefixSource(const Project& project, TrajectoryId id) {
    Query row(project, "SELECT t.question_id, t.tokenizer_hash, k.ids FROM trajectory t LEFT JOIN"
                       " trajectory_tokens k ON k.id = t.id WHERE t.id = ?");
    if (!row.bind(id.value).step())
        return noSuchRow(project, "trajectory", id.value);
    return PrefixSource{row.id<QuestionId>(0), row.text(1), row.array<std::int32_t>(2)};
}

std::int64_t findPrefix(const Project& project, const std::string& hash) {
    Query find(project, "SELECT id FROM prefix WHERE hash = ?");
    return find.bind(hash).step() ? find.integer(0) : 0;
}

namespace {

std::int64_t prefixRow(const Project& project, const PrefixSource& source, std::int32_t position) {
    const std::string hash = source.hash(position);
    if (const std::int64_t id = findPrefix(project, hash); id != 0)
        return id;
    const auto part = source.prefix(position);
    Query insert(project, "INSERT INTO prefix(hash, tokenizer_hash, length, ids, question_id)"
                          " VALUES (?,?,?,?,?)");
    insert.bindAll(hash, source.tokenizerHash, part.size());
    insert.bindBlob(part.data(), part.size_bytes()).bind(source.question);
    insert.run();
    return lastRow(project);
}

void usePrefix(const Project& project, TrajectoryId trajectory, std::int32_t position,
               std::int64_t prefix) {
    Query use(project, "INSERT OR IGNORE INTO prefix_use(trajectory_id, position, prefix_id)"
                       " VALUES (?,?,?)");
    use.bindAll(trajectory, position, prefix).run();
}

int insertRollout(const Project& project, std::int64_t prefix, RolloutSetId set,
                  const RolloutRecord& r) {
    Query row(project, "INSERT OR IGNORE INTO rollout(prefix_id, provenance_id, variant,"
                       " rollout_index, seed_path, ids, answer, verdict, verdict_reason,"
                       " finish_reason, job_id) VALUES (?,?,?,?,?,?,?,?,?,?,?)");
    row.bindAll(prefix, set, r.variant, r.index, r.seedPath).bindArray(r.ids);
    row.bindAll(r.answer, static_cast<int>(r.verdict), r.verdictReason, r.finishReason, r.jobId);
    row.run();
    return changedRows(project);
}

RolloutRecord readRollout(const Query& row) {
    RolloutRecord r;
    r.position = row.integer32(0);
    r.variant = row.text(1);
    r.index = row.integer32(2);
    r.seedPath = row.text(3);
    r.ids = row.array<std::int32_t>(4);
    r.answer = row.text(5);
    r.verdict = static_cast<Verdict>(row.integer(6));
    r.verdictReason = row.text(7);
    r.finishReason = row.text(8);
    r.jobId = row.id<JobId>(9);
    return r;
}

} // namespace

std::vector<RolloutRecord> readRollouts(const Project& project, TrajectoryId trajectory,
                                        RolloutSetId set, const std::string& variant,
                                        std::int32_t lastPosition) {
    Query query(project, "SELECT u.position, r.variant, r.rollout_index, r.seed_path, r.ids,"
                         " r.answer, r.verdict, r.verdict_reason, r.finish_reason, r.job_id FROM"
                         " prefix_use u JOIN rollout r ON r.prefix_id = u.prefix_id WHERE"
                         " u.trajectory_id = ? AND r.provenance_id = ? AND r.variant = ? AND"
                         " u.position <= ? ORDER BY u.position, r.rollout_index");
    query.bindAll(trajectory, set, variant, lastPosition);
    std::vector<RolloutRecord> list;
    while (query.step())
        list.push_back(readRollout(query));
    return list;
}

std::vector<RolloutRecord> rolloutsOfPrefix(const Project& project, std::int64_t prefix,
                                            RolloutSetId set, const std::string& variant) {
    Query query(project, "SELECT 0, variant, rollout_index, seed_path, ids, answer, verdict,"
                         " verdict_reason, finish_reason, job_id FROM rollout WHERE prefix_id = ?"
                         " AND provenance_id = ? AND variant = ? ORDER BY rollout_index");
    query.bindAll(prefix, set, variant);
    std::vector<RolloutRecord> list;
    while (query.step())
        list.push_back(readRollout(query));
    return list;
}

namespace {

/// True when the rollout goes along the trajectory at least to `position`; its ids lose that part.
bool cutAt(RolloutRecord& rollout, const std::vector<std::int32_t>& ids, std::int32_t position) {
    const auto along = static_cast<std::size_t>(position - rollout.position);
    if (followedTokens(rollout, ids) < along)
        return false;
    rollout.ids.erase(rollout.ids.begin(),
                      rollout.ids.begin() + static_cast<std::ptrdiff_t>(along));
    rollout.drawnAt = rollout.position;
    rollout.position = position;
    return true;
}

} // namespace

Result<RolloutSetId> addRolloutSet(const Project& project, const Provenance& provenance) {
    return writingValue<RolloutSetId>(project, [&]() -> Result<RolloutSetId> {
        return RolloutSetId{provenanceRowOfAnyVersion(project, provenance)};
    });
}

Result<std::vector<RolloutSetRecord>> rolloutSets(const Project& project, TrajectoryId trajectory) {
    return guarded(project, [&]() -> Result<std::vector<RolloutSetRecord>> {
        std::vector<RolloutSetRecord> list;
        {
            Query query(project, trajectory
                                     ? "SELECT r.provenance_id, count(*) FROM prefix_use u JOIN"
                                       " rollout r ON r.prefix_id = u.prefix_id WHERE"
                                       " u.trajectory_id = ? GROUP BY 1 ORDER BY 1 DESC"
                                     : "SELECT provenance_id, count(*) FROM rollout GROUP BY 1"
                                       " ORDER BY 1 DESC");
            if (trajectory)
                query.bind(trajectory);
            while (query.step())
                list.push_back({query.id<RolloutSetId>(0), {}, query.integer(1)});
        }
        for (RolloutSetRecord& set : list)
            set.provenance = provenanceOf(project, set.id.value);
        return list;
    });
}

Result<std::int64_t> saveRollouts(const Project& project, TrajectoryId trajectory, RolloutSetId set,
                                  const std::vector<RolloutRecord>& rollouts) {
    return writingValue<std::int64_t>(project, [&]() -> Result<std::int64_t> {
        CRUX_TRY(source, prefixSource(project, trajectory));
        std::map<std::int32_t, std::int64_t> prefixes;
        std::int64_t added = 0;
        for (const RolloutRecord& rollout : rollouts) {
            if (rollout.position < 0 || rollout.position >= std::ssize(source.ids))
                return fail(ErrorCode::InvalidArgument,
                            cat("a rollout starts at position ", rollout.position,
                                " of trajectory ", trajectory.value, ", which has ",
                                source.ids.size(), " tokens"));
            std::int64_t& prefix = prefixes[rollout.position];
            if (prefix == 0) {
                prefix = prefixRow(project, source, rollout.position);
                usePrefix(project, trajectory, rollout.position, prefix);
            }
            added += insertRollout(project, prefix, set, rollout);
        }
        return added;
    });
}

Status linkPrefixes(const Project& project, TrajectoryId trajectory) {
    return writing(project, [&]() -> Status {
        CRUX_TRY(source, prefixSource(project, trajectory));
        for (std::int32_t position = 0; position < std::ssize(source.ids); ++position)
            if (const std::int64_t prefix = findPrefix(project, source.hash(position)); prefix != 0)
                usePrefix(project, trajectory, position, prefix);
        return {};
    });
}

Result<std::vector<std::string>> rolloutVariants(const Project& project, TrajectoryId trajectory,
                                                 RolloutSetId set) {
    return guarded(project, [&]() -> Result<std::vector<std::string>> {
        Query query(project, "SELECT DISTINCT r.variant FROM prefix_use u JOIN rollout r ON"
                             " r.prefix_id = u.prefix_id WHERE u.trajectory_id = ? AND"
                             " r.provenance_id = ? ORDER BY r.variant");
        query.bindAll(trajectory, set);
        std::vector<std::string> list;
        while (query.step())
            list.push_back(query.text(0));
        return list;
    });
}

Result<std::vector<RolloutRecord>> rolloutsOf(const Project& project, TrajectoryId trajectory,
                                              RolloutSetId set, const std::string& variant) {
    return guarded(project, [&]() -> Result<std::vector<RolloutRecord>> {
        return readRollouts(project, trajectory, set, variant,
                            std::numeric_limits<std::int32_t>::max());
    });
}

Result<std::vector<RolloutRecord>> rolloutsAt(const Project& project, TrajectoryId trajectory,
                                              RolloutSetId set, std::int32_t position,
                                              const std::string& variant) {
    return guarded(project, [&]() -> Result<std::vector<RolloutRecord>> {
        CRUX_TRY(source, prefixSource(project, trajectory));
        if (position < 0 || position >= std::ssize(source.ids))
            return fail(ErrorCode::InvalidArgument,
                        cat("trajectory ", trajectory.value, " has no position ", position));
        std::map<std::int32_t, RolloutRecord> byIndex;
        const bool follows =
            variant.empty() && !independentRollouts(provenanceOf(project, set.value).params);
        for (RolloutRecord& rollout : readRollouts(project, trajectory, set, variant, position))
            // Banned tokens are banned right after the prefix: nothing to follow.
            if ((follows || rollout.position == position) && cutAt(rollout, source.ids, position)) {
                const std::int32_t index = rollout.index;
                byIndex.emplace(index, std::move(rollout));
            }
        std::vector<RolloutRecord> list;
        for (auto& [index, rollout] : byIndex)
            list.push_back(std::move(rollout));
        return list;
    });
}

Result<std::vector<RolloutAnswer>> rolloutAnswers(const Project& project, TrajectoryId trajectory,
                                                  RolloutSetId set, std::int32_t position,
                                                  const std::string& variant) {
    CRUX_TRY(rollouts, rolloutsAt(project, trajectory, set, position, variant));
    CRUX_TRY(record, store::trajectory(project, trajectory));
    const auto vocabulary = store::vocabulary(project, record.tokenizerHash);
    return guarded(project, [&]() -> Result<std::vector<RolloutAnswer>> {
        const std::vector<std::string> stops =
            rolloutStops(provenanceOf(project, set.value).params);
        std::map<std::string, RolloutAnswer> groups;
        for (RolloutRecord& rollout : rollouts) {
            RolloutAnswer& group = groups[rollout.answer];
            group.answer = rollout.answer;
            group.verdict = rollout.verdict;
            RolloutAnswer::Member member;
            member.index = rollout.index;
            member.drawnAt = rollout.drawnAt;
            if (vocabulary.ok())
                member.text = cutAtStops(piecesText(*vocabulary, rollout.ids), stops);
            member.ids = std::move(rollout.ids);
            member.finishReason = rollout.finishReason;
            group.members.push_back(std::move(member));
        }
        std::vector<RolloutAnswer> list;
        for (auto& [answer, group] : groups)
            list.push_back(std::move(group));
        std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
            return a.members.size() > b.members.size();
        });
        return list;
    });
}

} // namespace crux::store
