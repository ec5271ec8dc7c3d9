// A sample job killed with SIGKILL at random moments and resumed leaves what an uninterrupted one
// does: every answer once, the same texts and verdicts, the same sets, a sound file.
#include "app/program.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "support/killed_runs.h"

#include <map>

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

namespace {

/// Answers by question and sample, and the sets chosen from them.
std::map<std::string, std::string> contentOf(const QString& file) {
    std::map<std::string, std::string> rows;
    const auto project = store::Project::open(file.toStdString(), store::OpenMode::ReadOnly);
    if (!project.ok())
        return rows;
    std::map<std::int64_t, std::string> names;
    const auto ids = store::trajectoryIds(**project, {});
    for (const TrajectoryId id : *ids) {
        const auto t = store::trajectory(**project, id);
        const std::string name = cat(t->questionId.value, "/", t->sampleIndex);
        names[id.value] = name;
        rows[name] += dumpJson(Json{t->ids, withReplacedUtf8(t->response), verdictName(t->verdict),
                                    t->extracted, t->finishReason}); // twice: told apart
    }
    const auto sets = store::pairSets(**project);
    for (const auto& set : *sets) {
        std::string& row = rows[cat("set ", set.kind())];
        const auto pairs = store::pairsOf(**project, set.id);
        for (const auto& pair : *pairs)
            row += names[pair.chosen.value] + " " + names[pair.rejected.value] + ", ";
    }
    return rows;
}

} // namespace

class TestSampleResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedSamplingLosesNothing();

private:
    /// A project with the demo's questions and a queued sample job.
    QString makeProject(const QTemporaryDir& folder, const char* name) {
        const QString project = folder.filePath(QString::fromLatin1(name));
        const bool made =
            runCli({QStringLiteral("project"), QStringLiteral("create"), project}).status == 0 &&
            runCli({QStringLiteral("import"), project, QStringLiteral("--kind"),
                    QStringLiteral("questions"), demoDir() + QStringLiteral("/questions.jsonl"),
                    QStringLiteral("--template"), QStringLiteral("wordproblems")})
                    .status == 0 &&
            runCli({QStringLiteral("sample"), project, QStringLiteral("--enqueue"),
                    QStringLiteral("--model"), demoModel(), QStringLiteral("--preset"),
                    QStringLiteral("demo"), QStringLiteral("--limit"), QStringLiteral("24"),
                    QStringLiteral("-n"), QStringLiteral("16")})
                    .status == 0;
        return made ? project : QString();
    }
};

void TestSampleResume::killedSamplingLosesNothing() {
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    const QString whole = makeProject(folder, "whole.crux");
    QVERIFY(!whole.isEmpty());
    QCOMPARE(runCli(crux::test::workerOf(whole), {}, 600'000).status, 0);
    const auto expected = contentOf(whole);
    QCOMPARE(expected.size(), std::size_t{24 * 16 + 3});

    const QString killed = makeProject(folder, "killed.crux");
    QVERIFY(!killed.isEmpty());
    int kills = 0;
    crux::test::runKilled(killed, {20260102, 30, 100, 900}, kills);
    QVERIFY(!QTest::currentTestFailed());
    QVERIFY(kills >= 3);
    const auto got = contentOf(killed);
    QCOMPARE(got.size(), expected.size());
    for (const auto& [key, value] : expected)
        QVERIFY2(got.count(key) && got.at(key) == value, key.c_str());
}

QTEST_GUILESS_MAIN(TestSampleResume)
#include "tst_sample_resume.moc"
