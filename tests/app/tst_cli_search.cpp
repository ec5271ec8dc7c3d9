// crux-cli search from outside: lines on stdout, refusals, queueing, parameters.
#include "app/program.h"

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

class TestCliSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void linesThenTheJob();
    void repeatedSearchDrawsNothing();
    void enqueuedSearchRunsInAWorker();
    void publishedPotentials();
    void exportsRolloutsAndTokens();
    void wrongUsage_data();
    void wrongUsage();
    void failuresAreOneSentence();
    void tooFewToConfirmAreSaid();
    void specListsEveryParameter();

private:
    QStringList searching(const QStringList& more) const {
        return QStringList{QStringLiteral("search"),    m_project,
                           QStringLiteral("--model"),   demoModel(),
                           QStringLiteral("--preset"),  QStringLiteral("demo"),
                           QStringLiteral("--threads"), QStringLiteral("1")} +
               more;
    }
    QTemporaryDir m_folder;
    QString m_project;
};

void TestCliSearch::initTestCase() {
    m_project = m_folder.filePath(QStringLiteral("work.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_project}).status, 0);
    QCOMPARE(runCli({QStringLiteral("import"), m_project,
                     demoDir() + QStringLiteral("/trajectories.jsonl")})
                 .status,
             0);
}

void TestCliSearch::linesThenTheJob() {
    const auto ran = runCli(searching(
        {QStringLiteral("--limit"), QStringLiteral("3"), QStringLiteral("-n"), QStringLiteral("16"),
         QStringLiteral("--confirm"), QStringLiteral("32"), QStringLiteral("--without")}));
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{5}); // three trajectories, pass@k, the job
    for (int i = 0; i < 3; ++i) {
        const Json& line = lines[static_cast<std::size_t>(i)];
        QCOMPARE(line.at("method").get<std::string>(), std::string("critical"));
        QVERIFY(line.at("position").get<int>() > line.at("response_position").get<int>());
        QCOMPARE(line.at("found").at(0).at("total").get<int>(), 16);
        QCOMPARE(line.at("found").at(0).at("confirmation").at("total").get<int>(), 32);
    }
    QCOMPARE(lines[3].at("pass_at_k").at("with").size(), std::size_t{16});
    QCOMPARE(lines[3].at("pass_at_k").at("trajectories").get<int>(), 3);
    QCOMPARE(lines[4].at("state").get<std::string>(), std::string("done"));
    QVERIFY(ran.err.contains("on cpu in float32"));
}

void TestCliSearch::repeatedSearchDrawsNothing() {
    const QStringList options{QStringLiteral("--limit"),   QStringLiteral("2"),
                              QStringLiteral("-n"),        QStringLiteral("8"),
                              QStringLiteral("--confirm"), QStringLiteral("0")};
    const auto first = runCli(searching(options)).lines();
    const auto again = runCli(searching(options)).lines();
    QCOMPARE(first.size(), std::size_t{3});
    QCOMPARE(again.size(), first.size());
    QVERIFY(first[0] == again[0] && first[1] == again[1]);
    QVERIFY(again[2].at("message").get<std::string>().find(" 0 rollouts") != std::string::npos);
    const auto seeded =
        runCli(searching(options + QStringList{QStringLiteral("--seed"), QStringLiteral("5")}));
    QVERIFY(seeded.lines().back().at("message").get<std::string>().find(" 0 rollouts") ==
            std::string::npos);
}

void TestCliSearch::enqueuedSearchRunsInAWorker() {
    const auto queued =
        runCli(searching({QStringLiteral("--enqueue"), QStringLiteral("--method"),
                          QStringLiteral("cliff"), QStringLiteral("-n"), QStringLiteral("4"),
                          QStringLiteral("--limit"), QStringLiteral("1")}));
    QCOMPARE(queued.lines().size(), std::size_t{1});
    QCOMPARE(queued.lines()[0].at("state").get<std::string>(), std::string("queued"));
    const auto worker = runCli({QStringLiteral("worker"), QStringLiteral("run"), m_project,
                                QStringLiteral("--threads"), QStringLiteral("1")});
    QVERIFY2(worker.status == 0, worker.err.constData());
    QCOMPARE(worker.lines().back().at("done").get<int>(), 1);
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), m_project}).status, 0);
}

