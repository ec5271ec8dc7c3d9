// The painting half of CruxStyle.
#include "ui/widgets/color_scale.h"
#include "ui/widgets/crux_style.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyleOption>
#include <QTabBar>
#include <QTableView>
#include <QTextEdit>
#include <QToolBar>
#include <QTreeView>

namespace crux::ui {
namespace {

constexpr QChar kForkSign(0x2442); ///< what item models write for it

using namespace metrics;

/// Pen-aligned rounded frame: 1 px lines fall on pixels.
void roundedFrame(QPainter& painter, const QRect& rect, const QColor& fill, const QColor& border,
                  double width = 1) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.setPen(border.isValid() ? QPen(border, width) : QPen(Qt::NoPen));
    const double inset = width / 2;
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), kRadius, kRadius);
    painter.restore();
}

void drawButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) {
    const Theme& theme = Theme::current();
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool down = option->state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hover = enabled && (option->state & QStyle::State_MouseOver);
    const bool primary = enabled && widget && widget->property("primary").toBool();
    QColor fill = primary ? theme.accent : theme.button;
    if (!enabled)
        fill = theme.window;
    else if (down)
        fill = primary ? mixed(fill, theme.text, 0.2) : theme.selection;
    else if (hover)
        fill = primary ? mixed(fill, theme.text, 0.1) : mixed(fill, theme.accent, 0.08);
    const QColor border = primary ? fill : enabled ? theme.buttonBorder : theme.line;
    roundedFrame(*painter, option->rect, fill, border);
    // The ring stands at the frame; that of a filled button around it (FocusRing).
    if (!primary && (option->state & QStyle::State_HasFocus) &&
        (option->state & QStyle::State_KeyboardFocusChange))
        roundedFrame(*painter, option->rect, QColor(), theme.accent, 2);
}

void drawField(const QStyleOption* option, QPainter* painter) {
    const Theme& theme = Theme::current();
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool focus = option->state & QStyle::State_HasFocus;
    roundedFrame(*painter, option->rect, enabled ? theme.base : theme.window,
                 focus     ? theme.accent
                 : enabled ? theme.controlBorder
                           : theme.line,
                 focus ? 2 : 1);
}

void drawCheck(const QStyleOption* option, QPainter* painter, bool radio) {
    const Theme& theme = Theme::current();
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool on = option->state & (QStyle::State_On | QStyle::State_NoChange);
    const QRectF box = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor fill = on && enabled ? theme.accent : enabled ? theme.base : theme.window;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill);
    painter->setPen(QPen(on && enabled ? theme.accent : theme.controlBorder, 1));
    radio ? painter->drawEllipse(box) : painter->drawRoundedRect(box, 2, 2);
    const QColor ink = enabled ? theme.textOnAccent : theme.disabledText;
    const QPointF c = box.center();
    painter->setPen(QPen(ink, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    if (option->state & QStyle::State_NoChange) {
        painter->drawLine(c - QPointF(3, 0), c + QPointF(3, 0));
    } else if (on && radio) {
        painter->setBrush(ink);
        painter->setPen(Qt::NoPen);
        painter->drawEllipse(c, 2.6, 2.6);
    } else if (on) {
        painter->drawPolyline(
            QPolygonF{c + QPointF(-3.2, 0.2), c + QPointF(-0.9, 2.6), c + QPointF(3.3, -2.5)});
    }
    if ((option->state & QStyle::State_HasFocus) &&
        (option->state & QStyle::State_KeyboardFocusChange)) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(theme.accent, 2));
        painter->drawRoundedRect(QRectF(option->rect).adjusted(-1, -1, 1, 1), 3, 3);
    }
    painter->restore();
}

