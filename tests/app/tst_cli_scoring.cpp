// logprobs, contrast and generate of crux-cli on the demo's model, against a reference made with
// transformers (tests/data/app/wordproblems_reference.json says how).
#include "app/program.h"

#include <QFile>

#include <cmath>

using namespace crux;
using crux::test::demoAdapter;
using crux::test::demoModel;
using crux::test::Ran;
using crux::test::runCli;

namespace {

constexpr double kTolerance = 1e-3; // in probability and nats; the reference runs in float32

Json reference() {
    QFile file(crux::test::dataDir() + QStringLiteral("/app/wordproblems_reference.json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.readAll();
    const auto value = parseJson({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    return value.ok() ? value->at("cases") : Json();
}

QByteArray idLines(const Json& cases) {
    QByteArray lines;
    for (const Json& one : cases)
        lines += QByteArray::fromStdString(dumpJson({{"ids", one.at("ids")}})) + "\n";
    return lines;
}

/// Largest difference of two lists; infinity where only one is null.
double distance(const Json& a, const Json& b) {
    if (a.size() != b.size())
        return INFINITY;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].is_null() != b[i].is_null())
            return INFINITY;
        if (!a[i].is_null())
            most = std::max(most, std::abs(a[i].get<double>() - b[i].get<double>()));
    }
    return most;
}

QStringList words(const char* text) {
    return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

class TestCliScoring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void logprobsAgree();
    void topIsSortedAndOmittedOtherwise();
    void contrastAgrees();
    void wholeModelsNeedNoBase();
    void otherVocabularyIsRefused();
    void badIdsAreLineErrors();
    void ordersStayTheSame();
    void greedyIsDeterministicAndStops();
    void samplesHaveAnIndexAndASeed();
    void promptAndIdsMeanTheSame();
    void worksWithoutATokenizer();
    void brokenWeightsAreLineErrors();
};

void TestCliScoring::logprobsAgree() {
    const Json cases = reference();
    QVERIFY(cases.size() == 3);
    const Ran ran = runCli(words("logprobs --dtype float32 --model") + QStringList{demoModel()},
                           idLines(cases));
    QCOMPARE(ran.status, 0);
    QVERIFY(ran.err.contains("float32")); // what was used is said
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), cases.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        QVERIFY(lines[i].at("logprobs").at(0).is_null());
        QVERIFY(!lines[i].contains("top"));
        const double off = distance(lines[i].at("logprobs"), cases[i].at("token_logprobs"));
        QVERIFY2(off < kTolerance, qPrintable(QString::number(off)));
        const double entropyOff = distance(lines[i].at("entropy"), cases[i].at("entropy"));
        QVERIFY2(entropyOff < kTolerance, qPrintable(QString::number(entropyOff)));
    }
}

void TestCliScoring::topIsSortedAndOmittedOtherwise() {
    const Ran ran = runCli(words("logprobs --top 5 --model") + QStringList{demoModel()},
                           "{\"text\":\"Question: Joy has 40 coins.\"}\n");
    QCOMPARE(ran.status, 0);
    const Json row = ran.lines()[0];
    QVERIFY(row.at("top").at(0).is_null());
    QCOMPARE(row.at("top").size(), row.at("ids").size());
    for (std::size_t t = 1; t < row.at("top").size(); ++t) {
        QCOMPARE(row.at("top")[t].size(), std::size_t{5});
        for (std::size_t k = 1; k < 5; ++k)
            QVERIFY(row.at("top")[t][k - 1].at("logprob").get<double>() >=
                    row.at("top")[t][k].at("logprob").get<double>());
    }
}

void TestCliScoring::contrastAgrees() {
    const Json cases = reference();
    const Ran ran =
        runCli(words("contrast --dtype float32 --model") +
                   QStringList{demoModel(), QStringLiteral("--positive"), demoAdapter("positive"),
                               QStringLiteral("--negative"), demoAdapter("negative")},
               idLines(cases));
    QCOMPARE(ran.status, 0);
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), cases.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const double off = distance(lines[i].at("scores"), cases[i].at("scores"));
        QVERIFY2(off < kTolerance, qPrintable(QString::number(off)));
        for (std::size_t t = 1; t < lines[i].at("p_positive").size(); ++t)
            QVERIFY(std::abs(std::log(lines[i].at("p_positive")[t].get<double>()) -
                             cases[i].at("token_logprobs_positive")[t].get<double>()) < 5e-3);
    }
}

