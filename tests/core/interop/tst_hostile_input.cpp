#include "core/interop/import.h"
#include "core/interop/line_reader.h"
#include "support/temp_project.h"

#include <csignal>
#include <fstream>
#include <random>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace crux;
using namespace crux::interop;
using namespace crux::test;
namespace store = crux::store;

class TestHostileInput : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void badLines_data();
    void badLines();
    void badCsvRows_data();
    void badCsvRows();
    void badCsvHeaders();
    void hugeLinesTakeNoMemory();
    void lineEndsAndMarks();
    void emptyFiles();
    void pipesAndDevicesAreRefused();
    void brokenCliffFiles();
    void fullDiskLeavesWholeBatches();
    void killedImportsResume();
};

namespace {

const std::string kGood = "{\"question\":\"q\",\"response\":\"#### 1\",\"answer\":\"1\"}\n";

void put(const Path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

ImportOptions optionsFor(const Path& input, const char* kind) {
    ImportOptions options;
    options.inputs = {input};
    options.kind = kind;
    return options;
}

std::size_t count(store::Project& project) {
    return take(store::trajectoryIds(project, {})).size();
}

} // namespace

void TestHostileInput::badLines_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char* name, const std::string& line, const char* reason) {
        QTest::newRow(name) << QByteArray::fromStdString(line) << QByteArray(reason);
    };
    row("broken", "{\"question\":\"q\",", "not valid JSON");
    row("text", "hello", "not valid JSON");
    row("list", "[1,2]", "not a JSON object");
    row("NUL byte", std::string("{\"question\":\"a\0b\"}", 18), "NUL byte");
    row("NUL escape", "{\"question\":\"a\\u0000b\",\"response\":\"x\"}", "NUL character");
    row("UTF-8", "{\"question\":\"\xC3\x28\"}", "UTF-8");
    row("surrogate", "{\"question\":\"\\ud800\"}", "not valid JSON");
    row("deep", "{\"question\":" + std::string(5000, '[') + std::string(5000, ']') + "}", "deeper");
    row("no response", "{\"question\":\"q\"}", "\"response\" is missing");
    row("null response", "{\"question\":\"q\",\"response\":null}", "\"response\" is missing");
    row("no question", "{\"response\":\"r\"}", "\"question\" is missing");
    row("empty question", "{\"question\":\"\",\"response\":\"r\"}", "\"question\" is missing");
    row("object as text", "{\"question\":{\"a\":1},\"response\":\"r\"}", "not a text");
    row("no verdict", "{\"question\":\"q\",\"response\":\"r\",\"correct\":\"maybe\"}",
        "no verdict");
    row("ids without count", "{\"question\":\"q\",\"response\":\"r\",\"ids\":[1]}",
        "prompt tokens");
    row("negative id", "{\"question\":\"q\",\"response\":\"r\",\"ids\":[-1],\"prompt_tokens\":0}",
        "no token id");
    row("huge id",
        "{\"question\":\"q\",\"response\":\"r\",\"ids\":[99999999999],\"prompt_tokens\":0}",
        "no token id");
    row("real id", "{\"question\":\"q\",\"response\":\"r\",\"ids\":[1.5],\"prompt_tokens\":0}",
        "no token id");
    row("prompt too long",
        "{\"question\":\"q\",\"response\":\"r\",\"ids\":[1],\"prompt_tokens\":2}", "do not fit");
    row("slip outside",
        "{\"question\":\"q\",\"response\":\"r\",\"ids\":[1],\"prompt_tokens\":0,\"slip\":1}",
        "slip");
    row("sample", "{\"question\":\"q\",\"response\":\"r\",\"sample\":-3}", "sample");
    row("sample text", "{\"question\":\"q\",\"response\":\"r\",\"sample\":\"x\"}", "whole number");
    row("long", "{\"question\":\"" + std::string(kMaxLineBytes, 'x') + "\"}", "longer than 16 MiB");
}

