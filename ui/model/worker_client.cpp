#include "ui/model/worker_client.h"

#include "core/spec/protocol.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QHash>
#include <QPointer>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

namespace crux::ui {

namespace {

constexpr int kLogLines = 200;
constexpr int kLongestBackOffMs = 30'000;
constexpr int kCrashesInARow = 6; ///< then only a new call starts it again

QString textOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string()
               ? QString::fromStdString(found->get<std::string>())
               : QString();
}

qint64 integerOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<qint64>() : 0;
}

} // namespace

/// The process and what is asked of it. All on the GUI thread.
struct WorkerClient::Impl {
    struct Pending {
        QPointer<QObject> context;
        Reply reply;
        Progress progress;
        bool internal = false; ///< hello, ping, open_project: not counted as work
    };

    explicit Impl(WorkerClient& owner)
        : client(owner) {}

    WorkerClient& client;
    QString program;
    QString project;
    Timing timing;
    State state = State::Off;

    QProcess* process = nullptr; ///< child of the client while it runs
    QByteArray input, logTail;
    qint64 nextId = 1;
    QHash<qint64, Pending> pending;
    std::vector<QByteArray> waiting; ///< requests made before hello was answered
    QStringList log;
    QString device, model, crash;
    QString wantedDevice; ///< empty: the worker's own choice
    qint64 memory = 0;
    int crashes = 0;
    bool hung = false, badVersion = false;

    QElapsedTimer silence;
    QTimer pingTimer, restartTimer, helloTimer, stopTimer;

    void setState(State next) {
        if (state == next)
            return;
        state = next;
        Q_EMIT client.stateChanged();
    }

    void addLog(const QString& line) {
        log.append(line);
        while (log.size() > kLogLines)
            log.removeFirst();
    }

    void send(const QByteArray& line) {
        if (process && process->state() == QProcess::Running)
            process->write(line);
    }

    qint64 ask(const QString& method, const Json& params, Pending entry, bool atOnce) {
        const qint64 id = nextId++;
        const QByteArray line = QByteArray::fromStdString(
                                    dumpJson(protocol::request(id, method.toStdString(), params))) +
                                '\n';
        pending.insert(id, std::move(entry));
        if (atOnce || state == State::Ready)
            send(line);
        else
            waiting.push_back(line);
        return id;
    }

    void begin();
    void greet();
    void greeted(const Result<Json>& hello);
    void openProject();
    void readLines();
    void readLog();
    void handle(const Json& message);
    void answer(qint64 id, const Result<Json>& result);
    void failPending(const Error& error);
    void ping();
    void ended(int code, bool crashed);
};

void WorkerClient::Impl::begin() {
    restartTimer.stop();
    crash.clear();
    hung = badVersion = false;
    input.clear();
    logTail.clear();
    process = new QProcess(&client);
    QProcess* const mine = process;
    process->setProgram(program);
    if (!wantedDevice.isEmpty())
        process->setArguments({QStringLiteral("--device"), wantedDevice});
    QObject::connect(process, &QProcess::readyReadStandardOutput, &client, [this] { readLines(); });
    QObject::connect(process, &QProcess::readyReadStandardError, &client, [this] { readLog(); });
    QObject::connect(process, &QProcess::finished, &client,
                     [this, mine](int code, QProcess::ExitStatus status) {
                         if (process == mine)
                             ended(code, status == QProcess::CrashExit);
                     });
    QObject::connect(process, &QProcess::errorOccurred, &client,
                     [this, mine](QProcess::ProcessError error) {
                         if (process == mine && error == QProcess::FailedToStart)
                             ended(-1, true);
                     });
    setState(State::Starting);
    silence.start();
    process->start();
    greet();
}

void WorkerClient::Impl::greet() {
    if (!process)
        return; // it could not be started; ended() has told
    helloTimer.start(timing.helloMs);
    Pending hello;
    hello.context = &client;
    hello.internal = true;
    hello.reply = [this](const Result<Json>& reply) { greeted(reply); };
    // Written before the process reports itself started: QProcess keeps the bytes.
    const qint64 id = nextId++;
    pending.insert(id, std::move(hello));
    process->write(QByteArray::fromStdString(dumpJson(
                       protocol::request(id, "hello", Json{{"protocol", protocol::kVersion}}))) +
                   '\n');
}

