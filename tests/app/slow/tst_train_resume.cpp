// A train job killed with SIGKILL at random moments, over and over, ends with the adapter that an
// undisturbed run gives, bit for bit, and the project stays sound.
#include "app/program.h"
#include "core/store/repositories.h"

#include <QElapsedTimer>

#include <csignal>
#include <fstream>
#include <random>

using namespace crux;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

namespace {

/// Pairs of a right and a wrong answer to one question of the demo.
void writePairs(const std::string& file, std::size_t most) {
    std::ifstream in((demoDir() + QStringLiteral("/trajectories.jsonl")).toStdString());
    std::ofstream out(file);
    std::map<int, std::string> right;
    std::string line;
    std::size_t written = 0;
    while (written < most && std::getline(in, line)) {
        const Json row = *parseJson(line);
        const int question = row.at("question_id").get<int>();
        if (row.at("correct").get<bool>()) {
            right[question] = row.at("response").get<std::string>();
        } else if (right.count(question) != 0) {
            out << dumpJson({{"prompt", row.at("prompt")},
                             {"chosen", right[question]},
                             {"rejected", row.at("response")}})
                << "\n";
            ++written;
        }
    }
}

} // namespace

class TestTrainResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fiftyKillsChangeNoBit();

private:
    QByteArray adapterOf(const QString& folder) {
        QFile file(folder + QStringLiteral("/adapter/adapter_model.safetensors"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

void TestTrainResume::fiftyKillsChangeNoBit() {
    QTemporaryDir folder;
    const auto path = [&](const char* name) { return folder.filePath(QString::fromLatin1(name)); };
    const QString project = path("work.crux"), pairs = path("pairs.jsonl");
    writePairs(pairs.toStdString(), 48);
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
                       QStringLiteral("--max-steps"),    QStringLiteral("160"),
                       QStringLiteral("--save-steps"),   QStringLiteral("1"),
                       QStringLiteral("--output"),       output,
                       QStringLiteral("--enqueue")})
            .lines();
    };
    const QStringList worker{QStringLiteral("worker"), QStringLiteral("run"), project,
                             QStringLiteral("--threads"), QStringLiteral("1")};
    QVERIFY(!enqueue(path("straight")).empty());
    const auto straight = runCli(worker, {}, 300'000);
    QVERIFY2(straight.status == 0, straight.err.constData());

    const auto queued = enqueue(path("killed"));
    QVERIFY(!queued.empty());
    const QString id = QString::number(queued.back().at("job").get<int>());
    std::mt19937 engine(5);
    int kills = 0;
    for (bool done = false; !done;) {
        QProcess process;
        process.start(crux::test::program("crux-cli"), worker);
        QVERIFY(process.waitForStarted());
        // Anywhere: while it starts, in a step, in the middle of a checkpoint.
        done =
            process.waitForFinished(kills < 50 ? static_cast<int>(250 + engine() % 500) : 300'000);
        if (!done) {
            ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
            QVERIFY(process.waitForFinished());
            ++kills;
            const auto resumed =
                runCli({QStringLiteral("jobs"), project, QStringLiteral("resume"), id});
            // Killed before it claimed the job: it is still queued.
            QVERIFY2(resumed.status == 0 || resumed.err.contains("queued"),
                     resumed.err.constData());
        }
    }
    qInfo("%d kills", kills);
    QVERIFY(kills >= 10);
    QVERIFY(!adapterOf(path("straight")).isEmpty());
    QCOMPARE(adapterOf(path("killed")), adapterOf(path("straight")));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), project}).status, 0);
}

QTEST_GUILESS_MAIN(TestTrainResume)
#include "tst_train_resume.moc"