/// The published cliffs without any model: their shares came with the trajectories.
void TestCliSearch::publishedPotentials() {
    const QString project = m_folder.filePath(QStringLiteral("published.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), project}).status, 0);
    const QString folder = demoDir() + QStringLiteral("/cliff_tokens/sampled_off_");
    QCOMPARE(runCli({QStringLiteral("import"), project,
                     folder + QStringLiteral("8__GSM1K_186_path_0.json"),
                     folder + QStringLiteral("13__GSM1K_65_path_0.json")})
                 .status,
             0);
    const auto ran = runCli({QStringLiteral("search"), project, QStringLiteral("--potentials"),
                             QStringLiteral("imported"), QStringLiteral("--method"),
                             QStringLiteral("cliff"), QStringLiteral("--where"), QString()});
    QVERIFY2(ran.status == 0, ran.err.constData());
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{3});
    std::vector<int> found;
    for (const Json& line : lines)
        for (const Json& one : line.value("found", Json::array()))
            found.push_back(one.at("response_position").get<int>());
    QCOMPARE(found, (std::vector<int>{31, 34, 53}));
}

void TestCliSearch::exportsRolloutsAndTokens() {
    const auto tokens =
        runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                QStringLiteral("critical-tokens"), QStringLiteral("-o"), QStringLiteral("-")});
    QVERIFY2(tokens.status == 0, tokens.err.constData());
    QVERIFY(!tokens.lines().empty());
    const Json first = tokens.lines()[0];
    const auto rollouts =
        runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                QStringLiteral("rollouts"), QStringLiteral("-o"), QStringLiteral("-")});
    QVERIFY2(rollouts.status == 0, rollouts.err.constData());
    int banned = 0;
    for (const Json& line : rollouts.lines()) {
        QCOMPARE(line.at("prefix_ids").size(), line.at("position").get<std::size_t>() + 1);
        QVERIFY(line.at("text").is_string());
        banned += line.at("variant").get<std::string>().empty() ? 0 : 1;
    }
    QVERIFY(banned >= 16); // of the search with --without
    QVERIFY(first.at("made_by").at("params").contains("search"));
    QVERIFY(first.at("response_position").get<int>() < first.at("position").get<int>());
}

void TestCliSearch::wrongUsage_data() {
    QTest::addColumn<QStringList>("options");
    QTest::addRow("no rollouts") << QStringList{QStringLiteral("-n"), QStringLiteral("0")};
    QTest::addRow("method") << QStringList{QStringLiteral("--method"), QStringLiteral("luck")};
    QTest::addRow("preset") << QStringList{QStringLiteral("--preset"), QStringLiteral("luck")};
    QTest::addRow("share") << QStringList{QStringLiteral("--low-share"), QStringLiteral("2")};
    QTest::addRow("not a number") << QStringList{QStringLiteral("-n"), QStringLiteral("many")};
    QTest::addRow("unknown option") << QStringList{QStringLiteral("--luck")};
}

void TestCliSearch::wrongUsage() {
    QFETCH(QStringList, options);
    const auto ran = runCli(QStringList{QStringLiteral("search"), m_project} + options);
    QCOMPARE(ran.status, 2);
    QVERIFY(ran.out.isEmpty());
    QVERIFY(ran.lastWords().startsWith("crux-cli: "));
}

void TestCliSearch::failuresAreOneSentence() {
    const std::size_t before = runCli({QStringLiteral("jobs"), m_project}).lines().size();
    for (const QStringList& options :
         {QStringList{QStringLiteral("--model"), QStringLiteral("/nowhere")},
          QStringList{QStringLiteral("--model"), demoModel(), QStringLiteral("--ids"),
                      QStringLiteral("999999")},
          QStringList{QStringLiteral("--model"), demoModel(), QStringLiteral("--where"),
                      QStringLiteral("verdict=")}}) {
        const auto ran = runCli(QStringList{QStringLiteral("search"), m_project} + options);
        QCOMPARE(ran.status, 1);
        QVERIFY(ran.lastWords().endsWith('.'));
        // The failed job's row; what is known before it starts leaves none.
        QCOMPARE(ran.lines().size(), std::size_t{options.size() == 2 ? 1U : 0U});
    }
    QCOMPARE(runCli({QStringLiteral("jobs"), m_project}).lines().size(), before + 1);
}

void TestCliSearch::tooFewToConfirmAreSaid() {
    const auto words = [&](const char* confirm) { // no model: nothing is drawn
        return runCli({QStringLiteral("search"), m_project, QStringLiteral("--model"),
                       QStringLiteral("/nowhere"), QStringLiteral("--confirm"),
                       QString::fromLatin1(confirm)})
            .err;
    };
    QVERIFY(words("71").contains("72 without a right one"));
    QVERIFY(!words("72").contains("72 without"));
    QVERIFY(!words("0").contains("72 without"));
}

void TestCliSearch::specListsEveryParameter() {
    const auto ran = runCli({QStringLiteral("spec"), QStringLiteral("search")});
    QCOMPARE(ran.status, 0);
    std::vector<std::string> names;
    for (const Json& row : ran.lines())
        names.push_back(row.at("name").get<std::string>());
    for (const char* name : {"method", "n", "mode", "confirm", "without", "stop", "seed", "batch"})
        QVERIFY2(std::find(names.begin(), names.end(), name) != names.end(), name);
}

QTEST_GUILESS_MAIN(TestCliSearch)
#include "tst_cli_search.moc"
