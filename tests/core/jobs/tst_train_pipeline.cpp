// From graded trajectories to a cDPO adapter in one pipeline, in one process on the demo's model;
// what a job would train on and take, told before it starts.
#include "core/base/text_util.h"
#include "core/jobs/facade.h"
#include "core/jobs/train_preview.h"
#include "core/jobs/train_probe.h"
#include "core/spec/pipeline.h"
#include "core/store/repositories.h"
#include "support/temp_project.h"
#include "support/test_paths.h"

#include <fstream>

using namespace crux;
using crux::test::take;
using crux::test::TempProject;

namespace {

std::string demo(const char* part) {
    return (crux::test::demoDir() + QLatin1Char('/') + QString::fromLatin1(part)).toStdString();
}

/// A few steps of the small preset on the demo's base.
Json shortRun(const Json& more = Json::object()) {
    Json made{{"model", demo("model")}, {"preset", "small_cpu"}, {"end", "\n"},      {"batch", 4},
              {"accumulation", 1},      {"max_steps", 2},        {"warmup_steps", 1}};
    made.update(more);
    return made;
}

} // namespace

class TestTrainPipeline : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void trajectoriesBecomeACdpoAdapter();
    void selectionsTakeTheModelsOwnAnswers();
    void failedStepsLeaveTheRestWaiting();
    void previewsTellWhatIsTrainedOn();
    void previewsNameWhatIsInTheWay_data();
    void previewsNameWhatIsInTheWay();
    void probesTellTimeAndMemory();

private:
    void import(int rows);
    store::JobRecord runNow(const std::string& kind, const Json& spec);
    /// Runs what can be run, as a worker does.
    void runQueue();
    std::vector<std::string> problems(const Json& spec);

    std::unique_ptr<TempProject> m_temp;
    std::unique_ptr<jobs::ModelCache> m_models;
};

void TestTrainPipeline::init() {
    m_temp = std::make_unique<TempProject>();
    m_models = std::make_unique<jobs::ModelCache>(engine::ComputeOptions{"cpu", "float32", 1});
}

store::JobRecord TestTrainPipeline::runNow(const std::string& kind, const Json& spec) {
    const JobId id = take(store::addJob(m_temp->project(), kind, spec, kind));
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    return take(jobs::runThisJob(m_temp->project(), id, *m_models, options, {}));
}

void TestTrainPipeline::runQueue() {
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    while (take(jobs::runNextJob(m_temp->project(), *m_models, options, {}))) {
    }
}

void TestTrainPipeline::import(int rows) {
    const auto job = runNow("import", {{"inputs", {demo("trajectories.jsonl")}}, {"limit", rows}});
    QCOMPARE(job.state, store::JobState::Done);
}

std::vector<std::string> TestTrainPipeline::problems(const Json& spec) {
    std::vector<std::string> codes;
    const auto preview = jobs::previewTraining(m_temp->project(), spec);
    if (!preview.ok())
        return {preview.error().message};
    for (const Json& one : preview->at("problems"))
        codes.push_back(one.at("code").get<std::string>());
    return codes;
}

void TestTrainPipeline::trajectoriesBecomeACdpoAdapter() {
    import(120);
    // No step names the model: the project has one.
    take(jobs::registerModel(m_temp->project(), demo("model"), "base"));
    Json unnamed = shortRun();
    unnamed.erase("model");
    TrainingPlan plan;
    plan.train = unnamed;
    plan.train.update({{"method", "cdpo"}, {"name", "policy"}});
    plan.data = Json{{"name", "mine"}};
    plan.score = true;
    plan.positive = unnamed;
    plan.negative = unnamed;
    const auto ids =
        take(store::addPipeline(m_temp->project(), take(parsePipeline(trainingPipeline(plan)))));
    QCOMPARE(ids.size(), std::size_t{5});
    runQueue();
    for (const JobId id : ids) {
        const auto row = take(store::job(m_temp->project(), id));
        QVERIFY2(row.state == store::JobState::Done, row.error ? row.error->message.c_str() : "");
    }
    std::map<std::string, store::AdapterRecord> made;
    for (const auto& adapter : take(store::adapters(m_temp->project())))
        made[adapter.role] = adapter;
    QCOMPARE(made["positive"].name, std::string("policy positive"));
    QCOMPARE(made["negative"].name, std::string("policy negative"));
    QCOMPARE(made["policy"].name, std::string("policy"));
    const auto sets = take(store::scoreSets(m_temp->project()));
    QCOMPARE(sets.size(), std::size_t{1});
    QVERIFY(sets[0].positiveAdapter == made["positive"].id);
    QVERIFY(sets[0].negativeAdapter == made["negative"].id);
    // Only what is trained on was scored.
    const auto last = take(store::job(m_temp->project(), ids.back()));
    QCOMPARE(last.spec.at("score_set").get<std::string>(), jobReference(ids[3])); // as queued
    std::set<TrajectoryId> trained;
    for (const auto& set : take(store::pairSets(m_temp->project())))
        if (set.kind() == "preference")
            for (const auto& pair : take(store::pairsOf(m_temp->project(), set.id)))
                trained.insert({pair.chosen, pair.rejected});
    QCOMPARE(static_cast<std::size_t>(sets[0].scored), trained.size());
    QVERIFY(take(store::checkProject(m_temp->project())).empty());
}

