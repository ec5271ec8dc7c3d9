// crux-cli's contract with scripts: exit statuses, help, and JSON Lines whatever comes in.
#include "app/program.h"

using namespace crux;
using crux::test::demoModel;
using crux::test::Ran;
using crux::test::runCli;

class TestCliLines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void usageErrorsExitTwo_data();
    void usageErrorsExitTwo();
    void helpNamesAnExample_data();
    void helpNamesAnExample();
    void theDemosStudyIsPrinted();
    void failuresAreOneSentence_data();
    void failuresAreOneSentence();
    void tokenizeRoundTrip();
    void noSpecialLeavesBosOut();
    void badLinesStandInTheirPlace();
    void hugeLineIsRefusedInPlace();
    void deepNestingAndNulBytes();
    void interactiveUserIsAnsweredAtOnce();
    void gradeGivesReasons();
    void gradeWithoutGoldExtractsNothing();
    void gradeTakesLists();
    void specIsTheSchema();
    void doctorNamesDevices();
    void fullDiskIsAFailure();
};

void TestCliLines::usageErrorsExitTwo_data() {
    QTest::addColumn<QStringList>("arguments");
    const auto list = [](const char* text) {
        return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    QTest::addRow("nothing") << QStringList{};
    QTest::addRow("unknown command") << list("dance");
    QTest::addRow("unknown option") << list("tokenize --tokenizer x --loud");
    QTest::addRow("missing option") << list("tokenize");
    QTest::addRow("bad number") << list("logprobs --model x --top many");
    QTest::addRow("bad device") << list("logprobs --model x --device tpu");
    QTest::addRow("bad dtype") << list("logprobs --model x --dtype int4");
    QTest::addRow("bad task") << list("grade --task chess");
    QTest::addRow("bad kind") << list("import x.crux --kind chess y");
    QTest::addRow("bad top_p") << list("generate --model x --top-p 2");
    QTest::addRow("negative temperature") << list("generate --model x --temperature -1");
    for (const char* number : {"nan", "inf", "-inf", "1e999"}) {
        QTest::addRow("temperature %s", number)
            << list("generate --model x --temperature") + QStringList{QLatin1String(number)};
        QTest::addRow("beta %s", number) << list("contrast --positive x --negative y --beta") +
                                                QStringList{QLatin1String(number)};
        QTest::addRow("gap %s", number)
            << list("search x.crux --gap") + QStringList{QLatin1String(number)};
    }
    QTest::addRow("negative seed") << list("generate --model x --seed -1");
    QTest::addRow("large seed") << list("generate --model x --seed 18446744073709551616");
    QTest::addRow("large limit") << list("search x.crux --limit 9223372036854775808");
    QTest::addRow("seed with a point") << list("init-model x y --seed 1.5");
    QTest::addRow("empty project")
        << QStringList{QStringLiteral("project"), QStringLiteral("info"), QString()};
    QTest::addRow("no job kind") << list("spec bake");
    QTest::addRow("jobs without id") << list("jobs x.crux cancel");
    QTest::addRow("half a group") << list("project");
    QTest::addRow("unknown in a group") << list("project bogus x.crux");
    QTest::addRow("adapter without model")
        << QStringList{QStringLiteral("contrast"), QStringLiteral("--positive"),
                       crux::test::demoAdapter("positive"), QStringLiteral("--negative"),
                       crux::test::demoAdapter("negative")};
}

void TestCliLines::usageErrorsExitTwo() {
    QFETCH(QStringList, arguments);
    const Ran ran = runCli(arguments);
    QCOMPARE(ran.status, 2);
    QVERIFY(ran.out.isEmpty());
    QCOMPARE(ran.err.count('\n'), 1); // one sentence
    QVERIFY(ran.err.startsWith("crux-cli: "));
}

void TestCliLines::helpNamesAnExample_data() {
    QTest::addColumn<QString>("command");
    for (const char* name : {"tokenize", "detokenize", "logprobs", "contrast", "generate", "grade",
                             "selftest", "doctor", "project", "import", "export", "score", "spec",
                             "worker run", "jobs", "demo build", "demo run", "demo study"})
        QTest::addRow("%s", name) << QString::fromLatin1(name);
}

void TestCliLines::helpNamesAnExample() {
    QFETCH(QString, command);
    const Ran ran = runCli(command.split(QLatin1Char(' ')) + QStringList{QStringLiteral("--help")});
    QCOMPARE(ran.status, 0);
    QVERIFY(ran.out.contains("Example:"));
    for (const char* jargon : {"INT", "FLOAT", " in [", ":{", "{false}", "REQUIRED"})
        QVERIFY2(!ran.out.contains(jargon), jargon);
    QVERIFY(ran.out.contains("crux-cli " + command.toUtf8()) ||
            ran.out.contains("crux-cli " + command.section(QLatin1Char(' '), 0, 0).toUtf8()));
}

void TestCliLines::theDemosStudyIsPrinted() {
    const Ran ran = runCli({QStringLiteral("demo"), QStringLiteral("study")});
    QCOMPARE(ran.status, 0);
    QVERIFY(ran.out.startsWith("# The miniature study"));
    QVERIFY(ran.out.contains("| cDPO |") && ran.out.contains("AUROC"));
    const Ran none = runCli({QStringLiteral("demo"), QStringLiteral("study"),
                             QStringLiteral("--resources"), QStringLiteral("/nowhere")});
    QCOMPARE(none.status, 1);
}

void TestCliLines::failuresAreOneSentence_data() {
    QTest::addColumn<QStringList>("arguments");
    const auto words = [](const char* text) {
        return QString::fromLatin1(text).split(QLatin1Char(' '));
    };
    QTest::addRow("no folder") << words("logprobs --model /nowhere/at/all");
    QTest::addRow("no tokenizer") << words("tokenize --tokenizer /nowhere/at/all");
    QTest::addRow("no input file")
        << QStringList{QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel(),
                       QStringLiteral("/nowhere.jsonl")};
    QTest::addRow("no project") << words("project info /nowhere.crux");
    QTest::addRow("not a project")
        << QStringList{QStringLiteral("project"), QStringLiteral("check"),
                       demoModel() + QStringLiteral("/config.json")};
    QTest::addRow("not a model") << words("generate --model /tmp");
}

void TestCliLines::failuresAreOneSentence() {
    QFETCH(QStringList, arguments);
    const Ran ran = runCli(arguments);
    QCOMPARE(ran.status, 1);
    QVERIFY(ran.out.isEmpty());
    QVERIFY(ran.lastWords().startsWith("crux-cli: "));
    QVERIFY2(ran.lastWords().endsWith('.'), ran.lastWords().constData());
}

void TestCliLines::tokenizeRoundTrip() {
    const QByteArray text = "{\"text\":\"Joy has 40 coins.\\nSam loses 15.\"}\n";
    const Ran ran =
        runCli({QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel()}, text);
    QCOMPARE(ran.status, 0);
    QCOMPARE(ran.lines().size(), std::size_t{1});
    const Json row = ran.lines()[0];
    QCOMPARE(row.at("ids").at(0).get<int>(), 1); // BOS, as its configuration says
    QCOMPARE(row.at("ids").size(), row.at("pieces").size());
    QCOMPARE(row.at("ids").size(), row.at("offsets").size());
    const Ran back = runCli({QStringLiteral("detokenize"), QStringLiteral("--tokenizer"),
                             demoModel(), QStringLiteral("--skip-special")},
                            ran.out);
    QCOMPARE(back.status, 0);
    QCOMPARE(back.lines()[0].at("text").get<std::string>(),
             std::string("Joy has 40 coins.\nSam loses 15."));
    // Offsets are bytes of the text and cover it in order.
    const std::size_t size = std::string("Joy has 40 coins.\nSam loses 15.").size();
    QCOMPARE(row.at("offsets").back().at(1).get<std::size_t>(), size);
}

void TestCliLines::noSpecialLeavesBosOut() {
    const Ran ran = runCli({QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel(),
                            QStringLiteral("--no-special")},
                           "{\"text\":\"Joy\"}\n{\"text\":\"\"}\n");
    QCOMPARE(ran.status, 0);
    QVERIFY(ran.lines()[0].at("ids").at(0).get<int>() != 1);
    QVERIFY(ran.lines()[1].at("ids").empty());
}

void TestCliLines::badLinesStandInTheirPlace() {
    const QByteArray input = "{\"text\":\"a\"}\n"
                             "{\"text\":\n"
                             "\n"
                             "[1]\n"
                             "{\"txt\":\"a\"}\n"
                             "{\"text\":5}\n"
                             "{\"text\":\"\xff\xfe\"}\n"
                             "{\"text\":\"b\"} trailing\n"
                             "{\"text\":\"z\"}"; // no line end
    const Ran ran =
        runCli({QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel()}, input);
    QCOMPARE(ran.status, 0);
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{9});
    QVERIFY(lines[0].contains("ids"));
    for (std::size_t i = 1; i < 8; ++i) {
        QCOMPARE(lines[i].at("line").get<std::size_t>(), i + 1);
        QVERIFY(!lines[i].at("error").get<std::string>().empty());
    }
    QVERIFY(lines[8].contains("ids"));
    QVERIFY(ran.err.contains("7 lines could not be used"));
}

