#include "ui/widgets/labels.h"

#include "ui/widgets/focus_ring.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QFrame>
#include <QHelpEvent>
#include <QLabel>
#include <QPainter>
#include <QPalette>
#include <QPushButton>
#include <QToolButton>
#include <QToolTip>

namespace crux::ui {

namespace {

QFont fontOf(LabelKind kind) {
    switch (kind) {
    case LabelKind::Hint:
        return fonts::small();
    case LabelKind::Demi:
        return fonts::uiDemi();
    case LabelKind::ItemTitle:
        return fonts::title();
    case LabelKind::PageTitle:
        return fonts::pageTitle();
    case LabelKind::Fixed:
        return fonts::fixed();
    case LabelKind::Plain:
    case LabelKind::Second:
        break;
    }
    return fonts::ui();
}

class ElidedLabel : public QLabel {
public:
    using QLabel::QLabel;
    QSize minimumSizeHint() const override { return {40, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(palette().color(foregroundRole()));
        painter.drawText(contentsRect(), static_cast<int>(alignment()),
                         fontMetrics().elidedText(text(), Qt::ElideMiddle, contentsRect().width()));
    }
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ToolTip && toolTip().isEmpty() &&
            fontMetrics().horizontalAdvance(text()) > contentsRect().width()) {
            QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), text(), this);
            return true;
        }
        return QLabel::event(event);
    }
};

void dress(QLabel* label, LabelKind kind) {
    label->setTextFormat(Qt::PlainText);
    label->setFont(fontOf(kind));
    if (kind == LabelKind::Second || kind == LabelKind::Hint)
        label->setForegroundRole(QPalette::PlaceholderText);
    QObject::connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, label,
                     [label, kind] { label->setFont(fontOf(kind)); });
}

} // namespace

QLabel* makeLabel(LabelKind kind, QWidget* parent, const QString& text) {
    auto* label = new QLabel(text, parent);
    dress(label, kind);
    return label;
}

QLabel* makeElided(LabelKind kind, QWidget* parent, const QString& text) {
    auto* label = new ElidedLabel(text, parent);
    label->setProperty("elides", true);
    dress(label, kind);
    return label;
}

QFrame* makeRule(QWidget* parent, bool vertical) {
    auto* rule = new QFrame(parent);
    rule->setFrameShape(QFrame::NoFrame);
    rule->setAutoFillBackground(true);
    rule->setBackgroundRole(QPalette::Mid);
    if (vertical)
        rule->setFixedWidth(1);
    else
        rule->setFixedHeight(1);
    return rule;
}

QPushButton* makePrimary(QPushButton* button) {
    if (!button->findChild<FocusRing*>())
        new FocusRing(button);
    button->setProperty("primary", true);
    button->setFont(fonts::uiDemi());
    QObject::connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, button,
                     [button] { button->setFont(fonts::uiDemi()); });
    return button;
}

QToolButton* makeIconButton(const QString& iconName, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setIconSize(QSize(metrics::kIcon, metrics::kIcon));
    button->setFixedSize(metrics::kSmallToolButton, metrics::kSmallToolButton);
    button->setProperty("flatTool", true);
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace crux::ui
