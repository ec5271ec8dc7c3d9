#include "core/store/project.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/store/migrate.h"
#include "core/store/project_file.h"
#include "core/store/schema.h"
#include "core/store/sql.h"

#include <cerrno>
#include <sqlite3.h>
#include <system_error>
#include <unistd.h>

namespace crux::store {

namespace {

constexpr int kBusyMs = 5000;

std::unique_ptr<SQLite::Database> openDatabase(const Path& file, int flags) {
    auto database = std::make_unique<SQLite::Database>(file.string(), flags, kBusyMs);
    // A file of someone else cannot reach beyond itself: no direct writes to the text index's own
    // tables, no writable schema. (trusted_schema = OFF would forbid our triggers the text index.)
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    database->exec("PRAGMA foreign_keys = ON;"
                   "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;");
    registerFunctions(*database);
    return database;
}

/// WAL where the disk is local, so that readers never wait for a writer; else a rollback journal.
/// synchronous = FULL in both: one fsync a commit, so that a label the user was told is kept
/// outlives a power cut (NORMAL would only promise an intact file); bulk writers batch thousands of
/// rows a commit.
void setJournal(SQLite::Database& database, bool localDisk) {
    database.exec("PRAGMA synchronous = FULL;");
    SQLite::Statement journal(database, localDisk ? "PRAGMA journal_mode = WAL"
                                                  : "PRAGMA journal_mode = DELETE");
    journal.executeStep();
}

Failure openFailure(const Path& file, const SQLite::Exception& exception) {
    return fail(sqlError(file, exception.getErrorCode() & 0xFF, exception.getExtendedErrorCode(),
                         errno, exception.what()));
}

void writeEmptySchema(SQLite::Database& database) {
    database.exec("BEGIN IMMEDIATE");
    database.exec(schemaSql());
    database.exec(cat("PRAGMA application_id = ", kApplicationId));
    database.exec(cat("PRAGMA user_version = ", kSchemaVersion));
    SQLite::Statement meta(database, "INSERT INTO meta(key, value) VALUES (?, ?)");
    const std::pair<const char*, std::string> rows[] = {
        {"created_ms", cat(nowMs())}, {"created_by", kVersion}, {"written_by", kVersion}};
    for (const auto& [key, value] : rows) {
        meta.bind(1, key);
        meta.bind(2, value);
        meta.exec();
        meta.reset();
    }
    database.exec("COMMIT");
}

void removeWithJournals(const Path& file) {
    std::error_code code;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        Path part = file;
        part += suffix;
        std::filesystem::remove(part, code);
    }
}

/// Gives the finished file its name without ever replacing another.
Status nameFile(const Path& aside, const Path& file) {
    if (::link(aside.c_str(), file.c_str()) == 0) {
        ::unlink(aside.c_str());
        return {};
    }
    const int problem = errno;
    std::error_code code;
    if (problem == EEXIST || std::filesystem::exists(file, code))
        return fail(ErrorCode::InvalidArgument,
                    cat(file.string(), " exists already; open it, or choose another name"),
                    file.string());
    if (::rename(aside.c_str(), file.c_str()) == 0) // a file system without hard links
        return {};
    return fail(errorCodeFromErrno(problem),
                cat("cannot create ", file.string(), ": ", systemErrorText(problem)),
                file.string());
}

Status createFile(const Path& file) {
    std::error_code code;
    if (std::filesystem::exists(file, code))
        return fail(ErrorCode::InvalidArgument,
                    cat(file.string(), " exists already; open it, or choose another name"),
                    file.string());
    const Path folder = file.has_parent_path() ? file.parent_path() : Path(".");
    if (!std::filesystem::is_directory(folder, code))
        return fail(ErrorCode::NotFound,
                    cat("cannot create ", file.string(), ": there is no folder ", folder.string()),
                    file.string());
    Path aside = file;
    aside += cat(".new-", ::getpid(), "-", nowMs());
    try {
        errno = 0;
        auto database = openDatabase(aside, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        errno = 0;
        writeEmptySchema(*database);
        setJournal(*database, isLocalDisk(folder));
    } catch (const SQLite::Exception& exception) {
        auto failure = openFailure(file, exception);
        removeWithJournals(aside);
        return failure;
    }
    Status named = nameFile(aside, file);
    if (!named.ok())
        removeWithJournals(aside);
    return named;
}

/// A project in WAL mode in a folder that cannot be written opens only as immutable: nobody else
/// can write there either, as far as this user can see.
std::string immutableUri(const Path& file) {
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view("/._-~").find(c) != std::string_view::npos;
        uri += plain ? std::string(1, c) : "%" + toHex({&c, 1});
    }
    return uri + "?immutable=1";
}

void connect(Project::Impl& impl) {
    const Path folder = impl.file.has_parent_path() ? impl.file.parent_path() : Path(".");
    impl.localDisk = isLocalDisk(folder);
    if (!impl.readOnly) {
        impl.database = openDatabase(impl.file, SQLite::OPEN_READWRITE);
        setJournal(*impl.database, impl.localDisk);
        return;
    }
    Path wal = impl.file;
    wal += "-wal";
    std::error_code code;
    if (whyNotWritable(impl.file).empty()) {
        // A reader that could not write would leave the journal's files behind when it is the last
        // to close: a project is one file.
        impl.database = openDatabase(impl.file, SQLite::OPEN_READWRITE);
        impl.database->exec("PRAGMA query_only = ON");
        return;
    }
    const bool folderWritable = ::access(folder.c_str(), W_OK) == 0;
    if (!folderWritable && !std::filesystem::exists(wal, code))
        impl.database =
            openDatabase(immutableUri(impl.file), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    else
        impl.database = openDatabase(impl.file, SQLite::OPEN_READONLY);
}

/// After the journal was read: is it ours, is it whole enough to read its schema?
Result<int> checkOpened(const Project& project) {
    return guarded(project, [&]() -> Result<int> {
        Query id(project, "PRAGMA application_id");
        id.step();
        if (id.integer32(0) != kApplicationId)
            return fail(
                ErrorCode::Corrupt,
                cat(project.file().string(), " is another program's database, not a Crux project"),
                project.file().string());
        Query table(project, "SELECT count(*) FROM sqlite_schema WHERE name = 'trajectory'");
        table.step();
        if (table.integer(0) != 1)
            return fail(ErrorCode::Corrupt,
                        cat(project.file().string(), " lacks the tables of a Crux project"),
                        project.file().string());
        return schemaVersionOf(project);
    });
}

/// A backup that someone opens to work in is a project again: no later backup may replace it.
Status noLongerBackup(const Project& project) {
    CRUX_TRY(marked, guarded(project, [&]() -> Result<bool> {
                 Query query(project, "SELECT 1 FROM meta WHERE key = 'backup'");
                 return query.step();
             }));
    if (!marked)
        return {};
    return writing(project, [&]() -> Status {
        Query(project, "DELETE FROM meta WHERE key = 'backup'").run();
        return {};
    });
}

} // namespace

Project::Project(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
Project::~Project() = default;

Result<std::unique_ptr<Project>> Project::open(const Path& file, OpenMode mode) {
    return openProject(file, mode, migrations(), kSchemaVersion);
}

Result<std::unique_ptr<Project>> openProject(const Path& file, OpenMode mode,
                                             std::span<const Migration> steps, int target) {
    if (mode == OpenMode::Create)
        CRUX_TRY_VOID(createFile(file));
    CRUX_TRY(facts, readProjectHeader(file));
    auto impl = std::make_unique<Project::Impl>();
    impl->file = file;
    impl->readOnly = mode == OpenMode::ReadOnly;
    if (!impl->readOnly) {
        impl->readOnlyReason = whyNotWritable(file);
        impl->readOnly = !impl->readOnlyReason.empty();
    }
    if (facts.schemaVersion > target && !impl->readOnly) {
        impl->readOnly = true;
        impl->readOnlyReason =
            cat(file.string(), " was written by a newer Crux (schema ", facts.schemaVersion,
                ", this program knows ", target, "): it is opened for reading only");
    }
    try {
        errno = 0;
        connect(*impl);
    } catch (const SQLite::Exception& exception) {
        return openFailure(file, exception);
    }
    std::unique_ptr<Project> project = Project::adopt(std::move(impl));
    CRUX_TRY(version, checkOpened(*project));
    if (version < target) {
        if (project->readOnly())
            return fail(ErrorCode::ReadOnly,
                        cat(file.string(),
                            " was written by an older Crux and must be brought up to "
                            "date: open it once where it can be written"),
                        file.string());
        CRUX_TRY_VOID(migrate(*project, steps, target));
    }
    if (!project->readOnly())
        CRUX_TRY_VOID(noLongerBackup(*project));
    return project;
}

std::unique_ptr<Project> Project::adopt(std::unique_ptr<Impl> impl) {
    return std::unique_ptr<Project>(new Project(std::move(impl)));
}

const Path& Project::file() const {
    return m_impl->file;
}
bool Project::readOnly() const {
    return m_impl->readOnly;
}
const std::string& Project::readOnlyReason() const {
    return m_impl->readOnlyReason;
}

Status Project::write(const std::function<Status()>& body) const {
    return writing(*this, body);
}

std::int64_t Project::dataVersion() const {
    const auto version = guarded(*this, [&]() -> Result<std::int64_t> {
        Query query(*this, "PRAGMA data_version");
        query.step();
        return query.integer(0);
    });
    return version.ok() ? *version : -1;
}

void Project::interrupt() const {
    sqlite3_interrupt(m_impl->handle());
}

namespace {

/// SQLite tells a full disk at a commit as a plain I/O error and keeps no errno of it: taken here.
void commit(const Project::Impl& impl) {
    errno = 0;
    const int code = sqlite3_exec(impl.handle(), "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK)
        return;
    impl.systemErrno = errno;
    throw SQLite::Exception(impl.handle(), code);
}

} // namespace

Status writing(const Project& project, const std::function<Status()>& body) {
    Project::Impl& impl = project.impl();
    if (impl.readOnly)
        return fail(ErrorCode::ReadOnly,
                    impl.readOnlyReason.empty()
                        ? cat(impl.file.string(), " is opened for reading only")
                        : impl.readOnlyReason,
                    impl.file.string());
    if (impl.writeDepth > 0)
        return guarded(project, body);
    const auto outcome = guarded(project, [&]() -> Status {
        impl.database->exec("BEGIN IMMEDIATE");
        impl.writeDepth = 1;
        const Status done = guarded(project, body);
        impl.writeDepth = 0;
        if (done.ok())
            commit(impl);
        return done;
    });
    // SQLite may have rolled back by itself (full disk, I/O error); a refused COMMIT has not.
    if (!outcome.ok() && sqlite3_get_autocommit(impl.handle()) == 0)
        impl.database->tryExec("ROLLBACK");
    return outcome;
}

} // namespace crux::store
