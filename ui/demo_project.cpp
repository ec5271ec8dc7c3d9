#include "ui/demo_project.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>

namespace crux::ui {

namespace {

QString folder() {
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) +
           QStringLiteral("/demo");
}

void removeProject(const QString& file) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        QFile::remove(file + QLatin1String(suffix));
}

} // namespace

DemoProject::DemoProject(QObject* parent)
    : QObject(parent) {}

DemoProject::~DemoProject() {
    if (m_process) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished(1'000);
        removeProject(m_building);
    }
}

QString DemoProject::file() {
    return folder() + QStringLiteral("/demo.crux");
}

void DemoProject::prepare() {
    if (QFileInfo::exists(file())) {
        // Asked for, not called: the caller connects first and may be inside a constructor.
        QMetaObject::invokeMethod(
            this, [this] { Q_EMIT ready(file()); }, Qt::QueuedConnection);
        return;
    }
    QDir().mkpath(folder());
    m_building =
        folder() + QStringLiteral("/building-%1.crux").arg(QCoreApplication::applicationPid());
    removeProject(m_building);
    m_process = new QProcess(this);
    m_process->setProgram(
        QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("crux-cli")));
    m_process->setArguments({QStringLiteral("demo"), QStringLiteral("build"), m_building});
    connect(m_process, &QProcess::readyReadStandardError, this, [this] {
        const QString text = QString::fromUtf8(m_process->readAllStandardError());
        m_said = (m_said + text).right(8'000);
        static const QRegularExpression kBreak(QStringLiteral("[\r\n]"));
        const QStringList lines = text.split(kBreak, Qt::SkipEmptyParts);
        if (!lines.isEmpty())
            Q_EMIT progressed(tr("Building the demo project: %1").arg(lines.last().trimmed()));
    });
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        finished(code, status == QProcess::CrashExit);
    });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finished(-1, true);
    });
    Q_EMIT progressed(tr("Building the demo project, once…"));
    m_process->start();
}

void DemoProject::finished(int code, bool crashed) {
    const QString fault = m_process->errorString();
    m_process->deleteLater();
    m_process = nullptr;
    if (!crashed && code == 0 && QFile::rename(m_building, file())) {
        Q_EMIT ready(file());
        return;
    }
    removeProject(m_building);
    Notice notice;
    notice.severity = Notice::Severity::Error;
    notice.title = tr("The demo project was not built.");
    notice.text = code == -1
                      ? tr("crux-cli did not start: %1.").arg(fault)
                      : tr("crux-cli ended with exit code %1. Nothing was left behind.").arg(code);
    notice.details = m_said.trimmed();
    Q_EMIT failed(notice);
}

} // namespace crux::ui
