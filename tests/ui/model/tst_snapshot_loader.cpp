// From rows to what is drawn: bytes, steps, candidates, forks.
#include "project_fixture.h"
#include "ui/model/live_branch.h"
#include "ui/model/snapshot_loader.h"

#include <cmath>

using namespace crux;
using namespace crux::ui;

class TestSnapshotLoader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readableBytes_data();
    void readableBytes();
    void cellsKeepPartsOfCharacters();
    void untokenisedTextShowsWords();
    void stepsAreLines();
    void oneLineSplitsIntoSentences();
    void candidates();
    void forksOfABranch();
    void loadedFromTheStore();
    void liveBranchGrows();
};

void TestSnapshotLoader::readableBytes_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("partial");
    QTest::addRow("ascii") << QByteArray(" owed") << QStringLiteral(" owed") << false;
    QTest::addRow("character") << QByteArray("\xE2\x82\xAC") << QStringLiteral("€") << false;
    QTest::addRow("first byte") << QByteArray("\xE2") << QStringLiteral("<0xE2>") << true;
    QTest::addRow("end and text") << QByteArray("\x82\xAC 5") << QStringLiteral("<0x82><0xAC> 5")
                                  << true;
    QTest::addRow("overlong") << QByteArray("\xC0\xAF") << QStringLiteral("<0xC0><0xAF>") << true;
    QTest::addRow("surrogate") << QByteArray("\xED\xA0\x80") << QStringLiteral("<0xED><0xA0><0x80>")
                               << true;
}

void TestSnapshotLoader::readableBytes() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QFETCH(bool, partial);
    bool flag = false;
    QCOMPARE(ui::readableBytes({bytes.constData(), static_cast<std::size_t>(bytes.size())}, &flag),
             text);
    QCOMPARE(flag, partial);
}

void TestSnapshotLoader::cellsKeepPartsOfCharacters() {
    store::TrajectoryRecord record;
    record.prompt = "a";
    record.response = "\xE2\x82\xAC";
    record.ids = {1, 5, 6, 7};
    record.offsets = {0, 0, 0, 1, 1, 2, 2, 4};
    record.promptTokens = 2;
    store::VocabularyRecord vocabulary;
    vocabulary.pieces = {"", "<s>", "", "", "", "a", "", ""};
    vocabulary.special = {false, true, false, false, false, false, false, false};
    const auto cells = tokenCells(record, &vocabulary);
    QCOMPARE(cells.size(), std::size_t{4});
    QVERIFY(cells[0].special);
    QCOMPARE(cells[0].text, QStringLiteral("<s>"));
    QCOMPARE(cells[2].text, QStringLiteral("<0xE2>"));
    QVERIFY(cells[2].partialBytes);
    QCOMPARE(cells[3].text, QStringLiteral("<0x82><0xAC>"));
}

void TestSnapshotLoader::untokenisedTextShowsWords() {
    store::TrajectoryRecord record;
    record.prompt = "Q: x?";
    record.response = " is 7\nend";
    const auto cells = tokenCells(record, nullptr);
    QStringList texts;
    for (const auto& cell : cells) {
        QCOMPARE(cell.id, -1);
        texts << cell.text;
    }
    QCOMPARE(texts, (QStringList{QStringLiteral("Q:"), QStringLiteral(" x?"), QStringLiteral(" is"),
                                 QStringLiteral(" 7\n"), QStringLiteral("end")}));
}

void TestSnapshotLoader::stepsAreLines() {
    auto record = test::makeTrajectory({}, {}, " one two.\n three four", Verdict::Right);
    auto cells = tokenCells(record, nullptr);
    const auto steps = splitSteps(cells, record.promptTokens);
    QCOMPARE(steps.size(), std::size_t{3});
    QCOMPARE(steps[0].last, record.promptTokens - 1);
    QCOMPARE(cells[static_cast<std::size_t>(steps[2].first)].text, QStringLiteral(" three"));
    QCOMPARE(cells.back().step, 2);
}

void TestSnapshotLoader::oneLineSplitsIntoSentences() {
    auto record =
        test::makeTrajectory({}, {}, " pays $3.50 now. Then 2 more! done", Verdict::Right);
    auto cells = tokenCells(record, nullptr);
    const auto steps = splitSteps(cells, record.promptTokens);
    QCOMPARE(steps.size(), std::size_t{4}); // prompt and three sentences; 3.50 does not end one
}

