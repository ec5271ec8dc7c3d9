// Mouse and keyboard of TokenView.
#include "ui/widgets/hover_card.h"
#include "ui/widgets/token_view.h"

#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMouseEvent>
#include <QScrollBar>

#include <cmath>

namespace crux::ui {

bool TokenView::event(QEvent* event) {
    // Space must not start a shortcut of the window while it is held for plain text.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

bool TokenView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        const bool frozen = QGuiApplication::keyboardModifiers() & Qt::ControlModifier;
        if (!frozen)
            hideCard();
        setHover(-1);
        Q_EMIT hovered(-1);
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TokenView::pointAt(const QPoint& point) {
    const int token = m_data ? m_layout.tokenAt(toLayout(point)) : -1;
    if (token == m_state.hover)
        return;
    setHover(token);
    Q_EMIT hovered(token);
    // Ctrl holds the card where it is, so that the pointer may leave the token.
    if (QGuiApplication::keyboardModifiers() & Qt::ControlModifier)
        return;
    hideCard();
    if (token >= 0)
        m_cardDelay.start();
}

void TokenView::mouseMoveEvent(QMouseEvent* event) {
    pointAt(event->position().toPoint());
}

void TokenView::mousePressEvent(QMouseEvent* event) {
    if (!m_data || event->button() != Qt::LeftButton) {
        QAbstractScrollArea::mousePressEvent(event);
        return;
    }
    hideCard();
    const QPointF point = toLayout(event->position().toPoint());
    const int line = m_layout.lineAt(point.y());
    if (line < 0 || point.y() > m_layout.lineTop(line) + m_layout.metrics().line())
        return;
    const TokenLayout::Line& hit = m_layout.lines()[static_cast<std::size_t>(line)];
    const int token = m_layout.tokenAt(point);
    const bool gutter = point.x() < m_layout.metrics().gutter;
    if ((gutter && hit.opensStep) || (hit.kind != TokenLayout::LineKind::Tokens && token < 0)) {
        toggleFold(hit.step);
        return;
    }
    if (token >= 0 && token != m_state.cursor) {
        setCursor(token);
        Q_EMIT cursorMoved(token);
    }
}

void TokenView::mouseDoubleClickEvent(QMouseEvent* event) {
    const int token = m_data ? m_layout.tokenAt(toLayout(event->position().toPoint())) : -1;
    if (token >= 0 && event->button() == Qt::LeftButton)
        Q_EMIT activated(token);
    else
        mousePressEvent(event);
}

void TokenView::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() & Qt::ControlModifier) {
        const int turned = event->angleDelta().y();
        if (turned != 0)
            Q_EMIT zoomRequested(std::pow(1.1, turned / 120.0));
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void TokenView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier) {
        if (!event->isAutoRepeat())
            setPlainText(true);
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        if (cardVisible())
            hideCard();
        else if (m_state.selectionFirst >= 0) {
            setSelection(-1, -1);
            Q_EMIT selectionCleared();
        } else
            Q_EMIT stopRequested();
        return;
    }
    if (event->key() == Qt::Key_PageDown || event->key() == Qt::Key_PageUp) {
        QScrollBar* bar = verticalScrollBar();
        const int page = bar->pageStep() - bar->singleStep();
        bar->setValue(bar->value() + (event->key() == Qt::Key_PageDown ? page : -page));
        return;
    }
    event->ignore();
}

void TokenView::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat())
        setPlainText(false);
    else
        event->ignore();
}

void TokenView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    setRingLive(true);
    Q_EMIT focused();
}

void TokenView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    setRingLive(false);
    setPlainText(false);
}

void TokenView::contextMenuEvent(QContextMenuEvent* event) {
    int token = m_state.cursor;
    QPoint global = event->globalPos();
    if (event->reason() == QContextMenuEvent::Mouse) {
        token = m_data ? m_layout.tokenAt(toLayout(event->pos())) : -1;
        if (token >= 0 && token != m_state.cursor) {
            setCursor(token);
            Q_EMIT cursorMoved(token);
        }
    } else if (token >= 0) {
        global = viewport()->mapToGlobal(cellInViewport(token).bottomLeft());
    }
    if (token >= 0)
        Q_EMIT menuRequested(token, global);
}

} // namespace crux::ui
