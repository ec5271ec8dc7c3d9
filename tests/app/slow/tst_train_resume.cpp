// A train job killed with SIGKILL at random moments, over and over, ends with the adapter that an
// undisturbed run gives, bit for bit, and the project stays sound.
#include "app/program.h"
#include "support/demo_pairs.h"
#include "support/killed_runs.h"

#include <QFile>

using namespace crux;
using crux::test::demoModel;
using crux::test::runCli;

class TestTrainResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fiftyKillsChangeNoBit();

private:
    static constexpr int kKills = 50;

    QByteArray adapterOf(const QString& folder) {
        QFile file(folder + QStringLiteral("/adapter/adapter_model.safetensors"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

void TestTrainResume::fiftyKillsChangeNoBit() {
    QTemporaryDir folder;
    const auto path = [&](const char* name) { return folder.filePath(QString::fromLatin1(name)); };
    const QString project = path("work.crux"), pairs = path("pairs.jsonl");
    test::writePairs(pairs.toStdString(), 48);
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), project}).status, 0);
    const auto enqueue = [&](const QString& output) {
        return runCli({QStringLiteral("train"),          project,
                       QStringLiteral("--method"),       QStringLiteral("dpo"),
                       QStringLiteral("--preset"),       QStringLiteral("small_cpu"),
                       QStringLiteral("--data"),         pairs,
                       QStringLiteral("--model"),        demoModel(),
                       QStringLiteral("--end"),          QStringLiteral("\n"),
                       QStringLiteral("--batch"),        QStringLiteral("2"),
                       QStringLiteral("--accumulation"), QStringLiteral("1"),
                       QStringLiteral("--dropout"),      QStringLiteral("0.1"),
                       QStringLiteral("--max-steps"),    QStringLiteral("60"),
                       QStringLiteral("--save-steps"),   QStringLiteral("1"),
                       QStringLiteral("--output"),       output,
                       QStringLiteral("--enqueue")})
            .lines();
    };
    QVERIFY(!enqueue(path("straight")).empty());
    const auto straight = runCli(crux::test::workerOf(project), {}, 300'000);
    QVERIFY2(straight.status == 0, straight.err.constData());

    QVERIFY(!adapterOf(path("straight")).isEmpty());
    // A run that ends before it was killed so often is followed by another from the start.
    int kills = 0;
    for (int run = 0; kills < kKills; ++run) {
        QVERIFY2(run < kKills, "the runs end before they can be killed");
        const QString output = folder.filePath(QStringLiteral("killed-%1").arg(run));
        QVERIFY(!enqueue(output).empty());
        int here = 0;
        crux::test::runKilled(project, {5U + static_cast<quint32>(run), kKills - kills, 200, 450},
                              here);
        QVERIFY(!QTest::currentTestFailed());
        kills += here;
        QCOMPARE(adapterOf(output), adapterOf(path("straight")));
    }
}

QTEST_GUILESS_MAIN(TestTrainResume)
#include "tst_train_resume.moc"
