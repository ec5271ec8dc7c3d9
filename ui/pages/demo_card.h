// The start page's demo card: two heat-map lines of the demo's own kind of text and the button to
// open it.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace crux::ui {

/// Owner: StartPage. GUI thread. The picture is a sample, painted with the heat map's colours and
/// marks.
class DemoCard : public QFrame {
    Q_OBJECT
public:
    explicit DemoCard(QWidget* parent = nullptr);
    /// Not empty: the demo cannot be opened, and why.
    void setReason(const QString& reason);

Q_SIGNALS:
    void openDemo();
    void openStudy(); ///< what was measured on the demo

private:
    class Lines;
    QPushButton* m_open;
    QLabel* m_note;
};

} // namespace crux::ui
