// crux-cli evaluate, compare, export and reproduce from outside: lines on stdout, refusals, and an
// evaluation killed in the middle.
#include "support/killed_runs.h"

using namespace crux;
using crux::test::demoAdapter;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

class TestCliEvaluate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void checkpointsInOneQueue();
    void compares();
    void reproduces();
    void saysWhatIsWrong();
    void killedAndResumed();

private:
    QStringList evaluation(const QStringList& more) const {
        return QStringList{QStringLiteral("evaluate"),  m_project,
                           QStringLiteral("--model"),   demoModel(),
                           QStringLiteral("--limit"),   QStringLiteral("5"),
                           QStringLiteral("--threads"), QStringLiteral("1")} +
               more;
    }
    QTemporaryDir m_folder;
    QString m_project;
};

void TestCliEvaluate::initTestCase() {
    m_project = m_folder.filePath(QStringLiteral("work.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_project}).status, 0);
    QCOMPARE(
        runCli({QStringLiteral("import"), m_project, QStringLiteral("--kind"),
                QStringLiteral("questions"), QStringLiteral("--template"),
                QStringLiteral("wordproblems"), demoDir() + QStringLiteral("/questions.jsonl")})
            .status,
        0);
}

void TestCliEvaluate::checkpointsInOneQueue() {
    const auto ran = runCli(
        evaluation({QStringLiteral("--base"), QStringLiteral("--adapter"), demoAdapter("positive"),
                    QStringLiteral("--adapter"), demoAdapter("negative")}));
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{6}); // an evaluation and a job each
    for (std::size_t i = 0; i < 6; i += 2) {
        QCOMPARE(lines[i].at("questions").get<int>(), 5);
        QVERIFY(lines[i].at("complete").get<bool>());
        QVERIFY(lines[i].at("accuracy").is_number());
        QCOMPARE(lines[i].at("interval_method").get<std::string>(), std::string("wilson"));
        QCOMPARE(lines[i + 1].at("state").get<std::string>(), std::string("done"));
    }
    QCOMPARE(lines[2].at("name").get<std::string>(), std::string("model + positive"));
    const auto list =
        runCli({QStringLiteral("evaluate"), m_project, QStringLiteral("--list")}).lines();
    QCOMPARE(list.size(), std::size_t{3});
    QCOMPARE(list[0].at("accuracy"), lines[0].at("accuracy"));
}

void TestCliEvaluate::compares() {
    const auto ran = runCli(
        {QStringLiteral("compare"), m_project, QStringLiteral("--show"), QStringLiteral("all")});
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{6}); // the comparison, a line a question
    QCOMPARE(lines[0].at("baseline").at("name").get<std::string>(), std::string("model"));
    QCOMPARE(lines[0].at("candidates").size(), std::size_t{2});
    QVERIFY(lines[0].at("grid").size() >= 1);
    const Json& table = lines[0].at("candidates")[0].at("table");
    int questions = 0;
    for (const auto& [cell, members] : table.items()) {
        QCOMPARE(members.at("count").get<std::size_t>(), members.at("questions").size());
        questions += members.at("count").get<int>();
    }
    QCOMPARE(questions, 5);
    const auto latex =
        runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                QStringLiteral("comparison-latex"), QStringLiteral("-o"), QStringLiteral("-")});
    QVERIFY(latex.status == 0 && latex.out.contains("\\toprule"));
    const auto queued = runCli({QStringLiteral("compare"), m_project, QStringLiteral("--enqueue")});
    QVERIFY2(queued.status == 0, queued.err.constData());
    QCOMPARE(runCli(crux::test::workerOf(m_project)).status, 0);
    QVERIFY(crux::test::lastJob(m_project).at("state") == "done");
}

void TestCliEvaluate::reproduces() {
    const auto ran =
        runCli({QStringLiteral("reproduce"), m_project, QStringLiteral("--evaluation"),
                QStringLiteral("model"), QStringLiteral("--threads"), QStringLiteral("1")});
    QVERIFY2(ran.status == 0, ran.err.constData());
    QVERIFY(ran.lines()[0].at("same").get<bool>());
    QCOMPARE(ran.lines()[0].at("samples").get<int>(), 5);
}

void TestCliEvaluate::saysWhatIsWrong() {
    QCOMPARE(runCli(evaluation({QStringLiteral("--run"), QStringLiteral("1")})).status, 2);
    QCOMPARE(runCli(evaluation({QStringLiteral("--temperature"), QStringLiteral("x")})).status, 2);
    const auto unknown = runCli(
        {QStringLiteral("compare"), m_project, QStringLiteral("model"), QStringLiteral("nobody")});
    QCOMPARE(unknown.status, 1);
    QVERIFY(unknown.lastWords().contains("no evaluation \"nobody\""));
    const auto gone = runCli(evaluation(
        {QStringLiteral("--base"), QStringLiteral("--adapter"), QStringLiteral("/nowhere")}));
    QCOMPARE(gone.status, 1); // the others are evaluated all the same
    QVERIFY(gone.lines().front().at("complete").get<bool>());
    QVERIFY(gone.err.contains("/nowhere"));
    const auto other = runCli(evaluation({QStringLiteral("--questions"), QStringLiteral("600,601"),
                                          QStringLiteral("--name"), QStringLiteral("two")}));
    QVERIFY2(other.status == 0, other.err.constData());
    const auto refused = runCli(
        {QStringLiteral("compare"), m_project, QStringLiteral("model"), QStringLiteral("two")});
    QCOMPARE(refused.status, 1);
    QVERIFY2(refused.lastWords().contains("lacks 3 questions"), refused.err.constData());
    const auto common = runCli({QStringLiteral("compare"), m_project, QStringLiteral("model"),
                                QStringLiteral("two"), QStringLiteral("--common")});
    QCOMPARE(common.status, 0);
    QCOMPARE(common.lines()[0].at("candidates")[0].at("compared").get<int>(), 2);
}

void TestCliEvaluate::killedAndResumed() {
    const auto queued =
        runCli({QStringLiteral("evaluate"), m_project, QStringLiteral("--model"), demoModel(),
                QStringLiteral("--limit"), QStringLiteral("12"), QStringLiteral("-n"),
                QStringLiteral("8"), QStringLiteral("--temperature"), QStringLiteral("1"),
                QStringLiteral("--name"), QStringLiteral("killed"), QStringLiteral("--enqueue")});
    QVERIFY2(queued.status == 0, queued.err.constData());
    int killed = 0;
    crux::test::runKilled(m_project, {7, 3, 100, 700}, killed);
    if (QTest::currentTestFailed())
        return;
    const auto list =
        runCli({QStringLiteral("evaluate"), m_project, QStringLiteral("--list")}).lines();
    QCOMPARE(list.back().at("name").get<std::string>(), std::string("killed"));
    QVERIFY(list.back().at("complete").get<bool>());
    QCOMPARE(list.back().at("samples").get<int>(), 96);
    QCOMPARE(list.back().at("pass_at_k").back().at("k").get<int>(), 8);
}

QTEST_GUILESS_MAIN(TestCliEvaluate)
#include "tst_cli_evaluate.moc"
