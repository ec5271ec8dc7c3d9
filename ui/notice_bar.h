// The notice bar above the docks: what happened, what is safe, what to do; details unfold and copy.
#pragma once

#include "ui/model/session.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace crux::ui {

/// Owner: MainWindow, in a tool bar of its own. GUI thread. Shows the newest notice until it is
/// closed; all of them stay in the Problems dock.
class NoticeBar : public QFrame {
    Q_OBJECT
public:
    explicit NoticeBar(QWidget* parent = nullptr);
    void showNotice(const Notice& notice);
    void showDetails(bool shown);
    const Notice& notice() const { return m_notice; }

Q_SIGNALS:
    void closed();
    void resized();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Notice m_notice;
    QLabel* m_sign;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_action;
    QPushButton* m_details;
    QPushButton* m_copy;
    QPlainTextEdit* m_box;
    QToolButton* m_close;
};

} // namespace crux::ui
