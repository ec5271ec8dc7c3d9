// The Jobs dock over a real project: order of the queue, pause, cancel, reasons.
#include "tests/ui/model/project_fixture.h"
#include "ui/model/action_registry.h"
#include "ui/model/job_model.h"
#include "ui/model/job_remedies.h"
#include "ui/model/worker_client.h"
#include "ui/pages/jobs_dock.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QTreeView>

#include <memory>

using namespace crux;
using namespace crux::ui;
using Do = JobsDock::Do;

class TestJobsDock : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void keysMoveInTheQueue();
    void queuedJobsPauseAndResume();
    void runningJobsAreAskedToPause();
    void whatCannotBeDoneSaysWhy();
    void commandLineIsCopied();
    void lackOfMemoryOffersLess();

private:
    JobId row(int index) const {
        return JobId{m_dock->model().index(index, 0).data(JobModel::IdRole).toLongLong()};
    }
    store::JobState stateOf(JobId id) const {
        const auto* job = m_dock->model().job(m_dock->model().indexOf(id));
        return job ? job->state : store::JobState::Draft;
    }

    std::unique_ptr<test::FilledProject> m_project;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<JobsDock> m_dock;
    std::unique_ptr<ActionRegistry> m_registry;
    JobId m_running, m_first, m_second, m_third;
};

void TestJobsDock::init() {
    m_dock.reset();
    m_session.reset();
    m_project = std::make_unique<test::FilledProject>();
    QVERIFY(m_project->fill());
    {
        const auto opened =
            store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
        QVERIFY(opened.ok());
        for (JobId* id : {&m_running, &m_first, &m_second, &m_third}) {
            const auto made = store::addJob(**opened, "score", Json{{"beta", 1}}, "job");
            QVERIFY(made.ok());
            *id = *made;
        }
        QVERIFY(store::claimJob(**opened, m_running, "elsewhere:1").ok());
        QVERIFY(store::setJobState(**opened, m_running, store::JobState::Running).ok());
    }
    m_session = std::make_unique<Session>();
    m_session->worker().setProgram(QStringLiteral("/no/such/worker")); // nothing runs here
    m_registry = std::make_unique<ActionRegistry>();
    m_dock = std::make_unique<JobsDock>(*m_session);
    m_dock->registerActions(*m_registry);
    m_dock->resize(656, 220);
    m_dock->show();
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->model().rowCount(), 4, 20'000);
}

void TestJobsDock::keysMoveInTheQueue() {
    QCOMPARE(row(0), m_running); // what runs, then the queue in its order
    QCOMPARE(row(1), m_first);
    QCOMPARE(row(3), m_third);
    m_dock->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dock.get()));
    m_dock->tree()->setFocus();
    m_dock->select(m_third);
    m_registry->update();
    QTest::keyClick(m_dock->tree(), Qt::Key_Up, Qt::AltModifier | Qt::ShiftModifier);
    QTRY_COMPARE_WITH_TIMEOUT(row(2), m_third, 20'000);
    QCOMPARE(m_dock->selected(), m_third); // the selection went along
    m_dock->perform(Do::MoveUp);
    QTRY_COMPARE_WITH_TIMEOUT(row(1), m_third, 20'000);
    QVERIFY(!m_dock->whyNot(Do::MoveUp).isEmpty()); // the first already
    m_dock->perform(Do::MoveDown);
    QTRY_COMPARE_WITH_TIMEOUT(row(2), m_third, 20'000);
}

void TestJobsDock::queuedJobsPauseAndResume() {
    m_dock->select(m_first);
    m_dock->perform(Do::Pause);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(m_first), store::JobState::Paused, 20'000);
    QVERIFY(!m_dock->whyNot(Do::Pause).isEmpty());
    m_dock->perform(Do::Resume);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(m_first), store::JobState::Queued, 20'000);
    m_dock->perform(Do::Stop);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(m_first), store::JobState::Cancelled, 20'000);
}

void TestJobsDock::runningJobsAreAskedToPause() {
    m_dock->select(m_running);
    m_dock->perform(Do::Pause);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(m_running), store::JobState::Pausing, 20'000);
    QVERIFY(m_dock->model().job(m_dock->model().indexOf(m_running))->pauseRequested);
    QVERIFY(!m_dock->whyNot(Do::Force).isEmpty()); // not before 30 s
}

void TestJobsDock::whatCannotBeDoneSaysWhy() {
    m_dock->tree()->setCurrentIndex({});
    for (const Do what : {Do::Pause, Do::Resume, Do::Stop, Do::MoveUp, Do::Duplicate, Do::Copy})
        QVERIFY(!m_dock->whyNot(what).isEmpty());
    m_registry->update();
    QVERIFY(!m_registry->action(QStringLiteral("jobs.pause"))->isEnabled());
    m_dock->select(m_running);
    QVERIFY(m_dock->whyNot(Do::Pause).isEmpty());
    QVERIFY(!m_dock->whyNot(Do::Resume).isEmpty());
    QVERIFY(!m_dock->whyNot(Do::Remove).isEmpty());
    QVERIFY(!m_dock->whyNot(Do::MoveUp).isEmpty());
}

void TestJobsDock::commandLineIsCopied() {
    m_dock->select(m_second);
    m_dock->perform(Do::Copy);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("crux-cli score ")));
    QVERIFY(QGuiApplication::clipboard()->text().contains(m_project->file));
}

void TestJobsDock::lackOfMemoryOffersLess() {
    store::JobRecord job;
    job.kind = "sample";
    job.name = "draw";
    job.spec = {{"n", 8}};
    job.state = store::JobState::Failed;
    job.error = Error{ErrorCode::Io, "The disk is full.", {}, {}};
    QVERIFY(remediesFor(job).empty()); // another fault
    job.error = Error{ErrorCode::OutOfMemory, "No memory.", {}, {}};
    job.device = "cpu";
    auto remedies = remediesFor(job);
    QCOMPARE(remedies.size(), std::size_t{2});
    QCOMPARE(remedies[0].spec, Json({{"n", 8}, {"batch", 32}})); // half of the job's default
    QCOMPARE(remedies[1].spec, Json({{"n", 8}, {"max_new_tokens", 512}}));
    job.device = "cuda:0";
    remedies = remediesFor(job);
    QVERIFY(remedies.size() == 3 && remedies[2].onCpu);
    QCOMPARE(remedies[2].spec, job.spec);
    startRemedy(*m_session, job, remedies[0]);
    QTRY_COMPARE_WITH_TIMEOUT(m_dock->model().rowCount(), 5, 20'000);
    const auto& jobs = m_session->facts().jobs;
    QVERIFY(std::any_of(jobs.begin(), jobs.end(), [](const auto& one) {
        return one.kind == "sample" && one.spec == Json({{"n", 8}, {"batch", 32}});
    }));
}

QTEST_MAIN(TestJobsDock)
#include "tst_jobs_dock.moc"
