// What stands in the status bar: last message or sticky error, what is shown, jobs, model and
// device.
#pragma once

#include "ui/model/session.h"

#include <QStatusBar>
#include <QTimer>

class QLabel;
class QPushButton;
class QToolButton;

namespace crux::ui {

class JobPill;

/// Owner: MainWindow. GUI thread. An error stays until it is clicked.
class StatusStrip : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusStrip(Session& session, QWidget* parent = nullptr);

    void say(const QString& message); ///< replaced by the next; not while an error stands
    void showError(const Notice& notice);
    void clearError();
    void setShown(qint64 shown, qint64 total); ///< -1: not known
    void setHiddenLayers(const QStringList& names);
    QString middleText() const;

Q_SIGNALS:
    void errorClicked();
    void jobsClicked();
    void layersClicked();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitMessage();
    void updateMiddle();
    void updateJobs();
    void updateDevice();

    Session& m_session;
    QToolButton* m_message;
    QLabel* m_middle;
    JobPill* m_pill;
    QLabel* m_device;
    QToolButton* m_layers;
    QString m_text;
    QString m_shownMessage; ///< whole; the button shows what fits
    bool m_error = false;
    qint64 m_shown = -1, m_total = -1;
};

} // namespace crux::ui
