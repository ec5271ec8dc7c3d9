// crux-cli train and jobs from outside: what a run would train on, pipelines, and everything that
// can be asked of a queued job.
#include "app/program.h"

#include <QFile>

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

class TestCliTrain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void dryRunsShowRowsAndTellTime();
    void dryRunsNameWhatIsInTheWay();
    void pipelinesWaitAndRun();
    void wrongPipelinesAreWrongUsage();
    void jobsTakeEveryAction();

private:
    QString path(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)); }
    crux::test::Ran train(const QStringList& more) {
        return runCli(QStringList{QStringLiteral("train"), m_project, QStringLiteral("--preset"),
                                  QStringLiteral("small_cpu"), QStringLiteral("--model"),
                                  demoModel(), QStringLiteral("--end"), QStringLiteral("\n"),
                                  QStringLiteral("--threads"), QStringLiteral("1")} +
                      more);
    }
    crux::test::Ran jobs(const QStringList& more = {}) {
        return runCli(QStringList{QStringLiteral("jobs"), m_project} + more);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_project, m_pairs;
};

void TestCliTrain::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_project = path("work.crux");
    m_pairs = path("pairs.jsonl");
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_project}).status, 0);
    QFile out(m_pairs);
    QVERIFY(out.open(QIODevice::WriteOnly));
    for (int i = 0; i < 12; ++i)
        out.write(QStringLiteral("{\"prompt\": \"Question: %1\\nAnswer: \", \"chosen\": \"%1 is "
                                 "right.\", \"rejected\": \"%1 is wrong.\"}\n")
                      .arg(i)
                      .toUtf8());
    out.write("{\"prompt\": \"Question: 1\\nAnswer: \", \"chosen\": \"1\", \"rejected\": \"1\"}\n");
}

void TestCliTrain::dryRunsShowRowsAndTellTime() {
    const auto ran =
        train({QStringLiteral("--method"), QStringLiteral("dpo"), QStringLiteral("--data"), m_pairs,
               QStringLiteral("--dry-run"), QStringLiteral("--probe-steps"), QStringLiteral("1")});
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{2});
    QCOMPARE(lines[0].at("given").get<int>(), 13);
    QCOMPARE(lines[0].at("kept").get<int>(), 12);
    QCOMPARE(lines[0].at("dropped").at("equal answers").get<int>(), 1);
    QCOMPARE(lines[0].at("examples").size(), std::size_t{3});
    QCOMPARE(lines[0].at("examples")[2].at("line").get<int>(), 12);
    QCOMPARE(lines[1].at("estimate").at("probed").get<int>(), 1);
    QVERIFY(lines[1].at("estimate").at("seconds").get<double>() > 0);
    QVERIFY(jobs().lines().empty());
}

void TestCliTrain::dryRunsNameWhatIsInTheWay() {
    const auto ran = train({QStringLiteral("--method"), QStringLiteral("cdpo"),
                            QStringLiteral("--data"), m_pairs, QStringLiteral("--dry-run")});
    QCOMPARE(ran.status, 1);
    QVERIFY2(ran.lastWords().contains("carries no weights for cDPO"), ran.err.constData());
    QCOMPARE(ran.lines()[0].at("problems")[0].at("code").get<std::string>(),
             std::string("no_weights"));
    QCOMPARE(
        train({QStringLiteral("--rank"), QStringLiteral("0"), QStringLiteral("--dry-run")}).status,
        2);
}

