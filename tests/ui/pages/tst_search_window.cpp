// The window and a real worker: R on a wrong trajectory, the curve forming, Esc and a killed worker
// in between, the confirmed mark at the end; rollouts after a forced token.
#include "app/program.h"
#include "core/store/repositories.h"
#include "ui/main_window.h"
#include "ui/model/worker_client.h"
#include "ui/pages/alternatives_model.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/pages/token_inspector.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/rollout_plot.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QDockWidget>
#include <QFile>
#include <QSettings>
#include <QTableView>

#include <csignal>

using namespace crux;
using namespace crux::ui;
using crux::test::runCli;

namespace {
constexpr int kPatience = 60'000;
} // namespace

class TestSearchWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void searchFromTheKeyboard();
    void killedWorkerLosesNothing();
    void rolloutsAfterAForcedToken();

private:
    Session& session() { return m_window->session(); }
    TokenView* text() { return m_window->heatMap().pane().text(); }
    void openWrong(std::size_t which);
    void remember(int n, int confirm);
    RolloutFactsPtr rollouts() {
        return session().current() ? session().current()->rollouts : nullptr;
    }
    std::vector<store::JobRecord> searches() {
        std::vector<store::JobRecord> list;
        for (const auto& job : session().facts().jobs)
            if (job.kind == "search")
                list.push_back(job);
        return list;
    }

    QTemporaryDir m_folder;
    QString m_scored;
    std::vector<TrajectoryId> m_wrong;
    int m_copies = 0;
    std::unique_ptr<MainWindow> m_window;
};

void TestSearchWindow::initTestCase() {
    QVERIFY(m_folder.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    applyTheme(*qApp, ThemeName::Light);
    QFile all(test::demoDir() + QStringLiteral("/trajectories.jsonl"));
    QVERIFY(all.open(QIODevice::ReadOnly));
    QFile some(m_folder.filePath(QStringLiteral("some.jsonl")));
    QVERIFY(some.open(QIODevice::WriteOnly));
    for (int i = 0; i < 24; ++i)
        some.write(all.readLine());
    some.close();
    m_scored = m_folder.filePath(QStringLiteral("scored.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_scored}).status, 0);
    QCOMPARE(runCli({QStringLiteral("import"), m_scored, QStringLiteral("--kind"),
                     QStringLiteral("auto"), some.fileName()})
                 .status,
             0);
    const auto scored = runCli(
        {QStringLiteral("score"), m_scored, QStringLiteral("--model"), test::demoModel(),
         QStringLiteral("--positive"), test::demoAdapter("positive"), QStringLiteral("--negative"),
         test::demoAdapter("negative"), QStringLiteral("--policy"), QStringLiteral("base")});
    QVERIFY2(scored.status == 0, scored.err.constData());
    const auto project = store::Project::open(m_scored.toStdString(), store::OpenMode::ReadWrite);
    QVERIFY(project.ok());
    QVERIFY(store::setSetting(**project, "demo", "1").ok()); // rollouts end at a line end
    store::TrajectoryQuery wrong;
    wrong.filter = "verdict=wrong";
    m_wrong = *store::trajectoryIds(**project, wrong);
    QVERIFY(m_wrong.size() >= 3);
}

void TestSearchWindow::init() {
    const QString file = m_folder.filePath(QStringLiteral("copy%1.crux").arg(++m_copies));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("backup"), m_scored, file}).status,
             0);
    m_window = std::make_unique<MainWindow>();
    session().worker().setProgram(test::program("crux-worker"));
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    session().openProject(file);
    QTRY_VERIFY_WITH_TIMEOUT(session().isOpen(), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->search().isDemo(), kPatience);
}

void TestSearchWindow::openWrong(std::size_t which) {
    session().openTrajectory(m_wrong[which]);
    QTRY_VERIFY_WITH_TIMEOUT(
        session().current() && session().current()->record.id == m_wrong[which], kPatience);
    text()->setFocus();
}

void TestSearchWindow::remember(int n, int confirm) {
    Json spec = m_window->search().launchSpec();
    spec.update({{"n", n}, {"confirm", confirm}, {"points", 8}, {"without", true}});
    m_window->search().remember(spec);
}

