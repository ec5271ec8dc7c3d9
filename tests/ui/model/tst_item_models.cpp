// The item models under QAbstractItemModelTester, and what they say.
#include "project_fixture.h"
#include "ui/model/branch_tree_model.h"
#include "ui/model/job_model.h"
#include "ui/model/notes_model.h"
#include "ui/model/problem_model.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/model/undo_commands.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QUndoStack>

using namespace crux;
using namespace crux::ui;

class TestItemModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_project = std::make_unique<test::FilledProject>();
        QVERIFY(m_project->fill());
        m_session = std::make_unique<Session>();
    }
    void cleanup() { m_session.reset(); }
    void trajectoriesArePagedAndSorted();
    void filterNarrows();
    void positionsCountFromTheResponse();
    void branchesAsText();
    void branchesSayRightOfN();
    void branchesToTrashAndBack();
    void jobs();
    void jobHelpers();
    void problems();
    void notes();

private:
    /// A branch of `parent` at `position` with its text; returns the child's id.
    TrajectoryId addBranch(TrajectoryId parent, int position, const char* text, Verdict verdict,
                           const char* answer, float p) {
        auto opened =
            store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
        auto from = store::trajectory(**opened, parent);
        store::TrajectoryRecord child =
            test::makeTrajectory(from->datasetId, from->questionId, text, verdict);
        child.rootId = from->rootId;
        child.extracted = answer;
        child.source = Source::Forced;
        store::BranchRecord branch;
        branch.rootId = from->rootId;
        branch.parentId = parent;
        branch.forkPosition = position;
        branch.kind = "token";
        branch.forcedIds = {1};
        branch.forcedP = p;
        auto made = store::addBranch(**opened, branch, child);
        if (!made.ok())
            qWarning("%s", made.error().message.c_str());
        return made.ok() ? made->childId : TrajectoryId{};
    }
    bool openTrajectory(TrajectoryId id) {
        m_session->openTrajectory(id);
        return QTest::qWaitFor([&] { return m_session->current() != nullptr; }, 20'000);
    }
    std::unique_ptr<test::FilledProject> m_project;
    std::unique_ptr<Session> m_session;
};

