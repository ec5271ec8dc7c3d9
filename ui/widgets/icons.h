// Symbolic icons, bundled as SVG (resources/icons), drawn in a colour of the current theme when
// painted, so that a change of theme needs no new QIcon. GUI thread. An unknown name draws nothing.
#pragma once

#include <QIcon>
#include <QString>

namespace crux::ui {

/// Which theme colour an icon is drawn in.
enum class IconInk {
    Text,     ///< text colour; disabled text colour when disabled
    Second,   ///< second text colour
    OnAccent, ///< on a primary button; as Text while disabled
    Accent,
};

/// `name` is a freedesktop name, e.g. "document-open". Sharp at any device pixel ratio; from 22
/// logical pixels on the 22 px drawing is used where there is one.
QIcon icon(const QString& name, IconInk ink = IconInk::Text);

/// Names of all bundled icons, sorted.
QStringList iconNames();

/// Makes the bundled resources (icons, translations) known; cheap, may be called again. Every
/// program and test that shows icons gets it through icon(); main calls it before it installs
/// translators.
void initResources();

} // namespace crux::ui
