// Metrics as the charts read them: smoothing, thinning that keeps peaks, axes, and a run that is
// read while it goes on.
#include "core/base/clock.h"
#include "core/store/step_repo.h"
#include "tests/ui/model/project_fixture.h"
#include "ui/model/config_diff_model.h"
#include "ui/model/metric_table_model.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/model/run_table_model.h"
#include "ui/model/step_view.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <cmath>

using namespace crux;
using namespace crux::ui;

class TestMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void meansHalveEverySoManySteps();
    void thinningKeepsEveryPeak();
    void numbersThatAreNone();
    void runsAreReadWhileTheyGoOn();
    void resumedRunIsReadAnew();
    void boardKeepsColoursAndChoice();
    void tableSaysWhatRunsAre();
    void configurationsDiffer();
    void stepsLeadToTheirRows();

private:
    JobId addRun(const char* name, const Json& more = Json::object());
    void addSteps(JobId run, std::int64_t first, std::int64_t last, double from = 1);
    void open();

    std::unique_ptr<test::FilledProject> m_files;
    std::unique_ptr<store::Project> m_writer;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<RunBoard> m_board;
    std::unique_ptr<RunMetrics> m_metrics;
};

void TestMetrics::init() {
    m_metrics.reset();
    m_board.reset();
    m_session.reset();
    m_writer.reset();
    m_files = std::make_unique<test::FilledProject>();
    QVERIFY(m_files->fill());
    m_writer =
        std::move(*store::Project::open(m_files->file.toStdString(), store::OpenMode::ReadWrite));
    m_session = std::make_unique<Session>();
    m_board = std::make_unique<RunBoard>(*m_session);
    m_metrics = std::make_unique<RunMetrics>(*m_session, *m_board);
    m_metrics->setShown(true);
}

JobId TestMetrics::addRun(const char* name, const Json& more) {
    Json spec{{"method", "dpo"}, {"model", "tiny"}, {"name", name}};
    spec.update(more);
    return *store::addJob(*m_writer, "train", spec, name);
}

void TestMetrics::addSteps(JobId run, std::int64_t first, std::int64_t last, double from) {
    for (std::int64_t step = first; step <= last; ++step)
        QVERIFY(store::addMetrics(*m_writer, run, step,
                                  {{"loss", from / static_cast<double>(step)},
                                   {"epoch", static_cast<double>(step) / 10},
                                   {"num_tokens", 100.0 * static_cast<double>(step)},
                                   {"rewards/margins", 0.1 * static_cast<double>(step)}})
                    .ok());
}

void TestMetrics::open() {
    QVERIFY(test::openAndWait(*m_session, m_files->file));
}

void TestMetrics::meansHalveEverySoManySteps() {
    StepGrid grid;
    MetricValues values;
    for (int step = 1; step <= 40; ++step) {
        grid.steps.push_back(step);
        values.append(step <= 20 ? 0.0F : 1.0F);
    }
    // With a half-life of 10 steps the 20 zeros weigh as much against the 20 ones as 1 to 4.
    const auto& smooth = values.smooth(grid, 10);
    QCOMPARE(smooth.front(), 0.0F); // not biased to its start
    QVERIFY(std::fabs(smooth.back() - 0.8F) < 1e-5F);
    const float before = smooth[30];
    grid.steps.push_back(41);
    values.append(1.0F); // what was drawn does not move when points come
    QCOMPARE(values.smooth(grid, 10)[30], before);
    QCOMPARE(values.smooth(grid, 10).size(), std::size_t{41});
    QCOMPARE(values.smooth(grid, 0), values.raw());
}

