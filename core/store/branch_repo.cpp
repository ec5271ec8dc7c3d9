#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/trajectory_rows.h"

#include <algorithm>
#include <set>

namespace crux::store {

namespace {

constexpr std::string_view kBranchColumns =
    "SELECT b.id, b.root_id, b.parent_id, b.child_id, b.fork_position, b.kind, b.forced_ids,"
    " b.forced_p, b.unread, b.deleted, b.running, b.sampling, b.created_ms,"
    " r.main_path_id = b.child_id FROM branch b JOIN trajectory r ON r.id = b.root_id";

BranchRecord readBranch(const Query& row) {
    BranchRecord branch;
    branch.id = row.id<BranchId>(0);
    branch.rootId = row.id<TrajectoryId>(1);
    branch.parentId = row.id<TrajectoryId>(2);
    branch.childId = row.id<TrajectoryId>(3);
    branch.forkPosition = row.integer32(4);
    branch.kind = row.text(5);
    branch.forcedIds = row.array<std::int32_t>(6);
    branch.forcedP = static_cast<float>(row.real(7));
    branch.unread = row.flag(8);
    branch.deleted = row.flag(9);
    branch.running = row.flag(10);
    branch.sampling = storedJson(row.text(11));
    branch.createdMs = row.integer(12);
    branch.mainPath = row.flag(13);
    return branch;
}

BranchRecord branchRow(const Project& project, BranchId id) {
    Query query(project, cat(kBranchColumns, " WHERE b.id = ?"));
    return query.bind(id.value).step() ? readBranch(query) : BranchRecord();
}

/// The root of the tree a trajectory belongs to; none when there is no such trajectory.
TrajectoryId rootOf(const Project& project, TrajectoryId id) {
    Query query(project, "SELECT COALESCE(root_id, id) FROM trajectory WHERE id = ?");
    return query.bind(id.value).step() ? query.id<TrajectoryId>(0) : TrajectoryId();
}

/// Drops what hangs on a deleted branch: rows are in order of creation, parents first.
void hideBelowDeleted(std::vector<BranchRecord>& branches) {
    std::set<TrajectoryId> hidden;
    std::erase_if(branches, [&](const BranchRecord& branch) {
        if (!branch.deleted && !hidden.contains(branch.parentId))
            return false;
        hidden.insert(branch.childId);
        return true;
    });
}

void replaceResponse(const Project& project, TrajectoryId id, const TrajectoryRecord& child) {
    Query text(project, "UPDATE trajectory_text SET response = ?1 WHERE id = ?2 AND"
                        " response <> ?1");
    text.bindAll(child.response, id.value).run();
    Query row(project, "UPDATE trajectory SET finish_reason = ? WHERE id = ?");
    row.bindAll(child.finishReason, id.value).run();
}

} // namespace

Result<BranchRecord> addBranch(const Project& project, const BranchRecord& branch,
                               const TrajectoryRecord& child) {
    CRUX_TRY_VOID(checkTokens(child.ids, child.offsets, child.promptTokens));
    return writingValue<BranchRecord>(project, [&]() -> Result<BranchRecord> {
        const TrajectoryId root = rootOf(project, branch.parentId);
        if (!root)
            return noSuchRow(project, "trajectory", branch.parentId.value);
        TrajectoryRecord filled = child;
        filled.naturalKey.clear();
        if (!filled.questionId || !filled.datasetId) {
            Query parent(project, "SELECT question_id, dataset_id FROM trajectory WHERE id = ?");
            parent.bind(branch.parentId.value).step();
            filled.questionId = parent.id<QuestionId>(0);
            filled.datasetId = parent.id<DatasetId>(1);
        }
        const TrajectoryId childId = insertTrajectory(project, filled, root);
        Query row(project, "INSERT INTO branch(root_id, parent_id, child_id, fork_position, kind,"
                           " forced_ids, forced_p, unread, deleted, running, sampling,"
                           " created_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
        row.bindAll(root.value, branch.parentId.value, childId.value, branch.forkPosition,
                    branch.kind);
        row.bindArray(branch.forcedIds);
        row.bindAll(branch.forcedP, branch.unread, branch.deleted, branch.running,
                    dumpJson(branch.sampling), branch.createdMs != 0 ? branch.createdMs : nowMs());
        row.run();
        return branchRow(project, BranchId{lastRow(project)});
    });
}

Status finishBranch(const Project& project, BranchId id, const TrajectoryRecord& child,
                    bool running) {
    CRUX_TRY_VOID(checkTokens(child.ids, child.offsets, child.promptTokens));
    return writing(project, [&]() -> Status {
        const BranchRecord branch = branchRow(project, id);
        if (!branch.id)
            return noSuchRow(project, "branch", id.value);
        replaceResponse(project, branch.childId, child);
        replaceTokens(project, branch.childId, child.ids, child.offsets, child.promptTokens,
                      child.tokenizerHash);
        replaceVerdict(project, branch.childId, child.verdict, child.verdictReason, child.extracted,
                       child.extractedBegin, child.extractedEnd, child.answerSpans);
        Query row(project, "UPDATE branch SET running = ? WHERE id = ?");
        row.bindAll(running, id.value).run();
        return {};
    });
}

Result<std::vector<BranchRecord>> branchesOf(const Project& project, TrajectoryId root,
                                             bool withDeleted) {
    return guarded(project, [&]() -> Result<std::vector<BranchRecord>> {
        std::vector<BranchRecord> list;
        Query query(project, cat(kBranchColumns, " WHERE b.root_id = ? ORDER BY b.id"));
        query.bind(root.value);
        while (query.step())
            list.push_back(readBranch(query));
        if (!withDeleted)
            hideBelowDeleted(list);
        return list;
    });
}

Status setBranchDeleted(const Project& project, BranchId id, bool deleted) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE branch SET deleted = ? WHERE id = ?");
        row.bindAll(deleted, id.value).run();
        if (changedRows(project) != 1)
            return noSuchRow(project, "branch", id.value);
        if (deleted) { // a main path in the trash would open nothing
            Query path(project, "UPDATE trajectory SET main_path_id = NULL WHERE id ="
                                " (SELECT root_id FROM branch WHERE id = ?1) AND main_path_id ="
                                " (SELECT child_id FROM branch WHERE id = ?1)");
            path.bind(id.value).run();
        }
        return {};
    });
}

