// Sets of trajectories to train on: positive and negative data, and preference pairs.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

namespace crux::store {

namespace {

PairSetRecord readSet(const Query& row) {
    PairSetRecord set;
    set.id = row.id<PairSetId>(0);
    set.name = row.text(1);
    set.rule = storedJson(row.text(2));
    set.createdMs = row.integer(3);
    set.pairs = row.integer(4);
    return set;
}

constexpr std::string_view kSetColumns =
    "SELECT s.id, s.name, s.rule, s.created_ms, (SELECT count(*) FROM pair p WHERE"
    " p.pair_set_id = s.id) FROM pair_set s";

std::vector<PairSetRecord> readSets(const Project& project) {
    std::vector<PairSetRecord> list;
    Query row(project, cat(kSetColumns, " ORDER BY s.id"));
    while (row.step())
        list.push_back(readSet(row));
    return list;
}

std::vector<PairRecord> readPairs(const Project& project, PairSetId id) {
    std::vector<PairRecord> list;
    Query row(project, "SELECT chosen_id, rejected_id, chosen_weights, rejected_weights FROM pair"
                       " WHERE pair_set_id = ? ORDER BY number");
    row.bind(id.value);
    while (row.step())
        list.push_back({row.id<TrajectoryId>(0), row.id<TrajectoryId>(1), row.array<float>(2),
                        row.array<float>(3)});
    return list;
}

bool sameRows(const std::vector<PairRecord>& a, const std::vector<PairRecord>& b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](const PairRecord& x, const PairRecord& y) {
               return x.chosen == y.chosen && x.rejected == y.rejected &&
                      x.chosenWeights == y.chosenWeights && x.rejectedWeights == y.rejectedWeights;
           });
}

/// "name", else "name 2", "name 3" ..: the first that no set of the kind has.
std::string freeName(const std::vector<PairSetRecord>& sets, const PairSetRecord& wanted) {
    for (int number = 1;; ++number) {
        const std::string name = number == 1 ? wanted.name : cat(wanted.name, " ", number);
        bool taken = false;
        for (const PairSetRecord& set : sets)
            taken = taken || (set.name == name && set.kind() == wanted.kind());
        if (!taken)
            return name;
    }
}

void insertPairs(const Project& project, std::int64_t set, const std::vector<PairRecord>& pairs) {
    std::int64_t number = 0;
    Query row(project, "INSERT INTO pair(pair_set_id, number, chosen_id, rejected_id,"
                       " chosen_weights, rejected_weights) VALUES (?,?,?,?,?,?)");
    for (const PairRecord& pair : pairs) {
        row.bindAll(set, number++, pair.chosen, pair.rejected);
        row.bindArray(pair.chosenWeights).bindArray(pair.rejectedWeights).run();
        row.again();
    }
}

} // namespace

Result<PairSetId> addPairSet(const Project& project, const PairSetRecord& set,
                             const std::vector<PairRecord>& pairs) {
    return writingValue<PairSetId>(project, [&]() -> Result<PairSetId> {
        const std::vector<PairSetRecord> sets = readSets(project);
        for (auto old = sets.rbegin(); old != sets.rend(); ++old)
            if (old->kind() == set.kind() && old->name.rfind(set.name, 0) == 0 &&
                old->rule == set.rule && sameRows(readPairs(project, old->id), pairs))
                return old->id;
        {
            Query row(project, "INSERT INTO pair_set(name, rule, created_ms) VALUES (?,?,?)");
            row.bindAll(freeName(sets, set), dumpJson(set.rule),
                        set.createdMs != 0 ? set.createdMs : nowMs());
            row.run();
        }
        const PairSetId id{lastRow(project)};
        insertPairs(project, id.value, pairs);
        return id;
    });
}

Result<std::vector<PairSetRecord>> pairSets(const Project& project) {
    return guarded(project,
                   [&]() -> Result<std::vector<PairSetRecord>> { return readSets(project); });
}

Result<PairSetRecord> pairSet(const Project& project, PairSetId id) {
    return guarded(project, [&]() -> Result<PairSetRecord> {
        Query row(project, cat(kSetColumns, " WHERE s.id = ?"));
        if (!row.bind(id.value).step())
            return noSuchRow(project, "set of training data", id.value);
        return readSet(row);
    });
}

Result<std::vector<PairRecord>> pairsOf(const Project& project, PairSetId id) {
    return guarded(project,
                   [&]() -> Result<std::vector<PairRecord>> { return readPairs(project, id); });
}

Status removePairSet(const Project& project, PairSetId id) {
    return writing(project, [&]() -> Status {
        Query query(project, "DELETE FROM pair_set WHERE id = ?");
        query.bind(id.value).run();
        return changedRows(project) == 1 ? Status()
                                         : noSuchRow(project, "set of training data", id.value);
    });
}

} // namespace crux::store
