// The focus ring of buttons that are filled with the accent colour: outside their border, where it
// is seen.
#pragma once

#include <QObject>
#include <QPointer>

class QFocusFrame;
class QWidget;

namespace crux::ui {

/// Shows a ring around `button` while it has the focus by the keyboard. Owner: the button. GUI
/// thread.
class FocusRing : public QObject {
    Q_OBJECT
public:
    explicit FocusRing(QWidget* button);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void update();

    QWidget* m_button;
    QPointer<QFocusFrame> m_frame;
};

} // namespace crux::ui