Status setMainPath(const Project& project, TrajectoryId root, TrajectoryId path) {
    return writing(project, [&]() -> Status {
        if (path && path != root && rootOf(project, path) != root)
            return fail(ErrorCode::InvalidArgument,
                        cat("trajectory ", path.value, " is no branch of ", root.value));
        Query row(project, "UPDATE trajectory SET main_path_id = ? WHERE id = ?");
        row.bindAll(path == root ? TrajectoryId() : path, root.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "trajectory", root.value);
    });
}

Result<TrajectoryId> mainPath(const Project& project, TrajectoryId root) {
    return guarded(project, [&]() -> Result<TrajectoryId> {
        Query query(project, "SELECT COALESCE(main_path_id, id) FROM trajectory WHERE id = ?");
        if (!query.bind(root.value).step())
            return noSuchRow(project, "trajectory", root.value);
        return query.id<TrajectoryId>(0);
    });
}

Status setBranchRead(const Project& project, BranchId id) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE branch SET unread = 0 WHERE id = ?");
        row.bind(id.value).run();
        return {};
    });
}

Status emptyTrash(const Project& project) {
    return writing(project, [&]() -> Status {
        // Branches below a deleted one go with it; parents come first, so one pass down is enough.
        Query query(project,
                    "WITH RECURSIVE gone(child_id) AS (SELECT child_id FROM branch WHERE deleted ="
                    " 1 UNION SELECT b.child_id FROM branch b JOIN gone g ON b.parent_id ="
                    " g.child_id) DELETE FROM trajectory WHERE id IN (SELECT child_id FROM gone)");
        query.run();
        return {};
    });
}

Status closeOrphanBranches(const Project& project) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE trajectory SET finish_reason = 'cancelled' WHERE id IN"
                           " (SELECT child_id FROM branch WHERE running = 1)");
        row.run();
        Query branch(project, "UPDATE branch SET running = 0 WHERE running = 1");
        branch.run();
        return {};
    });
}

} // namespace crux::store
