#include "ui/widgets/crux_style.h"

#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDockWidget>
#include <QHeaderView>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

namespace crux::ui {

using namespace metrics;

namespace {
constexpr int kFieldPadding = 4; ///< beside the 2 px that a line edit has of its own
}

CruxStyle::CruxStyle()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

int CruxStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                           const QWidget* widget) const {
    switch (metric) {
    case PM_MenuBarItemSpacing:
    case PM_MenuBarVMargin:
    case PM_MenuBarPanelWidth:
    case PM_DefaultFrameWidth:
        return metric == PM_DefaultFrameWidth ? 1 : 0;
    case PM_MenuBarHMargin:
        return 4;
    case PM_ToolBarIconSize:
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_TabBarIconSize:
    case PM_ListViewIconSize:
        return kIcon;
    case PM_ToolBarItemMargin:
        return 3;
    case PM_ToolBarItemSpacing:
        return 2;
    case PM_ToolBarSeparatorExtent:
        return 13;
    case PM_ToolBarFrameWidth:
        return 0;
    case PM_DockWidgetSeparatorExtent:
    case PM_SplitterWidth:
        return kSplitter;
    case PM_DockWidgetTitleMargin:
        return 4;
    case PM_DockWidgetTitleBarButtonMargin:
        return 2;
    case PM_DockWidgetFrameWidth:
        return 1;
    case PM_ScrollBarExtent:
        return kScrollBar;
    case PM_ScrollBarSliderMin:
        return 24;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return kCheckBox;
    case PM_TreeViewIndentation:
        return kTreeIndent;
    case PM_HeaderMargin:
        return kCellPadding;
    case PM_TabBarTabHSpace:
        return 24;
    case PM_TabBarTabVSpace:
        return 6;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarBaseOverlap:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_ButtonDefaultIndicator:
        return 0;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
        return kPanelPadding;
    case PM_MenuPanelWidth:
        return 1;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 3;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int CruxStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                         QStyleHintReturn* data) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_UnderlineShortcut:
        return hint == SH_UnderlineShortcut ? 1 : 0;
    case SH_Table_GridLineColor:
        return static_cast<int>(Theme::current().chartGrid.rgb());
    case SH_Header_ArrowAlignment:
        return Qt::AlignRight | Qt::AlignVCenter;
    case SH_Widget_Animation_Duration:
        return 0; // no animation: also what reduced motion asks for
    case SH_ScrollBar_Transient:
    case SH_ItemView_ShowDecorationSelected:
        return hint == SH_ItemView_ShowDecorationSelected ? 1 : 0;
    case SH_ToolTip_WakeUpDelay:
        return 300;
    case SH_ComboBox_Popup:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize CruxStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                  const QWidget* widget) const {
    QSize s = QProxyStyle::sizeFromContents(type, option, size, widget);
    // At larger fonts the text decides; the design's height is the smallest one.
    const auto height = [&](int wanted) {
        const int text = option ? option->fontMetrics.height() + 6 : 0;
        s.setHeight(std::max(wanted, text));
    };
    switch (type) {
    case CT_MenuBarItem:
        height(kMenuBar);
        s.setWidth(size.width() + 16);
        break;
    case CT_PushButton:
        height(kControl);
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            const int icon = button->icon.isNull() ? 0 : button->iconSize.width() + kIconGap;
            const int text = button->fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
            s.setWidth(icon + text + 2 * 12 + 2);
        }
        break;
    case CT_LineEdit:
    case CT_SpinBox:
        height(kControl);
        break;
    case CT_ComboBox: // text, its padding, the arrow
        height(kControl);
        s.setWidth(size.width() + 8 + 24);
        break;
    case CT_ToolButton:
        s = s.expandedTo(QSize(kSmallToolButton, kSmallToolButton));
        break;
    case CT_HeaderSection:
        s.setHeight(std::max(kHeader, option ? option->fontMetrics.height() + 6 : 0));
        break;
    case CT_TabBarTab:
        height(kDockTabActive);
        break;
    case CT_ItemViewItem:
        s.setHeight(std::max(kRow, s.height()));
        break;
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            item && item->menuItemType != QStyleOptionMenuItem::Separator)
            s = QSize(std::min(s.width(), kMenuWidth), std::max(kRow, s.height()));
        break;
    case CT_ProgressBar:
        s.setHeight(8);
        break;
    default:
        break;
    }
    return s;
}