void TestCliLines::hugeLineIsRefusedInPlace() {
    QByteArray input = "{\"text\":\"a\"}\n{\"text\":\"";
    input += QByteArray(50 << 20, 'x');
    input += "\"}\n{\"text\":\"b\"}\n";
    const Ran ran =
        runCli({QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel()}, input);
    QCOMPARE(ran.status, 0);
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{3});
    QCOMPARE(lines[1].at("line").get<int>(), 2);
    QVERIFY(lines[1].at("error").get<std::string>().find("MiB") != std::string::npos);
    QVERIFY(lines[2].contains("ids"));
}

void TestCliLines::deepNestingAndNulBytes() {
    QByteArray input = "{\"text\":" + QByteArray(100000, '[') + "\n";
    input += QByteArray("{\"text\":\"a\0b\"}\n", 15);
    const Ran ran =
        runCli({QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel()}, input);
    QCOMPARE(ran.status, 0);
    for (const Json& line : ran.lines())
        QVERIFY(line.contains("error"));
    QCOMPARE(ran.lines().size(), std::size_t{2});
}

void TestCliLines::interactiveUserIsAnsweredAtOnce() {
    // One line at a time over an open pipe: each is answered before the next is sent.
    QProcess process;
    process.start(crux::test::program("crux-cli"),
                  {QStringLiteral("logprobs"), QStringLiteral("--model"), demoModel()});
    QVERIFY(process.waitForStarted());
    for (int i = 0; i < 3; ++i) {
        process.write("{\"ids\":[1,45,351]}\n");
        QTRY_VERIFY_WITH_TIMEOUT(process.canReadLine(), 60'000);
        QVERIFY(process.readLine().startsWith('{'));
    }
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
}

void TestCliLines::gradeGivesReasons() {
    const Ran ran =
        runCli({QStringLiteral("grade"), QStringLiteral("--task"), QStringLiteral("gsm8k")},
               "{\"response\":\"4+4=8. #### 8\",\"answer\":\"8\"}\n"
               "{\"response\":\"4+4=9. #### 9\",\"answer\":\"8\"}\n"
               "{\"response\":\"I do not know\",\"answer\":\"8\"}\n"
               "{\"response\":\"It is 18. #### 18\",\"answer\":\"so 9*2=18\\n#### 18\"}\n"
               "{\"response\":\"x\"}\n");
    QCOMPARE(ran.status, 0);
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{5});
    QCOMPARE(lines[0].at("correct").get<bool>(), true);
    QCOMPARE(lines[0].at("extracted").get<std::string>(), std::string("8"));
    QCOMPARE(lines[1].at("correct").get<bool>(), false);
    QVERIFY(lines[2].at("extracted").is_null());
    QCOMPARE(lines[2].at("correct").get<bool>(), false);
    QCOMPARE(lines[3].at("correct").get<bool>(), true);
    QVERIFY(!lines[3].at("reason").get<std::string>().empty());
    QCOMPARE(lines[4].at("line").get<int>(), 5);
}

