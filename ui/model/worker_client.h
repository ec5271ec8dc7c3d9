// The window's side of the worker: starts crux-worker, speaks JSON-RPC lines
// (core/spec/protocol.h), restarts it after a crash, keeps its last 200 log lines. Owner: Session.
// Thread: GUI.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>

namespace crux::ui {

class WorkerClient : public QObject {
    Q_OBJECT
public:
    enum class State { Off, Starting, Ready, Stopping, Crashed };
    Q_ENUM(State)

    explicit WorkerClient(QObject* parent = nullptr);
    ~WorkerClient() override;

    void setProgram(const QString& program); ///< default: crux-worker beside this program
    void
    setDevice(const QString& device); ///< of the next start: "cpu", "cuda:0"; empty: its choice
    /// How soon a silent worker counts as hung and how long a restart waits; tests shorten both.
    struct Timing {
        int pingMs = 5'000;      ///< a ping after so much silence
        int hungMs = 30'000;     ///< killed after so much silence while a ping is unanswered
        int helloMs = 60'000;    ///< the first answer may wait for a library to load
        int restartMs = 500;     ///< doubles with every crash in a row, at most 30 s
        int terminateMs = 5'000; ///< after shutdown
        int killMs = 3'000;      ///< after terminate
    };
    void setTiming(const Timing& timing);
    void setProject(const QString& file); ///< told to the worker at its start and when it changes
    /// Starts the process when it is not running. Calls made meanwhile wait for `hello`.
    void start();
    /// mode: finish | checkpoint | cancel. Terminates after 5 s, kills after 8 s.
    void stop(const QString& mode);
    /// Lets the running job go on without this window: the process is told to finish and left
    /// alone.
    void letGo();

    using Reply = std::function<void(Result<Json>)>;
    using Progress = std::function<void(const Json&)>;
    /// One request; starts the worker if needed. Exactly one `reply` follows, also when the worker
    /// dies (ErrorCode::Protocol), unless `context` is gone. Returns the request id.
    qint64 call(const QString& method, const Json& params, QObject* context, Reply reply,
                Progress progress = {});
    void cancel(qint64 requestId);

    State state() const;
    qint64 processId() const;      ///< 0: not running; the number in the owner of its jobs
    QString deviceLine() const;    ///< "cpu · bfloat16 · 2 threads", empty before hello
    QString modelLine() const;     ///< "wordproblems bf16", empty: no model in memory
    QStringList lastWords() const; ///< last 200 log lines
    QString crashText() const;     ///< exit code or signal as a sentence
    qint64 memoryBytes() const;    ///< of the machine, 0 before hello

Q_SIGNALS:
    void stateChanged();
    void modelChanged();
    void jobsChanged(); ///< the worker said that job rows moved
    void crashed();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace crux::ui