QRect CruxStyle::subElementRect(SubElement element, const QStyleOption* option,
                                const QWidget* widget) const {
    if (element == SE_DockWidgetTitleBarText)
        return option->rect.adjusted(8, 0, -52, 0);
    if (element == SE_LineEditContents) {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        const int padding = frame && frame->lineWidth > 0 ? kFieldPadding : 0;
        return QProxyStyle::subElementRect(element, option, widget)
            .adjusted(padding, 0, -padding, 0);
    }
    if (element == SE_ProgressBarGroove || element == SE_ProgressBarContents)
        return option->rect;
    if (element == SE_DockWidgetCloseButton || element == SE_DockWidgetFloatButton) {
        const QRect r = option->rect;
        const int x = element == SE_DockWidgetCloseButton ? r.right() - 25 : r.right() - 49;
        return {x, r.top() + (r.height() - kTarget) / 2, kTarget, kTarget};
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

QRect CruxStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                SubControl part, const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        // No arrow buttons: the whole bar is groove.
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar)
            return {};
        const bool across = bar->orientation == Qt::Horizontal;
        const QRect r = bar->rect;
        const int length = across ? r.width() : r.height();
        const int range = bar->maximum - bar->minimum;
        int slider = length;
        if (range > 0)
            slider = std::clamp(
                static_cast<int>(qint64(bar->pageStep) * length / (qint64(range) + bar->pageStep)),
                std::min(24, length), length);
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                                  length - slider, bar->upsideDown);
        const auto span = [&](int from, int size) {
            return across ? QRect(r.left() + from, r.top(), size, r.height())
                          : QRect(r.left(), r.top() + from, r.width(), size);
        };
        switch (part) {
        case SC_ScrollBarSlider:
            return span(start, slider);
        case SC_ScrollBarGroove:
            return r;
        case SC_ScrollBarSubPage:
            return span(0, start);
        case SC_ScrollBarAddPage:
            return span(start + slider, length - start - slider);
        default:
            return {};
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

void CruxStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (auto* header = qobject_cast<QHeaderView*>(widget)) {
        header->setHighlightSections(false);
        header->setTextElideMode(Qt::ElideRight);
        if (header->orientation() == Qt::Vertical) {
            header->setMinimumSectionSize(kRow); // Fusion's own minimum is a pixel more
            header->setDefaultSectionSize(kRow);
        }
    }
    // Lists of combos hold names, which differ at their ends.
    if (auto* list = qobject_cast<QListView*>(widget); list && list->inherits("QComboBoxListView"))
        list->setTextElideMode(Qt::ElideMiddle);
    // Flat controls change when the pointer is over them.
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QTabBar*>(widget) ||
        qobject_cast<QComboBox*>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

QPixmap CruxStyle::standardPixmap(StandardPixmap which, const QStyleOption* option,
                                  const QWidget* widget) const {
    if (which == SP_TitleBarNormalButton || which == SP_TitleBarCloseButton)
        return standardIcon(which, option, widget).pixmap(16, 16);
    return QProxyStyle::standardPixmap(which, option, widget);
}

QIcon CruxStyle::standardIcon(StandardPixmap which, const QStyleOption* option,
                              const QWidget* widget) const {
    if (which != SP_TitleBarNormalButton && which != SP_TitleBarCloseButton)
        return QProxyStyle::standardIcon(which, option, widget);
    QIcon icon;
    for (const int ratio : {1, 2}) {
        QPixmap pixmap(16 * ratio, 16 * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing, which == SP_TitleBarCloseButton);
        painter.setPen(QPen(Theme::current().text, which == SP_TitleBarCloseButton ? 1.5 : 1));
        if (which == SP_TitleBarCloseButton) {
            painter.drawLine(QPointF(4.5, 4.5), QPointF(11.5, 11.5));
            painter.drawLine(QPointF(11.5, 4.5), QPointF(4.5, 11.5));
        } else {
            painter.drawRect(QRectF(3.5, 6.5, 6, 6));
            painter.drawPolyline(QPolygonF{QPointF(6.5, 6), QPointF(6.5, 3.5), QPointF(12.5, 3.5),
                                           QPointF(12.5, 9.5), QPointF(10, 9.5)});
        }
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace crux::ui
