#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/annotated_place.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

namespace {

/// Deletes one row by id; a row that is gone already is what was asked for.
Status removeRow(const Project& project, std::string_view table, std::int64_t id) {
    return writing(project, [&]() -> Status {
        Query query(project, cat("DELETE FROM ", table, " WHERE id = ?"));
        query.bind(id).run();
        return {};
    });
}

Status putPair(const Project& project, std::string_view table, const std::string& key,
               const std::string& value) {
    return writing(project, [&]() -> Status {
        Query query(project, cat("INSERT OR REPLACE INTO ", table, "(key, value) VALUES (?,?)"));
        query.bindAll(key, value).run();
        return {};
    });
}

Result<std::string> getPair(const Project& project, std::string_view table,
                            const std::string& key) {
    return guarded(project, [&]() -> Result<std::string> {
        Query query(project, cat("SELECT value FROM ", table, " WHERE key = ?"));
        return query.bind(key).step() ? query.text(0) : std::string();
    });
}

} // namespace

Result<LabelId> addLabel(const Project& project, const LabelRecord& label) {
    return writingValue<LabelId>(project, [&]() -> Result<LabelId> {
        Query row(project, "INSERT INTO label(trajectory_id, position, kind, created_ms)"
                           " VALUES (?,?,?,?)");
        row.bindAll(label.trajectoryId.value, label.position, label.kind,
                    label.createdMs != 0 ? label.createdMs : nowMs());
        row.run();
        return LabelId{lastRow(project)};
    });
}

Status removeLabel(const Project& project, LabelId id) {
    return removeRow(project, "label", id.value);
}

Result<std::vector<LabelRecord>> labelsOf(const Project& project, TrajectoryId trajectory) {
    return guarded(project, [&]() -> Result<std::vector<LabelRecord>> {
        std::vector<LabelRecord> list;
        Query row(project, cat("SELECT id, trajectory_id, position, kind, created_ms FROM label",
                               trajectory ? " WHERE trajectory_id = ?" : "", " ORDER BY id"));
        if (trajectory)
            row.bind(trajectory.value);
        while (row.step())
            list.push_back({row.id<LabelId>(0), row.id<TrajectoryId>(1), row.integer32(2),
                            row.text(3), row.integer(4)});
        return list;
    });
}

Result<AnnotatedPlace> annotatedPlace(const Project& project, TrajectoryId trajectory,
                                      std::int32_t position) {
    return guarded(project, [&]() -> Result<AnnotatedPlace> {
        Query row(project, "SELECT t.prompt_tokens, t.verdict, substr(q.text, 1, 200), k.ids,"
                           " k.offsets, p.text, x.response FROM trajectory t JOIN question q ON"
                           " q.id = t.question_id JOIN prompt p ON p.id = t.prompt_id JOIN"
                           " trajectory_text x ON x.id = t.id LEFT JOIN trajectory_tokens k ON"
                           " k.id = t.id WHERE t.id = ?");
        if (!row.bind(trajectory.value).step())
            return noSuchRow(project, "trajectory", trajectory.value);
        AnnotatedPlace place;
        place.promptTokens = row.integer32(0);
        place.verdict = static_cast<Verdict>(row.integer(1));
        place.question = row.text(2);
        const auto ids = row.array<std::int32_t>(3), offsets = row.array<std::int32_t>(4);
        if (position < 0 || position >= std::ssize(ids))
            return place;
        const auto at = static_cast<std::size_t>(position);
        place.tokenId = ids[at];
        if (offsets.size() != 2 * ids.size())
            return place;
        const std::string text = row.text(5) + row.text(6);
        const auto size = static_cast<std::int32_t>(text.size());
        const std::int32_t begin = std::clamp(offsets[2 * at], 0, size);
        const std::int32_t end = std::clamp(offsets[2 * at + 1], begin, size);
        place.token =
            text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        return place;
    });
}

Result<NoteId> saveNote(const Project& project, const NoteRecord& note) {
    return writingValue<NoteId>(project, [&]() -> Result<NoteId> {
        Query row(project, "INSERT INTO note(id, trajectory_id, position, text, created_ms) VALUES"
                           " (?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET text = excluded.text");
        row.bindAll(note.id, note.trajectoryId.value, note.position, note.text,
                    note.createdMs != 0 ? note.createdMs : nowMs());
        row.run();
        return note.id ? note.id : NoteId{lastRow(project)};
    });
}

Status removeNote(const Project& project, NoteId id) {
    return removeRow(project, "note", id.value);
}

Result<std::vector<NoteRecord>> notes(const Project& project, TrajectoryId trajectory) {
    return guarded(project, [&]() -> Result<std::vector<NoteRecord>> {
        std::vector<NoteRecord> list;
        Query row(project, "SELECT id, trajectory_id, position, text, created_ms FROM note"
                           " WHERE ?1 = 0 OR trajectory_id = ?1 ORDER BY id");
        row.bind(trajectory.value);
        while (row.step())
            list.push_back({row.id<NoteId>(0), row.id<TrajectoryId>(1), row.integer32(2),
                            row.text(3), row.integer(4)});
        return list;
    });
}

