// Session: opening, ordered reads, snapshots, the watcher, undo, view state.
#include "project_fixture.h"
#include "ui/model/provenance_text.h"
#include "ui/model/session.h"
#include "ui/model/undo_commands.h"
#include "ui/model/verdict_command.h"
#include "ui/model/view_settings.h"

#include <QSignalSpy>
#include <QUndoStack>

#include <atomic>

using namespace crux;
using crux::ui::Session;

class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_project = std::make_unique<test::FilledProject>();
        QVERIFY(m_project->fill());
    }
    void missingFileIsANotice();
    void opensAndReads();
    void newestTrajectoryWins();
    void foreignWritesAreSeen();
    void labelsUndo();
    void wordsWithoutTokensAreLabelledAsAWhole();
    void marksAndNotesUndo();
    void viewStateReturns();
    void verdictsByHand();
    void provenanceNamesWhatMadeIt();
    void aBusyFileIsWaitedFor();
    void repliesNeedTheirContext();
    void closedProjectDropsReplies();

private:
    bool open(Session& session, TrajectoryId id) {
        session.openTrajectory(id);
        return QTest::qWaitFor(
            [&] { return session.current() && session.current()->record.id == id; }, 20'000);
    }
    std::unique_ptr<test::FilledProject> m_project;
};

