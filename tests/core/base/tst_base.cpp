#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/machine_memory.h"
#include "core/base/rng.h"
#include "core/base/text_util.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <limits>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace crux;

class TestBase : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void philoxKnownAnswers();
    void streamsAreFunctionsOfPathAndPosition();
    void uniformsAreUniform();
    void jsonIsStrict();
    void jsonIsWrittenStrictly();
    void jsonFieldsSayWhatIsWrong();
    void utf8IsReplacedPerMaximalPart();
    void filesAreReadAndMapped();
    void atomicWriteLeavesOldOrNew();
    void pipesAreWrittenNotReplaced();
    void hashesAreKnown();
    void folderHashesFollowTheContent();
    void memoryIsWhatTheSystemAndItsGroupsLeave();

private:
    Path path(const char* name) const { return Path(m_folder.path().toStdString()) / name; }
    QTemporaryDir m_folder;
};

namespace {
void put(const Path& path, const std::string& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}
} // namespace

/// Vectors of Random123's kat_vectors file for philox4x32, 10 rounds.
void TestBase::philoxKnownAnswers() {
    using Words = std::array<std::uint32_t, 4>;
    QVERIFY((philox4x32({0, 0, 0, 0}, {0, 0}) ==
             Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    const std::uint32_t f = 0xffffffff;
    QVERIFY((philox4x32({f, f, f, f}, {f, f}) ==
             Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    QVERIFY(
        (philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
         Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

void TestBase::streamsAreFunctionsOfPathAndPosition() {
    const RandomStream a("run/42/q17/t3/r5", 9);
    const RandomStream b("run/42/q17/t3/r5", 9);
    QCOMPARE(a.uniform(1000), b.uniform(1000)); // whatever was drawn before
    QVERIFY(a.uniform(0) != a.uniform(1));
    QVERIFY(a.uniform(0, 0) != a.uniform(0, 1));
    QVERIFY(a.uniform(0) != RandomStream("run/42/q17/t3/r6", 9).uniform(0));
    QVERIFY(a.uniform(0) != RandomStream("run/42/q17/t3/r5", 10).uniform(0));
}

void TestBase::uniformsAreUniform() {
    const RandomStream stream("uniform");
    constexpr int kDraws = 100'000;
    double sum = 0;
    std::array<int, 10> bins{};
    for (int i = 0; i < kDraws; ++i) {
        const double u = stream.uniform(static_cast<std::uint64_t>(i));
        QVERIFY(u >= 0 && u < 1);
        sum += u;
        ++bins[static_cast<std::size_t>(u * 10)];
    }
    QVERIFY(std::fabs(sum / kDraws - 0.5) < 0.005);
    double chi2 = 0; // 9 degrees of freedom: 27.9 is the 0.1 % point
    for (const int count : bins)
        chi2 += (count - kDraws / 10.0) * (count - kDraws / 10.0) / (kDraws / 10.0);
    QVERIFY(chi2 < 27.9);
}

void TestBase::jsonIsStrict() {
    QVERIFY(parseJson("{\"a\":[1,2.5,null,true,\"\xC3\xBC\"]}").ok());
    const std::string deep(kMaxJsonDepth, '[');
    QVERIFY(parseJson(deep + std::string(kMaxJsonDepth, ']')).ok());
    for (const std::string& bad :
         {std::string("{\"a\":1} x"), std::string("{'a':1}"), std::string("{\"a\":NaN}"),
          std::string("[1,]"), std::string(""), std::string("\"\xFF\""), std::string("\"a\0b\"", 5),
          std::string("\"\\ud800\""), deep + "[" + std::string(kMaxJsonDepth + 1, ']'),
          std::string(10'000'000, '['), std::string("[1e99999]"), std::string("{\"a\"")}) {
        const auto parsed = parseJson(bad);
        QVERIFY(!parsed.ok());
        QVERIFY(parsed.error().code == ErrorCode::Corrupt);
    }
}

void TestBase::jsonIsWrittenStrictly() {
    QCOMPARE(dumpJson(Json{{"a", jsonNumber(std::nan(""))}}), "{\"a\":null}");
    QCOMPARE(dumpJson(Json{{"a", std::numeric_limits<double>::infinity()}}), "{\"a\":null}");
    QCOMPARE(dumpJson(Json("a\xFFz\n")), "\"a\xEF\xBF\xBDz\\n\"");
}

void TestBase::jsonFieldsSayWhatIsWrong() {
    const Json object{{"text", "x"}, {"n", 3}, {"f", 2.5}, {"b", true}};
    QCOMPARE(*jsonString(object, "text"), "x");
    QCOMPARE(*jsonInt(object, "n"), 3);
    QCOMPARE(*jsonDouble(object, "n"), 3.0);
    QCOMPARE(*jsonBool(object, "b"), true);
    QVERIFY(jsonInt(object, "f").error().message.find("\"f\"") != std::string::npos);
    QVERIFY(jsonString(object, "none").error().message.find("missing") != std::string::npos);
    QVERIFY(!jsonString(object, "n").ok());
    QVERIFY(!jsonBool(object, "n").ok());
}

/// As Python's bytes.decode("utf-8", "replace").
void TestBase::utf8IsReplacedPerMaximalPart() {
    const std::string r = "\xEF\xBF\xBD";
    QCOMPARE(withReplacedUtf8("plain \xE2\x82\xAC"), "plain \xE2\x82\xAC");
    QCOMPARE(withReplacedUtf8("\xE2\x82"), r); // cut off: one
    QCOMPARE(withReplacedUtf8("\xE2\x82z"), r + "z");
    QCOMPARE(withReplacedUtf8("\xFF\xFE"), r + r);
    QCOMPARE(withReplacedUtf8("\xED\xA0\x80"), r + r + r); // a surrogate
    QCOMPARE(withReplacedUtf8("\xC0\x80"), r + r);         // overlong
    QCOMPARE(withReplacedUtf8("\xF0\x9F\x98"), r);
    QCOMPARE(withReplacedUtf8("\xF4\x90\x80\x80"), r + r + r + r);
    QCOMPARE(firstInvalidUtf8("ab\xFF"), std::size_t{2});
    QCOMPARE(firstInvalidUtf8("ab"), std::string_view::npos);
}

void TestBase::filesAreReadAndMapped() {
    const Path file = path("read/a.bin");
    put(file, std::string("a\0b", 3));
    QCOMPARE(*readFile(file), std::string("a\0b", 3));
    QVERIFY(readFile(file, 2).error().code == ErrorCode::InvalidArgument);
    QVERIFY(readFile(path("read/none")).error().code == ErrorCode::NotFound);
    QVERIFY(readFile(path("read")).error().code == ErrorCode::InvalidArgument);
    QVERIFY(readFile("/proc/self/status")->size() > 100); // tells no size
    auto mapped = MappedFile::open(file);
    QVERIFY(mapped.ok());
    MappedFile moved = std::move(mapped).value();
    QCOMPARE(moved.bytes().size(), std::size_t{3});
    put(path("read/empty"), "");
    QVERIFY(MappedFile::open(path("read/empty"))->bytes().empty());
    QVERIFY(!MappedFile::open(path("read")).ok());
    QVERIFY(!MappedFile::open("/dev/zero").ok());
}

void TestBase::pipesAreWrittenNotReplaced() {
    const Path pipe = path("a pipe");
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    const int reading = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    QVERIFY(writeFileAtomically(pipe, "through").ok());
    char bytes[16] = {};
    QCOMPARE(::read(reading, bytes, sizeof bytes), ssize_t{7});
    QCOMPARE(std::string(bytes), std::string("through"));
    ::close(reading);
    QVERIFY(std::filesystem::is_fifo(pipe));
}

void TestBase::atomicWriteLeavesOldOrNew() {
    const Path file = path("write/a.txt");
    put(file, "old");
    QVERIFY(writeFileAtomically(file, "new").ok());
    QCOMPARE(*readFile(file), "new");
    std::filesystem::create_symlink("a.txt", path("write/link"));
    QVERIFY(writeFileAtomically(path("write/link"), "through").ok());
    QVERIFY(std::filesystem::is_symlink(path("write/link")));
    QCOMPARE(*readFile(file), "through");
    QVERIFY(!writeFileAtomically(path("write/no/folder"), "x").ok());
    const pid_t child = ::fork(); // a full disk, in a process of its own
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const Status status = writeFileAtomically(file, std::string(5000, 'x'));
        ::_exit(!status.ok() && status.error().code == ErrorCode::DiskFull ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QCOMPARE(status, 0);
    QCOMPARE(*readFile(file), "through");
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path("write")))
        count += entry.exists() ? 1 : 0;
    QCOMPARE(count, 2); // nothing left aside
}

/// Of the XXH3 128-bit reference with seed 0.
void TestBase::hashesAreKnown() {
    QCOMPARE(hashText(""), "99aa06d3014798d86001c324468d497f");
    QCOMPARE(hashText("a"), "a96faf705af16834e6c632b61e964e1f");
    put(path("hash.bin"), "a");
    QCOMPARE(*hashFile(path("hash.bin")), hashText("a"));
    QVERIFY(!hashFile(path("none")).ok());
}

void TestBase::folderHashesFollowTheContent() {
    const auto make = [&](const char* name, const std::string& weights) {
        put(path(name) / "config.json", "{}");
        put(path(name) / "model.safetensors", weights);
        put(path(name) / "tokenizer.json", "{\"t\":1}");
        put(path(name) / "README.md", name); // not part of it
        return *hashWeightsFolder(path(name));
    };
    const std::string one = make("m1", "abc");
    QCOMPARE(make("m2", "abc"), one); // wherever it lies
    QVERIFY(make("m3", "abd") != one);
    QCOMPARE(*hashTokenizerFolder(path("m1")), *hashTokenizerFolder(path("m2")));
    put(path("m2") / "tokenizer_config.json", "{}");
    QVERIFY(*hashTokenizerFolder(path("m1")) != *hashTokenizerFolder(path("m2")));
    put(path("empty") / "x", "");
    QVERIFY(hashWeightsFolder(path("empty")).error().code == ErrorCode::NotFound);
    QVERIFY(hashTokenizerFolder(path("empty")).error().code == ErrorCode::NotFound);
    QVERIFY(hashWeightsFolder(path("nowhere")).error().code == ErrorCode::NotFound);
}

/// A machine of 8 GB whose page cache counts as free, then the same seen from a job that may use 2.
void TestBase::memoryIsWhatTheSystemAndItsGroupsLeave() {
    const Path root = path("machine"), groups = root / "sys/fs/cgroup";
    std::filesystem::create_directories(root / "proc/self");
    std::filesystem::create_directories(groups / "slurm/job");
    QCOMPARE(machineMemory(root).total, 0);
    put(root / "proc/meminfo",
        "MemTotal:  8000000 kB\nMemFree: 1000 kB\nMemAvailable: 5000000 kB\n");
    put(root / "proc/self/cgroup", "0::/slurm/job\n");
    put(groups / "slurm/job/memory.max", "max\n");
    const MachineMemory whole = machineMemory(root);
    QCOMPARE(whole.total, 8'000'000ll * 1024);
    QCOMPARE(whole.available, 5'000'000ll * 1024);

    put(groups / "slurm/memory.max", "2000000000\n");
    put(groups / "slurm/memory.current", "900000000\n");
    put(groups / "slurm/memory.stat", "anon 100000000\nfile_mapped 5\nfile 700000000\n");
    const MachineMemory part = machineMemory(root);
    QCOMPARE(part.total, 2'000'000'000ll);
    QCOMPARE(part.available, 1'800'000'000ll);

    put(root / "proc/self/cgroup", "7:cpu:/a\n5:memory:/b\n");
    std::filesystem::create_directories(groups / "memory/b");
    put(groups / "memory/b/memory.limit_in_bytes", "1000000000\n");
    put(groups / "memory/b/memory.usage_in_bytes", "1200000000\n");
    QCOMPARE(machineMemory(root).available, 0); // nothing below nothing
}

QTEST_APPLESS_MAIN(TestBase)
#include "tst_base.moc"
