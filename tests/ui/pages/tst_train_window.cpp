// The Train perspective on a real run: a cDPO job of a few steps that a worker of the window trains
// while its curves are drawn, a step opened into its rows and heat maps, zoom history, cursors, the
// lineage in the Project dock, and the curves as files.
#include "app/program.h"
#include "core/store/repositories.h"
#include "core/store/step_repo.h"
#include "support/demo_pairs.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/main_window.h"
#include "ui/model/config_diff_model.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/model/run_table_model.h"
#include "ui/model/worker_client.h"
#include "ui/pages/batch_inspector.h"
#include "ui/pages/config_dock.h"
#include "ui/pages/jobs_dock.h"
#include "ui/pages/metrics_view.h"
#include "ui/pages/project_dock.h"
#include "ui/pages/project_tree.h"
#include "ui/pages/runs_dock.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/metric_grid.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_view.h"

#include <QApplication>
#include <QDockWidget>
#include <QFile>
#include <QMenu>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTreeView>

using namespace crux;
using namespace crux::ui;
using crux::test::runCli;

namespace {
constexpr int kPatience = 120'000;
constexpr int kSteps = 8;
} // namespace

class TestTrainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { m_window.reset(); }
    void emptyPerspectiveSaysWhatFillsIt();
    void curvesGrowWhileTheWorkerTrains();
    void stepsOpenIntoRowsAndHeatMaps();
    void zoomHasAHistory();
    void curvesBecomeFiles();
    void lineageLeadsToTheRun();

private:
    void open(const QString& file);
    Session& session() { return m_window->session(); }
    RunBoard& board() { return m_window->board(); }
    MetricGrid& grid() { return m_window->metricsView().grid(); }
    const RunSeries* series() { return m_window->runMetrics().run(board().selected()); }

    QTemporaryDir m_folder;
    QString m_project; ///< its run is queued, and done after the second test
    std::unique_ptr<MainWindow> m_window;
};

void TestTrainWindow::initTestCase() {
    QVERIFY(m_folder.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    applyTheme(*qApp, ThemeName::Light);
    m_project = m_folder.filePath(QStringLiteral("train.crux"));
    const QString pairs = m_folder.filePath(QStringLiteral("pairs.jsonl"));
    test::writePairs(pairs.toStdString(), 24, true);
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_project}).status, 0);
    const auto queued = runCli({QStringLiteral("train"),          m_project,
                                QStringLiteral("--method"),       QStringLiteral("cdpo"),
                                QStringLiteral("--preset"),       QStringLiteral("small_cpu"),
                                QStringLiteral("--data"),         pairs,
                                QStringLiteral("--model"),        test::demoModel(),
                                QStringLiteral("--end"),          QStringLiteral("\n"),
                                QStringLiteral("--batch"),        QStringLiteral("4"),
                                QStringLiteral("--accumulation"), QStringLiteral("1"),
                                QStringLiteral("--max-steps"),    QString::number(kSteps),
                                QStringLiteral("--name"),         QStringLiteral("first cdpo"),
                                QStringLiteral("--eval-rows"),    QStringLiteral("4"),
                                QStringLiteral("--eval-steps"),   QStringLiteral("4"),
                                QStringLiteral("--enqueue")});
    QVERIFY2(queued.status == 0, queued.err.constData());
}

void TestTrainWindow::open(const QString& file) {
    m_window = std::make_unique<MainWindow>();
    session().worker().setProgram(test::program("crux-worker"));
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    session().openProject(file);
    QTRY_VERIFY_WITH_TIMEOUT(session().isOpen(), kPatience);
    m_window->setPerspective(Perspective::Train);
}

