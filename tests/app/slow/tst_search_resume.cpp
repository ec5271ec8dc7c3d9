// A search killed with SIGKILL at random moments and resumed leaves what an uninterrupted one does:
// every rollout once, the same verdicts, a sound file.
#include "app/program.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "support/killed_runs.h"

#include <map>

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

namespace {

/// Rollouts by trajectory, position, variant and index, and verdicts and shares by trajectory.
std::map<std::string, std::string> contentOf(const QString& file) {
    std::map<std::string, std::string> rows;
    const auto project = store::Project::open(file.toStdString(), store::OpenMode::ReadOnly);
    if (!project.ok())
        return rows;
    const auto sets = store::rolloutSets(**project, {});
    const auto ids = store::trajectoryIds(**project, {});
    for (const TrajectoryId id : *ids) {
        std::vector<std::string> variants{""};
        const auto findings = store::findingsOf(**project, id);
        for (const auto& f : *findings) {
            variants.push_back("ban " + std::to_string(f.tokenId));
            rows[cat(id.value, " ", f.method, " ", f.position)] =
                dumpJson({f.at.right, f.at.total, f.confirmation.right, f.confirmation.total,
                          f.with.right, f.with.total, f.without.right, f.without.total, f.detail});
        }
        for (const auto& set : *sets) {
            const auto estimates = store::rolloutEstimates(**project, id, set.id);
            for (const auto& e : *estimates)
                rows[cat(id.value, " share ", e.position)] =
                    dumpJson({e.count.right, e.count.total, e.curtailed});
            for (const std::string& variant : variants) {
                const auto rollouts = store::rolloutsOf(**project, id, set.id, variant);
                for (const auto& r : *rollouts) {
                    std::string& row =
                        rows[cat(id.value, " ", variant, " ", r.position, " ", r.index)];
                    row += dumpJson(Json{r.ids, r.answer, r.finishReason}); // twice: told apart
                }
            }
        }
    }
    return rows;
}

} // namespace

class TestSearchResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedSearchesLoseNothing_data();
    void killedSearchesLoseNothing();

private:
    /// A project with the demo's trajectories and a queued search.
    QString makeProject(const QTemporaryDir& folder, const char* name, const QStringList& options);
};

QString TestSearchResume::makeProject(const QTemporaryDir& folder, const char* name,
                                      const QStringList& options) {
    const QString project = folder.filePath(QString::fromLatin1(name));
    const bool made =
        runCli({QStringLiteral("project"), QStringLiteral("create"), project}).status == 0 &&
        runCli({QStringLiteral("import"), project, QStringLiteral("--kind"), QStringLiteral("auto"),
                demoDir() + QStringLiteral("/trajectories.jsonl")})
                .status == 0 &&
        runCli(QStringList{QStringLiteral("search"), project, QStringLiteral("--enqueue"),
                           QStringLiteral("--model"), demoModel(), QStringLiteral("--preset"),
                           QStringLiteral("demo")} +
               options)
                .status == 0;
    return made ? project : QString();
}

void TestSearchResume::killedSearchesLoseNothing_data() {
    QTest::addColumn<QStringList>("options");
    QTest::addRow("economical") << QStringList{QStringLiteral("--without"),
                                               QStringLiteral("--batch"), QStringLiteral("8"),
                                               QStringLiteral("--limit"), QStringLiteral("30")};
    QTest::addRow("exhaustive") << QStringList{
        QStringLiteral("--mode"),  QStringLiteral("exhaustive"), QStringLiteral("-n"),
        QStringLiteral("12"),      QStringLiteral("--confirm"),  QStringLiteral("0"),
        QStringLiteral("--limit"), QStringLiteral("6"),          QStringLiteral("--method"),
        QStringLiteral("cliff")};
}

void TestSearchResume::killedSearchesLoseNothing() {
    QFETCH(QStringList, options);
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    const QString whole = makeProject(folder, "whole.crux", options);
    QVERIFY(!whole.isEmpty());
    QCOMPARE(runCli(crux::test::workerOf(whole), {}, 600'000).status, 0);
    const auto expected = contentOf(whole);
    QVERIFY(expected.size() > 1000);

    const QString killed = makeProject(folder, "killed.crux", options);
    QVERIFY(!killed.isEmpty());
    int kills = 0;
    crux::test::runKilled(killed, {20260101, 20, 50, 600}, kills);
    QVERIFY(!QTest::currentTestFailed());
    QVERIFY(kills >= 10);
    const auto got = contentOf(killed);
    QCOMPARE(got.size(), expected.size());
    for (const auto& [key, value] : expected)
        QVERIFY2(got.count(key) && got.at(key) == value, key.c_str());
}

QTEST_GUILESS_MAIN(TestSearchResume)
#include "tst_search_resume.moc"
