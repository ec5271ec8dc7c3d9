// A sample job killed with SIGKILL at random moments and resumed leaves what an uninterrupted one
// does: every answer once, the same texts and verdicts, the same sets, a sound file.
#include "app/program.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <QRandomGenerator>

#include <csignal>
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
                    QStringLiteral("demo"), QStringLiteral("--limit"), QStringLiteral("30"),
                    QStringLiteral("-n"), QStringLiteral("16")})
                    .status == 0;
        return made ? project : QString();
    }
    Json lastJob(const QString& project) {
        const auto rows = runCli({QStringLiteral("jobs"), project}).lines();
        return rows.empty() ? Json() : rows.back();
    }
    QStringList worker(const QString& project) {
        return {QStringLiteral("worker"), QStringLiteral("run"), project,
                QStringLiteral("--threads"), QStringLiteral("1")};
    }
};

void TestSampleResume::killedSamplingLosesNothing() {
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    const QString whole = makeProject(folder, "whole.crux");
    QVERIFY(!whole.isEmpty());
    QCOMPARE(runCli(worker(whole), {}, 600'000).status, 0);
    const auto expected = contentOf(whole);
    QCOMPARE(expected.size(), std::size_t{30 * 16 + 3});

    const QString killed = makeProject(folder, "killed.crux");
    QVERIFY(!killed.isEmpty());
    QRandomGenerator random(20260102);
    int kills = 0;
    for (; kills < 30; ++kills) {
        QProcess process;
        process.start(crux::test::program("crux-cli"), worker(killed));
        QVERIFY(process.waitForStarted());
        if (process.waitForFinished(100 + random.bounded(900)))
            break; // it was through
        ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
        QVERIFY(process.waitForFinished());
        const auto check = runCli({QStringLiteral("project"), QStringLiteral("check"), killed});
        QVERIFY2(check.status == 0, check.out.constData());
        const Json job = lastJob(killed);
        if (job.at("state") != "queued") // killed before it was claimed
            QCOMPARE(runCli({QStringLiteral("jobs"), killed, QStringLiteral("resume"),
                             QString::number(job.at("job").get<int>())})
                         .status,
                     0);
    }
    qInfo("killed %d times", kills);
    QVERIFY(kills >= 3);
    QCOMPARE(runCli(worker(killed), {}, 600'000).status, 0);
    QVERIFY(lastJob(killed).at("state") == "done");
    const auto got = contentOf(killed);
    QCOMPARE(got.size(), expected.size());
    for (const auto& [key, value] : expected)
        QVERIFY2(got.count(key) && got.at(key) == value, key.c_str());
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), killed}).status, 0);
}

QTEST_GUILESS_MAIN(TestSampleResume)
#include "tst_sample_resume.moc"
