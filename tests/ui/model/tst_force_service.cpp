// Forcing against a scripted worker: what streams in is shown, sample by sample.
#include "support/test_paths.h"
#include "tests/ui/model/project_fixture.h"
#include "ui/model/force_service.h"
#include "ui/model/worker_client.h"

#include <QSignalSpy>

#include <memory>

using namespace crux;
using namespace crux::ui;

class TestForceService : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void oneBranchStreamsIntoThePane();
    void everySampleOfABanIsFollowed();
    void aSecondActionWaits();

private:
    test::FilledProject m_project;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<ForceService> m_force;
    int m_position = 0;
};

void TestForceService::initTestCase() {
    QVERIFY(m_project.fill());
}

void TestForceService::init() {
    m_force.reset();
    m_session = std::make_unique<Session>();
    m_session->worker().setProgram(test::binaryDir() + QStringLiteral("/tests/crux_fake_worker"));
    m_force = std::make_unique<ForceService>(*m_session);
    QVERIFY(test::openAndWait(*m_session, m_project.file));
    m_session->openTrajectory(m_project.ids[1]);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->current() != nullptr, 20'000);
    m_position = m_session->current()->record.promptTokens + 1;
    QCOMPARE(m_force->unavailableReason(), QString());
}

void TestForceService::oneBranchStreamsIntoThePane() {
    m_force->forceText(m_position, QStringLiteral("wait"), true, SamplingParams());
    QVERIFY(m_force->running());
    QCOMPARE(m_force->samples(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_force->tokensWritten(), 2, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->branchPane() && m_session->branchPane()->tokens.size() ==
                                                            std::size_t(m_position + 2),
                             20'000);
    QVERIFY(m_session->paneIsLive());
    m_force->stop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_force->running(), 20'000);
}

void TestForceService::everySampleOfABanIsFollowed() {
    SamplingParams sampling;
    sampling.samples = 3;
    m_force->banTokens(m_position, {999}, sampling); // the script then waits for a cancel
    QCOMPARE(m_force->samples(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(m_force->tokensWritten(), 6, 20'000); // of all samples
    const auto firstNew = [&] {
        const SnapshotPtr pane = m_session->branchPane();
        const auto at = static_cast<std::size_t>(m_position);
        return pane && pane->tokens.size() > at ? pane->tokens[at].id : -1;
    };
    QTRY_COMPARE_WITH_TIMEOUT(firstNew(), 11, 20'000);
    m_force->follow(TrajectoryId{102}); // the third one
    QCOMPARE(firstNew(), 13);
    QCOMPARE(m_session->branchPane()->record.id, TrajectoryId{102});
    m_force->follow(TrajectoryId{7}); // nobody writes it
    QCOMPARE(firstNew(), 13);
    m_force->stop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_force->running(), 20'000);
    QCOMPARE(m_force->samples(), 0);
}

void TestForceService::aSecondActionWaits() {
    SamplingParams sampling;
    sampling.samples = 2;
    m_force->banTokens(m_position, {999}, sampling);
    QVERIFY(m_force->unavailableReason().contains(QStringLiteral("1 to 2")));
    QSignalSpy noticed(m_session.get(), &Session::noticed);
    m_force->forceTokens(m_position, {5}, true, sampling);
    QCOMPARE(noticed.count(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(m_force->tokensWritten() > 0, 20'000);
    m_force->stop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_force->running(), 20'000);
}

QTEST_MAIN(TestForceService)
#include "tst_force_service.moc"