void WorkerClient::Impl::greeted(const Result<Json>& hello) {
    helloTimer.stop();
    if (!hello)
        return; // the process ended; ended() tells
    const qint64 version = integerOf(*hello, "protocol");
    if (version != protocol::kVersion) {
        badVersion = true;
        addLog(WorkerClient::tr("The worker speaks protocol %1, this window %2.")
                   .arg(version)
                   .arg(protocol::kVersion));
        process->kill();
        return;
    }
    QStringList words{textOf(*hello, "device"), textOf(*hello, "dtype")};
    if (const qint64 threads = integerOf(*hello, "threads"); threads > 0)
        words << WorkerClient::tr("%n thread(s)", nullptr, static_cast<int>(threads));
    words.removeAll(QString());
    device = words.join(QStringLiteral(" · "));
    memory = integerOf(*hello, "memory_bytes");
    setState(State::Ready);
    openProject();
    for (const QByteArray& line : std::exchange(waiting, {}))
        send(line);
    pingTimer.start(timing.pingMs);
}

void WorkerClient::Impl::openProject() {
    if (project.isEmpty())
        return;
    Pending entry;
    entry.context = &client;
    entry.internal = true;
    entry.reply = [this](const Result<Json>& reply) {
        if (!reply)
            addLog(QString::fromStdString(reply.error().message));
    };
    ask(QStringLiteral("open_project"), Json{{"path", project.toStdString()}}, std::move(entry),
        true);
}

void WorkerClient::Impl::readLines() {
    input += process->readAllStandardOutput();
    silence.restart();
    qsizetype begin = 0;
    // A reply may stop the worker: the buffer is ours, only `process` may go.
    for (qsizetype end = input.indexOf('\n', begin); end >= 0; end = input.indexOf('\n', begin)) {
        const QByteArray line = input.mid(begin, end - begin);
        begin = end + 1;
        const auto message =
            parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
        if (message && message->is_object())
            handle(*message);
        else if (!line.trimmed().isEmpty())
            addLog(WorkerClient::tr("Unreadable line from the worker: %1")
                       .arg(QString::fromUtf8(line.left(200))));
        if (!process)
            return;
    }
    input.remove(0, begin);
    if (input.size() > static_cast<qsizetype>(kMaxLineBytes)) {
        addLog(WorkerClient::tr("The worker wrote a line of over %1 MB; it was ended.")
                   .arg(kMaxLineBytes >> 20));
        input.clear();
        process->kill();
    }
}