void TestItemModels::trajectoriesArePagedAndSorted() {
    TrajectoryTableModel model(*m_session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 3, 20'000);
    QCOMPARE(model.total(), 3);
    const auto text = [&](int row, int column) {
        return model.index(row, column).data().toString();
    };
    QTRY_COMPARE_WITH_TIMEOUT(text(0, TrajectoryTableModel::Gold), QStringLiteral("7"), 20'000);
    QCOMPARE(text(0, TrajectoryTableModel::MinS), QStringLiteral(".0100"));
    model.sort(TrajectoryTableModel::Number, Qt::DescendingOrder);
    QTRY_COMPARE_WITH_TIMEOUT(model.idAt(0), m_project->ids[2], 20'000);
    QCOMPARE(model.rowOf(m_project->ids[0]), 2);
    QCOMPARE(model.sortState(), QStringLiteral("id desc"));
    m_session->closeProject();
    QCOMPARE(model.rowCount(), 0);
}

void TestItemModels::filterNarrows() {
    TrajectoryTableModel model(*m_session);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    model.setFilter(QStringLiteral("verdict=wrong"));
    QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 2, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(model.summary(0) != nullptr, 20'000);
    QCOMPARE(model.index(0, TrajectoryTableModel::Verdict)
                 .data(TrajectoryTableModel::FilterRole)
                 .toString(),
             QStringLiteral("verdict=wrong"));
    QSignalSpy failed(&model, &TrajectoryTableModel::failed);
    model.setFilter(QStringLiteral("verdict=="));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 20'000);
}

void TestItemModels::positionsCountFromTheResponse() {
    {
        const auto opened =
            store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
        const auto row = store::trajectory(**opened, m_project->ids[1]);
        store::SearchFindingRecord finding;
        finding.trajectoryId = m_project->ids[1];
        finding.search = *store::addSearch(**opened, {});
        finding.rolloutSet = *store::addRolloutSet(**opened, {});
        finding.method = "critical";
        finding.position = row->promptTokens + 1;
        finding.tokenId = row->ids[static_cast<std::size_t>(finding.position)];
        finding.at = {0, 64};
        QVERIFY(store::saveSearchResult(**opened, {finding}, {}).ok());
        store::VocabularyRecord words; // the filter finds tokens by their text
        words.tokenizerHash = "words";
        words.pieces.assign(40, "w");
        words.pieces[static_cast<std::size_t>(finding.tokenId)] = " owed.\n";
        words.special.assign(40, false);
        QVERIFY(store::saveVocabulary(**opened, words).ok());
    }
    TrajectoryTableModel model(*m_session);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    model.setFilter(QStringLiteral("id=%1").arg(m_project->ids[1].value));
    QTRY_VERIFY_WITH_TIMEOUT(model.rowCount() == 1 && model.summary(0), 20'000);
    const auto of = [&](int column, int role) {
        return model.index(0, column).data(role).toString();
    };
    // The second of four tokens has the lowest score, and is the critical one.
    QCOMPARE(of(TrajectoryTableModel::FirstCandidate, Qt::DisplayRole), QStringLiteral("2 (25 %)"));
    QVERIFY(of(TrajectoryTableModel::Critical, Qt::DisplayRole).startsWith(QStringLiteral("2 ")));
    const QString term = of(TrajectoryTableModel::Critical, TrajectoryTableModel::FilterRole);
    QVERIFY2(term.startsWith(QStringLiteral("crit.token=\"")), qPrintable(term));
    model.setFilter(term); // the row that it was taken from is found by it
    QTRY_VERIFY_WITH_TIMEOUT(model.rowCount() == 1 && model.idAt(0) == m_project->ids[1], 20'000);
}

void TestItemModels::branchesSayRightOfN() {
    const TrajectoryId root = m_project->ids[1];
    auto opened = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    const int prompt = store::trajectory(**opened, root)->promptTokens;
    const TrajectoryId child =
        addBranch(root, prompt + 1, " one was.\n three five", Verdict::Right, "5", 0.18F);
    store::Provenance made;
    made.weightsHash = "w";
    const auto set = *store::addRolloutSet(**opened, made);
    std::vector<store::RolloutRecord> rollouts(8); // of the bare prompt, 3 of them right
    for (int i = 0; i < 8; ++i) {
        store::RolloutRecord& one = rollouts[static_cast<std::size_t>(i)];
        one.position = prompt - 1;
        one.index = i;
        one.ids = {900 + i};
        one.verdict = i < 3 ? Verdict::Right : Verdict::Wrong;
        one.answer = i < 3 ? "7" : "9";
        one.finishReason = "stop";
    }
    QVERIFY(store::saveRollouts(**opened, root, set, rollouts).ok());
    BranchTreeModel model(*m_session);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QVERIFY(openTrajectory(root));
    const auto share = [&](TrajectoryId path) {
        return model.indexOfPath(path).siblingAtColumn(BranchTreeModel::RightOfN).data().toString();
    };
    QTRY_COMPARE_WITH_TIMEOUT(share(root), QStringLiteral("3/8"), 20'000);
    QCOMPARE(share(child), QString()); // none after its token
    QVERIFY(model.hasShares());
}

void TestItemModels::branchesAsText() {
    const TrajectoryId root = m_project->ids[1];
    auto opened = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    const int prompt = store::trajectory(**opened, root)->promptTokens;
    addBranch(root, prompt + 1, " one was.\n three five", Verdict::Right, "5", 0.18F);
    addBranch(root, prompt + 1, " one had.\n three six", Verdict::Wrong, "6", 0.05F);
    const TrajectoryId deep =
        addBranch(root, prompt + 3, " one owed.\n three two", Verdict::Wrong, "2", 0.5F);
    BranchTreeModel model(*m_session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QVERIFY(openTrajectory(root));
    QTRY_VERIFY_WITH_TIMEOUT(!model.lines().value(0).endsWith(QStringLiteral("main path")) &&
                                 model.lines().size() == 5,
                             20'000);
    const QStringList expected{
        QStringLiteral("main path one owed. three nine · 7"),
        QStringLiteral("  ⑂ pos 2 ␣owed.↵ replaced by"),
        QStringLiteral("    ␣was.↵ three five · 5 · .1800"),
        QStringLiteral("    ␣had.↵ three six · 6 · .0500"),
        QStringLiteral("  ⑂ pos 4 ␣nine → ␣two · 2 · .5000"),
    };
    QTRY_COMPARE_WITH_TIMEOUT(model.lines(), expected, 20'000);
    QVERIFY(model.indexOfPath(deep).isValid());
    QCOMPARE(model.parentPath(deep), root);
    model.setShow(BranchTreeModel::Show::Right);
    QCOMPARE(model.lines().size(), 2); // the right one stands alone at its place
}

void TestItemModels::branchesToTrashAndBack() {
    const TrajectoryId root = m_project->ids[1];
    const TrajectoryId child =
        addBranch(root, 8, " one was.\n three five", Verdict::Right, "5", 0.2F);
    QVERIFY(child);
    BranchTreeModel model(*m_session);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QVERIFY(openTrajectory(root));
    QTRY_VERIFY_WITH_TIMEOUT(model.hasBranches(), 20'000);
    makeMainPath(*m_session, root, child);
    QTRY_VERIFY_WITH_TIMEOUT(model.branchOf(child) && model.branchOf(child)->mainPath, 20'000);
    trashBranches(*m_session, model.subtree(child));
    QTRY_VERIFY_WITH_TIMEOUT(!model.hasBranches(), 20'000);
    m_session->undoStack().undo();
    QTRY_VERIFY_WITH_TIMEOUT(model.hasBranches(), 20'000);
    m_session->undoStack().undo();
    QTRY_VERIFY_WITH_TIMEOUT(!model.branchOf(child)->mainPath, 20'000);
}

void TestItemModels::jobs() {
    JobModel model(*m_session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    store::JobRecord running;
    running.id = JobId{4};
    running.kind = "score";
    running.name = "score all";
    running.state = store::JobState::Running;
    running.progressDone = 1200;
    running.progressTotal = 2400;
    store::JobRecord done = running;
    done.id = JobId{3};
    done.state = store::JobState::Done;
    model.setJobs({done, running});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, JobModel::Name).data(JobModel::IdRole).toLongLong(), 4);
    QCOMPARE(model.index(0, JobModel::Progress).data().toString(),
             QStringLiteral("1\u202F200/2\u202F400"));
    QCOMPARE(model.rowCount(model.index(0, 0)), 1);
    store::JobRecord newer = running;
    newer.id = JobId{5};
    const QPersistentModelIndex first(model.index(0, 0));
    model.setJobs({done, running, newer});
    QCOMPARE(first.row(), 1); // inserted on top: what was unfolded stays unfolded
    // The queue stands below what runs, in its own order; moving keeps what views hold.
    store::JobRecord early = running, late = running;
    early.id = JobId{7};
    early.state = late.state = store::JobState::Queued;
    early.position = 1;
    late.id = JobId{6};
    late.position = 2;
    model.setJobs({done, running, early, late});
    const auto order = [&] {
        QList<qint64> ids;
        for (int row = 0; row < model.rowCount(); ++row)
            ids << model.index(row, 0).data(JobModel::IdRole).toLongLong();
        return ids;
    };
    QCOMPARE(order(), QList<qint64>({4, 7, 6, 3}));
    QVERIFY(model.index(2, JobModel::State).data().toString().endsWith(QStringLiteral(" · 2")));
    const QPersistentModelIndex held(model.indexOf(late.id));
    std::swap(early.position, late.position);
    model.setJobs({done, running, early, late});
    QCOMPARE(order(), QList<qint64>({4, 6, 7, 3}));
    QCOMPARE(held.row(), 1);
    QCOMPARE(model.placeInQueue(early.id), 2);
    model.setJobs({done});
    QCOMPARE(order(), QList<qint64>({3}));
    QVERIFY(!held.isValid());
    const JobCounts counts = countJobs({done, running, newer});
    QCOMPARE(counts.running, 2);
    QCOMPARE(counts.percent, 50);
}

void TestItemModels::jobHelpers() {
    store::JobRecord job;
    job.kind = "score";
    job.spec = Json{{"positive", "it's"}};
    job.state = store::JobState::Running;
    job.startedMs = 1'000;
    job.progressDone = 25;
    job.progressTotal = 100;
    QCOMPARE(secondsLeft(job, 11'000), 30.0);
    job.progressDone = 0;
    QCOMPARE(secondsLeft(job, 11'000), -1.0);
    QVERIFY(isResumable(store::JobState::Interrupted));
    QVERIFY(!isResumable(store::JobState::Running));
    QCOMPARE(jobCommandLine(job, QStringLiteral("/a b.crux")),
             QStringLiteral(
                 "echo '{\"positive\":\"it'\\''s\"}' > job.json && crux-cli score '/a b.crux' "
                 "--spec job.json"));
}

void TestItemModels::problems() {
    ProblemModel model(*m_session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    bool fixed = false;
    Notice warning;
    warning.severity = Notice::Severity::Warning;
    warning.title = QStringLiteral("7 lines rejected");
    warning.actionText = QStringLiteral("Show lines");
    warning.action = [&] { fixed = true; };
    m_session->post(warning);
    m_session->post(noticeFromError({ErrorCode::DiskFull, "No space is left.", "x.crux", ""},
                                    QStringLiteral("Not saved.")));
    QCOMPARE(model.count(ProblemModel::Show::All), 2);
    QCOMPARE(model.count(ProblemModel::Show::Errors), 1);
    QCOMPARE(model.unseen(), 2);
    model.setShow(ProblemModel::Show::Warnings);
    QCOMPARE(model.rowCount(), 1);
    model.runFix(0);
    QVERIFY(fixed);
    model.setShow(ProblemModel::Show::All);
    QVERIFY(model.details(0).contains(QStringLiteral("disk_full")));

    auto opened = store::Project::open(m_project->file.toStdString(), store::OpenMode::ReadWrite);
    store::JobEventRecord event;
    event.level = "error";
    event.message = "Scoring refused";
    QVERIFY(store::addEvent(**opened, event).ok());
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QTRY_COMPARE_WITH_TIMEOUT(model.count(ProblemModel::Show::All), 3, 20'000);
}

void TestItemModels::notes() {
    NotesModel model(*m_session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(test::openAndWait(*m_session, m_project->file));
    QVERIFY(openTrajectory(m_project->ids[1]));
    const int position = m_session->current()->record.promptTokens + 1;
    saveNoteAt(*m_session, position, QStringLiteral("the slip"));
    toggleMark(*m_session, position);
    toggleLabel(*m_session, position, QStringLiteral("agree"));
    QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 3, 20'000);
    QCOMPARE(model.index(0, NotesModel::Position).data().toString(), QStringLiteral("2"));
    QSet<QString> kinds;
    for (int row = 0; row < 3; ++row)
        kinds << model.index(row, NotesModel::Kind).data().toString();
    QCOMPARE(kinds, (QSet<QString>{QStringLiteral("Note"), QStringLiteral("Bookmark"),
                                   QStringLiteral("Label")}));
}

QTEST_GUILESS_MAIN(TestItemModels)
#include "tst_item_models.moc"
