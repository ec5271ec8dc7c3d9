#include "ui/pages/action_row.h"

#include "ui/widgets/color_scale.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QPainter>

namespace crux::ui {

namespace {
constexpr int kIconSize = 22;
constexpr int kTextLeft = 47;
constexpr int kHoverMix = 8; // percent
} // namespace

ActionRow::ActionRow(const QString& iconName, const QString& title, const QString& sentence,
                     QWidget* parent)
    : QAbstractButton(parent)
    , m_iconName(iconName)
    , m_sentence(sentence) {
    setText(title);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
    setAccessibleDescription(sentence);
    setCursor(Qt::PointingHandCursor);
}

void ActionRow::setShortcutText(const QString& text) {
    m_shortcut = text;
    update();
}

QSize ActionRow::sizeHint() const {
    const int text = QFontMetrics(fonts::title()).height() + QFontMetrics(fonts::ui()).height();
    return {300, std::max(metrics::kActionRow, text + 6)};
}

void ActionRow::enterEvent(QEnterEvent*) {
    update();
}
void ActionRow::leaveEvent(QEvent*) {
    update();
}

void ActionRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::current();
    QColor fill = theme.base;
    if (isDown())
        fill = theme.selection;
    else if (underMouse() && isEnabled())
        fill = mixed(theme.base, theme.accent, kHoverMix / 100.0);
    painter.fillRect(rect(), fill);
    const QRect iconBox(14, (height() - kIconSize) / 2, kIconSize, kIconSize);
    crux::ui::icon(m_iconName)
        .paint(&painter, iconBox, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);
    const QFontMetrics titleMetrics(fonts::title());
    const QFontMetrics textMetrics(fonts::ui());
    const int top = (height() - titleMetrics.height() - textMetrics.height()) / 2;
    const int shortcutWidth = textMetrics.horizontalAdvance(m_shortcut) + 24;
    const int width = this->width() - kTextLeft - shortcutWidth;
    painter.setPen(isEnabled() ? theme.text : theme.disabledText);
    painter.setFont(fonts::title());
    painter.drawText(kTextLeft, top + titleMetrics.ascent(),
                     titleMetrics.elidedText(text(), Qt::ElideRight, width));
    painter.setPen(isEnabled() ? theme.secondText : theme.disabledText);
    painter.setFont(fonts::ui());
    painter.drawText(kTextLeft, top + titleMetrics.height() + textMetrics.ascent(),
                     textMetrics.elidedText(m_sentence, Qt::ElideRight, width));
    painter.drawText(rect().adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter, m_shortcut);
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, metrics::kFocusRing));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

} // namespace crux::ui
