// The find bar of a view: a field, how many places match and which one is shown, next, previous.
// What is searched is its owner's; it only asks and shows the answer.
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace crux::ui {

/// Hidden until open(). Child of the view it searches. GUI thread.
class FindBar : public QWidget {
    Q_OBJECT
public:
    explicit FindBar(QWidget* parent = nullptr);

    /// Shows the bar, takes the focus and selects what was searched last.
    void open();
    void close(); ///< emits closed()
    QString query() const;
    bool matchCase() const;
    QLineEdit* field() const { return m_field; }
    /// `current` counts from 1; 0: none of the places is the cursor's.
    void setCount(int current, int total);
    QString countText() const;

Q_SIGNALS:
    void changed();           ///< query or case: search again
    void stepped(int toward); ///< 1 next, -1 previous
    void closed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLineEdit* m_field;
    QToolButton *m_case, *m_previous, *m_next;
    QLabel *m_count, *m_sign;
};

} // namespace crux::ui