void WorkerClient::Impl::readLog() {
    logTail += process->readAllStandardError();
    for (qsizetype end = logTail.indexOf('\n'); end >= 0; end = logTail.indexOf('\n')) {
        addLog(QString::fromUtf8(logTail.left(std::min<qsizetype>(end, 2'000))));
        logTail.remove(0, end + 1);
    }
    if (logTail.size() > 64'000) // a flood without line ends
        logTail.clear();
}

void WorkerClient::Impl::handle(const Json& message) {
    const QString method = textOf(message, "method");
    const Json params = message.contains("params") && message["params"].is_object()
                            ? message["params"]
                            : Json::object();
    if (method == QLatin1String("progress")) {
        const auto found = pending.constFind(integerOf(params, "id"));
        if (found != pending.constEnd() && found->progress && found->context) {
            const Progress progress = found->progress; // it may end the call it belongs to
            progress(params);
        }
    } else if (method == QLatin1String("jobs_changed")) {
        Q_EMIT client.jobsChanged();
    } else if (method == QLatin1String("log")) {
        addLog(textOf(params, "text"));
    } else if (method == QLatin1String("model_state")) {
        const QString modelState = textOf(params, "state");
        const bool gone = modelState == QLatin1String("unloaded") ||
                          modelState == QLatin1String("none") ||
                          modelState == QLatin1String("failed");
        model =
            gone ? QString()
                 : (textOf(params, "name") + QLatin1Char(' ') + textOf(params, "dtype")).trimmed();
        Q_EMIT client.modelChanged();
    } else if (method.isEmpty() && message.contains("id")) {
        const qint64 id = integerOf(message, "id");
        if (message.contains("error"))
            answer(id, fail(protocol::errorFromReply(message["error"])));
        else if (message.contains("result"))
            answer(id, Result<Json>(message["result"]));
        else
            answer(id,
                   fail(ErrorCode::Protocol, "The worker's reply has neither result nor error."));
    }
}

void WorkerClient::Impl::answer(qint64 id, const Result<Json>& result) {
    const auto found = pending.find(id);
    if (found == pending.end())
        return; // a second final reply, or one to a question nobody asked
    const Pending entry = *found;
    pending.erase(found);
    if (entry.context && entry.reply)
        entry.reply(result);
}

void WorkerClient::Impl::failPending(const Error& error) {
    waiting.clear();
    auto failed = std::exchange(pending, {});
    for (const Pending& entry : failed)
        if (entry.context && entry.reply)
            entry.reply(fail(error));
}

void WorkerClient::Impl::ping() {
    if (state != State::Ready || !process)
        return;
    if (silence.elapsed() > timing.hungMs) {
        hung = true;
        process->kill();
        return;
    }
    if (silence.elapsed() < timing.pingMs)
        return;
    Pending entry;
    entry.context = &client;
    entry.internal = true;
    ask(QStringLiteral("ping"), Json::object(), std::move(entry), true);
}

void WorkerClient::Impl::ended(int code, bool crashedExit) {
    QProcess* const gone = std::exchange(process, nullptr);
    pingTimer.stop();
    helloTimer.stop();
    stopTimer.stop();
    const bool wanted = state == State::Stopping;
    logTail += gone->readAllStandardError();
    for (const QByteArray& line : logTail.split('\n'))
        if (!line.trimmed().isEmpty())
            addLog(QString::fromUtf8(line.left(2'000)));
    logTail.clear();
    const bool failedToStart = gone->error() == QProcess::FailedToStart;
    const QString name = QDir(program).dirName();
    if (failedToStart)
        crash = WorkerClient::tr("%1 could not be started: %2.").arg(name, gone->errorString());
    else if (hung)
        crash = WorkerClient::tr("%1 did not answer for %2 s and was ended.")
                    .arg(name)
                    .arg((timing.hungMs + 999) / 1000);
    else if (badVersion)
        crash = WorkerClient::tr("%1 belongs to another version of Crux. Install both from one "
                                 "package.")
                    .arg(name);
    else if (crashedExit)
        crash = WorkerClient::tr("%1 was ended by signal %2.").arg(name).arg(code);
    else
        crash = WorkerClient::tr("%1 ended with exit code %2.").arg(name).arg(code);
    gone->deleteLater();
    model.clear();
    setState(wanted ? State::Off : State::Crashed);
    Q_EMIT client.modelChanged();
    failPending(
        {ErrorCode::Protocol, wanted ? "The worker was stopped." : crash.toStdString(),
         name.toStdString(),
         log.mid(std::max<qsizetype>(0, log.size() - 20)).join(QLatin1Char('\n')).toStdString()});
    if (wanted)
        return;
    ++crashes;
    // A program that is missing or of another version stays so: only a new call tries again.
    if (!failedToStart && !badVersion && crashes < kCrashesInARow)
        restartTimer.start(
            std::min(timing.restartMs << std::min(crashes - 1, 8), kLongestBackOffMs));
    Q_EMIT client.crashed();
}

WorkerClient::WorkerClient(QObject* parent)
    : QObject(parent)
    , m_impl(std::make_unique<Impl>(*this)) {
    Impl& impl = *m_impl;
    impl.program =
        QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("crux-worker"));
    impl.restartTimer.setSingleShot(true);
    impl.helloTimer.setSingleShot(true);
    connect(&impl.restartTimer, &QTimer::timeout, this, [this] { start(); });
    connect(&impl.pingTimer, &QTimer::timeout, this, [this] { m_impl->ping(); });
    connect(&impl.helloTimer, &QTimer::timeout, this, [this] {
        m_impl->hung = true;
        if (m_impl->process)
            m_impl->process->kill();
    });
    impl.stopTimer.setSingleShot(true);
    connect(&impl.stopTimer, &QTimer::timeout, this, [this] {
        if (!m_impl->process)
            return;
        m_impl->process->terminate();
        QTimer::singleShot(m_impl->timing.killMs, m_impl->process,
                           [p = m_impl->process] { p->kill(); });
    });
}

WorkerClient::~WorkerClient() {
    QProcess* const process = std::exchange(m_impl->process, nullptr);
    if (!process)
        return;
    process->disconnect(this);
    // End of stdin means: finish or checkpoint, then exit. The window waits a moment, no more.
    process->closeWriteChannel();
    if (!process->waitForFinished(1'500)) {
        process->terminate();
        if (!process->waitForFinished(1'000)) {
            process->kill();
            process->waitForFinished(1'000);
        }
    }
}

void WorkerClient::setProgram(const QString& program) {
    m_impl->program = program;
}

void WorkerClient::setDevice(const QString& device) {
    m_impl->wantedDevice = device;
}

void WorkerClient::setTiming(const Timing& timing) {
    m_impl->timing = timing;
}

void WorkerClient::setProject(const QString& file) {
    m_impl->project = file;
    if (m_impl->state == State::Ready)
        m_impl->openProject();
}

void WorkerClient::start() {
    if (!m_impl->process)
        m_impl->begin();
}

void WorkerClient::stop(const QString& mode) {
    Impl& impl = *m_impl;
    impl.restartTimer.stop();
    if (!impl.process) {
        impl.setState(State::Off);
        return;
    }
    Impl::Pending entry;
    entry.context = this;
    entry.internal = true;
    impl.ask(QStringLiteral("shutdown"), Json{{"mode", mode.toStdString()}}, std::move(entry),
             true);
    impl.setState(State::Stopping);
    impl.stopTimer.start(impl.timing.terminateMs);
}

qint64 WorkerClient::processId() const {
    return m_impl->process ? m_impl->process->processId() : 0;
}

void WorkerClient::letGo() {
    Impl& impl = *m_impl;
    impl.restartTimer.stop();
    QProcess* const process = std::exchange(impl.process, nullptr);
    if (!process)
        return;
    process->disconnect(this);
    process->write(QByteArray::fromStdString(dumpJson(
                       protocol::request(impl.nextId++, "shutdown", Json{{"mode", "finish"}}))) +
                   '\n');
    process->waitForBytesWritten(500);
    process->closeWriteChannel();
    // Destroying a QProcess kills the program. This one outlives the window, so its handle does
    // too.
    process->setParent(nullptr);
    impl.setState(State::Off);
}

qint64 WorkerClient::call(const QString& method, const Json& params, QObject* context, Reply reply,
                          Progress progress) {
    Impl::Pending entry;
    entry.context = context ? context : this;
    entry.reply = std::move(reply);
    entry.progress = std::move(progress);
    const qint64 id = m_impl->ask(method, params, std::move(entry), false);
    start();
    return id;
}

void WorkerClient::cancel(qint64 requestId) {
    if (!m_impl->pending.contains(requestId))
        return;
    Impl::Pending entry;
    entry.context = this;
    entry.internal = true;
    m_impl->ask(QStringLiteral("cancel"), Json{{"id", requestId}}, std::move(entry), false);
}

WorkerClient::State WorkerClient::state() const {
    return m_impl->state;
}
QString WorkerClient::deviceLine() const {
    return m_impl->device;
}
QString WorkerClient::modelLine() const {
    return m_impl->model;
}
QStringList WorkerClient::lastWords() const {
    return m_impl->log;
}
QString WorkerClient::crashText() const {
    return m_impl->crash;
}
qint64 WorkerClient::memoryBytes() const {
    return m_impl->memory;
}

} // namespace crux::ui
