#include "ui/widgets/focus_ring.h"

#include <QEvent>
#include <QFocusFrame>

namespace crux::ui {

FocusRing::FocusRing(QWidget* button)
    : QObject(button)
    , m_button(button) {
    button->installEventFilter(this);
}

bool FocusRing::eventFilter(QObject*, QEvent* event) {
    switch (event->type()) {
    case QEvent::FocusIn:
    case QEvent::FocusOut:
    case QEvent::Show:
    case QEvent::Hide:
        update();
        break;
    default:
        break;
    }
    return false;
}

void FocusRing::update() {
    const bool wanted = m_button->hasFocus() && m_button->isVisible() &&
                        m_button->window()->testAttribute(Qt::WA_KeyboardFocusChange);
    if (!wanted) {
        delete m_frame;
        return;
    }
    if (!m_frame)
        m_frame = new QFocusFrame(m_button->parentWidget());
    m_frame->setWidget(m_button);
}

} // namespace crux::ui
