// Small building blocks every page and dialog shares: labels in the design's fonts and colours that
// follow the theme, rules, primary buttons, tool buttons with a name.
#pragma once

#include <QString>

class QAction;
class QFrame;
class QLabel;
class QPushButton;
class QToolButton;
class QWidget;

namespace crux::ui {

enum class LabelKind {
    Plain,     ///< 9 pt
    Second,    ///< 9 pt, second text colour
    Hint,      ///< 8.25 pt, second text colour
    Demi,      ///< 9 pt demi-bold
    ItemTitle, ///< 10 pt demi-bold
    PageTitle, ///< 21 pt demi-bold
    Fixed,     ///< 9 pt fixed
};

/// A label whose font and colour follow theme and font size.
QLabel* makeLabel(LabelKind kind, QWidget* parent, const QString& text = {});
/// A label that gives way: text that does not fit is elided in the middle, where names of one kind
/// differ least, and stands in the tool tip.
QLabel* makeElided(LabelKind kind, QWidget* parent, const QString& text = {});
/// 1 px line in the theme's line colour.
QFrame* makeRule(QWidget* parent, bool vertical = false);
/// Accent-coloured button: the one main action of a view.
QPushButton* makePrimary(QPushButton* button);
/// Flat icon button with tool tip and accessible name.
QToolButton* makeIconButton(const QString& iconName, const QString& name, QWidget* parent);

} // namespace crux::ui
