// A score job killed with SIGKILL goes on where it was: no finished trajectory is scored again.
#include "app/program.h"
#include "core/store/repositories.h"
#include "support/killed_runs.h"

#include <QElapsedTimer>

using namespace crux;
using crux::test::demoAdapter;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::lastJob;
using crux::test::runCli;

namespace {
constexpr float kMark = 0.123456f;
}

class TestScoreResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedJobResumesWithoutRepeating();

private:
    /// Writes a value no score has into every finished row; scoring again would wipe it out.
    std::vector<TrajectoryId> markFinished(const QString& project);
    std::size_t countMarks(const QString& project, const std::vector<TrajectoryId>& rows);
};

std::vector<TrajectoryId> TestScoreResume::markFinished(const QString& file) {
    std::vector<TrajectoryId> finished;
    const auto project = store::Project::open(file.toStdString(), store::OpenMode::ReadWrite);
    const auto all = store::trajectoryIds(**project, {});
    const ScoreSetId set = store::scoreSets(**project)->front().id;
    const Status status = (*project)->write([&]() -> Status {
        for (const TrajectoryId id : *all) {
            CRUX_TRY(row, store::scores(**project, id, set));
            if (!row)
                continue;
            row->s[1] = kMark;
            CRUX_TRY_VOID(store::saveScores(**project, *row, nullptr, JobId{}));
            finished.push_back(id);
        }
        return {};
    });
    return status.ok() ? finished : std::vector<TrajectoryId>();
}

std::size_t TestScoreResume::countMarks(const QString& file,
                                        const std::vector<TrajectoryId>& rows) {
    const auto project = store::Project::open(file.toStdString(), store::OpenMode::ReadOnly);
    const ScoreSetId set = store::scoreSets(**project)->front().id;
    std::size_t marks = 0;
    for (const TrajectoryId id : rows) {
        const auto row = store::scores(**project, id, set);
        marks += row.ok() && *row && (*row)->s[1] == kMark ? 1 : 0;
    }
    return marks;
}

void TestScoreResume::killedJobResumesWithoutRepeating() {
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    const QString project = folder.filePath(QStringLiteral("work.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), project}).status, 0);
    QCOMPARE(runCli({QStringLiteral("import"), project, QStringLiteral("--kind"),
                     QStringLiteral("auto"), demoDir() + QStringLiteral("/trajectories.jsonl")})
                 .status,
             0);
    QCOMPARE(
        runCli({QStringLiteral("score"), project, QStringLiteral("--enqueue"),
                QStringLiteral("--model"), demoModel(), QStringLiteral("--positive"),
                demoAdapter("positive"), QStringLiteral("--negative"), demoAdapter("negative")})
            .status,
        0);

    QProcess worker;
    worker.start(crux::test::program("crux-cli"), crux::test::workerOf(project));
    QVERIFY(worker.waitForStarted());
    QElapsedTimer timer;
    timer.start();
    Json seen;
    while (timer.elapsed() < 200'000) {
        seen = lastJob(project);
        if (seen.is_object() && seen.at("done").get<int>() >= 20)
            break;
    }
    QVERIFY(seen.at("done").get<int>() >= 20);
    crux::test::killNow(worker);
    if (lastJob(project).at("state") == "done")
        QSKIP("needs a job still running when it is killed; this one was done");
    const std::vector<TrajectoryId> finished = markFinished(project);
    QVERIFY(finished.size() >= 20 && finished.size() < 640);
    crux::test::resumeAfterKill(project);
    QVERIFY(!QTest::currentTestFailed());
    const auto resumed = runCli(crux::test::workerOf(project), {}, 600'000);
    QVERIFY2(resumed.status == 0, resumed.err.constData());
    const Json done = resumed.lines().back();
    QCOMPARE(done.at("state").get<std::string>(), std::string("done"));
    QCOMPARE(done.at("done").get<int>(), 640);
    QCOMPARE(countMarks(project, finished), finished.size());
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), project}).status, 0);
}

QTEST_GUILESS_MAIN(TestScoreResume)
#include "tst_score_resume.moc"