void TestCliLines::gradeWithoutGoldExtractsNothing() {
    const Ran ran =
        runCli({QStringLiteral("grade"), QStringLiteral("--task"), QStringLiteral("gsm8k")},
               "{\"response\":\"x\",\"answer\":\"\"}\n");
    QCOMPARE(ran.status, 0);
    QVERIFY(ran.lines()[0].at("extracted").is_null());
}

void TestCliLines::gradeTakesLists() {
    const Ran ran =
        runCli({QStringLiteral("grade"), QStringLiteral("--task"), QStringLiteral("math")},
               "{\"response\":\"\\\\boxed{3}\",\"answer\":[\"4\",\"3\"]}\n"
               "{\"response\":\"\\\\boxed{3}\",\"answer\":3}\n"
               "{\"response\":\"\\\\boxed{3}\",\"answer\":[]}\n");
    QCOMPARE(ran.status, 0);
    QCOMPARE(ran.lines()[0].at("correct").get<bool>(), true);
    QCOMPARE(ran.lines()[1].at("correct").get<bool>(), true);
    QVERIFY(ran.lines()[2].contains("error"));
}

void TestCliLines::specIsTheSchema() {
    const Ran ran = runCli({QStringLiteral("spec"), QStringLiteral("score")});
    QCOMPARE(ran.status, 0);
    bool beta = false;
    for (const Json& row : ran.lines()) {
        for (const char* key : {"name", "type", "default", "range", "doc"})
            QVERIFY(row.contains(key));
        beta = beta || row.at("name") == "beta";
    }
    QVERIFY(beta);
}

void TestCliLines::doctorNamesDevices() {
    const Ran ran = runCli({QStringLiteral("doctor"), QStringLiteral("--json")});
    QCOMPARE(ran.status, 0);
    const Json facts = ran.lines()[0];
    QVERIFY(facts.at("threads").get<int>() >= 1);
    QCOMPARE(facts.at("devices").at(0).at("name").get<std::string>(), std::string("cpu"));
    QCOMPARE(runCli({QStringLiteral("doctor")}).status, 0);
}

void TestCliLines::fullDiskIsAFailure() {
    QProcess process;
    process.setStandardOutputFile(QStringLiteral("/dev/full"));
    process.start(crux::test::program("crux-cli"),
                  {QStringLiteral("tokenize"), QStringLiteral("--tokenizer"), demoModel()});
    QVERIFY(process.waitForStarted());
    process.write("{\"text\":\"a\"}\n");
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("standard output"));
}

QTEST_GUILESS_MAIN(TestCliLines)
#include "tst_cli_lines.moc"
