#include "ui/widgets/labels.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QFrame>
#include <QLabel>
#include <QPalette>
#include <QPushButton>
#include <QToolButton>

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

} // namespace

QLabel* makeLabel(LabelKind kind, QWidget* parent, const QString& text) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setFont(fontOf(kind));
    if (kind == LabelKind::Second || kind == LabelKind::Hint)
        label->setForegroundRole(QPalette::PlaceholderText);
    QObject::connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, label,
                     [label, kind] { label->setFont(fontOf(kind)); });
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