/// The good lines are kept and the bad one is named; or, as asked, nothing is imported.
void TestHostileInput::badLines() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, reason);
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    // The first row shows all columns, so that each of them is mapped.
    const std::string first =
        "{\"question\":\"z\",\"response\":\"r\",\"answer\":\"1\",\"correct\":true,"
        "\"ids\":[5,6],\"prompt_tokens\":1,\"slip\":1,\"sample\":0}\n";
    put(file, first + line.toStdString() + "\n" + kGood);
    ImportOptions options = optionsFor(file, "jsonl");
    const auto report = runImport(temp.project(), options, CancelToken());
    CRUX_OK(report);
    QCOMPARE(report->rejectedCount, 1);
    QCOMPARE(report->rejected.front().line, 2);
    QVERIFY2(report->rejected.front().reason.find(reason.toStdString()) != std::string::npos,
             report->rejected.front().reason.c_str());
    QCOMPARE(count(temp.project()), std::size_t{2});
    TempProject other;
    options.skipBadLines = false;
    const auto refused = runImport(other.project(), options, CancelToken());
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().message.find("line 2") != std::string::npos);
    QVERIFY(take(store::datasets(other.project())).empty());
}

void TestHostileInput::badCsvRows_data() {
    QTest::addColumn<QByteArray>("rows");
    QTest::addColumn<int>("kept");
    QTest::addColumn<int>("line");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char* name, std::string rows, int kept, int line,
                        const char* reason) {
        QTest::newRow(name) << QByteArray::fromStdString(rows) << kept << line
                            << QByteArray(reason);
    };
    row("few fields", "a,b\nc\nd,e\n", 2, 3, "1 fields, the header 2");
    row("many fields", "a,b\nc,d,e\n", 1, 3, "3 fields");
    row("quote inside", "a,b\nc,d\"e\nf,g\n", 2, 3, "inside a field");
    row("text after quote", "\"a\"x,b\nf,g\n", 1, 2, "follows the closing quote");
    row("never closed", "a,b\nc,\"d\ne,f\n", 1, 3, "never closed");
    row("NUL", std::string("a,b\nc,\0\nd,e\n", 12), 2, 3, "NUL");
    row("UTF-8", "a,b\nc,\xFF\n", 1, 3, "UTF-8");
}

void TestHostileInput::badCsvRows() {
    QFETCH(QByteArray, rows);
    QFETCH(int, kept);
    QFETCH(int, line);
    QFETCH(QByteArray, reason);
    TempProject temp;
    const Path file = temp.path("rows.csv");
    put(file, "question,response\n" + rows.toStdString());
    const auto report = runImport(temp.project(), optionsFor(file, "csv"), CancelToken());
    CRUX_OK(report);
    QCOMPARE(report->kept, kept);
    QCOMPARE(report->rejectedCount, 1);
    QCOMPARE(report->rejected.front().line, line);
    QVERIFY2(report->rejected.front().reason.find(reason.toStdString()) != std::string::npos,
             report->rejected.front().reason.c_str());
}

void TestHostileInput::badCsvHeaders() {
    TempProject temp;
    const Path file = temp.path("rows.csv");
    for (const char* text : {"", "question,question\na,b\n", "question,\"open\na,b\n",
                             "question,\xFF\na,b\n", "x,y\na,b\n"}) {
        put(file, text);
        QVERIFY(!runImport(temp.project(), optionsFor(file, "csv"), CancelToken()).ok());
    }
}

/// Lines of 50 MB and 100 MB: refused without being held in memory.
void TestHostileInput::hugeLinesTakeNoMemory() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    {
        std::ofstream out(file, std::ios::binary);
        const std::string chunk(1 << 20, 'x');
        out << kGood;
        for (const int megabytes : {50, 100}) {
            out << "{\"question\":\"";
            for (int i = 0; i < megabytes; ++i)
                out << chunk;
            out << "\"}\n";
        }
        out << kGood;
    }
    auto reader = take(LineReader::open(file));
    int lines = 0;
    int tooLong = 0;
    std::size_t most = 0;
    while (auto line = take(reader.next())) {
        ++lines;
        tooLong += line->tooLong ? 1 : 0;
        most = std::max(most, line->text.capacity());
    }
    QCOMPARE(lines, 4);
    QCOMPARE(tooLong, 2);
    QVERIFY(most < 2 * kMaxLineBytes);
    const auto report = runImport(temp.project(), optionsFor(file, "jsonl"), CancelToken());
    CRUX_OK(report);
    QCOMPARE(report->rejectedCount, 2);
    QCOMPARE(report->rejected[1].line, 3);
    QCOMPARE(report->kept, 2);
}

