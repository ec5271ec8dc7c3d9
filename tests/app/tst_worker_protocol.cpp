// crux-worker from the window's side: one final reply a request whatever is sent, interactive calls
// on a scored project, cancel, and how it ends.
#include "app/program.h"
#include "support/worker_peer.h"

#include <QFile>
#include <QSet>

using namespace crux;
using crux::test::demoAdapter;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::runCli;

namespace {

class Peer : public crux::test::WorkerPeer {
public:
    Peer()
        : WorkerPeer(crux::test::program("crux-worker")) {}
};

int errorCode(const Json& reply) {
    return reply.contains("error") ? reply.at("error").at("code").get<int>() : 0;
}

} // namespace

class TestWorkerProtocol : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void helloComesFirst();
    void otherProtocolIsRefused();
    void hostileLinesGetErrors_data();
    void hostileLinesGetErrors();
    void halfALineAtTheEnd();
    void floodIsAnsweredOnceEach();
    void callsWithoutAProject();
    void alternativesFromStoredAndComputed();
    void typedTextIsTokenisedInContext();
    void continueRefusesWhatCannotBe();
    void continueStreamsGradesAndScores();
    void cancelledContinueKeepsWhatItHas();
    void wrongParamsNameTheField();
    void jobRunsWhileRequestsAreServed();
    void userJobsRunAheadOfTheQueue();
    void readOnlyProjectsRunNoJob();
    void estimatesASearch();
    void endOfInputEndsTheWorker();
    void shutdownIsAnswered();

private:
    /// A copy of the scored project, so that tests do not see each other's branches.
    QString freshProject();
    void greet(Peer& peer, const QString& project);

    QTemporaryDir m_folder;
    QString m_scored;
    int m_copies = 0;
    int m_wrong = 0, m_slip = 0, m_set = 0, m_model = 0; ///< a wrong trajectory, its slip, ids
};