void TestCliScoring::wholeModelsNeedNoBase() {
    const QByteArray ids = "{\"ids\":[1,45,351,126]}\n";
    const QStringList two{QStringLiteral("--positive"), demoModel(), QStringLiteral("--negative"),
                          demoModel()};
    const Ran ran = runCli(words("contrast") + two, ids);
    QCOMPARE(ran.status, 0);
    const Json row = ran.lines()[0];
    // Equal models: s_t is their probability.
    QVERIFY(distance(row.at("scores"), row.at("p_positive")) < 1e-6);
    QVERIFY(distance(row.at("p_negative"), row.at("p_positive")) < 1e-6);
    const Ran mixed =
        runCli(words("contrast --model") + QStringList{demoModel(), QStringLiteral("--positive"),
                                                       demoAdapter("positive"),
                                                       QStringLiteral("--negative"), demoModel()},
               ids);
    QCOMPARE(mixed.status, 0);
}

void TestCliScoring::otherVocabularyIsRefused() {
    CRUX_NEEDS_SHARED("models/stories260K/config.json");
    const Ran ran = runCli(
        words("contrast") +
            QStringList{QStringLiteral("--positive"), demoModel(), QStringLiteral("--negative"),
                        crux::test::sharedDir() + QStringLiteral("/models/stories260K")},
        "{\"ids\":[1]}\n");
    QCOMPARE(ran.status, 1);
    QVERIFY(ran.lastWords().contains("1024") && ran.lastWords().contains("512"));
}

void TestCliScoring::badIdsAreLineErrors() {
    const Ran ran = runCli(words("logprobs --model") + QStringList{demoModel()},
                           "{\"ids\":[1,1024]}\n"
                           "{\"ids\":[]}\n"
                           "{\"ids\":[1,-1]}\n"
                           "{\"ids\":[1,1.5]}\n"
                           "{\"ids\":[1,99999999999999999999]}\n"
                           "{\"ids\":\"1\"}\n"
                           "{\"ids\":[1,1023]}\n");
    QCOMPARE(ran.status, 0);
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{7});
    for (std::size_t i = 0; i < 6; ++i) {
        QCOMPARE(lines[i].at("line").get<std::size_t>(), i + 1);
        QVERIFY(!lines[i].at("error").get<std::string>().empty());
    }
    QVERIFY(lines[0].at("error").get<std::string>().find("1024") != std::string::npos);
    QVERIFY(lines[6].contains("logprobs"));
}

void TestCliScoring::ordersStayTheSame() {
    QByteArray input;
    for (int i = 0; i < 600; ++i) {
        if (i % 7 == 3) {
            input += "oops\n";
            continue;
        }
        input += "{\"ids\":[1";
        for (int k = 0; k < i % 11; ++k)
            input += "," + QByteArray::number(30 + (i + k) % 300);
        input += "]}\n";
    }
    const Ran ran = runCli(words("logprobs --model") + QStringList{demoModel()}, input);
    QCOMPARE(ran.status, 0);
    const auto lines = ran.lines();
    QCOMPARE(lines.size(), std::size_t{600});
    for (int i = 0; i < 600; ++i) {
        const Json& line = lines[static_cast<std::size_t>(i)];
        if (i % 7 == 3)
            QCOMPARE(line.at("line").get<int>(), i + 1);
        else
            QCOMPARE(line.at("ids").size(), static_cast<std::size_t>(1 + i % 11));
    }
}

void TestCliScoring::greedyIsDeterministicAndStops() {
    const QByteArray prompt =
        "{\"prompt\":\"Question: Joy has 40 coins. Joy loses 15. How many coins does Joy have?\\n"
        "Answer: \"}\n";
    const QStringList arguments =
        words("generate --temperature 0 --max-new-tokens 80 --model") +
        QStringList{demoModel(), QStringLiteral("--stop"), QStringLiteral("\n")};
    const Ran ran = runCli(arguments, prompt);
    QCOMPARE(ran.status, 0);
    const Json row = ran.lines()[0];
    QCOMPARE(row.at("index").get<int>(), 0);
    QCOMPARE(row.at("finish_reason").get<std::string>(), std::string("stop"));
    const std::string text = row.at("text").get<std::string>();
    QVERIFY2(text.find("####") != std::string::npos, text.c_str());
    QVERIFY(text.find('\n') == std::string::npos); // cut before the stop text
    for (const Json& id : row.at("ids"))
        QVERIFY(id.get<int>() != 3); // the token of the line end
    QCOMPARE(runCli(arguments, prompt).out, ran.out);

    const Ran shorter = runCli(words("generate --temperature 0 --max-new-tokens 3 --model") +
                                   QStringList{demoModel()},
                               prompt);
    QCOMPARE(shorter.lines()[0].at("finish_reason").get<std::string>(), std::string("length"));
    QCOMPARE(shorter.lines()[0].at("ids").size(), std::size_t{3});
}