void TestHostileInput::lineEndsAndMarks() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    std::string good = kGood;
    good.pop_back();
    put(file, "\xEF\xBB\xBF" + good + "\r\n\r\n   \n" + good + "\r\n" + good); // no end on the last
    const auto report = runImport(temp.project(), optionsFor(file, "auto"), CancelToken());
    CRUX_OK(report);
    QCOMPARE(report->rows, 3);
    QCOMPARE(report->kept, 3);
}

void TestHostileInput::emptyFiles() {
    TempProject temp;
    const Path file = temp.path("rows.jsonl");
    for (const char* text : {"", "\n\n", "\xEF\xBB\xBF"}) {
        put(file, text);
        const auto report = runImport(temp.project(), optionsFor(file, "jsonl"), CancelToken());
        CRUX_OK(report);
        QCOMPARE(report->rows, 0);
    }
    put(file, "no json at all\nnor here\n");
    const auto report = runImport(temp.project(), optionsFor(file, "auto"), CancelToken());
    CRUX_OK(report);
    QCOMPARE(report->rejectedCount, 2);
}

void TestHostileInput::pipesAndDevicesAreRefused() {
    TempProject temp;
    const Path pipe = temp.path("pipe");
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    for (const Path& file : {pipe, Path("/dev/zero")}) { // one never begins, one never ends
        const auto report = runImport(temp.project(), optionsFor(file, "jsonl"), CancelToken());
        QVERIFY(!report.ok());
        QVERIFY(report.error().message.find("not a regular file") != std::string::npos);
    }
}

void TestHostileInput::brokenCliffFiles() {
    const std::string whole =
        "{\"question\":\"q\",\"response\":\"ab\",\"golden_answer\":[\"1\"],\"is_correct\":false,"
        "\"response_tokens\":[\"a\",\"b\"],\"response_token_ids\":[1,2],"
        "\"all_position_scores\":[0.5]}";
    const auto rejects = [&](std::string from, const std::string& to) {
        TempProject temp;
        const Path file = temp.path("c.json");
        std::string text = whole;
        if (!from.empty())
            text.replace(text.find(from), from.size(), to);
        put(file, text);
        const auto report = runImport(temp.project(), optionsFor(file, "cliff"), CancelToken());
        return report.ok() ? report->rejectedCount : -1;
    };
    QCOMPARE(rejects("", ""), 0);
    QCOMPARE(rejects("[1,2]", "[1]"), 1);
    QCOMPARE(rejects("[0.5]", "[0.5,0.5,0.5]"), 1);
    QCOMPARE(rejects("[0.5]", "[7]"), 1);
    QCOMPARE(rejects("[0.5]", "[\"x\"]"), 1);
    QCOMPARE(rejects("[0.5]", "[null]"), 0);
    QCOMPARE(rejects("[\"a\",\"b\"]", "[1,2]"), 1);
    QCOMPARE(rejects("\"response\":", "\"reply\":"), 1);
    QCOMPARE(rejects("[0.5]}", "[0.5]"), -1); // not one JSON document: the file as a whole
}

