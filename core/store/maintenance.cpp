#include "core/base/files.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/store/evaluation_repo.h"
#include "core/store/job_ends.h"
#include "core/store/migrate.h"
#include "core/store/project_file.h"
#include "core/store/repositories.h"
#include "core/store/schema.h"
#include "core/store/sql.h"

#include <map>
#include <system_error>

namespace crux::store {

namespace {

std::int64_t one(const Project& project, const std::string& sql) {
    Query query(project, sql);
    return query.step() ? query.integer(0) : 0;
}

std::string oneText(const Project& project, const std::string& sql) {
    Query query(project, sql);
    return query.step() ? query.text(0) : std::string();
}

Json datasetsInfo(const std::vector<DatasetRecord>& list) {
    Json out = Json::array();
    for (const DatasetRecord& dataset : list)
        out.push_back({{"name", dataset.name},
                       {"split", dataset.split},
                       {"kind", dataset.kind},
                       {"questions", dataset.questions},
                       {"trajectories", dataset.trajectories}});
    return out;
}

Result<Json> jobsInfo(const Project& project) {
    CRUX_TRY(all, jobs(project));
    std::map<std::string, int> counts;
    for (const JobRecord& job : all)
        ++counts[std::string(jobStateName(jobStateNow(job)))];
    return Json(counts);
}

Failure copyFailure(const Path& target, sqlite3* handle, int code) {
    return fail(
        sqlError(target, code & 0xFF, code, sqlite3_system_errno(handle), sqlite3_errmsg(handle)));
}

/// Copies all pages in one step of the backup interface: a consistent image of one moment.
Status copyPages(sqlite3* source, const Path& aside, const Path& target) {
    sqlite3* copy = nullptr;
    int code =
        sqlite3_open_v2(aside.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    Status outcome;
    if (code != SQLITE_OK) {
        outcome = copyFailure(target, copy, code);
    } else if (sqlite3_backup* backup = sqlite3_backup_init(copy, "main", source, "main");
               backup == nullptr) {
        outcome = copyFailure(target, copy, sqlite3_errcode(copy));
    } else {
        while ((code = sqlite3_backup_step(backup, -1)) == SQLITE_BUSY || code == SQLITE_LOCKED)
            sqlite3_sleep(50);
        sqlite3_backup_finish(backup);
        if (code != SQLITE_DONE)
            outcome = copyFailure(target, copy, code);
        else // one file, without journals beside it, that says what it is
            sqlite3_exec(copy,
                         "PRAGMA journal_mode = DELETE;"
                         "INSERT OR REPLACE INTO meta(key, value) VALUES ('backup', '1');",
                         nullptr, nullptr, nullptr);
    }
    sqlite3_close(copy);
    return outcome;
}

std::string metaValue(const Project& project, const char* key) {
    const auto value = guarded(project, [&]() -> Result<std::string> {
        return oneText(project, cat("SELECT value FROM meta WHERE key = '", key, "'"));
    });
    return value.ok() ? *value : std::string();
}

/// A backup replaces an earlier backup of the same project that nobody went on with, nothing else.
Status mayBecomeBackup(const Project& project, const Path& target) {
    std::error_code code;
    if (!std::filesystem::exists(target, code))
        return {};
    if (std::filesystem::is_regular_file(target, code))
        if (const auto there = Project::open(target, OpenMode::ReadOnly);
            there.ok() && !metaValue(**there, "backup").empty() &&
            metaValue(**there, "created_ms") == metaValue(project, "created_ms"))
            return {};
    return fail(ErrorCode::InvalidArgument,
                cat(target.string(),
                    " is there already and is no backup of this project; choose another name"),
                target.string());
}

} // namespace

Result<Json> projectInfo(const Project& project) {
    CRUX_TRY(allDatasets, datasets(project));
    CRUX_TRY(sets, scoreSets(project));
    CRUX_TRY(evaluated, evaluations(project));
    CRUX_TRY(schema, schemaVersionOf(project));
    return guarded(project, [&]() -> Result<Json> {
        std::int64_t questions = 0;
        std::int64_t trajectories = 0;
        for (const DatasetRecord& dataset : allDatasets) {
            questions += dataset.questions;
            trajectories += dataset.trajectories;
        }
        Json scoreSetList = Json::array();
        for (const ScoreSetRecord& set : sets)
            scoreSetList.push_back({{"id", set.id.value},
                                    {"name", set.name},
                                    {"beta", jsonNumber(set.beta)},
                                    {"scored", set.scored}});
        Json evaluationList = Json::array();
        for (const EvaluationRecord& one : evaluated)
            evaluationList.push_back({{"id", one.id.value},
                                      {"name", one.name},
                                      {"source", one.source},
                                      {"questions", one.counts.questions},
                                      {"complete", one.complete}});
        CRUX_TRY(jobCounts, jobsInfo(project));
        const std::int64_t page = one(project, "PRAGMA page_size");
        std::error_code code;
        const auto bytes = std::filesystem::file_size(project.file(), code);
        return Json{
            {"file", project.file().string()},
            {"bytes", code ? 0 : static_cast<std::int64_t>(bytes)},
            {"free_bytes", one(project, "PRAGMA freelist_count") * page},
            {"schema_version", schema},
            {"program_version", kVersion},
            {"created_by", oneText(project, "SELECT value FROM meta WHERE key = 'created_by'")},
            {"journal", oneText(project, "PRAGMA journal_mode")},
            {"read_only", !whyNotWritable(project.file()).empty() || schema > kSchemaVersion},
            {"datasets", datasetsInfo(allDatasets)},
            {"questions", questions},
            {"trajectories", trajectories},
            {"branches", one(project, "SELECT count(*) FROM branch")},
            {"models", one(project, "SELECT count(*) FROM model")},
            {"adapters", one(project, "SELECT count(*) FROM adapter")},
            {"score_sets", scoreSetList},
            {"evaluations", evaluationList},
            {"jobs", std::move(jobCounts)},
        };
    });
}

Status vacuumProject(const Project& project) {
    if (project.readOnly())
        return writing(project, [] { return Status(); }); // its own sentence
    return guarded(project, [&]() -> Status {
        project.impl().statements.clear();
        project.impl().database->exec("INSERT INTO question_fts(question_fts) VALUES ('optimize');"
                                      "INSERT INTO trajectory_fts(trajectory_fts)"
                                      " VALUES ('optimize');");
        project.impl().database->exec("VACUUM; PRAGMA optimize;");
        project.impl().database->exec("PRAGMA wal_checkpoint(TRUNCATE);");
        return {};
    });
}

Status backupProject(const Project& project, const Path& target) {
    std::error_code code;
    if (std::filesystem::equivalent(project.file(), target, code))
        return fail(ErrorCode::InvalidArgument, "a project cannot be its own backup",
                    target.string());
    for (const char* suffix : {"-wal", "-shm", "-journal"}) { // it would be read into the copy
        Path journal = target;
        journal += suffix;
        if (std::filesystem::exists(journal, code))
            return fail(ErrorCode::Busy,
                        cat(target.string(), " is a project that is open somewhere, or was when its"
                                             " program ended; choose another name"),
                        target.string());
    }
    CRUX_TRY_VOID(mayBecomeBackup(project, target));
    CRUX_TRY(replacement, FileReplacement::begin(target, true));
    CRUX_TRY_VOID(copyPages(project.impl().handle(), replacement.writeTo(), target));
    return replacement.commit();
}

} // namespace crux::store
