// The window's end of the pipe to a crux-worker, for tests and benchmarks.
#pragma once

#include "core/base/json.h"

#include <QElapsedTimer>
#include <QList>
#include <QMap>
#include <QProcess>
#include <QStringList>

namespace crux::test {

/// The window's end of the pipe: sends lines, sorts what comes back.
class WorkerPeer {
public:
    explicit WorkerPeer(const QString& program) {
        m_process.start(program, QStringList{});
        m_process.waitForStarted();
    }
    ~WorkerPeer() {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(60'000))
            m_process.kill();
        m_process.waitForFinished();
    }

    QProcess& process() { return m_process; }
    void raw(const QByteArray& bytes) {
        m_process.write(bytes);
        m_process.waitForBytesWritten(30'000);
    }
    void send(int id, const char* method, const Json& params) {
        raw(QByteArray::fromStdString(dumpJson(
                {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}})) +
            "\n");
    }
    /// Waits for the final reply of `id`; a null when none comes.
    Json reply(int id) {
        QElapsedTimer timer;
        timer.start();
        while (!m_replies.contains(id) && timer.elapsed() < 60'000 &&
               m_process.state() == QProcess::Running) {
            m_process.waitForReadyRead(100);
            take();
        }
        return m_replies.value(id);
    }
    Json call(int id, const char* method, const Json& params) {
        send(id, method, params);
        return reply(id);
    }
    /// Waits for a reply without an id (a line that was no request).
    Json anonymous() {
        QElapsedTimer timer;
        timer.start();
        while (m_anonymous.isEmpty() && timer.elapsed() < 60'000) {
            m_process.waitForReadyRead(100);
            take();
        }
        return m_anonymous.isEmpty() ? Json() : m_anonymous.takeFirst();
    }
    void take() {
        while (m_process.canReadLine()) {
            const QByteArray line = m_process.readLine();
            const auto value = parseJson({line.constData(), static_cast<std::size_t>(line.size())});
            if (!value.ok() || !value->is_object()) {
                ++m_garbage;
                continue;
            }
            if (value->contains("method"))
                m_notes.append(*value);
            else if (value->at("id").is_null())
                m_anonymous.append(*value);
            else {
                const int id = value->at("id").get<int>();
                m_twice += m_replies.contains(id) ? 1 : 0;
                m_replies[id] = *value;
            }
        }
    }
    /// Waits for the first progress of `id` that brings tokens; false when the reply comes first.
    bool firstTokens(int id) {
        while (m_process.state() == QProcess::Running) {
            for (const Json& params : progressOf(id))
                if (params.contains("ids") && !params.at("ids").empty())
                    return true;
            if (m_replies.contains(id))
                return false;
            m_process.waitForReadyRead(1000);
            take();
        }
        return false;
    }
    void forgetNotes() { m_notes.clear(); }
    int garbage() const { return m_garbage; }
    int twice() const { return m_twice; }
    const QList<Json>& notes() const { return m_notes; }
    QList<Json> progressOf(int id) const {
        QList<Json> list;
        for (const Json& note : m_notes)
            if (note.at("method") == "progress" && note.at("params").at("id") == id)
                list.append(note.at("params"));
        return list;
    }

private:
    QProcess m_process;
    QMap<int, Json> m_replies;
    QList<Json> m_anonymous, m_notes;
    int m_garbage = 0, m_twice = 0;
};

} // namespace crux::test