void TestMetrics::thinningKeepsEveryPeak() {
    std::vector<double> x;
    MetricValues values;
    for (int i = 0; i < 100'000; ++i) {
        x.push_back(i);
        values.append(i == 33'333 ? 9.0F : i == 77'777 ? -9.0F : static_cast<float>(i % 7) / 7);
    }
    std::vector<double> outX, outY;
    thinned(x, values.raw(), values.rawExtremes(), 0, 99'999, 300, outX, outY);
    QVERIFY(outX.size() <= 300 * 4 + 2);
    QVERIFY(std::is_sorted(outX.begin(), outX.end()));
    const auto at = std::max_element(outY.begin(), outY.end());
    QCOMPARE(*at, 9.0);
    QCOMPARE(outX[static_cast<std::size_t>(at - outY.begin())], 33'333.0);
    QCOMPARE(*std::min_element(outY.begin(), outY.end()), -9.0);
    // Few enough points are all there, with one beyond either end.
    thinned(x, values.raw(), values.rawExtremes(), 1000, 1010, 300, outX, outY);
    QCOMPARE(outX.size(), std::size_t{13});
    QCOMPARE(outX.front(), 999.0);
}

void TestMetrics::numbersThatAreNone() {
    std::vector<double> x{1, 2, 3, 4};
    MetricValues values;
    values.append(1);
    values.append(std::nanf(""));
    values.append(kAbsent);
    values.append(4);
    std::vector<double> outX, outY;
    thinned(x, values.raw(), values.rawExtremes(), 0, 5, 100, outX, outY);
    QCOMPARE(outY, (std::vector<double>{1, 4}));
    QCOMPARE(values.last(), 4.0F);
    std::size_t low = 0, high = 0;
    QVERIFY(!values.rawExtremes().of(values.raw(), 1, 3, low, high));
}

void TestMetrics::runsAreReadWhileTheyGoOn() {
    const JobId run = addRun("first");
    addSteps(run, 1, 20);
    QVERIFY(store::addMetrics(*m_writer, run, 10, {{"eval_loss", 0.5}}).ok());
    open();
    QTRY_VERIFY(m_metrics->run(run) && m_metrics->run(run)->training.last() == 20);
    const RunSeries* series = m_metrics->run(run);
    QCOMPARE(series->training.tokens[4], 500.0);
    QCOMPARE(series->evaluation.steps, std::vector<double>{10});
    QCOMPARE(series->evaluation.epochs, std::vector<double>{1});
    QCOMPARE(series->metric("loss")->raw()[1], 0.5F);
    MetricTableModel table(*m_board, *m_metrics);
    QAbstractItemModelTester tester(&table);
    m_board->select(run);
    // Another program writes on: only what is new is taken.
    addSteps(run, 21, 30);
    QVERIFY(store::addMetrics(*m_writer, run, 30, {{"eval_loss", 0.4}}).ok());
    QVERIFY(store::addMetrics(*m_writer, run, 31, {{"loss", 0.5}, {"late", 1}}).ok());
    QTRY_COMPARE_WITH_TIMEOUT(m_metrics->run(run)->training.last(), 31, 20'000);
    QTRY_COMPARE(m_metrics->run(run)->evaluation.steps.size(), std::size_t{2});
    const auto& late = m_metrics->run(run)->metric("late")->raw();
    QVERIFY(std::isinf(late.front()) && late.back() == 1.0F); // absent, not a number that is none
    QTRY_COMPARE(table.rowCount(), 31);
    QCOMPARE(table.stepOf(30), 31);
}

void TestMetrics::resumedRunIsReadAnew() {
    const JobId run = addRun("first");
    addSteps(run, 1, 20);
    open();
    QTRY_VERIFY(m_metrics->run(run) && m_metrics->run(run)->training.last() == 20);
    for (const std::int64_t now = nowMs(); nowMs() == now;) // another time of writing
        ;
    addSteps(run, 11, 25, 7);
    QTRY_COMPARE_WITH_TIMEOUT(m_metrics->run(run)->training.last(), 25, 20'000);
    QCOMPARE(m_metrics->run(run)->metric("loss")->raw()[10], static_cast<float>(7.0 / 11));
    QCOMPARE(m_metrics->run(run)->metric("loss")->raw()[9], static_cast<float>(1.0 / 10));
}

void TestMetrics::boardKeepsColoursAndChoice() {
    std::vector<JobId> runs;
    for (const char* name : {"a", "b", "c", "d"})
        runs.push_back(addRun(name));
    open();
    QCOMPARE(m_board->shown().size(), std::size_t{3}); // the newest of a project not seen before
    QVERIFY(!m_board->isShown(runs[0]));
    const int slot = m_board->slot(runs[2]);
    m_board->setShown(runs[2], false);
    m_board->setShown(runs[0], true);
    QVERIFY(m_board->slot(runs[0]) != slot); // its colour is not given away
    m_board->setShown(runs[2], true);
    QCOMPARE(m_board->slot(runs[2]), slot);
    m_board->select(runs[0]);
    m_board->setAxis(RunAxis::Tokens);
    m_board->setHalfLife(5);
    m_session->closeProject();
    open();
    QCOMPARE(m_board->selected(), runs[0]);
    QCOMPARE(m_board->slot(runs[2]), slot);
    QVERIFY(m_board->axis() == RunAxis::Tokens && m_board->halfLife() == 5);
}

void TestMetrics::tableSaysWhatRunsAre() {
    const JobId dpo = addRun("dpo run");
    const JobId sft = addRun("neg", {{"method", "sft"}, {"role", "negative"}});
    addSteps(dpo, 1, 4);
    QVERIFY(store::addMetrics(*m_writer, dpo, 2, {{"eval_loss", 0.25}}).ok());
    QVERIFY(store::addMetrics(*m_writer, dpo, 4, {{"eval_loss", 0.75}}).ok());
    RunTableModel model(*m_session, *m_board);
    QAbstractItemModelTester tester(&model);
    open();
    QTRY_COMPARE(model.rowCount(), 2);
    const auto cell = [&](JobId run, int column) {
        return model.index(model.rowOf(run), column).data().toString();
    };
    QTRY_COMPARE(cell(dpo, RunTableModel::Loss), QStringLiteral("0.25"));
    QCOMPARE(cell(dpo, RunTableModel::BestEval), QStringLiteral("0.25 at 2"));
    QCOMPARE(cell(sft, RunTableModel::Method), QStringLiteral("SFT \u2212"));
    QCOMPARE(cell(dpo, RunTableModel::Name), QStringLiteral("dpo run"));
    RunFilter rows(model);
    rows.setFilter(*store::RowFilter::make("loss<0.5", RunTableModel::filterFields()));
    QCOMPARE(rows.rowCount(), 1);
    const QModelIndex box = model.index(model.rowOf(sft), RunTableModel::Name);
    QVERIFY(model.setData(box, Qt::Unchecked, Qt::CheckStateRole));
    QVERIFY(!m_board->isShown(sft));
}

void TestMetrics::configurationsDiffer() {
    const JobId a = addRun("a", {{"beta", 0.1}}), b = addRun("b", {{"beta", 0.5}});
    open();
    m_board->showOnly({a, b});
    ConfigDiffModel model(*m_board);
    QAbstractItemModelTester tester(&model);
    QStringList keys;
    for (int row = 0; row < model.rowCount(); ++row)
        keys << model.index(row, 0).data().toString();
    QVERIFY2(keys.contains(QStringLiteral("beta")), qPrintable(keys.join(QLatin1Char(' '))));
    QVERIFY(!keys.contains(QStringLiteral("learning_rate"))); // the same in both, unsaid
    const int row = static_cast<int>(keys.indexOf(QStringLiteral("beta")));
    QCOMPARE(model.index(row, 2).data().toString(), QStringLiteral("0.5  (+0.4)"));
    model.setDifferencesOnly(false);
    QVERIFY(model.rowCount() > 20);
    model.setKeys(QStringLiteral("^bet"));
    QCOMPARE(model.rowCount(), 1);
    m_board->showOnly({a});
    QCOMPARE(model.runs(), 1);
}

void TestMetrics::stepsLeadToTheirRows() {
    const JobId run = addRun("a");
    store::RunData data;
    data.pairs = true;
    data.sources = {{m_files->ids[0], m_files->ids[1], 0}, {{}, {}, 12}};
    data.name = "pairs.jsonl";
    QVERIFY(store::saveRunData(*m_writer, run, data).ok());
    store::KeptRow kept;
    kept.row = 0;
    kept.promptTokens = 1;
    kept.chosen = {{5, 6, 7}, {}, {-1, -2}, {-2, -2}, {-0.25F, -0.25F}};
    kept.rejected = {{5, 8}, {0.5F}, {-3}, {-1}, {0.125F}};
    QVERIFY(store::addStepRows(
                *m_writer, run, 5,
                {{1, 0.25, 0, 0, 1, 2, 1, false}, {0, 0.75, 0.1, -0.2, 0.5, 2, 1, false}}, {kept})
                .ok());
    const StepView step = *loadStep(*m_writer, run, 7);
    QCOMPARE(step.step, 5);            // the nearest that has rows
    QCOMPARE(step.rows[0].row.row, 0); // highest loss first
    QCOMPARE(step.rows[0].question, QStringLiteral("how many apples?"));
    QCOMPARE(step.rows[1].question, QStringLiteral("line 12 of pairs.jsonl"));
    QCOMPARE(step.loss, 0.5);
    const StepTokens tokens = *loadStepTokens(*m_writer, run, 5, step.rows[0]);
    QVERIFY(tokens.kept && tokens.chosen.snapshot && tokens.rejected.snapshot);
    QVERIFY(!tokens.chosen.weighted && tokens.rejected.weighted);
    QCOMPARE(tokens.rejected.verdict, Verdict::Wrong);
    QCOMPARE(tokens.chosen.snapshot->tokens.size(), std::size_t{2}); // the prompt is left out
    for (const auto& [layer, values] : tokens.chosen.snapshot->layers)
        if (QString::fromStdString(layer.name) == step_layers::contribution())
            QCOMPARE(values[0], -0.25F); // slope times log-ratio
    QVERIFY(!(*loadStepTokens(*m_writer, run, 5, step.rows[1])).kept);
}

QTEST_MAIN(TestMetrics)
#include "tst_metrics.moc"
