// Workers killed with SIGKILL at random moments, over and over, and their jobs resumed: what all
// tests of "killed at any instruction, nothing is lost" share.
#pragma once

#include "app/program.h"

#include <QRandomGenerator>

#include <csignal>

namespace crux::test {

/// Runs the project's queue. On one thread: threads that wait for each other crawl when other work
/// shares the cores.
inline QStringList workerOf(const QString& project) {
    return {QStringLiteral("worker"), QStringLiteral("run"), project, QStringLiteral("--threads"),
            QStringLiteral("1")};
}

inline Json lastJob(const QString& project) {
    const auto rows = runCli({QStringLiteral("jobs"), project}).lines();
    return rows.empty() ? Json() : rows.back();
}

inline void killNow(QProcess& worker) {
    ::kill(static_cast<pid_t>(worker.processId()), SIGKILL);
    QVERIFY(worker.waitForFinished());
}

/// The file is sound after the kill, and its last job goes on when asked to.
inline void resumeAfterKill(const QString& project) {
    const auto check = runCli({QStringLiteral("project"), QStringLiteral("check"), project});
    QVERIFY2(check.status == 0, check.out.constData());
    const Json job = lastJob(project);
    if (job.at("state") == "queued")
        return; // killed before it was claimed
    const auto resumed = runCli({QStringLiteral("jobs"), project, QStringLiteral("resume"),
                                 QString::number(job.at("job").get<int>())});
    QVERIFY2(resumed.status == 0, resumed.err.constData());
}

/// Kills after `leastMs` and up to `spanMs` more.
struct Kills {
    quint32 seed;
    int most, leastMs, spanMs;
};
/// Starts the worker and kills it until it was through or `kills.most` times, then lets it run to
/// the end. Counts in `killed`. Nothing but a failed check leaves the job unfinished.
inline void runKilled(const QString& project, const Kills& kills, int& killed) {
    QRandomGenerator random(kills.seed);
    for (killed = 0; killed < kills.most; ++killed) {
        QProcess worker;
        worker.start(program("crux-cli"), workerOf(project));
        QVERIFY(worker.waitForStarted());
        // Anywhere: while it starts, in a step, in the middle of writing.
        if (worker.waitForFinished(kills.leastMs + random.bounded(kills.spanMs)))
            break;
        killNow(worker);
        resumeAfterKill(project);
        if (QTest::currentTestFailed())
            return;
    }
    qInfo("killed %d times", killed);
    const auto last = runCli(workerOf(project), {}, 600'000);
    QVERIFY2(last.status == 0, last.err.constData());
    QVERIFY(lastJob(project).at("state") == "done");
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), project}).status, 0);
}

} // namespace crux::test
