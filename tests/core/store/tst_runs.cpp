// Metrics and checkpoints of training runs.
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

QTEST_APPLESS_MAIN(TestRuns)
#include "tst_runs.moc"