void TestTrainWindow::emptyPerspectiveSaysWhatFillsIt() {
    const QString empty = m_folder.filePath(QStringLiteral("empty.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), empty}).status, 0);
    open(empty);
    QVERIFY(m_window->actions().action(QStringLiteral("view.train"))->isChecked());
    QCOMPARE(m_window->metricsView().emptyState().title(),
             MetricsView::tr("Nothing was trained yet"));
    QCOMPARE(m_window->runs().emptyTitle(), RunsDock::tr("Nothing was trained yet"));
    QCOMPARE(m_window->batch().emptyTitle(), BatchInspector::tr("No step is chosen"));
    QCOMPARE(m_window->config().emptyTitle(), ConfigDock::tr("No run is shown"));
    QVERIFY(!m_window->actions().action(QStringLiteral("file.export"))->isEnabled());
}

void TestTrainWindow::curvesGrowWhileTheWorkerTrains() {
    open(m_project);
    QTRY_VERIFY_WITH_TIMEOUT(series() && series()->training.last() > 0, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(series() && series()->training.last() == kSteps, kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(board().runs().front()->state, store::JobState::Done, kPatience);
    for (const char* title : {"loss", "rewards/margins", "rewards/accuracies", "grad_norm"})
        QVERIFY2(grid().plot(QLatin1String(title)), title);
    MetricPlot* loss = grid().plot(QStringLiteral("loss"));
    QTRY_COMPARE_WITH_TIMEOUT(loss->content().curves.size(), std::size_t{2}, kPatience); // and eval
    QCOMPARE(loss->content().curves.front().x->size(), std::size_t{kSteps});
    QTRY_VERIFY(!loss->content().ticks.empty());
    QVERIFY(loss->drawnPoints() >= kSteps);
    QTRY_COMPARE(m_window->runs().model().rowCount(), 1);
    const auto cell = [&](int column) {
        return m_window->runs().model().index(0, column).data().toString();
    };
    QCOMPARE(cell(RunTableModel::Name), QStringLiteral("first cdpo"));
    QCOMPARE(cell(RunTableModel::Method), QStringLiteral("cDPO"));
    QTRY_COMPARE(cell(RunTableModel::Adapter), QStringLiteral("first cdpo"));
    QTRY_VERIFY(cell(RunTableModel::BestEval).contains(QStringLiteral("at")));
    // The same numbers as a table.
    m_window->metricsView().setTableShown(true);
    QCOMPARE(m_window->metricsView().table()->model()->rowCount(), kSteps);
    m_window->metricsView().setTableShown(false);
}

void TestTrainWindow::stepsOpenIntoRowsAndHeatMaps() {
    open(m_project);
    QTRY_VERIFY_WITH_TIMEOUT(series() && grid().plot(QStringLiteral("loss")), kPatience);
    MetricPlot* loss = grid().plot(QStringLiteral("loss"));
    QCoreApplication::processEvents();
    // A click on the curve at step 5.
    const PlotCurve& curve = loss->content().curves.front();
    const QPoint at = loss->pixelOf(5, MetricPlot::valueAt(curve, 5, true)).toPoint();
    QTest::mouseClick(loss->childAt(at), Qt::LeftButton, {}, at);
    QCOMPARE(board().inspectedStep(), 5);
    BatchInspector& batch = m_window->batch();
    QTRY_COMPARE(batch.step().rows.size(), std::size_t{4});
    QVERIFY2(batch.headline().contains(QStringLiteral("5")), qPrintable(batch.headline()));
    QTRY_VERIFY(batch.tokens().kept && batch.rejected()->data());
    QCOMPARE(batch.layer(), step_layers::weight());
    const HeatData& heat = *batch.rejected()->data();
    QVERIFY(heat.count() > 4);
    bool hot = false, cold = false;
    for (int i = 0; i < heat.count(); ++i) {
        hot = hot || heat.value(i) > 0.6F;
        cold = cold || heat.value(i) < 0.4F;
    }
    QVERIFY(hot && cold);
    QVERIFY(heat.heat(0) <= 1 && heat.underlineScale());
    QVERIFY(heat.describe(0).contains(step_layers::weight()));
    batch.rejected()->setFocus();
    QTest::keyClick(batch.rejected(), Qt::Key_Right);
    QTRY_VERIFY2(batch.tokenFacts().contains(step_layers::contribution()),
                 qPrintable(batch.tokenFacts()));
    batch.setLayer(step_layers::logRatio());
    QVERIFY(batch.rejected()->data()->scale().meaning().diverging);
    QVERIFY(std::isfinite(batch.chosen()->data()->value(0)));
    // Enter on the keyboard does what a click does.
    loss->setFocus();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QVERIFY(board().inspectedStep() > 0);
}

void TestTrainWindow::zoomHasAHistory() {
    open(m_project);
    QTRY_VERIFY_WITH_TIMEOUT(series() && grid().plot(QStringLiteral("loss")), kPatience);
    MetricsView& view = m_window->metricsView();
    const auto whole = grid().range();
    QVERIFY(!view.canZoomBack());
    view.zoomTo(2, 5);
    QCOMPARE(grid().range(), (std::pair<double, double>(2, 5)));
    view.zoomTo(3, 4);
    view.zoomBack();
    QCOMPARE(grid().range(), (std::pair<double, double>(2, 5)));
    view.zoomForward();
    QCOMPARE(grid().range(), (std::pair<double, double>(3, 4)));
    m_window->actions().action(QStringLiteral("go.back"))->trigger();
    view.zoomBack();
    QCOMPARE(grid().range(), whole);
    view.zoomForward();
    view.zoomReset();
    QVERIFY(!grid().isZoomed());
    // Two cursors, and what lies between them.
    view.setCursorsShown(true);
    QVERIFY(grid().cursors());
    QVERIFY2(view.cursorText().contains(QStringLiteral("loss")), qPrintable(view.cursorText()));
    board().setAxis(RunAxis::Tokens);
    QVERIFY(!grid().cursors()); // places on another axis
    QVERIFY(grid().range().second > 100);
    board().setAxis(RunAxis::Step);
    board().setLogY(true);
    QVERIFY(grid().plot(QStringLiteral("loss"))->content().logY);
    board().setLogY(false);
}

void TestTrainWindow::curvesBecomeFiles() {
    open(m_project);
    QTRY_VERIFY_WITH_TIMEOUT(series() && grid().plot(QStringLiteral("loss")), kPatience);
    QCoreApplication::processEvents();
    const auto bytes = [&](const char* name) {
        const QString path = m_folder.filePath(QLatin1String(name));
        m_window->writeCurves(path);
        QFile file(path);
        const bool there = QTest::qWaitFor([&] { return QFile::exists(path); }, kPatience);
        return there && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const QByteArray svg = bytes("curves.svg");
    QVERIFY(svg.contains("<svg") && svg.contains("first cdpo") && svg.contains("<polyline"));
    QVERIFY(bytes("curves.pdf").startsWith("%PDF"));
    QImage picture;
    QVERIFY(picture.loadFromData(bytes("curves.png")));
    QCOMPARE(picture.width(), 2 * grid().exportSize().width());
    const QByteArray csv = bytes("curves.csv");
    QVERIFY(csv.startsWith("run,name,step,time_ms,epoch,eval_") && csv.contains(",loss,"));
    QCOMPARE(csv.count('\n'), kSteps + 1);
    // The command line gives the same.
    const auto cli =
        runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                QStringLiteral("metrics-csv"), QStringLiteral("-o"), QStringLiteral("-")});
    QCOMPARE(cli.out, csv);
    const auto lines =
        runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                QStringLiteral("metrics"), QStringLiteral("-o"), QStringLiteral("-")})
            .lines();
    QCOMPARE(lines.size(), std::size_t{kSteps});
    QVERIFY(lines.front().at("metrics").at("loss").is_number());
    QCOMPARE(runCli({QStringLiteral("export"), m_project, QStringLiteral("--kind"),
                     QStringLiteral("metrics"), QStringLiteral("--run"), QStringLiteral("99"),
                     QStringLiteral("-o"), QStringLiteral("-")})
                 .status,
             1);
}

void TestTrainWindow::lineageLeadsToTheRun() {
    open(m_project);
    m_window->setPerspective(Perspective::Explore);
    m_window->raiseDock(QStringLiteral("project"));
    ProjectTree& tree =
        m_window->dock(QStringLiteral("project"))->findChild<ProjectDock*>()->model();
    const auto find = [&]() -> QModelIndex {
        const auto found = tree.match(tree.index(0, 0), ProjectTree::KindRole, ProjectTree::Run, 1,
                                      Qt::MatchRecursive | Qt::MatchExactly);
        return found.isEmpty() ? QModelIndex() : found.front();
    };
    QTRY_VERIFY(find().isValid());
    QVERIFY(find().data().toString().contains(QStringLiteral("first cdpo")));
    QCOMPARE(find().parent().data().toString(), QStringLiteral("first cdpo")); // the adapter
    auto* view = m_window->dock(QStringLiteral("project"))->findChild<QTreeView*>();
    Q_EMIT view->activated(find());
    QCOMPARE(m_window->perspective(), Perspective::Train);
    QVERIFY(board().inspectedStep() > 0);
    // The adapter's own menu fills a launch sheet with it.
    auto* dock = m_window->dock(QStringLiteral("project"))->findChild<ProjectDock*>();
    const std::unique_ptr<QMenu> menu(dock->menuFor(find().parent()));
    QVERIFY(menu);
    for (QAction* action : menu->actions())
        if (action->text() == ProjectDock::tr("Train on from it…"))
            action->trigger();
        else if (action->text() == ProjectDock::tr("Sample answers with it…"))
            QVERIFY(!action->isEnabled()); // the project has no questions
    auto* sheet = m_window->findChild<TrainDialog*>();
    QVERIFY(sheet);
    QCOMPARE(sheet->spec().value("start_adapter", std::string()), std::string("first cdpo"));
    sheet->reject();
    // A training job of the Jobs dock leads to its curves.
    m_window->setPerspective(Perspective::Explore);
    auto* jobs = m_window->dock(QStringLiteral("jobs"))->findChild<JobsDock*>();
    jobs->select(board().runs().front()->id);
    jobs->perform(JobsDock::Do::Metrics);
    QCOMPARE(m_window->perspective(), Perspective::Train);
}

QTEST_MAIN(TestTrainWindow)
#include "tst_train_window.moc"