void TestCliScoring::samplesHaveAnIndexAndASeed() {
    const QByteArray prompt = "{\"prompt\":\"Question: Joy has\"}\n";
    const QStringList base = words("generate --n 4 --max-new-tokens 12 --model") +
                             QStringList{demoModel(), QStringLiteral("--seed")};
    const Ran first = runCli(base + QStringList{QStringLiteral("1")}, prompt);
    QCOMPARE(first.status, 0);
    const auto lines = first.lines();
    QCOMPARE(lines.size(), std::size_t{4});
    for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(lines[i].at("index").get<std::size_t>(), i);
    QCOMPARE(runCli(base + QStringList{QStringLiteral("1")}, prompt).out, first.out);
    QVERIFY(runCli(base + QStringList{QStringLiteral("2")}, prompt).out != first.out);
    // A sample does not depend on how many others are drawn with it.
    const Ran alone = runCli(words("generate --n 1 --max-new-tokens 12 --seed 1 --model") +
                                 QStringList{demoModel()},
                             prompt);
    QVERIFY(alone.lines()[0] == lines[0]);
}

void TestCliScoring::promptAndIdsMeanTheSame() {
    const Ran tokens = runCli(words("tokenize --tokenizer") + QStringList{demoModel()},
                              "{\"text\":\"Question: Joy has\"}\n");
    const QByteArray ids =
        QByteArray::fromStdString(dumpJson({{"ids", tokens.lines()[0].at("ids")}})) + "\n";
    const QStringList arguments =
        words("generate --temperature 0 --max-new-tokens 5 --model") + QStringList{demoModel()};
    const Ran byPrompt = runCli(arguments, "{\"prompt\":\"Question: Joy has\"}\n");
    QCOMPARE(runCli(arguments, ids).out, byPrompt.out);
}

void TestCliScoring::worksWithoutATokenizer() {
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    for (const char* name : {"config.json", "generation_config.json", "model.safetensors"})
        QVERIFY(QFile::copy(demoModel() + QLatin1Char('/') + QString::fromLatin1(name),
                            folder.filePath(QString::fromLatin1(name))));
    const Ran ran = runCli(words("generate --temperature 0 --max-new-tokens 4 --model") +
                               QStringList{folder.path()},
                           "{\"ids\":[1,45,351]}\n{\"prompt\":\"Joy\"}\n");
    QCOMPARE(ran.status, 0);
    QCOMPARE(ran.lines()[0].at("ids").size(), std::size_t{4});
    QVERIFY(ran.lines()[0].at("text").is_null());
    QVERIFY(ran.lines()[1].at("error").get<std::string>().find("tokenizer") != std::string::npos);
}

/// The first weight of the last norm is no number: nothing of what follows is one.
void TestCliScoring::brokenWeightsAreLineErrors() {
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    for (const char* name : {"config.json", "model.safetensors"})
        QVERIFY(QFile::copy(demoModel() + QLatin1Char('/') + QString::fromLatin1(name),
                            folder.filePath(QString::fromLatin1(name))));
    QFile weights(folder.filePath(QStringLiteral("model.safetensors")));
    QVERIFY(weights.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(weights.open(QIODevice::ReadWrite));
    qint64 size = 0;
    QCOMPARE(weights.read(reinterpret_cast<char*>(&size), 8), qint64{8});
    const auto header = parseJson(weights.read(size).toStdString());
    QVERIFY(header.ok());
    const auto begin = header->at("model.norm.weight").at("data_offsets")[0].get<qint64>();
    QVERIFY(weights.seek(8 + size + begin));
    QCOMPARE(weights.write(QByteArray(4, '\xff')), qint64{4});
    weights.close();
    for (const QStringList& command :
         {words("logprobs --top 2 --model") + QStringList{folder.path()},
          words("contrast --positive") +
              QStringList{folder.path(), QStringLiteral("--negative"), demoModel()}}) {
        const Ran ran = runCli(command, "{\"ids\":[1,45,351]}\n{\"ids\":[1,45]}\n");
        QCOMPARE(ran.status, 0);
        QCOMPARE(ran.lines().size(), std::size_t{2});
        for (const Json& line : ran.lines()) {
            QVERIFY2(line.contains("error"), line.dump().c_str());
            const auto sentence = line.at("error").get<std::string>();
            QVERIFY2(sentence.find(folder.path().toStdString()) != std::string::npos,
                     sentence.c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestCliScoring)
#include "tst_cli_scoring.moc"
