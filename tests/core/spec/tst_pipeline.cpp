// Pipelines as they are written: order, references, and a sentence for each fault.
#include "core/spec/pipeline.h"

#include <QtTest/QtTest>

using namespace crux;

class TestPipeline : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stepsComeAfterWhatTheyTake() {
        const auto steps = parsePipeline(*parseJson(R"({"pipeline": [
            {"id": "run", "spec": {"method": "cdpo", "data": "@data", "score_set": "@scores"}},
            {"id": "scores", "kind": "score", "spec": {"positive": "@up", "negative": "mine"}},
            {"id": "up", "spec": {"method": "sft", "data": "@data", "end": "@"}},
            {"id": "data", "kind": "select"},
            {"id": "last", "kind": "select", "after": ["run"]}]})"));
        QVERIFY2(steps.ok(), steps.ok() ? "" : steps.error().message.c_str());
        const auto place = [&](const char* id) {
            for (std::size_t i = 0; i < steps->size(); ++i)
                if ((*steps)[i].id == id)
                    return i;
            return steps->size();
        };
        QVERIFY(place("data") < place("up") && place("up") < place("scores"));
        QVERIFY(place("scores") < place("run") && place("run") < place("last"));
        const PipelineStep& run = (*steps)[place("run")];
        QCOMPARE(run.after, (std::vector<std::size_t>{place("data"), place("scores")}));
        QCOMPARE(run.spec.at("batch").get<int>(), 2); // completed by its preset
    }

    void faultsAreNamed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("no list") << QByteArray(R"({"pipeline": {}})")
                                 << QByteArray("lists its steps");
        QTest::newRow("other fields")
            << QByteArray(R"({"pipeline": [{"id": "a"}], "x": 1})") << QByteArray("only field");
        QTest::newRow("twice") << QByteArray(R"({"pipeline": [{"id": "a"}, {"id": "a"}]})")
                               << QByteArray("is there twice");
        QTest::newRow("unknown parameter")
            << QByteArray(R"({"pipeline": [{"id": "a", "spec": {"lr": 1}}]})")
            << QByteArray("no parameter \"lr\"");
        QTest::newRow("unknown kind")
            << QByteArray(R"({"pipeline": [{"id": "a", "kind": "cook"}]})")
            << QByteArray("no job kind \"cook\"");
        QTest::newRow("unknown step")
            << QByteArray(R"({"pipeline": [{"id": "a", "spec": {"data": "@b"}}]})")
            << QByteArray("names \"b\"");
        QTest::newRow("another thing")
            << QByteArray(R"({"pipeline": [{"id": "a"}, {"id": "b", "spec": {"data": "@a"}}]})")
            << QByteArray("makes nothing of that kind");
        QTest::newRow("circle")
            << QByteArray(
                   R"({"pipeline": [{"id": "a", "spec": {"start_adapter": "@b"}},
                                           {"id": "b", "spec": {"start_adapter": "@a"}}]})")
            << QByteArray("wait for each other");
    }
    void faultsAreNamed() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, sentence);
        const auto steps = parsePipeline(*parseJson(text.toStdString()));
        QVERIFY(!steps.ok());
        QVERIFY2(steps.error().message.find(sentence.toStdString()) != std::string::npos,
                 steps.error().message.c_str());
    }

    void referencesAreToldFromTexts() {
        QCOMPARE(referencedJob(Json("job:12")), std::optional(JobId{12}));
        for (const char* text : {"job:", "job:x", "job:1x", "job:-1", "my job:1", ""})
            QVERIFY2(!referencedJob(Json(text)), text);
        const Json spec{
            {"method", "dpo"}, {"data", "job:3"}, {"name", "job:4"}, {"model", "job:2"}};
        QCOMPARE(referencedJobs("train", spec), (std::vector<JobId>{JobId{2}, JobId{3}}));
    }

    void aRunBringsWhatComesBeforeIt() {
        TrainingPlan plan;
        plan.train = {{"method", "cdpo"}, {"name", "p"}, {"model", "m"}, {"end", "\n"}};
        plan.data = Json{{"where", "source=sampled"}};
        plan.score = true;
        plan.positive = Json{{"epochs", 2}};
        plan.negativeModel = "there";
        const auto steps = parsePipeline(trainingPipeline(plan));
        QVERIFY2(steps.ok(), steps.ok() ? "" : steps.error().message.c_str());
        QCOMPARE(steps->size(), std::size_t{4});
        QCOMPARE((*steps)[1].spec.at("role").get<std::string>(), std::string("positive"));
        QCOMPARE((*steps)[1].spec.at("end").get<std::string>(), std::string("\n"));
        QCOMPARE((*steps)[1].spec.at("epochs").get<double>(), 2.0);
        QCOMPARE((*steps)[2].spec.at("negative").get<std::string>(), std::string("there"));
        QCOMPARE((*steps)[2].spec.at("training_set").get<std::string>(), std::string("@data"));
        QCOMPARE((*steps)[3].after.size(), std::size_t{2});
        plan.data.reset(); // the newest pairs are what is trained on and scored
        const auto there = parsePipeline(trainingPipeline(plan));
        QVERIFY(there.ok());
        QCOMPARE((*there)[1].spec.at("training_set").get<std::string>(), std::string("newest"));
    }
};

QTEST_APPLESS_MAIN(TestPipeline)
#include "tst_pipeline.moc"
