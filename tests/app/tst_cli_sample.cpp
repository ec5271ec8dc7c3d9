// crux-cli sample, select and the exports of training data from outside: lines on stdout, what a
// repeated run draws, presets, refusals.
#include "app/program.h"

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

class TestCliSample : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void linesThenTheJob();
    void repeatedRunsDrawOnlyWhatIsMissing();
    void chosenDataIsExported();
    void enqueuedRunsInAWorker();
    void wrongUsage_data();
    void wrongUsage();

private:
    QStringList sampling(const QStringList& more) const {
        return QStringList{QStringLiteral("sample"),    m_project,
                           QStringLiteral("--model"),   demoModel(),
                           QStringLiteral("--preset"),  QStringLiteral("demo"),
                           QStringLiteral("--limit"),   QStringLiteral("3"),
                           QStringLiteral("--threads"), QStringLiteral("1")} +
               more;
    }
    QTemporaryDir m_folder;
    QString m_project;
};

void TestCliSample::initTestCase() {
    m_project = m_folder.filePath(QStringLiteral("work.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_project}).status, 0);
    QCOMPARE(
        runCli({QStringLiteral("import"), m_project, QStringLiteral("--kind"),
                QStringLiteral("questions"), QStringLiteral("--template"),
                QStringLiteral("wordproblems"), demoDir() + QStringLiteral("/questions.jsonl")})
            .status,
        0);
}

void TestCliSample::linesThenTheJob() {
    const auto ran = runCli(sampling({QStringLiteral("-n"), QStringLiteral("8")}));
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{5}); // three questions, all, the job
    int right = 0;
    for (int i = 0; i < 3; ++i) {
        const Json& line = lines[static_cast<std::size_t>(i)];
        QCOMPARE(line.at("question_id").get<std::string>(), std::to_string(600 + i));
        QCOMPARE(line.at("samples").get<int>(), 8);
        right += line.at("right").get<int>();
    }
    QCOMPARE(lines[3].at("samples").get<int>(), 24);
    QCOMPARE(lines[3].at("right").get<int>(), right);
    QCOMPARE(lines[3].at("interval").size(), std::size_t{2});
    QVERIFY(lines[3].at("tokens_per_second").get<double>() > 0);
    QCOMPARE(lines[4].at("state").get<std::string>(), std::string("done"));
}

void TestCliSample::repeatedRunsDrawOnlyWhatIsMissing() {
    const auto again = runCli(sampling({QStringLiteral("-n"), QStringLiteral("8")}));
    const auto more = runCli(sampling({QStringLiteral("-n"), QStringLiteral("10")}));
    QCOMPARE(again.status, 0);
    QCOMPARE(more.status, 0);
    QCOMPARE(more.lines()[3].at("samples").get<int>(), 30);
    const auto info = runCli({QStringLiteral("project"), QStringLiteral("info"), m_project});
    QVERIFY2(info.out.contains("30"), info.out.constData());
}

void TestCliSample::chosenDataIsExported() {
    const auto chosen =
        runCli({QStringLiteral("select"), m_project, QStringLiteral("--name"),
                QStringLiteral("mine"), QStringLiteral("--per-answer"), QStringLiteral("0")});
    QVERIFY2(chosen.status == 0, chosen.err.constData());
    const auto sets = chosen.lines();
    QVERIFY(sets.size() >= 2); // and the job
    for (std::size_t i = 0; i + 1 < sets.size(); ++i) {
        QCOMPARE(sets[i].at("name").get<std::string>(), std::string("mine"));
        QCOMPARE(sets[i].at("rule").at("questions").get<int>(), 3);
    }
    const auto exported =
        runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                QStringLiteral("sft-pos"), QStringLiteral("--set"), QStringLiteral("mine"),
                QStringLiteral("-o"), QStringLiteral("-")});
    QVERIFY2(exported.status == 0, exported.err.constData());
    QCOMPARE(static_cast<int>(exported.lines().size()), sets[0].at("rows").get<int>());
    for (const Json& row : exported.lines()) {
        QVERIFY(row.at("prompt").get<std::string>().ends_with("\nAnswer: "));
        QVERIFY(row.at("completion")
                    .get<std::string>()
                    .ends_with("#### " + row.at("gold").get<std::string>()));
    }
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), m_project}).status, 0);
}

void TestCliSample::enqueuedRunsInAWorker() {
    const auto queued = runCli(sampling(
        {QStringLiteral("-n"), QStringLiteral("2"), QStringLiteral("--seed"), QStringLiteral("5"),
         QStringLiteral("--enqueue"), QStringLiteral("--no-select")}));
    QCOMPARE(queued.status, 0);
    QCOMPARE(queued.lines()[0].at("state").get<std::string>(), std::string("queued"));
    QCOMPARE(runCli({QStringLiteral("worker"), QStringLiteral("run"), m_project,
                     QStringLiteral("--threads"), QStringLiteral("1")})
                 .status,
             0);
    const auto jobs = runCli({QStringLiteral("jobs"), m_project}).lines();
    QCOMPARE(jobs.back().at("state").get<std::string>(), std::string("done"));
    QCOMPARE(jobs.back().at("done").get<int>(), 6);
}

void TestCliSample::wrongUsage_data() {
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("words");
    QTest::addRow("no answers") << QStringList{QStringLiteral("-n"), QStringLiteral("0")} << 2
                                << QByteArray("between 1 and 4096");
    QTest::addRow("preset") << QStringList{QStringLiteral("--preset"), QStringLiteral("huge")} << 2
                            << QByteArray("small CPU");
    QTest::addRow("profile") << QStringList{QStringLiteral("--profile"), QStringLiteral("kind")}
                             << 2 << QByteArray("minerva");
    QTest::addRow("dataset") << QStringList{QStringLiteral("--dataset"), QStringLiteral("none")}
                             << 1 << QByteArray("no dataset \"none\"");
    QTest::addRow("template") << QStringList{QStringLiteral("--template"), QStringLiteral("rhyme")}
                              << 1 << QByteArray("rhyme");
}

void TestCliSample::wrongUsage() {
    QFETCH(QStringList, options);
    QFETCH(int, status);
    QFETCH(QByteArray, words);
    const auto ran = runCli(
        QStringList{QStringLiteral("sample"), m_project, QStringLiteral("--model"), demoModel()} +
        options);
    QCOMPARE(ran.status, status);
    QVERIFY2(ran.lastWords().contains(words), ran.err.constData());
}

QTEST_GUILESS_MAIN(TestCliSample)
#include "tst_cli_sample.moc"