void TestSnapshotLoader::candidates() {
    TrajectorySnapshot snapshot;
    snapshot.record.promptTokens = 1;
    snapshot.scores.s = {0.001F, 0.4F, NAN, 0.02F, 0.03F};
    snapshot.tokens.resize(5);
    snapshot.record.verdict = Verdict::Wrong;
    QCOMPARE(candidatePositions(snapshot, 0.05),
             (std::vector<std::int32_t>{3, 4})); // not the prompt's
    QCOMPARE(candidatePositions(snapshot, 0.0),
             (std::vector<std::int32_t>{3})); // the lowest at least
    snapshot.record.verdict = Verdict::Right;
    QVERIFY(candidatePositions(snapshot, 0.05).empty());
}

void TestSnapshotLoader::forksOfABranch() {
    TrajectorySnapshot snapshot;
    snapshot.record.id = TrajectoryId{3};
    snapshot.record.rootId = TrajectoryId{1};
    const auto branch = [&](std::int64_t id, std::int64_t parent, std::int64_t child, int at,
                            int forced) {
        store::BranchRecord row;
        row.id = BranchId{id};
        row.parentId = TrajectoryId{parent};
        row.childId = TrajectoryId{child};
        row.forkPosition = at;
        row.forcedIds.assign(static_cast<std::size_t>(forced), 1);
        snapshot.branches.push_back(row);
    };
    branch(1, 1, 2, 4, 1);  // leaves the root on our path
    branch(2, 1, 3, 9, 2);  // this path
    branch(3, 1, 4, 12, 1); // leaves the root after us: not on our path
    branch(4, 3, 5, 15, 1); // leaves us
    fillForks(snapshot);
    QCOMPARE(snapshot.forkPosition, 9);
    QCOMPARE(snapshot.forcedPositions, (std::vector<std::int32_t>{9, 10}));
    QCOMPARE(snapshot.forks, (std::vector<std::pair<std::int32_t, int>>{{4, 1}, {15, 1}}));
}

void TestSnapshotLoader::loadedFromTheStore() {
    test::FilledProject filled;
    QVERIFY(filled.fill());
    auto project = store::Project::open(filled.file.toStdString(), store::OpenMode::ReadOnly);
    QVERIFY(project.ok());
    const auto wrong = loadSnapshot(**project, filled.ids[1], filled.scoreSet);
    QVERIFY2(wrong.ok(), wrong.ok() ? "" : wrong.error().message.c_str());
    QCOMPARE((*wrong)->datasetName, QStringLiteral("words"));
    QCOMPARE((*wrong)->scores.s.size(), (*wrong)->tokens.size());
    QVERIFY(!(*wrong)->candidates.empty());
    const auto none = loadSnapshot(**project, filled.ids[1], ScoreSetId{});
    QVERIFY(none.ok() && (*none)->scores.s.empty());
    QVERIFY(!loadSnapshot(**project, TrajectoryId{9999}, filled.scoreSet).ok());
}

void TestSnapshotLoader::liveBranchGrows() {
    auto parent = std::make_shared<TrajectorySnapshot>();
    parent->record = test::makeTrajectory({}, {}, " one two three", Verdict::Wrong);
    parent->tokens = tokenCells(parent->record, nullptr);
    parent->scores.s.assign(parent->tokens.size(), 0.5F);
    const int position = parent->record.promptTokens + 1;
    LiveBranch live(parent, position);
    live.setForced({77}, {QStringLiteral(" was")});
    live.append({77, 5},
                {QStringLiteral(" was"), QStringLiteral(" paid")}); // forced ones come first
    live.append({6}, {QStringLiteral(" more")});
    QCOMPARE(live.written(), 2);
    const auto snapshot = live.snapshot();
    QCOMPARE(static_cast<int>(snapshot->tokens.size()), position + 3);
    QCOMPARE(snapshot->tokens.back().text, QStringLiteral(" more"));
    QCOMPARE(snapshot->forcedPositions, (std::vector<std::int32_t>{position}));
    QCOMPARE(snapshot->scores.s.size(), snapshot->tokens.size());
    QCOMPARE(snapshot->scores.s[0], 0.5F);
    QVERIFY(std::isnan(snapshot->scores.s.back()));
}

QTEST_GUILESS_MAIN(TestSnapshotLoader)
#include "tst_snapshot_loader.moc"