void TestHostileInput::fullDiskLeavesWholeBatches() {
    TempProject temp;
    const Path rows = temp.path("rows.jsonl");
    std::string text;
    for (int i = 0; i < 9000; ++i)
        text += cat("{\"id\":", i, ",\"question\":\"q", i, "\",\"response\":\"",
                    std::string(200, 'r'), "\"}\n");
    put(rows, text);
    const Path file = temp.file();
    temp.close();
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        auto project = store::Project::open(file, store::OpenMode::ReadWrite);
        const rlimit limit{2'500'000, 2'500'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const auto report = runImport(**project, optionsFor(rows, "jsonl"), CancelToken());
        qInfo("%s", report.ok() ? "no error" : report.error().message.c_str());
        ::_exit(!report.ok() && report.error().code == ErrorCode::DiskFull ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QCOMPARE(status, 0);
    auto project = take(store::Project::open(file, store::OpenMode::ReadWrite));
    QVERIFY(take(store::checkProject(*project)).empty());
    QVERIFY(count(*project) < 9000);
    take(runImport(*project, optionsFor(rows, "jsonl"), CancelToken()));
    QCOMPARE(count(*project), std::size_t{9000});
}

/// A process that imports and writes scores is killed at random moments, 20 times; what is there
/// afterwards is sound, and going on ends with the rows of an undisturbed run.
void TestHostileInput::killedImportsResume() {
    TempProject undisturbed;
    TempProject temp;
    const Path rows = temp.path("rows.jsonl");
    std::string text;
    for (int i = 0; i < 6000; ++i)
        text += cat("{\"question\":\"q", i / 5, "\",\"response\":\"r", i % 3,
                    " #### 1\",\"answer\":\"1\",\"ids\":[1,2,3,4],\"prompt_tokens\":2}\n");
    put(rows, text);
    take(runImport(undisturbed.project(), optionsFor(rows, "jsonl"), CancelToken()));
    const Path file = temp.file();
    temp.close();
    const auto work = [&]() -> Status {
        CRUX_TRY(project, store::Project::open(file, store::OpenMode::ReadWrite));
        store::ScoreSetRecord set;
        set.name = "s";
        CRUX_TRY(setId, store::addScoreSet(*project, set));
        CRUX_TRY(report, runImport(*project, optionsFor(rows, "jsonl"), CancelToken()));
        static_cast<void>(report);
        CRUX_TRY(all, store::trajectoryIds(*project, {}));
        CRUX_TRY(missing, store::unscored(*project, setId, all));
        for (std::size_t begin = 0; begin < missing.size(); begin += 100)
            if (const Status batch = project->write([&]() -> Status {
                    for (std::size_t i = begin; i < std::min(begin + 100, missing.size()); ++i) {
                        store::ScoreRecord scores;
                        scores.trajectoryId = missing[i];
                        scores.scoreSetId = setId;
                        scores.s = {1, 1, .5f, .25f};
                        CRUX_TRY_VOID(store::saveScores(*project, scores, nullptr, {}));
                    }
                    return {};
                });
                !batch.ok())
                return batch;
        return {};
    };
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round) {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(work().ok() ? 0 : 1);
        ::usleep(1000 + random() % 150'000); // when it dies is what the test varies
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        auto project = take(store::Project::open(file, store::OpenMode::ReadWrite));
        const auto findings = take(store::checkProject(*project));
        QVERIFY2(findings.empty(), findings.empty() ? "" : findings.front().c_str());
    }
    CRUX_OK(work());
    auto project = take(store::Project::open(file, store::OpenMode::ReadWrite));
    QCOMPARE(take(store::scoreSets(*project)).front().scored, 6000);
    QVERIFY(take(store::checkProject(*project)).empty());
    const auto ids = take(store::trajectoryIds(*project, {}));
    QCOMPARE(ids.size(), count(undisturbed.project()));
    for (const TrajectoryId id : ids) { // row by row as undisturbed, the numbers too
        const auto a = take(store::trajectory(*project, id));
        const auto b = take(store::trajectory(undisturbed.project(), id));
        QCOMPARE(a.naturalKey, b.naturalKey);
        QCOMPARE(a.response, b.response);
        QCOMPARE(a.sampleIndex, b.sampleIndex);
    }
}

QTEST_APPLESS_MAIN(TestHostileInput)
#include "tst_hostile_input.moc"