void drawItemPanel(const QStyleOption* option, QPainter* painter, const QWidget* widget) {
    const Theme& theme = Theme::current();
    const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
    if (!item)
        return;
    if (item->backgroundBrush.style() != Qt::NoBrush)
        painter->fillRect(item->rect, item->backgroundBrush);
    const auto* view = qobject_cast<const QAbstractItemView*>(widget);
    const bool focus = view ? view->hasFocus() : bool(item->state & QStyle::State_Active);
    if (item->state & QStyle::State_Selected)
        painter->fillRect(item->rect, focus ? theme.selection : theme.selectionNoFocus);
    else if ((item->state & QStyle::State_MouseOver) && (item->state & QStyle::State_Enabled))
        painter->fillRect(item->rect, mixed(theme.base, theme.accent, 0.06));
}

const QHeaderView* columnsOf(const QAbstractItemView* view) {
    if (const auto* table = qobject_cast<const QTableView*>(view))
        return table->horizontalHeader();
    if (const auto* tree = qobject_cast<const QTreeView*>(view))
        return tree->header();
    return nullptr;
}

/// The ring lies inside the row: one for the whole row where rows are selected, drawn cell by cell
/// because each cell paints over its neighbours' focus frame.
void drawRowRing(const QStyleOptionViewItem& item, QPainter* painter,
                 const QAbstractItemView* view) {
    const QModelIndex current = view->currentIndex();
    if (!view->hasFocus() || !current.isValid() || item.index.row() != current.row() ||
        item.index.parent() != current.parent())
        return;
    const QHeaderView* header = columnsOf(view);
    if (!header)
        return;
    const QColor accent = Theme::current().accent;
    const QRect r = item.rect;
    painter->fillRect(QRect(r.left(), r.top(), r.width(), kFocusRing), accent);
    painter->fillRect(QRect(r.left(), r.bottom() - kFocusRing + 1, r.width(), kFocusRing), accent);
    const int column = item.index.column();
    int last = header->count() - 1;
    while (last > 0 && header->isSectionHidden(header->logicalIndex(last)))
        --last;
    int first = 0;
    while (first < last && header->isSectionHidden(header->logicalIndex(first)))
        ++first;
    if (header->visualIndex(column) == first)
        painter->fillRect(QRect(r.left(), r.top(), kFocusRing, r.height()), accent);
    if (header->visualIndex(column) == last)
        painter->fillRect(QRect(r.right() - kFocusRing + 1, r.top(), kFocusRing, r.height()),
                          accent);
}

bool ringsRows(const QAbstractItemView* view) {
    return view && view->selectionBehavior() == QAbstractItemView::SelectRows && columnsOf(view);
}

void drawItemFocus(const QStyleOption* option, QPainter* painter, const QWidget* widget) {
    if (ringsRows(qobject_cast<const QAbstractItemView*>(widget)))
        return;
    painter->save();
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(Theme::current().accent, kFocusRing));
    painter->drawRect(option->rect.adjusted(1, 1, -1, -1));
    painter->restore();
}

} // namespace

bool CruxStyle::drawSmallPrimitive(PrimitiveElement element, const QStyleOption* option,
                                   QPainter* painter, const QWidget* widget) const {
    const Theme& theme = Theme::current();
    switch (element) {
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            marks::paintArrow(*painter, QRectF(option->rect), option->state & State_Open,
                              theme.text);
        return true;
    case PE_IndicatorArrowDown:
    case PE_IndicatorHeaderArrow: {
        bool down = true;
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
            down = header->sortIndicator != QStyleOptionHeader::SortUp;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(theme.text, 1.3));
        const QPointF c = QRectF(option->rect).center();
        const double dy = down ? 1.75 : -1.75;
        painter->drawPolyline(
            QPolygonF{c + QPointF(-3.5, -dy), c + QPointF(0, dy), c + QPointF(3.5, -dy)});
        painter->restore();
        return true;
    }
    case PE_IndicatorToolBarSeparator: {
        const QRect r = option->rect;
        const bool across = option->state & State_Horizontal;
        painter->fillRect(across ? QRect(r.center().x(), r.center().y() - 10, 1, 20)
                                 : QRect(r.center().x() - 10, r.center().y(), 20, 1),
                          theme.line);
        return true;
    }
    case PE_IndicatorDockWidgetResizeHandle:
        painter->fillRect(option->rect, theme.window);
        return true;
    case PE_FrameDockWidget:
    case PE_Frame:
    case PE_FrameGroupBox:
        painter->save();
        painter->setPen(QPen(theme.line, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        if (element == PE_Frame && (option->state & State_HasFocus) &&
            (qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTextEdit*>(widget)))
            roundedFrame(*painter, option->rect, QColor(), theme.accent, kFocusRing);
        return true;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, theme.base);
        painter->setPen(QPen(theme.controlBorder, 1));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return true;
    case PE_FrameTabBarBase:
    case PE_FrameStatusBarItem:
        return true;
    default:
        return false;
    }
}

void CruxStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                              QPainter* painter, const QWidget* widget) const {
    switch (element) {
    case PE_PanelButtonCommand:
        drawButton(option, painter, widget);
        return;
    case PE_FrameDefaultButton:
        return;
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractItemView*>(widget))
            drawItemFocus(option, painter, widget);
        return; // buttons and fields draw their own ring
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            frame && frame->lineWidth > 0)
            drawField(option, painter);
        else
            painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
        return;
    case PE_FrameLineEdit:
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheck(option, painter, false);
        return;
    case PE_IndicatorRadioButton:
        drawCheck(option, painter, true);
        return;
    case PE_PanelButtonTool:
        drawToolPanel(option, painter, widget);
        return;
    case PE_PanelItemViewItem:
        drawItemPanel(option, painter, widget);
        if (const auto* view = qobject_cast<const QAbstractItemView*>(widget); ringsRows(view))
            if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option))
                drawRowRing(*item, painter, view);
        return;
    case PE_PanelItemViewRow:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            if (item->features & QStyleOptionViewItem::Alternate)
                painter->fillRect(item->rect, Theme::current().alternateRow);
            QStyleOptionViewItem bare(*item);
            bare.backgroundBrush = Qt::NoBrush;
            bare.state &= ~State_MouseOver;
            drawItemPanel(&bare, painter, widget);
        }
        return;
    default:
        if (!drawSmallPrimitive(element, option, painter, widget))
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void CruxStyle::drawToolPanel(const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    const Theme& theme = Theme::current();
    const bool enabled = option->state & State_Enabled;
    const bool on = option->state & State_On;
    const bool down = option->state & State_Sunken;
    const bool hover = enabled && (option->state & State_MouseOver);
    const QVariant segment = widget ? widget->property("segment") : QVariant();
    const bool framed = segment.isValid() || on || !(option->state & State_AutoRaise);
    const QRect r = option->rect;
    if (framed || hover || down) {
        QColor fill = on || down ? theme.selection : framed ? theme.button : QColor();
        if (hover && !on && !down)
            fill = mixed(theme.button, theme.accent, 0.08);
        if (!enabled)
            fill = theme.window;
        const QColor border = on && enabled ? theme.accent
                              : framed      ? theme.buttonBorder
                                            : theme.line;
        // Segments share one outline: inner corners are square and edges overlap by a pixel.
        const QString place = segment.toString();
        QRect shape = r;
        painter->save();
        painter->setClipRect(r);
        if (place == QLatin1String("first") || place == QLatin1String("middle"))
            shape.adjust(0, 0, place == QLatin1String("first") ? 4 : 4, 0);
        if (place == QLatin1String("last") || place == QLatin1String("middle"))
            shape.adjust(-4, 0, 0, 0);
        roundedFrame(*painter, shape, fill, border);
        if (place == QLatin1String("middle") || place == QLatin1String("last"))
            painter->fillRect(r.left(), r.top() + 1, on ? 1 : 0, r.height() - 2, border);
        if (place == QLatin1String("first") || place == QLatin1String("middle"))
            painter->fillRect(r.right(), r.top() + 1, 1, r.height() - 2, border);
        painter->restore();
    }
    if ((option->state & State_HasFocus) && (option->state & State_KeyboardFocusChange))
        roundedFrame(*painter, r, QColor(), theme.accent, 2);
}