void TestSession::missingFileIsANotice() {
    Session session;
    QSignalSpy noticed(&session, &Session::noticed);
    session.openProject(QStringLiteral("/nowhere/none.crux"));
    QTRY_COMPARE_WITH_TIMEOUT(noticed.size(), 1, 20'000);
    QVERIFY(!session.isOpen());
    const auto notice = noticed.first().first().value<ui::Notice>();
    QVERIFY2(notice.title.contains(QStringLiteral("none.crux")), qPrintable(notice.title));
    QVERIFY(!notice.details.isEmpty());
}

void TestSession::opensAndReads() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QCOMPARE(session.projectName(), QStringLiteral("test"));
    QCOMPARE(session.facts().trajectories, 3);
    QCOMPARE(session.scoreSet(), m_project->scoreSet);
    QVector<int> order;
    for (int i = 0; i < 5; ++i)
        session.read<int>(
            this, [i](const store::Project&) -> Result<int> { return i; },
            [&order](Result<int> value) { order << *value; });
    QTRY_COMPARE_WITH_TIMEOUT(order, (QVector<int>{0, 1, 2, 3, 4}), 20'000);
}

void TestSession::newestTrajectoryWins() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QSignalSpy changed(&session, &Session::currentChanged);
    for (const TrajectoryId id : m_project->ids)
        session.openTrajectory(id);
    QTRY_VERIFY_WITH_TIMEOUT(session.current() != nullptr, 20'000);
    QCOMPARE(session.current()->record.id, m_project->ids.back());
    // Every reply has come once a read asked after them is answered: stale ones made no signal.
    bool passed = false;
    session.read<int>(
        this, [](const store::Project&) -> Result<int> { return 1; },
        [&](Result<int>) { passed = true; });
    QTRY_VERIFY_WITH_TIMEOUT(passed, 20'000);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(session.cursor(), session.current()->record.promptTokens + 1); // the candidate
}

void TestSession::foreignWritesAreSeen() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QSignalSpy changed(&session, &Session::dataChanged);
    auto other = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    QVERIFY(other.ok());
    QVERIFY(store::addJob(**other, "score", Json::object(), "elsewhere").ok());
    QTRY_VERIFY_WITH_TIMEOUT(!changed.isEmpty(), 20'000);
    QCOMPARE(session.facts().jobs.size(), std::size_t{1});
}

void TestSession::labelsUndo() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QVERIFY(open(session, m_project->ids[1]));
    ui::toggleLabel(session, 5, QStringLiteral("agree"));
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->labels.size(), std::size_t{1}, 20'000);
    ui::toggleLabel(session, 5, QStringLiteral("reject"));
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->labels.front().kind, std::string("reject"),
                              20'000);
    session.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->labels.front().kind, std::string("agree"), 20'000);
    session.undoStack().undo();
    QTRY_VERIFY_WITH_TIMEOUT(session.current()->labels.empty(), 20'000);
    session.undoStack().redo();
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->labels.size(), std::size_t{1}, 20'000);
}

void TestSession::wordsWithoutTokensAreLabelledAsAWhole() {
    TrajectoryId id;
    {
        const auto project =
            store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
        QVERIFY(project.ok());
        auto row = store::trajectory(**project, m_project->ids[1]);
        QVERIFY(row.ok());
        row->ids.clear();
        row->offsets.clear();
        row->promptTokens = 0;
        row->externalId = "untokenised";
        row->naturalKey = "untokenised";
        row->rootId = {};
        const auto made = store::addTrajectory(**project, *row);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        id = *made;
    }
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    session.openTrajectory(id);
    QTRY_VERIFY_WITH_TIMEOUT(session.current() && session.current()->record.id == id, 20'000);
    QSignalSpy noticed(&session, &Session::noticed);
    ui::toggleLabel(session, 3, QStringLiteral("agree")); // a word, not yet a token
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->labels.size(), std::size_t{1}, 20'000);
    QCOMPARE(session.current()->labels[0].position, -1);
    QCOMPARE(noticed.size(), 1); // and it is said
}

void TestSession::marksAndNotesUndo() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QVERIFY(open(session, m_project->ids[1]));
    ui::toggleMark(session, 6);
    ui::saveNoteAt(session, 6, QStringLiteral("here"));
    QTRY_VERIFY_WITH_TIMEOUT(
        session.current()->marks.size() == 1 && session.current()->notes.size() == 1, 20'000);
    ui::saveNoteAt(session, 6, QStringLiteral("changed"));
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->notes.front().text, std::string("changed"),
                              20'000);
    session.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->notes.front().text, std::string("here"), 20'000);
    session.undoStack().undo();
    session.undoStack().undo();
    QTRY_VERIFY_WITH_TIMEOUT(session.current()->marks.empty() && session.current()->notes.empty(),
                             20'000);
}

void TestSession::viewStateReturns() {
    {
        Session session;
        QVERIFY(test::openAndWait(session, m_project->file));
        session.view().zoom = 1.5;
        session.view().layer = ui::Layer::Entropy;
        session.view().notify();
        session.setUiState(QStringLiteral("filter"), QStringLiteral("verdict=wrong"));
        session.setUiState(QStringLiteral("train.last.cdpo"), QStringLiteral("{}"));
    }
    Session again;
    QVERIFY(test::openAndWait(again, m_project->file));
    QCOMPARE(again.view().zoom, 1.5);
    QVERIFY(again.view().layer == ui::Layer::Entropy);
    QCOMPARE(again.uiState(QStringLiteral("filter")), QStringLiteral("verdict=wrong"));
    QCOMPARE(again.uiState(QStringLiteral("train.last.cdpo")), QStringLiteral("{}"));
}

void TestSession::verdictsByHand() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QVERIFY(open(session, m_project->ids[1]));
    const auto record = [&] { return session.current()->record; };
    QVERIFY(!ui::isByHand(*session.current()));
    ui::setVerdictByHand(session, Verdict::Right);
    QTRY_COMPARE_WITH_TIMEOUT(record().verdict, Verdict::Right, 20'000);
    QVERIFY(ui::isByHand(*session.current()));
    session.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(record().verdict, Verdict::Wrong, 20'000);
    QVERIFY(!ui::isByHand(*session.current()));
    // " owed." without its blank and line end is the answer, the user says.
    const int first = record().promptTokens + 1;
    ui::useAsAnswer(session, first, first);
    QTRY_COMPARE_WITH_TIMEOUT(record().extracted, std::string("owed."), 20'000);
    QCOMPARE(record().response.substr(
                 static_cast<std::size_t>(record().extractedBegin),
                 static_cast<std::size_t>(record().extractedEnd - record().extractedBegin)),
             std::string("owed."));
    QVERIFY(QString::fromStdString(record().verdictReason).startsWith(QStringLiteral("user_")));
    QCOMPARE(session.current()->answers.front().first, first);
    ui::gradeAgain(session);
    QTRY_VERIFY_WITH_TIMEOUT(!ui::isByHand(*session.current()), 20'000);
}

void TestSession::provenanceNamesWhatMadeIt() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    session.setScoreSet(m_project->scoreSet);
    QVERIFY(open(session, m_project->ids[1]));
    const auto made = parseJson(
        ui::provenanceText(*session.current(), session.facts(), m_project->file).toStdString());
    QVERIFY(made.ok());
    QCOMPARE(made->at("trajectory").get<std::int64_t>(), m_project->ids[1].value);
    QCOMPARE(made->at("tokenizer_hash").get<std::string>(), std::string("words"));
    QCOMPARE(made->at("score_set").at("name").get<std::string>(), std::string("pos / neg"));
    QCOMPARE(made->at("score_set").at("positive_model").at("name").get<std::string>(),
             std::string("tiny"));
    QVERIFY(made->at("branch").is_null());
    QVERIFY(!ui::provenanceText(session.facts(), m_project->scoreSet).isEmpty());
    QVERIFY(ui::provenanceText(session.facts(), ModelId{99}).isEmpty());
}

void TestSession::aBusyFileIsWaitedFor() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    QSignalSpy noticed(&session, &Session::noticed);
    const auto tries = std::make_shared<std::atomic<int>>(0);
    session.write(nullptr, [tries](const store::Project&) -> Status {
        return ++*tries < 3 ? Status(fail(ErrorCode::Busy, "database is locked")) : Status();
    });
    QTRY_COMPARE_WITH_TIMEOUT(noticed.size(), 2, 20'000); // it waits; it is stored
    QCOMPARE(tries->load(), 3);
    QCOMPARE(noticed.at(1).at(0).value<ui::Notice>().severity, ui::Notice::Severity::Information);
    // Closing does not wait for ever.
    session.write(nullptr, [](const store::Project&) -> Status {
        return fail(ErrorCode::DiskFull, "no space left");
    });
    QTRY_COMPARE_WITH_TIMEOUT(noticed.size(), 3, 20'000);
    session.closeProject();
    QVERIFY(test::openAndWait(session, m_project->file));
}

void TestSession::repliesNeedTheirContext() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    int gone = 0, here = 0;
    {
        QObject context;
        session.read<int>(
            &context, [](const store::Project&) -> Result<int> { return 1; },
            [&](Result<int>) { ++gone; });
    }
    session.read<int>(
        this, [](const store::Project&) -> Result<int> { return 1; }, [&](Result<int>) { ++here; });
    QTRY_COMPARE_WITH_TIMEOUT(here, 1, 20'000);
    QCOMPARE(gone, 0);
}

void TestSession::closedProjectDropsReplies() {
    Session session;
    QVERIFY(test::openAndWait(session, m_project->file));
    int replies = 0;
    session.read<int>(
        this, [](const store::Project&) -> Result<int> { return 1; },
        [&](Result<int>) { ++replies; });
    session.closeProject();
    QVERIFY(test::openAndWait(session, m_project->file));
    QCOMPARE(replies, 0);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
