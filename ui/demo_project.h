// The demo project: built once under the user's data folder by `crux-cli demo build`, then opened.
#pragma once

#include "ui/model/session.h"

#include <QObject>

class QProcess;

namespace crux::ui {

/// One preparation. Owner: MainWindow. GUI thread; the building runs in a process of its own.
class DemoProject : public QObject {
    Q_OBJECT
public:
    explicit DemoProject(QObject* parent = nullptr);
    ~DemoProject() override;
    static QString file(); ///< where the demo lies, whether built or not
    void prepare();        ///< ends in ready() or failed()

Q_SIGNALS:
    void ready(const QString& file);
    void progressed(const QString& text);
    void failed(const crux::ui::Notice& notice);

private:
    void finished(int code, bool crashed);
    QProcess* m_process = nullptr;
    QString m_building; ///< written aside, renamed when whole
    QString m_said;     ///< what the builder wrote to stderr
};

} // namespace crux::ui