void TestWorkerProtocol::initTestCase() {
    QVERIFY(m_folder.isValid());
    QFile all(demoDir() + QStringLiteral("/trajectories.jsonl"));
    QVERIFY(all.open(QIODevice::ReadOnly));
    QFile some(m_folder.filePath(QStringLiteral("some.jsonl")));
    QVERIFY(some.open(QIODevice::WriteOnly));
    for (int i = 0; i < 16; ++i) {
        const QByteArray line = all.readLine();
        some.write(line);
        const auto row = parseJson({line.constData(), static_cast<std::size_t>(line.size())});
        if (m_wrong == 0 && !row->at("correct").get<bool>()) {
            m_wrong = i + 1; // rows are added in order, ids count from 1
            m_slip = row->at("slip").get<int>();
        }
    }
    some.close();
    m_scored = m_folder.filePath(QStringLiteral("scored.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_scored}).status, 0);
    QCOMPARE(runCli({QStringLiteral("import"), m_scored, QStringLiteral("--kind"),
                     QStringLiteral("auto"), some.fileName()})
                 .status,
             0);
    const auto ran =
        runCli({QStringLiteral("score"), m_scored, QStringLiteral("--model"), demoModel(),
                QStringLiteral("--positive"), demoAdapter("positive"), QStringLiteral("--negative"),
                demoAdapter("negative"), QStringLiteral("--policy"), QStringLiteral("base")});
    QVERIFY2(ran.status == 0, ran.err.constData());
    m_set = 1;
    m_model = 1;
}

QString TestWorkerProtocol::freshProject() {
    const QString copy = m_folder.filePath(QStringLiteral("copy%1.crux").arg(++m_copies));
    runCli({QStringLiteral("project"), QStringLiteral("backup"), m_scored, copy});
    return copy;
}

void TestWorkerProtocol::greet(Peer& peer, const QString& project) {
    const Json hello = peer.call(1, "hello", {{"protocol", 1}});
    QVERIFY2(hello.contains("result"), hello.dump().c_str());
    for (const char* key :
         {"protocol", "version", "pid", "device", "dtype", "threads", "memory_bytes"})
        QVERIFY(hello.at("result").contains(key));
    const Json opened = peer.call(2, "open_project", {{"path", project.toStdString()}});
    QVERIFY2(opened.contains("result"), opened.dump().c_str());
}

void TestWorkerProtocol::helloComesFirst() {
    Peer peer;
    QVERIFY(peer.call(1, "run_jobs", Json::object()).contains("error"));
    QVERIFY(peer.call(2, "ping", Json::object()).contains("error"));
    QVERIFY(peer.call(3, "hello", {{"protocol", 1}}).contains("result"));
    QVERIFY(peer.call(4, "ping", Json::object()).contains("result"));
    QVERIFY(peer.call(5, "run_jobs", Json::object()).contains("result"));
}

void TestWorkerProtocol::otherProtocolIsRefused() {
    Peer peer;
    const Json reply = peer.call(1, "hello", {{"protocol", 99}});
    QCOMPARE(errorCode(reply), -32602);
    QVERIFY(reply.at("error").at("message").get<std::string>().find("99") != std::string::npos);
}

void TestWorkerProtocol::hostileLinesGetErrors_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("code");
    QTest::addRow("not json") << QByteArray("hello there") << -32700;
    QTest::addRow("half an object") << QByteArray("{\"id\":1,\"method\":") << -32700;
    QTest::addRow("a list") << QByteArray("[{\"id\":1,\"method\":\"ping\"}]") << -32600;
    QTest::addRow("a number") << QByteArray("7") << -32600;
    QTest::addRow("no method") << QByteArray("{\"params\":{}}") << -32600;
    QTest::addRow("method as number") << QByteArray("{\"method\":4}") << -32600;
    QTest::addRow("id as object") << QByteArray("{\"id\":{},\"method\":\"ping\"}") << -32600;
    QTest::addRow("nested") << QByteArray(100'000, '[') << -32700;
    QTest::addRow("invalid UTF-8") << QByteArray("{\"id\":1,\"method\":\"\xff\"}") << -32700;
    QTest::addRow("NUL") << QByteArray("{\"id\":1,\0\"method\":\"ping\"}", 26) << -32700;
    QTest::addRow("oversized") << QByteArray(40 << 20, 'x') << -32700;
}

void TestWorkerProtocol::hostileLinesGetErrors() {
    QFETCH(QByteArray, line);
    QFETCH(int, code);
    Peer peer;
    peer.raw(line + "\n");
    QCOMPARE(errorCode(peer.anonymous()), code);
    QVERIFY(peer.call(5, "hello", {{"protocol", 1}}).contains("result")); // still alive
    QCOMPARE(peer.garbage(), 0);
}

void TestWorkerProtocol::halfALineAtTheEnd() {
    Peer peer;
    peer.raw("{\"id\":9,\"method\":\"pi");
    peer.process().closeWriteChannel();
    QCOMPARE(errorCode(peer.anonymous()), -32700);
    QVERIFY(peer.process().waitForFinished(60'000));
    QCOMPARE(peer.process().exitCode(), 0);
}

void TestWorkerProtocol::floodIsAnsweredOnceEach() {
    Peer peer;
    constexpr int kCount = 2000;
    QByteArray flood;
    for (int i = 1; i <= kCount; ++i)
        flood += "{\"id\":" + QByteArray::number(i) + ",\"method\":\"" +
                 (i % 3 == 0 ? "nonsense" : "ping") + "\"}\n";
    peer.raw(flood);
    for (int i = 1; i <= kCount; ++i)
        QVERIFY2(!peer.reply(i).is_null(), qPrintable(QString::number(i)));
    QCOMPARE(peer.twice(), 0);
}

void TestWorkerProtocol::callsWithoutAProject() {
    Peer peer;
    QVERIFY(peer.call(1, "hello", {{"protocol", 1}}).contains("result"));
    QCOMPARE(errorCode(peer.call(2, "alternatives", {{"trajectory_id", 1}, {"position", 3}})),
             -32000);
    QCOMPARE(errorCode(peer.call(3, "dance", Json::object())), -32601);
    QCOMPARE(errorCode(peer.call(4, "open_project", {{"path", "/nowhere.crux"}})), -32000);
}

void TestWorkerProtocol::alternativesFromStoredAndComputed() {
    Peer peer;
    greet(peer, freshProject());
    const Json asked{{"trajectory_id", m_wrong}, {"position", m_slip}, {"top_k", 10}};
    const Json stored = peer.call(3, "alternatives", asked);
    QVERIFY2(stored.contains("result"), stored.dump().c_str());
    const Json computed = peer.call(4, "next_tokens", asked);
    QVERIFY2(computed.contains("result"), computed.dump().c_str());
    QCOMPARE(stored.at("result").at("original_id"), computed.at("result").at("original_id"));
    QVERIFY(stored.at("result").at("rows").size() >= 10);
    for (std::size_t i = 0; i < 10; ++i) {
        const Json& a = stored.at("result").at("rows")[i];
        const Json& b = computed.at("result").at("rows")[i];
        QCOMPARE(a.at("id").get<int>(), b.at("id").get<int>());
        for (const char* key : {"p", "p_positive", "p_negative", "s"})
            QVERIFY(std::abs(a.at(key).get<double>() - b.at(key).get<double>()) < 1e-2);
    }
    bool original = false;
    for (const Json& row : stored.at("result").at("rows"))
        original = original || row.at("id") == stored.at("result").at("original_id");
    QVERIFY(original);
    const Json wide = peer.call(5, "alternatives",
                                {{"trajectory_id", m_wrong}, {"position", m_slip}, {"top_k", 200}});
    QVERIFY(wide.at("result").at("rows").size() >= 200); // more than stored: computed
    QVERIFY(peer.call(6, "alternatives", {{"trajectory_id", m_wrong}, {"position", 100000}})
                .contains("error"));
}

void TestWorkerProtocol::typedTextIsTokenisedInContext() {
    Peer peer;
    greet(peer, freshProject());
    const Json spaced =
        peer.call(3, "tokenize", {{"tokenizer_model_id", m_model}, {"text", " was"}});
    const Json bare = peer.call(4, "tokenize", {{"tokenizer_model_id", m_model}, {"text", "was"}});
    QVERIFY(spaced.contains("result") && bare.contains("result"));
    std::string text;
    for (const Json& piece : spaced.at("result").at("pieces"))
        text += piece.get<std::string>();
    QCOMPARE(text, std::string(" was"));
    text.clear();
    for (const Json& piece : bare.at("result").at("pieces"))
        text += piece.get<std::string>();
    QCOMPARE(text, std::string("was"));
}

void TestWorkerProtocol::continueRefusesWhatCannotBe() {
    Peer peer;
    greet(peer, freshProject());
    const Json from{{"trajectory_id", m_wrong}, {"position", m_slip}};
    const auto refused = [&](int id, const Json& more) {
        Json params = from;
        params.update(more);
        return peer.call(id, "continue", params).contains("error");
    };
    QVERIFY(refused(3, {{"force_ids", {45}}, {"force_text", " was"}}));
    QVERIFY(refused(4, {{"ban_ids", {1024}}})); // the vocabulary ends at 1023
    QVERIFY(refused(5, {{"force_ids", {1024}}}));
}

void TestWorkerProtocol::continueStreamsGradesAndScores() {
    Peer peer;
    greet(peer, freshProject());
    const Json reply = peer.call(
        3, "continue",
        {{"trajectory_id", m_wrong},
         {"position", m_slip},
         {"force_text", " finds"},
         {"score_set_id", m_set},
         {"sampling",
          {{"temperature", 0.0}, {"max_new_tokens", 80}, {"samples", 2}, {"stop", {"\n"}}}}});
    QVERIFY2(reply.contains("result"), reply.dump().c_str());
    QCOMPARE(reply.at("result").at("branches").size(), std::size_t{2});
    for (const Json& branch : reply.at("result").at("branches")) {
        QCOMPARE(branch.at("finish_reason").get<std::string>(), std::string("stop"));
        QVERIFY(branch.at("verdict") == "right" || branch.at("verdict") == "wrong");
    }
    // What streamed, joined, is one contiguous text a sample; its last word says it is scored.
    for (int sample = 0; sample < 2; ++sample) {
        int offset = -1;
        bool scored = false, any = false;
        for (const Json& part : peer.progressOf(3)) {
            if (part.at("sample").get<int>() != sample)
                continue;
            QVERIFY(!scored);
            scored = part.value("scored", false);
            if (scored)
                continue;
            QCOMPARE(part.at("ids").size(), part.at("pieces").size());
            for (std::size_t i = 0; i < part.at("ids").size(); ++i) {
                const int begin = part.at("offsets")[2 * i].get<int>();
                QVERIFY(offset < 0 || begin == offset);
                offset = part.at("offsets")[2 * i + 1].get<int>();
                any = true;
            }
        }
        QVERIFY(any && scored);
    }
    const int child = reply.at("result").at("branches")[0].at("trajectory_id").get<int>();
    const Json again = peer.call(5, "reproduce", {{"trajectory_id", child}});
    QVERIFY2(again.contains("result"), again.dump().c_str());
    QVERIFY(again.at("result").at("same").get<bool>());
    QVERIFY(again.at("result").at("drawn").get<int>() > 0);
    QCOMPARE(again.at("result").at("equal"), again.at("result").at("drawn"));
    QVERIFY(peer.call(6, "reproduce", {{"trajectory_id", m_wrong}}).contains("error")); // no branch
    const Json rows = peer.call(4, "alternatives",
                                {{"trajectory_id", child}, {"position", m_slip + 1}, {"top_k", 5}});
    QVERIFY2(rows.contains("result"), rows.dump().c_str());
    QCOMPARE(peer.twice(), 0);
}

void TestWorkerProtocol::cancelledContinueKeepsWhatItHas() {
    Peer peer;
    greet(peer, freshProject());
    // High temperature and no stop: it runs to the end of the context unless stopped.
    peer.send(3, "continue",
              {{"trajectory_id", m_wrong},
               {"position", m_slip},
               {"sampling", {{"temperature", 3.0}, {"max_new_tokens", 400}, {"samples", 64}}}});
    QElapsedTimer timer;
    timer.start();
    while (peer.progressOf(3).isEmpty() && timer.elapsed() < 60'000) {
        peer.process().waitForReadyRead(50);
        peer.take();
    }
    QVERIFY(!peer.progressOf(3).isEmpty());
    const Json cancel = peer.call(4, "cancel", {{"id", 3}});
    QVERIFY(cancel.at("result").at("cancelled").get<bool>());
    const Json reply = peer.reply(3);
    QVERIFY2(reply.contains("result"), reply.dump().c_str());
    bool cancelled = false;
    for (const Json& branch : reply.at("result").at("branches"))
        if (branch.at("finish_reason") == "cancelled") {
            cancelled = true;
            QCOMPARE(branch.at("verdict").get<std::string>(), std::string("ungraded"));
        }
    QVERIFY(cancelled);
    QVERIFY(!peer.call(5, "cancel", {{"id", 3}}).at("result").at("cancelled").get<bool>());
    QCOMPARE(peer.twice(), 0);
}

void TestWorkerProtocol::wrongParamsNameTheField() {
    Peer peer;
    greet(peer, freshProject());
    const auto message = [](const Json& reply) {
        return reply.at("error").at("message").get<std::string>();
    };
    const Json missing = peer.call(3, "continue", {{"position", 3}});
    QCOMPARE(errorCode(missing), -32602);
    QVERIFY(message(missing).find("trajectory_id") != std::string::npos);
    const Json typed = peer.call(4, "continue", {{"trajectory_id", 1}, {"position", "x"}});
    QVERIFY(message(typed).find("position") != std::string::npos);
    const Json sampling =
        peer.call(5, "continue",
                  {{"trajectory_id", 1}, {"position", 3}, {"sampling", {{"temperature", -1}}}});
    QVERIFY(message(sampling).find("temperature") != std::string::npos);
    const Json range =
        peer.call(6, "continue", {{"trajectory_id", 1}, {"position", 3}, {"force_ids", {4000}}});
    QVERIFY(message(range).find("4000") != std::string::npos);
}

void TestWorkerProtocol::jobRunsWhileRequestsAreServed() {
    const QString project = freshProject();
    const auto queued =
        runCli({QStringLiteral("score"), project, QStringLiteral("--enqueue"),
                QStringLiteral("--model"), demoModel(), QStringLiteral("--positive"),
                demoAdapter("positive"), QStringLiteral("--negative"), demoAdapter("negative"),
                QStringLiteral("--beta"), QStringLiteral("2")});
    QCOMPARE(queued.status, 0);
    Peer peer;
    greet(peer, project);
    for (int id = 10; id < 20; ++id)
        QVERIFY(peer.call(id, "alternatives",
                          {{"trajectory_id", m_wrong}, {"position", m_slip}, {"top_k", 5}})
                    .contains("result"));
    QElapsedTimer timer;
    timer.start();
    bool done = false;
    while (!done && timer.elapsed() < 60'000) {
        peer.process().waitForReadyRead(200);
        peer.take();
        const auto jobs = runCli({QStringLiteral("jobs"), project}).lines();
        done = !jobs.empty() && jobs.back().at("state") == "done";
    }
    QVERIFY(done);
    bool told = false;
    for (const Json& note : peer.notes())
        told = told || note.at("method") == "jobs_changed";
    QVERIFY(told);
}

// A long search runs; one that the user waits for ends before it, between its steps.
void TestWorkerProtocol::userJobsRunAheadOfTheQueue() {
    const QString project = freshProject();
    const QStringList common{QStringLiteral("search"),
                             project,
                             QStringLiteral("--enqueue"),
                             QStringLiteral("--preset"),
                             QStringLiteral("demo"),
                             QStringLiteral("--model"),
                             demoModel()};
    QCOMPARE(runCli(common + QStringList{QStringLiteral("--n"), QStringLiteral("512"),
                                         QStringLiteral("--mode"), QStringLiteral("exhaustive")})
                 .status,
             0);
    Peer peer;
    greet(peer, project);
    const auto stateOf = [&](std::size_t job) {
        const auto jobs = runCli({QStringLiteral("jobs"), project}).lines();
        for (const Json& row : jobs)
            if (row.at("job") == job)
                return row.at("state").get<std::string>();
        return std::string();
    };
    const auto waitFor = [&](std::size_t job, const std::string& state) {
        QElapsedTimer timer;
        timer.start();
        while (stateOf(job) != state && timer.elapsed() < 60'000) {
            peer.process().waitForReadyRead(100);
            peer.take();
        }
        return stateOf(job) == state;
    };
    const auto before = runCli({QStringLiteral("jobs"), project}).lines();
    const auto longJob = before.back().at("job").get<std::size_t>();
    QVERIFY(waitFor(longJob, "running"));
    const auto added =
        runCli(common + QStringList{QStringLiteral("--ids"), QString::number(m_wrong),
                                    QStringLiteral("--n"), QStringLiteral("4"),
                                    QStringLiteral("--confirm"), QStringLiteral("0")});
    QCOMPARE(added.status, 0);
    const auto mine = added.lines().back().at("job").get<std::size_t>();
    QVERIFY(peer.call(30, "run_job", {{"job_id", mine}}).contains("result"));
    QVERIFY(waitFor(mine, "done"));
    QCOMPARE(stateOf(longJob), std::string("running"));
    QVERIFY(peer.call(31, "ping", Json::object()).contains("result"));
    QVERIFY(peer.call(32, "job_cancel", {{"job_id", longJob}}).contains("result"));
    QVERIFY2(
        waitFor(longJob, "stopped"),
        (stateOf(longJob) + " " + peer.process().readAllStandardError().toStdString()).c_str());
    QVERIFY(peer.call(33, "run_job", {{"job_id", 4711}}).contains("error"));
}

// Of a newer version's file: stored rows are served, jobs say why not.
void TestWorkerProtocol::readOnlyProjectsRunNoJob() {
    const QString project = freshProject();
    QFile file(project);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(60)); // SQLite's user_version, which is our schema's: from 256 on
    QCOMPARE(file.write(QByteArray::fromHex("00000100")), qint64{4});
    file.close();
    Peer peer;
    greet(peer, project);
    const Json refused = peer.call(3, "run_job", {{"job_id", 1}});
    QVERIFY(refused.contains("error"));
    QVERIFY2(refused.at("error").at("message").get<std::string>().find("newer") !=
                 std::string::npos,
             refused.dump().c_str());
    QVERIFY(peer.call(4, "alternatives",
                      {{"trajectory_id", m_wrong}, {"position", m_slip}, {"top_k", 5}})
                .contains("result"));
}

void TestWorkerProtocol::estimatesASearch() {
    Peer peer;
    greet(peer, freshProject());
    const Json spec{{"model", demoModel().toStdString()},
                    {"stop", {"\n"}},
                    {"temperature", 1.0},
                    {"trajectories", std::to_string(m_wrong)}};
    const Json reply = peer.call(3, "estimate_search", {{"spec", spec}});
    QVERIFY2(reply.contains("result"), reply.dump().c_str());
    QCOMPARE(reply.at("result").at("trajectories").get<int>(), 1);
    QVERIFY(reply.at("result").at("tokens").get<double>() > 0);
    QVERIFY(reply.at("result").at("seconds").get<double>() > 0);
    QVERIFY(peer.call(4, "estimate_search", {{"spec", {{"n", 0}}}}).contains("error"));
    QVERIFY(peer.call(5, "estimate_search", Json::object()).contains("error"));
}

void TestWorkerProtocol::endOfInputEndsTheWorker() {
    Peer peer;
    greet(peer, freshProject());
    peer.process().closeWriteChannel();
    QVERIFY(peer.process().waitForFinished(60'000));
    QCOMPARE(peer.process().exitStatus(), QProcess::NormalExit);
    QCOMPARE(peer.process().exitCode(), 0);
}

void TestWorkerProtocol::shutdownIsAnswered() {
    Peer peer;
    greet(peer, freshProject());
    QVERIFY(peer.call(3, "shutdown", {{"mode", "checkpoint"}}).contains("result"));
    QVERIFY(peer.process().waitForFinished(60'000));
    QCOMPARE(peer.process().exitCode(), 0);
}

QTEST_GUILESS_MAIN(TestWorkerProtocol)
#include "tst_worker_protocol.moc"