void TestTrainPipeline::selectionsTakeTheModelsOwnAnswers() {
    const std::string file = m_temp->path("answers.jsonl").string();
    std::ofstream out(file);
    for (const char* model : {"base", "another"})
        for (int i = 0; i < 6; ++i)
            out << dumpJson({{"question", "What is 2+2?"},
                             {"answer", "4"},
                             {"response", cat("Try ", i, i % 2 == 0 ? ". #### 4" : ". #### 5")},
                             {"model", model}})
                << "\n";
    out.close();
    const auto imported = runNow("import", {{"inputs", {file}}});
    QVERIFY2(imported.state == store::JobState::Done,
             imported.error ? imported.error->message.c_str() : "");
    const auto chosen = [&](const Json& spec) {
        Json all = spec;
        all.update({{"preference_top_k", 0}, {"negative_top_p", 0}, {"per_answer", 0}});
        const auto job = runNow("select", all);
        return job.state == store::JobState::Done
                   ? static_cast<int>(take(store::pairSets(m_temp->project())).back().pairs)
                   : -1;
    };
    QCOMPARE(chosen(Json::object()), 6); // no model is known: anyone's
    take(jobs::registerModel(m_temp->project(), demo("model"), "base"));
    QCOMPARE(chosen(Json::object()), 3); // what another wrote is left out
    QCOMPARE(chosen({{"model", demo("model")}}), 3);
    QCOMPARE(chosen({{"where", "verdict=right"}}), 3);
    QCOMPARE(chosen({{"where", "sampled_by=another or sampled_by=base"}}), 6);
}

void TestTrainPipeline::failedStepsLeaveTheRestWaiting() {
    import(60);
    const auto ids = take(store::addPipeline(
        m_temp->project(),
        take(parsePipeline(Json{
            {"pipeline",
             {{{"id", "data"}, {"kind", "select"}, {"spec", {{"name", "mine"}}}},
              {{"id", "run"},
               {"spec", shortRun({{"method", "dpo"}, {"data", "@data"}, {"eval_rows", 100000}})}},
              {{"id", "on"},
               {"spec",
                shortRun(
                    {{"method", "sft"}, {"data", "@data"}, {"start_adapter", "@run"}})}}}}}))));
    runQueue();
    QCOMPARE(take(store::job(m_temp->project(), ids[1])).state, store::JobState::Failed);
    const auto waiting = take(store::job(m_temp->project(), ids[2]));
    QCOMPARE(waiting.state, store::JobState::Queued);
    QVERIFY(store::waitingSentence(waiting).find("which is failed") != std::string::npos);
    // A job that takes what a job did not make says so.
    store::JobEventRecord event;
    take(store::cancelJob(m_temp->project(), ids[2]));
    take(store::setJobState(m_temp->project(), ids[1], store::JobState::Done));
    take(store::requeueJob(m_temp->project(), ids[2]));
    runQueue();
    const auto failed = take(store::job(m_temp->project(), ids[2]));
    QCOMPARE(failed.state, store::JobState::Failed);
    QVERIFY2(failed.error->message.find("made no adapter") != std::string::npos,
             failed.error->message.c_str());
}

void TestTrainPipeline::previewsTellWhatIsTrainedOn() {
    import(400);
    QCOMPARE(runNow("select", {{"name", "mine"}}).state, store::JobState::Done);
    const auto given = shortRun({{"method", "dpo"}, {"max_length", 160}, {"eval_rows", 2}});
    const Json preview = take(jobs::previewTraining(m_temp->project(), given));
    QVERIFY2(preview.at("problems").empty(), dumpJson(preview.at("problems")).c_str());
    const int all = preview.at("given").get<int>(), kept = preview.at("kept").get<int>();
    QVERIFY(kept > 2 && all >= kept);
    QCOMPARE(all - kept, preview.at("dropped").value("too long", 0));
    QCOMPARE(preview.at("training").get<int>(), kept - 2);
    QVERIFY(preview.at("longest_tokens").get<int>() < 160);
    QVERIFY(preview.at("selection").at("questions").get<int>() >= all);
    QCOMPARE(preview.at("examples").size(), std::size_t{3});
    for (const Json& example : preview.at("examples")) {
        const Json& chosen = example.at("chosen");
        QCOMPARE(chosen.at("ids").size(), chosen.at("pieces").size());
        QVERIFY(chosen.at("prompt_tokens").get<std::size_t>() < chosen.at("ids").size());
        std::string text;
        for (const Json& piece : chosen.at("pieces"))
            text += piece.get<std::string>();
        QVERIFY2(text.find("Question") != std::string::npos, text.c_str());
        QVERIFY(example.contains("rejected"));
    }
    // With scores the weights of the rejected tokens come along.
    QCOMPARE(runNow("score", {{"model", demo("model")},
                              {"positive", demo("positive")},
                              {"negative", demo("negative")},
                              {"training_set", "newest"},
                              {"top_k", 0}})
                 .state,
             store::JobState::Done);
    const Json weighed =
        take(jobs::previewTraining(m_temp->project(), shortRun({{"method", "cdpo"}})));
    QVERIFY(weighed.at("problems").empty());
    const Json& rejected = weighed.at("examples")[0].at("rejected");
    QCOMPARE(rejected.at("weights").size(),
             rejected.at("ids").size() - rejected.at("prompt_tokens").get<std::size_t>());
    QVERIFY(weighed.at("examples")[0].at("chosen").at("weights").empty());
}