void TestSearchWindow::searchFromTheKeyboard() {
    openWrong(0);
    remember(512, 256); // long enough to be stopped on the way
    QTest::keyClick(text(), Qt::Key_R);
    QVERIFY(m_window->dock(QStringLiteral("rollouts"))->isVisible());
    // The curve forms while the job draws.
    QTRY_VERIFY_WITH_TIMEOUT(m_window->rollouts().plot().shownPoints() > 2, kPatience);
    QVERIFY(m_window->search().running());
    QTest::keyClick(text(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->search().running(), kPatience);
    QCOMPARE(searches().size(), std::size_t{1});
    QVERIFY(searches()[0].state == store::JobState::Stopped);
    const std::int64_t kept = rollouts()->rollouts;
    QVERIFY(kept > 0 && !rollouts()->critical());
    // R takes it up again: the same job, with what was drawn.
    QTest::keyClick(text(), Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->search().running(), kPatience);
    QCOMPARE(searches().size(), std::size_t{1});
    QTest::keyClick(text(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->search().running(), kPatience);
    // With fewer rollouts the verdict comes soon; what is stored of them is reused.
    remember(16, 32);
    QTest::keyClick(text(), Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(rollouts()->verdict() != nullptr, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->search().running(), kPatience);
    QVERIFY(rollouts()->rollouts >= kept);
    if (const auto* found = rollouts()->critical()) {
        QTRY_VERIFY(text()->data()->marks(found->position).critical);
        QVERIFY(found->without.total > 0); // pass@k without it came along
    }
    // Searched with these settings already: no further job.
    const std::size_t jobs = searches().size();
    QTest::keyClick(text(), Qt::Key_R);
    QTest::qWait(0);
    QCOMPARE(searches().size(), jobs);
}

void TestSearchWindow::killedWorkerLosesNothing() {
    openWrong(1);
    remember(4096, 256); // long enough to be killed on the way
    QTest::keyClick(text(), Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->rollouts().plot().shownPoints() > 1, kPatience);
    ::kill(static_cast<pid_t>(session().worker().processId()), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(
        !searches().empty() && searches()[0].state == store::JobState::Interrupted, kPatience);
    const std::int64_t kept = rollouts()->rollouts;
    QVERIFY(kept > 0);
    QTest::keyClick(text(), Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(rollouts()->rollouts > kept, kPatience);
    QCOMPARE(searches().size(), std::size_t{1});
    QTest::keyClick(text(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->search().running(), kPatience);
    remember(16, 32); // what was drawn before and after the kill serves it
    QTest::keyClick(text(), Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(rollouts()->verdict() != nullptr, kPatience);
}

void TestSearchWindow::rolloutsAfterAForcedToken() {
    openWrong(2);
    remember(8, 0);
    const auto current = session().current();
    QVERIFY(!current->candidates.empty());
    session().setCursor(current->candidates.front());
    AlternativesModel& model = m_window->inspector().model();
    QTRY_VERIFY_WITH_TIMEOUT(model.firstOther() >= 0, kPatience);
    const int row = model.firstOther();
    const std::int32_t token = model.row(row).id;
    m_window->inspector().pickRow(row);
    m_window->inspector().rolloutsOfSelected();
    const auto total = [&] {
        const int at = model.rowOfId(token);
        return at < 0 ? 0 : model.index(at, 0).data(AlternativesModel::TotalRole).toInt();
    };
    QTRY_VERIFY_WITH_TIMEOUT(total() == 8, kPatience);
    const int at = model.rowOfId(token);
    QVERIFY(model.index(at, AlternativesModel::Rollouts)
                .data()
                .toString()
                .endsWith(QStringLiteral("/8")));
    // The token stands in a branch; asking again makes no second one.
    QTRY_COMPARE_WITH_TIMEOUT(session().current()->branches.size(), std::size_t{1}, kPatience);
    m_window->inspector().rolloutsOfSelected();
    QTRY_VERIFY_WITH_TIMEOUT(searches().size() == 2 && searches()[1].state == store::JobState::Done,
                             kPatience);
    QCOMPARE(session().current()->branches.size(), std::size_t{1});
    QCOMPARE(total(), 8);
}

QTEST_MAIN(TestSearchWindow)
#include "tst_search_window.moc"