void TestCliTrain::pipelinesWaitAndRun() {
    const Json run{{"preset", "small_cpu"}, {"model", demoModel().toStdString()},
                   {"end", "\n"},           {"data", m_pairs.toStdString()},
                   {"max_steps", 1},        {"batch", 4},
                   {"accumulation", 1}};
    Json first = run, second = run;
    first.update({{"method", "dpo"}, {"name", "one"}});
    second.update({{"method", "dpo"}, {"name", "two"}, {"start_adapter", "@a"}});
    const QString file = path("pipeline.json");
    QFile out(file);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(QByteArray::fromStdString(dumpJson(
        {{"pipeline", {{{"id", "b"}, {"spec", second}}, {{"id", "a"}, {"spec", first}}}}})));
    out.close();
    const QStringList spec{QStringLiteral("train"), m_project, QStringLiteral("--spec"), file};
    QCOMPARE(runCli(spec + QStringList{QStringLiteral("--enqueue")}).lines().size(),
             std::size_t{2});
    auto rows = jobs().lines();
    QCOMPARE(rows[0].at("name").get<std::string>(), std::string("one"));
    QVERIFY(!rows[0].contains("waiting"));
    QVERIFY(rows[1].at("waiting").get<std::string>().find("waits for job 1") != std::string::npos);
    QCOMPARE(jobs({QStringLiteral("pause"), QStringLiteral("1")}).status, 0);
    const QStringList worker{QStringLiteral("worker"), QStringLiteral("run"), m_project,
                             QStringLiteral("--threads"), QStringLiteral("1")};
    QCOMPARE(runCli(worker).status, 0); // nothing may run
    QVERIFY(jobs().lines()[1].at("waiting").get<std::string>().find("resume that one") !=
            std::string::npos);
    QCOMPARE(jobs({QStringLiteral("resume"), QStringLiteral("1")}).status, 0);
    const auto ran = runCli(worker);
    QVERIFY2(ran.status == 0, ran.err.constData());
    rows = jobs().lines();
    QCOMPARE(rows[1].at("state").get<std::string>(), std::string("done"));
    QVERIFY(rows[1].at("outputs").contains("adapter"));
    // Run here, one after another.
    const auto here = runCli(spec + QStringList{QStringLiteral("--threads"), QStringLiteral("1")});
    QVERIFY2(here.status == 0, here.err.constData());
    QCOMPARE(jobs().lines().size(), std::size_t{4});
}

void TestCliTrain::wrongPipelinesAreWrongUsage() {
    const QString file = path("pipeline.json");
    QFile out(file);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(R"({"pipeline": [{"id": "a", "spec": {"data": "@b"}}]})");
    out.close();
    const auto ran = runCli({QStringLiteral("train"), m_project, QStringLiteral("--spec"), file});
    QCOMPARE(ran.status, 2);
    QVERIFY2(ran.lastWords().contains("which is no step of it"), ran.err.constData());
    QCOMPARE(runCli({QStringLiteral("train"), m_project, QStringLiteral("--spec"), file,
                     QStringLiteral("--rank"), QStringLiteral("4")})
                 .status,
             2);
    QVERIFY(jobs().lines().empty());
    // The paper's way to cDPO, from the command line alone.
    const auto shown = train({QStringLiteral("--pipeline"), QStringLiteral("--choose"),
                              QStringLiteral("verdict=wrong"), QStringLiteral("--dry-run")});
    QVERIFY2(shown.status == 0, shown.err.constData());
    QCOMPARE(shown.lines()[0].at("pipeline").size(), std::size_t{5});
}

void TestCliTrain::jobsTakeEveryAction() {
    QCOMPARE(train({QStringLiteral("--method"), QStringLiteral("dpo"), QStringLiteral("--data"),
                    m_pairs, QStringLiteral("--enqueue")})
                 .status,
             0);
    const auto state = [&](const char* action, const char* id = "1") {
        const auto ran = jobs({QString::fromLatin1(action), QString::fromLatin1(id)});
        return ran.status == 0 && !ran.lines().empty()
                   ? ran.lines()[0].at("state").get<std::string>()
                   : std::string();
    };
    QCOMPARE(state("pause"), std::string("paused"));
    QCOMPARE(state("resume"), std::string("queued"));
    QCOMPARE(state("duplicate"), std::string("queued"));
    QCOMPARE(jobs().lines().size(), std::size_t{2});
    QCOMPARE(jobs().lines()[1].at("kind").get<std::string>(), std::string("train"));
    QCOMPARE(state("stop"), std::string("cancelled"));
    QCOMPARE(state("resume"), std::string("queued"));
    QCOMPARE(state("force"), std::string("cancelled"));
    QCOMPARE(jobs({QStringLiteral("remove"), QStringLiteral("1")}).status, 0);
    QCOMPARE(jobs().lines().size(), std::size_t{1});
    QCOMPARE(jobs({QStringLiteral("remove"), QStringLiteral("9")}).status, 1);
    QCOMPARE(jobs({QStringLiteral("burn"), QStringLiteral("2")}).status, 2);
}

QTEST_GUILESS_MAIN(TestCliTrain)
#include "tst_cli_train.moc"