Result<MarkId> addMark(const Project& project, const MarkRecord& mark) {
    return writingValue<MarkId>(project, [&]() -> Result<MarkId> {
        Query find(project, "SELECT id FROM mark WHERE trajectory_id = ? AND position = ?");
        if (find.bindAll(mark.trajectoryId.value, mark.position).step())
            return find.id<MarkId>(0);
        Query row(project, "INSERT INTO mark(trajectory_id, position, created_ms) VALUES (?,?,?)");
        row.bindAll(mark.trajectoryId.value, mark.position,
                    mark.createdMs != 0 ? mark.createdMs : nowMs());
        row.run();
        return MarkId{lastRow(project)};
    });
}

Status removeMark(const Project& project, MarkId id) {
    return removeRow(project, "mark", id.value);
}

Result<std::vector<MarkRecord>> marks(const Project& project, TrajectoryId trajectory) {
    return guarded(project, [&]() -> Result<std::vector<MarkRecord>> {
        std::vector<MarkRecord> list;
        Query row(project, "SELECT id, trajectory_id, position, created_ms FROM mark"
                           " WHERE ?1 = 0 OR trajectory_id = ?1 ORDER BY id");
        row.bind(trajectory.value);
        while (row.step())
            list.push_back(
                {row.id<MarkId>(0), row.id<TrajectoryId>(1), row.integer32(2), row.integer(3)});
        return list;
    });
}

Result<SliceId> saveSlice(const Project& project, const std::string& name,
                          const std::string& filter) {
    return writingValue<SliceId>(project, [&]() -> Result<SliceId> {
        Query row(project, "INSERT INTO slice(name, filter, created_ms) VALUES (?,?,?)"
                           " ON CONFLICT(name) DO UPDATE SET filter = excluded.filter"
                           " RETURNING id");
        row.bindAll(name, filter, nowMs()).step();
        return row.id<SliceId>(0);
    });
}

Status removeSlice(const Project& project, const std::string& name) {
    return writing(project, [&]() -> Status {
        Query row(project, "DELETE FROM slice WHERE name = ?");
        row.bind(name).run();
        return {};
    });
}

Result<std::vector<std::pair<std::string, std::string>>> slices(const Project& project) {
    using List = std::vector<std::pair<std::string, std::string>>;
    return guarded(project, [&]() -> Result<List> {
        List list;
        Query row(project, "SELECT name, filter FROM slice ORDER BY name");
        while (row.step())
            list.emplace_back(row.text(0), row.text(1));
        return list;
    });
}

Status setUiState(const Project& project, const std::string& key, const std::string& value) {
    return putPair(project, "ui_state", key, value);
}
Result<std::string> uiState(const Project& project, const std::string& key) {
    return getPair(project, "ui_state", key);
}
Result<std::map<std::string, std::string>> uiStates(const Project& project) {
    return guarded(project, [&]() -> Result<std::map<std::string, std::string>> {
        std::map<std::string, std::string> all;
        Query query(project, "SELECT key, value FROM ui_state");
        while (query.step())
            all.emplace(query.text(0), query.text(1));
        return all;
    });
}
Status setSetting(const Project& project, const std::string& key, const std::string& value) {
    return putPair(project, "setting", key, value);
}
Result<std::string> setting(const Project& project, const std::string& key) {
    return getPair(project, "setting", key);
}

Status addEvent(const Project& project, const JobEventRecord& event) {
    return writing(project, [&]() -> Status {
        Query row(project, "INSERT INTO job_event(job_id, time_ms, level, message, object, detail,"
                           " fix) VALUES (?,?,?,?,?,?,?)");
        row.bindAll(event.jobId, event.timeMs != 0 ? event.timeMs : nowMs(), event.level,
                    event.message, event.object, event.detail, dumpJson(event.fix));
        row.run();
        return {};
    });
}

Result<std::vector<JobEventRecord>> events(const Project& project, JobId job, std::int64_t afterId,
                                           std::int64_t limit) {
    return guarded(project, [&]() -> Result<std::vector<JobEventRecord>> {
        std::vector<JobEventRecord> list;
        Query row(project, "SELECT id, job_id, time_ms, level, message, object, detail, fix FROM"
                           " job_event WHERE (?1 = 0 OR job_id = ?1) AND id > ?2 ORDER BY id"
                           " LIMIT ?3");
        row.bindAll(job.value, afterId, limit);
        while (row.step())
            list.push_back({row.integer(0), row.id<JobId>(1), row.integer(2), row.text(3),
                            row.text(4), row.text(5), row.text(6), storedJson(row.text(7))});
        return list;
    });
}

} // namespace crux::store
