// Words shared by dialogs, worker and command line: parameter tables, sampling, protocol lines.
#include "core/spec/params.h"
#include "core/spec/protocol.h"
#include "core/spec/sampling.h"
#include "core/spec/verdict.h"
#include "support/test_paths.h"

using namespace crux;

class TestSpec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void samplingSurvivesJson();
    void samplingRefuses_data();
    void samplingRefuses();
    void presetsAreValid();
    void everyParameterIsDocumented();
    void defaultsAreWithinTheirOwnRules();
    void specRefuses_data();
    void specRefuses();
    void protocolGoldens();
    void errorsCrossTheWire();
    void verdictNamesRoundTrip();
};

void TestSpec::samplingSurvivesJson() {
    SamplingParams params;
    params.temperature = 0.7;
    params.topP = 0.95;
    params.topK = 40;
    params.maxNewTokens = 7;
    params.samples = 3;
    params.seed = 18446744073709551615ull;
    params.stop = {"\n\nQuestion:", "é"};
    params.bannedIds = {5, 6};
    const auto back = samplingFromJson(toJson(params));
    QVERIFY(back.ok());
    QVERIFY(*back == params);
}

void TestSpec::samplingRefuses_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("field");
    QTest::addRow("negative temperature") << R"({"temperature":-1})"
                                          << "temperature";
    QTest::addRow("text for a number") << R"({"temperature":"hot"})"
                                       << "temperature";
    QTest::addRow("top_p zero") << R"({"top_p":0})"
                                << "top_p";
    QTest::addRow("top_p above one") << R"({"top_p":1.5})"
                                     << "top_p";
    QTest::addRow("fraction of a token") << R"({"max_new_tokens":1.5})"
                                         << "max_new_tokens";
    QTest::addRow("no token") << R"({"max_new_tokens":0})"
                              << "max_new_tokens";
    QTest::addRow("no sample") << R"({"samples":0})"
                               << "samples";
    QTest::addRow("negative seed") << R"({"seed":-4})"
                                   << "seed";
    QTest::addRow("empty stop") << R"({"stop":[""]})"
                                << "stop";
    QTest::addRow("stop as text") << R"({"stop":"x"})"
                                  << "stop";
    QTest::addRow("huge number") << R"({"top_k":99999999999})"
                                 << "top_k";
    QTest::addRow("unknown") << R"({"temprature":1})"
                             << "temprature";
}

void TestSpec::samplingRefuses() {
    QFETCH(QString, json);
    QFETCH(QString, field);
    const auto value = parseJson(json.toStdString());
    QVERIFY(value.ok());
    const auto params = samplingFromJson(*value);
    QVERIFY(!params.ok());
    QCOMPARE(QString::fromStdString(params.error().where), field);
    QVERIFY(params.error().message.find(field.toStdString()) != std::string::npos);
}

void TestSpec::presetsAreValid() {
    QVERIFY(samplingPresets().size() >= 4);
    for (const SamplingPreset& preset : samplingPresets())
        QVERIFY2(validate(preset.params).ok(), preset.name.c_str());
}

void TestSpec::everyParameterIsDocumented() {
    for (const std::string& kind : jobKinds()) {
        const auto table = paramTable(kind);
        QVERIFY(table.ok());
        for (const ParamDef& def : *table) {
            QVERIFY2(def.doc.size() > 10 && def.doc.back() == '.', def.name.c_str());
            QCOMPARE(def.type == ParamType::Choice, !def.choices.empty());
        }
    }
    QVERIFY(!paramTable("bake").ok());
}

void TestSpec::defaultsAreWithinTheirOwnRules() {
    const auto score = completeSpec("score", {{"positive", "p"}, {"negative", "n"}});
    QVERIFY2(score.ok(), score.ok() ? "" : score.error().message.c_str());
    QCOMPARE(score->at("beta").get<double>(), 1.0);
    QCOMPARE(score->at("top_k").get<int>(), 20);
    const auto again = completeSpec("score", *score); // a completed spec is a spec
    QVERIFY(again.ok());
    QVERIFY(*again == *score);
    QVERIFY(completeSpec("import", {{"inputs", {"a.jsonl"}}}).ok());
}

void TestSpec::specRefuses_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("word");
    QTest::addRow("missing") << R"({"positive":"p"})"
                             << "negative";
    QTest::addRow("unknown") << R"({"positive":"p","negative":"n","bta":2})"
                             << "bta";
    QTest::addRow("type") << R"({"positive":1,"negative":"n"})"
                          << "positive";
    QTest::addRow("range") << R"({"positive":"p","negative":"n","top_k":1000})"
                           << "between";
    QTest::addRow("choice") << R"({"positive":"p","negative":"n","policy":"all"})"
                            << "none, base";
    QTest::addRow("not an object") << R"([1])"
                                   << "object";
}

void TestSpec::specRefuses() {
    QFETCH(QString, json);
    QFETCH(QString, word);
    const auto value = parseJson(json.toStdString());
    QVERIFY(value.ok());
    const auto spec = completeSpec("score", *value);
    QVERIFY(!spec.ok());
    QVERIFY2(spec.error().message.find(word.toStdString()) != std::string::npos,
             spec.error().message.c_str());
}

void TestSpec::protocolGoldens() {
    QCOMPARE(dumpJson(protocol::request(7, "ping", Json::object())),
             std::string(R"({"id":7,"jsonrpc":"2.0","method":"ping","params":{}})"));
    QCOMPARE(dumpJson(protocol::reply(7, {{"a", 1}})),
             std::string(R"({"id":7,"jsonrpc":"2.0","result":{"a":1}})"));
    QCOMPARE(dumpJson(protocol::notification("jobs_changed", Json::object())),
             std::string(R"({"jsonrpc":"2.0","method":"jobs_changed","params":{}})"));
    QCOMPARE(dumpJson(protocol::errorReply(nullptr, protocol::kParseError,
                                           Error{ErrorCode::Protocol, "Half a line.", {}, {}})),
             std::string(R"({"error":{"code":-32700,"data":{"code":"protocol"},)"
                         R"("message":"Half a line."},"id":null,"jsonrpc":"2.0"})"));
}

void TestSpec::errorsCrossTheWire() {
    const Error sent{ErrorCode::Mismatch, "The vocabularies differ.", "job 3", "400 and 512"};
    const Json reply = protocol::errorReply(1, protocol::kFailed, sent);
    const Error got = protocol::errorFromReply(reply.at("error"));
    QVERIFY(got.code == sent.code);
    QCOMPARE(got.message, sent.message);
    QCOMPARE(got.where, sent.where);
    QCOMPARE(got.detail, sent.detail);
    const Error odd = protocol::errorFromReply(Json("not an object"));
    QVERIFY(odd.code == ErrorCode::Protocol);
    QVERIFY(!odd.message.empty());
}

void TestSpec::verdictNamesRoundTrip() {
    for (const Verdict verdict :
         {Verdict::Ungraded, Verdict::Right, Verdict::Wrong, Verdict::NoAnswer})
        QVERIFY(verdictFromName(verdictName(verdict)) == verdict);
    QVERIFY(!verdictFromName("maybe"));
}

QTEST_APPLESS_MAIN(TestSpec)
#include "tst_spec.moc"
