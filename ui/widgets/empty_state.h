// What an empty dock shows: a title, one sentence why, the one action that fills it, and below it
// the reason when that action is not possible now.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace crux::ui {

/// Shared by all docks and pages. Owner: its parent. GUI thread.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(QWidget* parent = nullptr);

    void setTexts(const QString& title, const QString& sentence);
    /// `text` empty: no button. `primary`: the view's main action, in the accent colour.
    void setAction(const QString& text, const QString& iconName = {}, bool primary = false);
    /// Small line below the button, e.g. "about 3 min on cpu".
    void setHint(const QString& hint);
    /// Not empty: the action is disabled and this is shown below it.
    void setReason(const QString& reason);

    QString title() const;
    QString reason() const;
    QPushButton* button() const { return m_button; }

Q_SIGNALS:
    void triggered();

private:
    void updateNote();

    QLabel* m_title;
    QLabel* m_sentence;
    QPushButton* m_button;
    QLabel* m_note;
    QString m_hint, m_reason, m_iconName;
};

} // namespace crux::ui
