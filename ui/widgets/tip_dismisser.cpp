#include "ui/widgets/tip_dismisser.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QToolTip>

namespace crux::ui {

TipDismisser::TipDismisser(QObject* parent)
    : QObject(parent) {
    QCoreApplication::instance()->installEventFilter(this);
}

bool TipDismisser::eventFilter(QObject* watched, QEvent* event) {
    const bool press = event->type() == QEvent::KeyPress;
    // Asked first, before a key becomes a shortcut: Esc would stop a branch else.
    if ((press || event->type() == QEvent::ShortcutOverride) && QToolTip::isVisible() &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        if (press)
            QToolTip::hideText();
        event->accept();
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace crux::ui
