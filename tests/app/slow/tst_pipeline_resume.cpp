// A pipeline of data, two SFT runs, scores and cDPO, killed with SIGKILL at random moments over and
// over, ends with the adapters that an undisturbed one gives, bit for bit, and a sound project.
#include "app/program.h"

#include <QFile>

#include <csignal>
#include <random>

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

class TestPipelineResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killsChangeNoBit();

private:
    /// Kills the project's worker at random moments, until kKills were made or all is done.
    void killUntilDone(const QString& project, int& kills);
    std::mt19937 m_engine{7};
    static constexpr int kKills = 50;

    /// A project with some of the demo's trajectories and a queued pipeline.
    QString makeProject(const QTemporaryDir& folder, const char* name) {
        const QString project = folder.filePath(QString::fromLatin1(name));
        Json pipeline = *parseJson(R"({"pipeline": [
            {"id": "data", "kind": "select", "spec": {"name": "mine"}},
            {"id": "positive", "spec": {"method": "sft", "role": "positive", "data": "@data"}},
            {"id": "negative", "spec": {"method": "sft", "role": "negative", "data": "@data"}},
            {"id": "scores", "kind": "score", "spec": {"positive": "@positive",
             "negative": "@negative", "training_set": "@data", "top_k": 0}},
            {"id": "run", "spec": {"method": "cdpo", "data": "@data", "score_set": "@scores"}}]})");
        for (Json& step : pipeline["pipeline"]) {
            if (step.value("kind", "train") == "select")
                continue;
            step["spec"]["model"] = demoModel().toStdString();
            if (step.value("kind", "train") == "train")
                step["spec"].update({{"preset", "small_cpu"},
                                     {"end", "\n"},
                                     {"batch", 4},
                                     {"accumulation", 1},
                                     {"max_steps", 25},
                                     {"save_steps", 1},
                                     {"name", step["id"]}});
        }
        const QString file = folder.filePath(QStringLiteral("pipeline.json"));
        QFile out(file);
        const bool written = out.open(QIODevice::WriteOnly | QIODevice::Truncate) &&
                             out.write(QByteArray::fromStdString(dumpJson(pipeline))) > 0;
        out.close();
        const bool made =
            written &&
            runCli({QStringLiteral("project"), QStringLiteral("create"), project}).status == 0 &&
            runCli({QStringLiteral("import"), project, QStringLiteral("--kind"),
                    QStringLiteral("auto"), demoDir() + QStringLiteral("/trajectories.jsonl")})
                    .status == 0 &&
            runCli({QStringLiteral("train"), project, QStringLiteral("--spec"), file,
                    QStringLiteral("--enqueue")})
                    .status == 0;
        return made ? project : QString();
    }
    QStringList worker(const QString& project) {
        return {QStringLiteral("worker"), QStringLiteral("run"), project,
                QStringLiteral("--threads"), QStringLiteral("1")};
    }
    /// The adapters of the runs, by name.
    std::map<std::string, QByteArray> adapters(const QString& project) {
        std::map<std::string, QByteArray> made;
        const QString folder =
            QString(project).replace(QStringLiteral(".crux"), QStringLiteral(".runs"));
        for (const Json& job : runCli({QStringLiteral("jobs"), project}).lines()) {
            QFile file(QStringLiteral("%1/job-%2/adapter/adapter_model.safetensors")
                           .arg(folder)
                           .arg(job.at("job").get<int>()));
            if (job.at("kind") == "train" && file.open(QIODevice::ReadOnly))
                made[job.at("name").get<std::string>()] = file.readAll();
        }
        return made;
    }
};

void TestPipelineResume::killUntilDone(const QString& project, int& kills) {
    for (bool done = false; !done;) {
        QProcess process;
        process.start(crux::test::program("crux-cli"), worker(project));
        QVERIFY(process.waitForStarted());
        done = process.waitForFinished(kills < kKills ? static_cast<int>(150 + m_engine() % 500)
                                                      : 400'000);
        if (done) // all that can run has run: is all done?
            for (const Json& job : runCli({QStringLiteral("jobs"), project}).lines())
                QCOMPARE(job.at("state").get<std::string>(), std::string("done"));
        if (done)
            return;
        ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
        QVERIFY(process.waitForFinished());
        ++kills;
        // Whatever was running is taken up again; what waits for it needs nothing.
        for (const Json& job : runCli({QStringLiteral("jobs"), project}).lines()) {
            const auto state = job.at("state").get<std::string>();
            if (state == "running" || state == "preparing" || state == "interrupted")
                QCOMPARE(runCli({QStringLiteral("jobs"), project, QStringLiteral("resume"),
                                 QString::number(job.at("job").get<int>())})
                             .status,
                         0);
        }
    }
}

void TestPipelineResume::killsChangeNoBit() {
    QTemporaryDir folder;
    const QString straight = makeProject(folder, "straight.crux");
    QVERIFY(!straight.isEmpty());
    const auto ran = runCli(worker(straight), {}, 400'000);
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto wanted = adapters(straight);
    QCOMPARE(wanted.size(), std::size_t{3});
    // A pipeline that ends before it was killed so often is followed by another from the start.
    int kills = 0;
    for (int run = 0; kills < kKills; ++run) {
        QVERIFY2(run < kKills, "the pipelines end before they can be killed");
        const QString killed = makeProject(folder, qPrintable(QStringLiteral("%1.crux").arg(run)));
        QVERIFY(!killed.isEmpty());
        killUntilDone(killed, kills);
        QVERIFY(!QTest::currentTestFailed());
        QVERIFY(adapters(killed) == wanted);
        QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), killed}).status, 0);
    }
}

QTEST_GUILESS_MAIN(TestPipelineResume)
#include "tst_pipeline_resume.moc"
