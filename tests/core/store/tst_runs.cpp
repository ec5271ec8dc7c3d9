// Metrics and checkpoints of training runs.
#include "core/store/step_repo.h"
#include "support/temp_project.h"

#include <cmath>

using namespace crux;
using namespace crux::store;
using namespace crux::test;

class TestRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void metricsAreReplacedByStep();
    void onlyOneCheckpointIsBest();
    void anAdapterKeepsItsParent();
    void stepsKeepTheirRowsAndTokens();
    void eventsThatNameAStepAreFlags();
};

void TestRuns::metricsAreReplacedByStep() {
    TempProject temp;
    const JobId a = take(addJob(temp.project(), "train", Json::object(), "a"));
    const JobId b = take(addJob(temp.project(), "train", Json::object(), "b"));
    for (int step = 1; step <= 4; ++step)
        CRUX_OK(addMetrics(temp.project(), a, step, {{"loss", 1.0 / step}, {"grad_norm", 2}}));
    CRUX_OK(addMetrics(temp.project(), b, 1, {{"eval_loss", 7}}));
    CRUX_OK(addMetrics(temp.project(), a, 3, {{"loss", std::nan("")}})); // gone over again
    QCOMPARE(take(metricNames(temp.project(), a)), (std::vector<std::string>{"grad_norm", "loss"}));
    const auto points = take(metrics(temp.project(), a, "loss"));
    QCOMPARE(points.size(), std::size_t{4});
    QCOMPARE(points[1].value, 0.5);
    QVERIFY(std::isnan(points[2].value) && points[2].step == 3);
    QCOMPARE(take(metrics(temp.project(), a, "loss", 3)).size(), std::size_t{1});
    QVERIFY(take(metrics(temp.project(), b, "loss")).empty());
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestRuns::onlyOneCheckpointIsBest() {
    TempProject temp;
    CheckpointRecord record;
    record.jobId = take(addJob(temp.project(), "train", Json::object(), "a"));
    record.path = "somewhere";
    record.best = true;
    for (record.step = 10; record.step <= 30; record.step += 10)
        take(saveCheckpoint(temp.project(), record));
    record.step = 20;
    record.sizeBytes = 5;
    const CheckpointId again = take(saveCheckpoint(temp.project(), record));
    auto rows = take(checkpoints(temp.project(), record.jobId));
    QCOMPARE(rows.size(), std::size_t{3});
    QVERIFY(rows[1].id == again && rows[1].sizeBytes == 5);
    for (const CheckpointRecord& row : rows)
        QCOMPARE(row.best, row.step == 20);
    CRUX_OK(setCheckpointDeleted(temp.project(), rows[0].id));
    rows = take(checkpoints(temp.project(), record.jobId));
    QVERIFY(rows[0].deleted && !rows[1].deleted);
    QVERIFY(!setCheckpointDeleted(temp.project(), CheckpointId{99}).ok());
}

void TestRuns::anAdapterKeepsItsParent() {
    TempProject temp;
    ModelRecord model;
    model.path = "base";
    AdapterRecord adapter;
    adapter.modelId = take(upsertModel(temp.project(), model));
    adapter.path = "first";
    const AdapterId first = take(upsertAdapter(temp.project(), adapter));
    adapter.path = "second";
    adapter.parentId = first;
    const AdapterId second = take(upsertAdapter(temp.project(), adapter));
    adapter.parentId = {}; // registered again by someone who knows nothing of its making
    QCOMPARE(take(upsertAdapter(temp.project(), adapter)), second);
    QCOMPARE(take(store::adapter(temp.project(), second)).parentId, first);
}

void TestRuns::stepsKeepTheirRowsAndTokens() {
    TempProject temp;
    const Project& project = temp.project();
    const JobId job = take(addJob(project, "train", Json::object(), "a"));
    QVERIFY(!take(runData(project, job)));
    QCOMPARE(take(nearestStep(project, job, 5)), -1);
    RunData data;
    data.name = "pairs";
    data.kind = "preference";
    data.pairs = true;
    data.weightCounts = {3, 0, 7};
    data.sources = {{TrajectoryId{4}, TrajectoryId{9}, 0}, {{}, {}, 17}};
    CRUX_OK(saveRunData(project, job, data));
    const auto read = take(runData(project, job));
    QVERIFY(read && read->pairs && read->name == "pairs" && read->sources == data.sources);
    QCOMPARE(read->weightCounts, data.weightCounts);

    KeptRow kept;
    kept.row = 1;
    kept.promptTokens = 2;
    kept.chosen = {{5, 6, 7, 8}, {}, {-1.5f, -0.25f}, {}, {-0.5f, -0.5f}};
    kept.rejected = {{5, 6, 9}, {0.75f}, {-2.0f}, {-1.0f}, {0.375f}};
    const std::vector<StepRow> rows{{0, 0.5, 0.1, -0.1, 0.2, 2, 1, false},
                                    {1, 2.5, -1.0, 1.0, 0.75, 2, 1, false}};
    CRUX_OK(addStepRows(project, job, 10, rows, {kept}));
    CRUX_OK(addStepRows(project, job, 20, rows, {}));
    const auto stored = take(stepRows(project, job, 10));
    QCOMPARE(stored.size(), std::size_t{2});
    QCOMPARE(stored[1].loss, 2.5);
    QVERIFY(!stored[0].kept && stored[1].kept);
    QVERIFY(take(stepRows(project, job, 11)).empty());
    QCOMPARE(take(nearestStep(project, job, 14)), 10);
    QCOMPARE(take(nearestStep(project, job, 16)), 20);
    QCOMPARE(take(nearestKeptStep(project, job, 30)), 10);
    const auto back = take(keptRow(project, job, 10, 1));
    QVERIFY(back && back->promptTokens == 2);
    QCOMPARE(back->chosen.ids, kept.chosen.ids);
    QCOMPARE(back->chosen.weights, (std::vector<float>{1, 1})); // none given: full weight
    QVERIFY(std::isnan(back->chosen.reference[0]));
    QCOMPARE(back->rejected.slope, kept.rejected.slope);
    QVERIFY(!take(keptRow(project, job, 10, 0)));
    QVERIFY(take(checkProject(project)).empty());
    CRUX_OK(addStepRows(project, job, 10, rows, {})); // gone over again
    QVERIFY(!take(keptRow(project, job, 10, 1)));
    CRUX_OK(removeJob(project, job));
    QVERIFY(take(stepRows(project, job, 20)).empty());
}

void TestRuns::eventsThatNameAStepAreFlags() {
    TempProject temp;
    const JobId job = take(addJob(temp.project(), "train", Json::object(), "a"));
    const auto add = [&](const char* level, const char* kind, const char* detail) {
        JobEventRecord event;
        event.jobId = job;
        event.level = level;
        event.message = "what happened";
        event.object = kind;
        event.detail = detail;
        CRUX_OK(addEvent(temp.project(), event));
    };
    add("warning", "loss_spike", "{\"step\": 287}");
    add("error", "nan", "{\"step\": 12}");
    add("error", "nan", "{\"step\": 12}"); // told again by the resumed run
    add("warning", "", "no JSON");
    add("info", "adapter", "{\"step\": 3}");
    const auto flags = take(runFlags(temp.project(), job));
    QCOMPARE(flags.size(), std::size_t{2});
    QVERIFY(flags[0].step == 12 && flags[0].kind == "nan" && flags[0].level == "error");
    QVERIFY(flags[1].step == 287 && flags[1].kind == "loss_spike");
}

QTEST_APPLESS_MAIN(TestRuns)
#include "tst_runs.moc"
