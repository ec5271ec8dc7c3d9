// A row of the start page's action list: icon, bold title, one line below, shortcut at the right.
// The whole row is one button.
#pragma once

#include <QAbstractButton>

namespace crux::ui {

/// 44 px high. Owner: its list. GUI thread.
class ActionRow : public QAbstractButton {
    Q_OBJECT
public:
    ActionRow(const QString& iconName, const QString& title, const QString& sentence,
              QWidget* parent);
    void setShortcutText(const QString& text);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString m_iconName, m_sentence, m_shortcut;
};

} // namespace crux::ui