void CruxStyle::drawTab(const QStyleOption* option, QPainter* painter) const {
    const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option);
    if (!tab)
        return;
    const Theme& theme = Theme::current();
    const bool active = tab->state & State_Selected;
    const bool below =
        tab->shape == QTabBar::RoundedSouth || tab->shape == QTabBar::TriangularSouth;
    QRect r = tab->rect;
    if (!active)
        below ? r.adjust(0, 0, 0, -2) : r.adjust(0, 2, 0, 0);
    const bool hover = (tab->state & State_MouseOver) && (tab->state & State_Enabled);
    painter->fillRect(r, active  ? theme.base
                         : hover ? mixed(theme.window, theme.accent, 0.08)
                                 : theme.window);
    painter->setPen(QPen(theme.line, 1));
    painter->drawLine(r.topRight(), r.bottomRight());
    painter->drawLine(r.topLeft() - QPoint(1, 0), r.bottomLeft() - QPoint(1, 0));
    if (active)
        painter->fillRect(QRect(r.left(), below ? r.bottom() - 1 : r.top(), r.width() - 1, 2),
                          theme.accent);
    else
        painter->fillRect(QRect(r.left(), below ? r.top() : r.bottom(), r.width(), 1), theme.line);
    if ((tab->state & State_HasFocus) && (tab->state & State_KeyboardFocusChange)) {
        painter->setPen(QPen(theme.accent, 2));
        painter->drawRect(r.adjusted(2, 2, -2, -3));
    }
}

void CruxStyle::drawDockTitle(const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(option);
    if (!dock)
        return;
    const Theme& theme = Theme::current();
    painter->fillRect(dock->rect, theme.window);
    painter->fillRect(QRect(dock->rect.left(), dock->rect.bottom(), dock->rect.width(), 1),
                      theme.line);
    painter->save();
    painter->setFont(fonts::uiDemi());
    painter->setPen(theme.text);
    const QRect text = subElementRect(SE_DockWidgetTitleBarText, dock, widget);
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(dock->title, Qt::ElideRight, text.width()));
    painter->restore();
}

void CruxStyle::drawProgress(const QStyleOption* option, QPainter* painter) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
    if (!bar)
        return;
    const Theme& theme = Theme::current();
    QRect r = bar->rect;
    r = QRect(r.left(), r.center().y() - 3, r.width(), 8);
    painter->fillRect(r, theme.base);
    painter->setPen(QPen(theme.controlBorder, 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(r.adjusted(0, 0, -1, -1));
    if (bar->maximum > bar->minimum) {
        const double share = double(bar->progress - bar->minimum) / (bar->maximum - bar->minimum);
        const int width = static_cast<int>((r.width() - 2) * std::clamp(share, 0.0, 1.0));
        painter->fillRect(QRect(r.left() + 1, r.top() + 1, width, 6), theme.accent);
    } else if (bar->maximum == bar->minimum) {
        marks::paintHatch(*painter, QRectF(r.adjusted(1, 1, -1, -1)), theme.accent);
    }
}

void CruxStyle::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter,
                              const QWidget* widget) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!bar)
        return;
    const Theme& theme = Theme::current();
    painter->fillRect(bar->rect, theme.window);
    if (bar->maximum <= bar->minimum)
        return;
    const QRect slider = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
    const bool hot = bar->state & (State_MouseOver | State_Sunken);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(hot ? theme.controlBorder : mixed(theme.controlBorder, theme.window, 0.35));
    painter->drawRoundedRect(slider.adjusted(2, 2, -2, -2), kRadius, kRadius);
    painter->restore();
}

void CruxStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                   QPainter* painter, const QWidget* widget) const {
    const Theme& theme = Theme::current();
    if (control == CC_ScrollBar) {
        drawScrollBar(option, painter, widget);
        return;
    }
    if (control == CC_ComboBox) {
        const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (!combo)
            return;
        if (combo->editable)
            drawField(option, painter);
        else {
            drawButton(option, painter, widget);
            if (option->state & State_HasFocus)
                roundedFrame(*painter, option->rect, QColor(), theme.accent, 2);
        }
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool enabled = option->state & State_Enabled;
        painter->setBrush(enabled ? theme.secondText : theme.disabledText);
        painter->setPen(Qt::NoPen);
        const QPointF c(option->rect.right() - 11.5, option->rect.center().y() + 0.5);
        painter->drawPolygon(
            QPolygonF{c + QPointF(-3.5, -2), c + QPointF(3.5, -2), c + QPointF(0, 2.5)});
        painter->restore();
        return;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (control == CC_SpinBox && (option->state & State_HasFocus))
        roundedFrame(*painter, option->rect, QColor(), theme.accent, 2);
    if (control == CC_ToolButton && (option->state & State_HasFocus) &&
        (option->state & State_KeyboardFocusChange))
        roundedFrame(*painter, option->rect, QColor(), theme.accent, 2);
}

/// The entry's name, elided where its shortcut and the margins leave no room for it.
QString CruxStyle::elidedMenuText(const QStyleOptionMenuItem& item) {
    constexpr int kMargins = 60; // check mark or icon, frame, arrow
    const qsizetype tab = item.text.indexOf(QLatin1Char('\t'));
    const QString name = item.text.left(tab < 0 ? item.text.size() : tab);
    const QString keys = tab < 0 ? QString() : item.text.mid(tab);
    const QFontMetrics sizes(item.font);
    const int room = item.rect.width() - kMargins -
                     (keys.isEmpty() ? 0 : sizes.horizontalAdvance(keys.mid(1)) + 16);
    return sizes.elidedText(name, Qt::ElideMiddle, std::max(40, room), Qt::TextShowMnemonic) + keys;
}

void CruxStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                            const QWidget* widget) const {
    const Theme& theme = Theme::current();
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: {
        painter->fillRect(option->rect, theme.window);
        const QRect r = option->rect;
        painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), theme.line);
        if (element == CE_HeaderSection)
            painter->fillRect(QRect(r.right(), r.top(), 1, r.height()), theme.line);
        return;
    }
    case CE_HeaderLabel:
        // A column of branches is headed by their mark, which no font has at this size.
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
            header && header->text == QString(kForkSign)) {
            const QSizeF size = marks::size(Mark::Fork);
            const QRectF box(header->rect);
            marks::paint(*painter, Mark::Fork,
                         QPointF(box.right() - size.width() - kCellPadding / 2.0,
                                 box.center().y() - size.height() / 2),
                         theme.text);
            return;
        }
        break;
    case CE_FocusFrame:
        roundedFrame(*painter, option->rect, QColor(), theme.accent, kFocusRing); // a px apart
        return;
    case CE_DockWidgetTitle:
        drawDockTitle(option, painter, widget);
        return;
    case CE_TabBarTabShape:
        drawTab(option, painter);
        return;
    case CE_ProgressBar:
        drawProgress(option, painter);
        return;
    case CE_Splitter:
    case CE_ToolBar:
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, theme.window);
        return;
    case CE_MenuBarItem: {
        const bool hot = option->state & (State_Selected | State_Sunken);
        painter->fillRect(option->rect, hot ? theme.selection : theme.window);
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            drawItemText(painter, item->rect, Qt::AlignCenter | Qt::TextShowMnemonic, item->palette,
                         item->state & State_Enabled, item->text, QPalette::WindowText);
        return;
    }
    case CE_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            QStyleOptionMenuItem copy(*item);
            copy.text = elidedMenuText(*item);
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            QStyleOptionComboBox copy(*box);
            const int room = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget).width();
            const int icon = box->currentIcon.isNull() ? 0 : box->iconSize.width() + 4;
            copy.currentText = box->fontMetrics.elidedText(box->currentText, Qt::ElideMiddle,
                                                           std::max(0, room - icon - 2));
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
            button && widget && widget->property("primary").toBool() &&
            (button->state & State_Enabled)) {
            QStyleOptionButton copy(*button);
            copy.palette.setColor(QPalette::ButtonText, theme.textOnAccent);
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

} // namespace crux::ui
