// The worker's client against a worker that crashes, hangs, floods, speaks half a line or twice.
#include "support/test_paths.h"
#include "ui/model/worker_client.h"

#include <QSignalSpy>

using namespace crux;
using crux::ui::WorkerClient;

class TestWorkerClient : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneReplyWithProgress();
    void callsWaitForHello();
    void crashAnswersAndRestarts();
    void hungWorkerIsEnded();
    void silentStartIsEnded();
    void otherVersionIsRefused();
    void halfALine();
    void secondReplyIsIgnored();
    void garbageIsLogged();
    void floodKeepsLastLines();
    void missingProgram();
    void replyNeedsItsContext();
    void stopEndsTheProcess();

private:
    static void prepare(WorkerClient& client, const char* behaviour) {
        qputenv("CRUX_FAKE_WORKER", behaviour);
        client.setProgram(test::binaryDir() + QStringLiteral("/tests/crux_fake_worker"));
        WorkerClient::Timing timing;
        timing.pingMs = 30;
        timing.hungMs = 300;
        timing.helloMs = 10'000;
        timing.restartMs = 20;
        timing.terminateMs = 200;
        timing.killMs = 200;
        client.setTiming(timing);
    }
    struct Asked {
        int replies = 0, progress = 0;
        std::optional<Result<Json>> last;
    };
    static void ask(WorkerClient& client, QObject* context, Asked& asked) {
        client.call(
            QStringLiteral("work"), Json::object(), context,
            [&asked](Result<Json> reply) {
                ++asked.replies;
                asked.last.emplace(std::move(reply));
            },
            [&asked](const Json&) { ++asked.progress; });
    }
};

void TestWorkerClient::oneReplyWithProgress() {
    WorkerClient client;
    prepare(client, "well");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(asked.last->ok());
    QCOMPARE((*asked.last)->value("answer", 0), 42);
    QCOMPARE(asked.progress, 1);
    QCOMPARE(client.state(), WorkerClient::State::Ready);
    QCOMPARE(client.deviceLine(), QStringLiteral("cpu · float32 · 2 thread(s)"));
    QCOMPARE(client.memoryBytes(), 1024);
}

void TestWorkerClient::callsWaitForHello() {
    WorkerClient client;
    prepare(client, "well");
    Asked first, second;
    ask(client, this, first);
    ask(client, this, second);
    QCOMPARE(client.state(), WorkerClient::State::Starting);
    QTRY_COMPARE_WITH_TIMEOUT(second.replies, 1, 20'000);
    QCOMPARE(first.replies, 1);
}

void TestWorkerClient::crashAnswersAndRestarts() {
    WorkerClient client;
    prepare(client, "crash");
    QSignalSpy crashed(&client, &WorkerClient::crashed);
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(!asked.last->ok());
    QCOMPARE(asked.last->error().code, ErrorCode::Protocol);
    QCOMPARE(crashed.size(), 1);
    QVERIFY2(client.lastWords().contains(QStringLiteral("about to fall over")),
             qPrintable(client.lastWords().join(QLatin1Char('|'))));
    QTRY_COMPARE_WITH_TIMEOUT(client.state(), WorkerClient::State::Ready, 20'000);
}

void TestWorkerClient::hungWorkerIsEnded() {
    WorkerClient client;
    prepare(client, "hang");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(!asked.last->ok());
    QVERIFY2(asked.last->error().message.find("did not answer") != std::string::npos,
             asked.last->error().message.c_str());
}

void TestWorkerClient::silentStartIsEnded() {
    WorkerClient client;
    prepare(client, "no_hello");
    WorkerClient::Timing timing;
    timing.helloMs = 200;
    timing.restartMs = 60'000;
    client.setTiming(timing);
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(!asked.last->ok());
    QCOMPARE(client.state(), WorkerClient::State::Crashed);
}

void TestWorkerClient::otherVersionIsRefused() {
    WorkerClient client;
    prepare(client, "version");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(client.crashText().contains(QStringLiteral("another version")));
    QCOMPARE(client.state(), WorkerClient::State::Crashed);
}

void TestWorkerClient::halfALine() {
    WorkerClient client;
    prepare(client, "half_line");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(!asked.last->ok());
    QVERIFY(client.crashText().isEmpty() ||
            client.crashText().contains(QStringLiteral("exit code 7")));
}

void TestWorkerClient::secondReplyIsIgnored() {
    WorkerClient client;
    prepare(client, "twice");
    Asked first, second;
    ask(client, this, first);
    QTRY_COMPARE_WITH_TIMEOUT(first.replies, 1, 20'000);
    ask(client, this, second);
    QTRY_COMPARE_WITH_TIMEOUT(second.replies, 1, 20'000);
    QCOMPARE(first.replies, 1);
    QCOMPARE((*first.last)->value("answer", 0), 42);
}

void TestWorkerClient::garbageIsLogged() {
    WorkerClient client;
    prepare(client, "garbage");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(asked.last->ok());
    QVERIFY(client.lastWords().filter(QStringLiteral("this is no JSON")).size() == 1);
}

void TestWorkerClient::floodKeepsLastLines() {
    WorkerClient client;
    prepare(client, "flood");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(client.lastWords().last(), QStringLiteral("line 4999"), 20'000);
    QCOMPARE(client.lastWords().size(), 200);
}

void TestWorkerClient::missingProgram() {
    WorkerClient client;
    prepare(client, "well");
    client.setProgram(QStringLiteral("/nowhere/crux-worker"));
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    QVERIFY(!asked.last->ok());
    QVERIFY(client.crashText().contains(QStringLiteral("crux-worker")));
}

void TestWorkerClient::replyNeedsItsContext() {
    WorkerClient client;
    prepare(client, "well");
    Asked gone, here;
    {
        QObject context;
        ask(client, &context, gone);
    }
    ask(client, this, here);
    QTRY_COMPARE_WITH_TIMEOUT(here.replies, 1, 20'000);
    QCOMPARE(gone.replies, 0);
}

void TestWorkerClient::stopEndsTheProcess() {
    WorkerClient client;
    prepare(client, "well");
    Asked asked;
    ask(client, this, asked);
    QTRY_COMPARE_WITH_TIMEOUT(asked.replies, 1, 20'000);
    client.stop(QStringLiteral("finish"));
    QTRY_COMPARE_WITH_TIMEOUT(client.state(), WorkerClient::State::Off, 20'000);
}

QTEST_GUILESS_MAIN(TestWorkerClient)
#include "tst_worker_client.moc"
