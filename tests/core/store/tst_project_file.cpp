#include "core/store/migrate.h"
#include "core/store/project_file.h"
#include "core/store/schema.h"
#include "support/temp_project.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace crux;
using namespace crux::store;
using namespace crux::test;

class TestProjectFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void createsAndOpens();
    void refusesWhatIsNoProject();
    void truncatedFileIsSaidSo();
    void damagedPagesAreFound();
    void newerOpensForReadingOnly();
    void olderIsBackedUpAndMigrated();
    void failedMigrationChangesNothing();
    void writeProtectedOpensForReadingOnly();
    void fullDiskChangesNothing();
    void twoProcessesWrite();
    void journalStaysWhileOpen();
    void nestedWritesRollBackTogether();
    void interruptCancels();
    void checkFindsWrongRows();
    void backupIsWhole();
    void backupLeavesOpenProjectsAlone();
    void backupReplacesBackupsOnly();
    void infoCounts();
};

namespace {

void writeBytes(const Path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// Not by readFile, which leaves the files of open projects alone.
std::string bytesOf(const Path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Changes a project behind Crux's back.
void meddle(const Path& file, const std::string& sql) {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    database.exec(sql);
}

/// Runs `body` in a child and returns its exit code, -1 when a signal ended it.
int inChild(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

ErrorCode codeOf(const Path& file, OpenMode mode = OpenMode::ReadWrite) {
    const auto opened = Project::open(file, mode);
    if (opened.ok())
        return ErrorCode::Internal;
    qInfo("%s", opened.error().message.c_str());
    return opened.error().code;
}

void fill(const Project& project, int count) {
    const auto dataset = addDataset(project, "d");
    const auto question = addQuestion(project, dataset, "q", "?");
    for (int i = 0; i < count; ++i)
        take(addTrajectory(project,
                           trajectoryOf(dataset, question, std::string(400, 'x'), Verdict::Wrong)));
}

} // namespace

void TestProjectFile::createsAndOpens() {
    TempProject temp;
    QVERIFY(codeOf(temp.file(), OpenMode::Create) == ErrorCode::InvalidArgument);
    QVERIFY(codeOf(temp.path("no/such/folder.crux"), OpenMode::Create) == ErrorCode::NotFound);
    fill(temp.project(), 1);
    const auto before = temp.project().dataVersion();
    {
        auto second = take(Project::open(temp.file(), OpenMode::ReadWrite)); // twice is allowed
        CRUX_OK(setUiState(*second, "a", "b"));
    }
    QVERIFY(temp.project().dataVersion() != before);
    auto reader = take(Project::open(temp.file(), OpenMode::ReadOnly));
    QCOMPARE(take(uiState(*reader, "a")), "b");
    QVERIFY(setUiState(*reader, "a", "c").error().code == ErrorCode::ReadOnly);
    for (const auto& entry : std::filesystem::directory_iterator(temp.file().parent_path()))
        QVERIFY(entry.path().string().find(".new-") == std::string::npos);
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestProjectFile::refusesWhatIsNoProject() {
    TempProject temp;
    const Path other = temp.path("other.crux");
    QVERIFY(codeOf(other) == ErrorCode::NotFound);
    QVERIFY(codeOf(temp.file().parent_path()) == ErrorCode::InvalidArgument);
    writeBytes(other, "");
    QVERIFY(codeOf(other) == ErrorCode::Corrupt);
    QCOMPARE(bytesOf(other), ""); // and it is left as it was
    writeBytes(other, "SQLite format 3");
    QVERIFY(codeOf(other) == ErrorCode::Corrupt);
    writeBytes(other, std::string(100'000, 'x'));
    QVERIFY(codeOf(other) == ErrorCode::Corrupt);
    std::filesystem::remove(other);
    {
        SQLite::Database database(other.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        database.exec("CREATE TABLE trajectory(id)");
    }
    QVERIFY(codeOf(other) == ErrorCode::Corrupt); // another program's
    meddle(other, cat("PRAGMA application_id = ", kApplicationId, "; DROP TABLE trajectory"));
    QVERIFY(codeOf(other) == ErrorCode::Corrupt); // ours by its number, but empty
}

void TestProjectFile::truncatedFileIsSaidSo() {
    TempProject temp;
    fill(temp.project(), 50);
    temp.close();
    const std::string whole = bytesOf(temp.file());
    for (const std::size_t kept : {whole.size() - 1, whole.size() / 2, std::size_t{5000}}) {
        writeBytes(temp.file(), whole.substr(0, kept));
        const auto opened = Project::open(temp.file(), OpenMode::ReadWrite);
        QVERIFY(!opened.ok());
        QVERIFY(opened.error().code == ErrorCode::Corrupt);
        QVERIFY(opened.error().message.find("cut off") != std::string::npos);
    }
}

void TestProjectFile::damagedPagesAreFound() {
    TempProject temp;
    fill(temp.project(), 50);
    temp.close();
    std::string bytes = bytesOf(temp.file());
    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 20'000; ++at)
        bytes[at] = static_cast<char>(at * 7);
    writeBytes(temp.file(), bytes);
    const auto opened = Project::open(temp.file(), OpenMode::ReadWrite);
    if (!opened.ok()) {
        QVERIFY(opened.error().code == ErrorCode::Corrupt);
        return;
    }
    const auto findings = checkProject(**opened);
    QVERIFY(!findings.ok() || !findings->empty());
}

void TestProjectFile::newerOpensForReadingOnly() {
    TempProject temp;
    CRUX_OK(setUiState(temp.project(), "a", "b"));
    temp.close();
    meddle(temp.file(), cat("PRAGMA user_version = ", kSchemaVersion + 1));
    auto project = take(Project::open(temp.file(), OpenMode::ReadWrite));
    QVERIFY(project->readOnly());
    QVERIFY(project->readOnlyReason().find("newer") != std::string::npos);
    QCOMPARE(take(uiState(*project, "a")), "b");
    const Status refused = setUiState(*project, "a", "c");
    QVERIFY(refused.error().code == ErrorCode::ReadOnly);
    QCOMPARE(refused.error().message, project->readOnlyReason());
}

void TestProjectFile::olderIsBackedUpAndMigrated() {
    TempProject temp;
    fill(temp.project(), 3);
    temp.close();
    const std::vector<Migration> steps{
        {kSchemaVersion, "CREATE TABLE added(id INTEGER PRIMARY KEY); INSERT INTO added VALUES(7)"},
        {kSchemaVersion + 1, "ALTER TABLE added ADD COLUMN name TEXT"}};
    {
        auto project =
            take(openProject(temp.file(), OpenMode::ReadWrite, steps, kSchemaVersion + 2));
        QCOMPARE(take(schemaVersionOf(*project)), kSchemaVersion + 2);
        QVERIFY(take(checkProject(*project)).empty());
    }
    SQLite::Database migrated(temp.file().string());
    QCOMPARE(migrated.execAndGet("SELECT count(name IS NULL) FROM added").getInt(), 1);
    const Path backup = temp.path(cat("test.crux.v", kSchemaVersion, ".bak").c_str());
    auto old = take(Project::open(backup, OpenMode::ReadOnly));
    QCOMPARE(take(schemaVersionOf(*old)), kSchemaVersion);
    QCOMPARE(take(datasets(*old)).front().trajectories, 3);
}

void TestProjectFile::failedMigrationChangesNothing() {
    TempProject temp;
    temp.close();
    const std::vector<Migration> broken{
        {kSchemaVersion, "CREATE TABLE added(id); INSERT INTO missing VALUES(1)"}};
    QVERIFY(!openProject(temp.file(), OpenMode::ReadWrite, broken, kSchemaVersion + 1).ok());
    auto project = take(Project::open(temp.file(), OpenMode::ReadWrite));
    QVERIFY(!project->readOnly());
    QCOMPARE(take(schemaVersionOf(*project)), kSchemaVersion);
    project.reset();
    const auto unknown = openProject(temp.file(), OpenMode::ReadWrite, {}, kSchemaVersion + 1);
    QVERIFY(!unknown.ok() && unknown.error().code == ErrorCode::Unsupported);
}

/// As an ordinary user even where the tests run as root, whom no permission stops.
void TestProjectFile::writeProtectedOpensForReadingOnly() {
    TempProject temp;
    fill(temp.project(), 2);
    temp.close();
    const Path folder = temp.file().parent_path();
    ::chmod(folder.c_str(), 0555);
    ::chmod(temp.file().c_str(), 0444);
    const int code = inChild([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0)
            return 9;
        auto project = Project::open(temp.file(), OpenMode::ReadWrite);
        if (!project.ok())
            return 1;
        if (!(*project)->readOnly() || (*project)->readOnlyReason().empty())
            return 2;
        const auto list = datasets(**project);
        if (!list.ok() || list->front().trajectories != 2)
            return 3;
        if (setUiState(**project, "a", "b").error().code != ErrorCode::ReadOnly)
            return 4;
        const Path other = folder / "new.crux";
        return Project::open(other, OpenMode::Create).ok() ? 5 : 0;
    });
    ::chmod(folder.c_str(), 0755);
    QCOMPARE(code, 0);
}

void TestProjectFile::fullDiskChangesNothing() {
    TempProject temp;
    fill(temp.project(), 5);
    temp.close();
    const int code = inChild([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        auto project = Project::open(temp.file(), OpenMode::ReadWrite);
        if (!project.ok())
            return 1;
        const rlimit limit{700'000, 700'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const Status status = (*project)->write([&]() -> Status {
            for (int i = 0; i < 3000; ++i) {
                auto t = trajectoryOf(DatasetId{1}, QuestionId{1}, std::string(2000, 'y'),
                                      Verdict::Wrong);
                CRUX_TRY_VOID(addTrajectory(**project, t));
            }
            return {};
        });
        if (status.ok())
            return 2;
        qInfo("%s", status.error().message.c_str());
        return status.error().code == ErrorCode::DiskFull ? 0 : 3;
    });
    QCOMPARE(code, 0);
    const int creating = inChild([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{50'000, 50'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const auto opened = Project::open(temp.path("new.crux"), OpenMode::Create);
        return !opened.ok() && opened.error().code == ErrorCode::DiskFull ? 0 : 1;
    });
    QCOMPARE(creating, 0);
    QVERIFY(!std::filesystem::exists(temp.path("new.crux")));
    auto project = take(Project::open(temp.file(), OpenMode::ReadWrite));
    QCOMPARE(take(datasets(*project)).front().trajectories, 5);
    QVERIFY(take(checkProject(*project)).empty());
}

void TestProjectFile::twoProcessesWrite() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q", "?");
    temp.close();
    constexpr int kEach = 60;
    const auto writer = [&] {
        auto project = Project::open(temp.file(), OpenMode::ReadWrite);
        if (!project.ok())
            return 1;
        for (int i = 0; i < kEach; ++i)
            if (!addTrajectory(**project, trajectoryOf(dataset, question, "abc", Verdict::Right))
                     .ok())
                return 2;
        return 0;
    };
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(writer());
    QCOMPARE(writer(), 0);
    int status = 0;
    ::waitpid(child, &status, 0);
    QCOMPARE(status, 0);
    auto project = take(Project::open(temp.file(), OpenMode::ReadOnly));
    QCOMPARE(take(datasets(*project)).front().trajectories, 2 * kEach);
}

/// Nobody takes the journal from under an open project: not a second connection of this process,
/// nor a look into its file (closing a descriptor drops the locks), nor another process that comes
/// and goes.
void TestProjectFile::journalStaysWhileOpen() {
    TempProject temp;
    const Path file = temp.file();
    const Path wal = file.string() + "-wal";
    temp.close();
    int ask[2], told[2];
    QVERIFY(::pipe(ask) == 0 && ::pipe(told) == 0);
    const pid_t child = ::fork(); // before this process has the file open
    if (child == 0) {
        char byte = 0;
        ::close(ask[1]);
        while (::read(ask[0], &byte, 1) == 1) {
            auto project = Project::open(file, OpenMode::ReadWrite);
            if (!project.ok() || !setUiState(**project, "child", std::string(1, byte)).ok())
                ::_exit(1);
            project->reset();
            if (::write(told[1], &byte, 1) != 1)
                ::_exit(2);
        }
        ::_exit(0);
    }
    const auto childOpensAndCloses = [&](char byte) {
        return ::write(ask[1], &byte, 1) == 1 && ::read(told[0], &byte, 1) == 1;
    };
    auto project = take(Project::open(file, OpenMode::ReadWrite));
    CRUX_OK(setUiState(*project, "a", "1"));
    QVERIFY(childOpensAndCloses('x'));
    QVERIFY(std::filesystem::exists(wal));
    take(Project::open(file, OpenMode::ReadWrite)).reset();
    take(Project::open(file, OpenMode::ReadOnly)).reset();
    CRUX_OK(readProjectHeader(file));
    QVERIFY(readFile(file).error().message.find("project's database") != std::string::npos);
    QVERIFY(!MappedFile::open(file).ok());
    QVERIFY(!writeFileAtomically(file, "x").ok());
    QVERIFY(childOpensAndCloses('y'));
    QVERIFY(std::filesystem::exists(wal));
    CRUX_OK(setUiState(*project, "b", "2"));
    const auto reader = take(Project::open(file, OpenMode::ReadOnly));
    QCOMPARE(take(uiState(*reader, "b")), "2");
    QCOMPARE(take(uiState(*reader, "child")), "y");
    ::close(ask[1]);
    int status = 0;
    ::waitpid(child, &status, 0);
    QCOMPARE(status, 0);
    QVERIFY(take(checkProject(*project)).empty());
    for (const int end : {ask[0], told[0], told[1]})
        ::close(end);
}

void TestProjectFile::nestedWritesRollBackTogether() {
    TempProject temp;
    const Status status = temp.project().write([&]() -> Status {
        take(setUiState(temp.project(), "a", "b"));
        return temp.project().write([] { return Status(fail(ErrorCode::Mismatch, "no")); });
    });
    QVERIFY(status.error().code == ErrorCode::Mismatch);
    QCOMPARE(take(uiState(temp.project(), "a")), "");
    CRUX_OK(setUiState(temp.project(), "a", "c")); // the connection goes on
}

void TestProjectFile::interruptCancels() {
    TempProject temp;
    fill(temp.project(), 200);
    std::atomic<bool> done{false};
    std::thread other([&] {
        while (!done)
            temp.project().interrupt();
    });
    bool cancelled = false;
    TrajectoryQuery query;
    query.filter = "text~zz";
    for (int i = 0; i < 100'000 && !cancelled; ++i) {
        const auto ids = trajectoryIds(temp.project(), query);
        cancelled = !ids.ok() && ids.error().code == ErrorCode::Cancelled;
    }
    done = true;
    other.join();
    QVERIFY(cancelled);
    QVERIFY(take(trajectoryIds(temp.project(), query)).empty()); // the connection goes on
}

void TestProjectFile::checkFindsWrongRows() {
    const auto findingsAfter = [](const std::string& sql) {
        TempProject temp;
        fill(temp.project(), 2);
        ScoreSetRecord set;
        set.name = "s";
        ScoreRecord scores;
        scores.trajectoryId = TrajectoryId{1};
        scores.scoreSetId = take(addScoreSet(temp.project(), set));
        scores.s.assign(403, .5f);
        take(saveScores(temp.project(), scores, nullptr, {}));
        if (!take(checkProject(temp.project())).empty())
            return std::string("unsound before");
        temp.close();
        meddle(temp.file(), sql);
        const auto project = take(Project::open(temp.file(), OpenMode::ReadWrite));
        const auto findings = take(checkProject(*project));
        return findings.empty() ? std::string() : findings.front();
    };
    const auto contains = [](const std::string& text, const char* part) {
        return QString::fromStdString(text).contains(QLatin1String(part));
    };
    QVERIFY(contains(findingsAfter("UPDATE dataset SET trajectories = 9"), "count"));
    QVERIFY(contains(findingsAfter("UPDATE score SET s = x'00000000'"), "array s"));
    QVERIFY(contains(findingsAfter("UPDATE trajectory_tokens SET offsets = x'00'"), "offsets"));
    QVERIFY(contains(findingsAfter("UPDATE trajectory SET prompt_tokens = 99 WHERE id = 1"),
                     "token counts"));
    QVERIFY(contains(findingsAfter("INSERT INTO job(kind, name, spec, state, position, created_ms)"
                                   " VALUES ('score', 'x', '{}', 99, 1, 1)"),
                     "state"));
    QVERIFY(contains(findingsAfter("UPDATE question SET gold = CAST(x'ff41' AS TEXT)"), "UTF-8"));
    QVERIFY(contains(findingsAfter("UPDATE prompt SET text = ''"), "leave its text"));
    QVERIFY(contains(findingsAfter("DELETE FROM score_summary"), "summary"));
    QVERIFY(contains(findingsAfter("PRAGMA foreign_keys = OFF; UPDATE trajectory SET model_id = 9"),
                     "missing row"));
    QVERIFY(contains(findingsAfter("PRAGMA foreign_keys = OFF; DROP TRIGGER response_fts_update;"
                                   "UPDATE trajectory_text SET response = upper(response)||'zq'"),
                     "text index"));
}

void TestProjectFile::backupIsWhole() {
    TempProject temp;
    fill(temp.project(), 20);
    const Path copy = temp.path("copy.crux");
    CRUX_OK(backupProject(temp.project(), copy));
    QVERIFY(!std::filesystem::exists(copy.string() + "-wal"));
    auto project = take(Project::open(copy, OpenMode::ReadWrite));
    QCOMPARE(take(datasets(*project)).front().trajectories, 20);
    QVERIFY(take(checkProject(*project)).empty());
    QVERIFY(!backupProject(temp.project(), temp.file()).ok());
    QVERIFY(!backupProject(temp.project(), temp.path("no/folder.crux")).ok());
    CRUX_OK(vacuumProject(temp.project()));
}

/// What lies beside a project's file belongs to that file: it would be read into the copy.
void TestProjectFile::backupLeavesOpenProjectsAlone() {
    TempProject temp, other;
    fill(temp.project(), 3);
    fill(other.project(), 5);
    const Status refused = backupProject(temp.project(), other.file());
    QVERIFY(!refused.ok() && refused.error().code == ErrorCode::Busy);
    QCOMPARE(take(datasets(other.project())).front().trajectories, 5);
}

/// Only an earlier backup of the same project is replaced, and that only while nobody went on with
/// it.
void TestProjectFile::backupReplacesBackupsOnly() {
    TempProject temp, other;
    fill(temp.project(), 3);
    fill(other.project(), 5);
    other.close();
    const Status refused = backupProject(temp.project(), other.file());
    QVERIFY(!refused.ok() && refused.error().code == ErrorCode::InvalidArgument);
    QCOMPARE(
        take(datasets(*take(Project::open(other.file(), OpenMode::ReadOnly)))).front().trajectories,
        5);
    const Path notes = temp.path("notes.txt");
    writeBytes(notes, "kept");
    QVERIFY(!backupProject(temp.project(), notes).ok());
    QCOMPARE(bytesOf(notes), std::string("kept"));

    const Path copy = temp.path("copy.crux");
    CRUX_OK(backupProject(temp.project(), copy));
    CRUX_OK(backupProject(temp.project(), copy));
    take(Project::open(copy, OpenMode::ReadWrite));
    QVERIFY(!backupProject(temp.project(), copy).ok());
}

void TestProjectFile::infoCounts() {
    TempProject temp;
    fill(temp.project(), 4);
    const Json info = take(projectInfo(temp.project()));
    QCOMPARE(info["trajectories"].get<int>(), 4);
    QCOMPARE(info["questions"].get<int>(), 1);
    QCOMPARE(info["schema_version"].get<int>(), kSchemaVersion);
    QVERIFY(info["bytes"].get<std::int64_t>() > 4096);
    if (isLocalDisk(temp.file().parent_path()))
        QCOMPARE(info["journal"].get<std::string>(), "wal");
}

QTEST_APPLESS_MAIN(TestProjectFile)
#include "tst_project_file.moc"
