// Forcing against a scripted worker: what streams in is shown, sample by sample.
#include "support/test_paths.h"
#include "tests/ui/model/project_fixture.h"
#include "ui/model/force_service.h"
#include "ui/model/search_service.h"
#include "ui/model/worker_client.h"

#include <QSignalSpy>

#include <functional>
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
    void foreignTokensAreNeitherForcedNorSearched();
    void wordsAreSearchedButNotDrawnAt();

private:
    bool openVariant(const char* key, const std::function<void(store::TrajectoryRecord&)>& change);
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

/// Opens a trajectory that differs from the second as `change` says.
bool TestForceService::openVariant(const char* key,
                                   const std::function<void(store::TrajectoryRecord&)>& change) {
    TrajectoryId id;
    {
        const auto project =
            store::Project::open(m_project.file.toStdString(), store::OpenMode::ReadWrite);
        if (!project.ok())
            return false;
        auto row = store::trajectory(**project, m_project.ids[1]);
        if (!row.ok())
            return false;
        row->naturalKey = key;
        row->rootId = {};
        row->modelId = {};
        row->tokenizerHash.clear();
        change(*row);
        const auto models = store::models(**project);
        if (!models.ok() || models->empty())
            return false;
        store::ModelRecord model = models->front();
        model.vocabularySize = 1024;
        const auto kept = store::upsertModel(**project, model);
        const auto made = store::addTrajectory(**project, *row);
        if (!made.ok() || !kept.ok())
            return false;
        id = *made;
    }
    if (!test::openAndWait(*m_session, m_project.file))
        return false;
    m_session->openTrajectory(id);
    return QTest::qWaitFor(
        [&] { return m_session->current() && m_session->current()->record.id == id; }, 20'000);
}

// As published ids are: no tokenizer is named, and one of them no model here has.
void TestForceService::foreignTokensAreNeitherForcedNorSearched() {
    const SearchService search(*m_session);
    QCOMPARE(search.unavailableReason(), QString());
    QVERIFY(openVariant("foreign", [](auto& row) { row.ids.back() = 1654; }));
    QVERIFY(m_force->unavailableReason().contains(QStringLiteral("tokenizer")));
    QCOMPARE(search.unavailableReason(), m_force->unavailableReason());
    QCOMPARE(search.positionsReason(), m_force->unavailableReason());
    QVERIFY(openVariant("unnamed", [](auto& row) { row.ids.back() = 1023; }));
    QCOMPARE(m_force->unavailableReason(), QString()); // it may be this model's
}

void TestForceService::wordsAreSearchedButNotDrawnAt() {
    SearchService search(*m_session);
    QVERIFY(openVariant("words", [](auto& row) {
        row.ids.clear();
        row.offsets.clear();
        row.promptTokens = 0;
    }));
    QVERIFY(!m_force->unavailableReason().isEmpty());
    QCOMPARE(search.unavailableReason(), QString()); // the job tokenises it
    QVERIFY(!search.positionsReason().isEmpty());
    QSignalSpy noticed(m_session.get(), &Session::noticed);
    search.drawAt({3});
    search.drawAfter(m_session->current()->record.id, 3);
    QCOMPARE(noticed.count(), 2);
    QVERIFY(!search.running());
}

QTEST_MAIN(TestForceService)
#include "tst_force_service.moc"