void TestTrainPipeline::previewsNameWhatIsInTheWay_data() {
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("no model") << QByteArray(R"({"model": "nowhere"})") << QByteArray("model");
    QTest::newRow("no set") << QByteArray(R"({"data": "nothing"})") << QByteArray("no_data");
    QTest::newRow("no scores") << QByteArray(R"({"method": "cdpo"})") << QByteArray("no_scores");
    QTest::newRow("prompts too long")
        << QByteArray(R"({"max_prompt": 2})") << QByteArray("nothing_left");
    QTest::newRow("evaluation") << QByteArray(R"({"eval_rows": 100000})")
                                << QByteArray("evaluation");
    QTest::newRow("the other side")
        << QByteArray(R"({"method": "sft", "role": "positive", "data": "SFT_NEG"})")
        << QByteArray("other_role");
    QTest::newRow("another base") << QByteArray(R"({"start_adapter": "OTHER"})")
                                  << QByteArray("other_base");
    QTest::newRow("file") << QByteArray(R"({"data": "FILE"})") << QByteArray("bad_data");
    QTest::newRow("empty file") << QByteArray(R"({"data": "EMPTY"})") << QByteArray("empty");
    QTest::newRow("file without weights")
        << QByteArray(R"({"method": "cdpo", "data": "PAIRS"})") << QByteArray("no_weights");
}

void TestTrainPipeline::previewsNameWhatIsInTheWay() {
    QFETCH(QByteArray, more);
    QFETCH(QByteArray, code);
    import(60);
    QCOMPARE(runNow("select", {{"name", "mine"}}).state, store::JobState::Done);
    Json spec = shortRun({{"method", "dpo"}});
    spec.update(*parseJson(more.toStdString()));
    if (spec.value("data", "") == "SFT_NEG") {
        for (const auto& set : take(store::pairSets(m_temp->project())))
            if (set.kind() == "sft_neg")
                spec["data"] = cat(set.id.value);
    } else if (spec.value("data", "") != "" && spec["data"] != "nothing") {
        const bool empty = spec["data"] == "EMPTY", pairs = spec["data"] == "PAIRS";
        const Path file = m_temp->path("rows.jsonl");
        std::ofstream(file) << (empty ? "\n"
                                      : R"({"prompt": "Q ", "chosen": "1", "rejected": "2"})")
                            << (empty || pairs ? "" : "\n{oops\n");
        spec["data"] = file.string();
    }
    if (spec.contains("start_adapter"))
        spec["start_adapter"] =
            (crux::test::dataDir() + QStringLiteral("/engine/tiny/adapter")).toStdString();
    const auto found = problems(spec);
    QVERIFY2(std::find(found.begin(), found.end(), code.toStdString()) != found.end(),
             dumpJson(Json(found)).c_str());
}

void TestTrainPipeline::probesTellTimeAndMemory() {
    import(400);
    QCOMPARE(runNow("select", {{"name", "mine"}}).state, store::JobState::Done);
    const std::size_t rows = take(store::jobs(m_temp->project())).size();
    const Json spec = shortRun({{"method", "dpo"}, {"max_steps", 0}, {"epochs", 3}});
    const Json probe =
        take(jobs::probeTraining(m_temp->project(), *m_models, spec, 2, CancelToken()));
    QCOMPARE(probe.at("probed").get<int>(), 2);
    QVERIFY(probe.at("steps").get<int>() > 2);
    QVERIFY(probe.at("seconds").get<double>() > 0);
    QVERIFY(probe.at("tokens_per_second").get<double>() > 0);
    QVERIFY(probe.at("memory_bytes").get<std::int64_t>() >
            probe.at("weight_bytes").get<std::int64_t>());
    QVERIFY(probe.at("free_bytes").get<std::int64_t>() > 0);
    QCOMPARE(take(store::jobs(m_temp->project())).size(), rows); // nothing was stored
    QVERIFY(take(store::adapters(m_temp->project())).empty());
    CancelToken cancel;
    cancel.cancel();
    const auto stopped = jobs::probeTraining(m_temp->project(), *m_models, spec, 2, cancel);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

QTEST_APPLESS_MAIN(TestTrainPipeline)
#include "tst_train_pipeline.moc"
