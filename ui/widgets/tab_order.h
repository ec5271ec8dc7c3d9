// Tab follows reading: line by line, from left to right, whatever order the widgets were made in.
#pragma once

class QWidget;

namespace crux::ui {

/// Orders the tab stops inside `root` by where they stand now. GUI thread; call it when `root` is
/// laid out (shown).
void orderTabsByPlace(QWidget* root);

/// Orders them as they were added to their parents: for sheets of several columns, which are read
/// one after the other.
void orderTabsAsAdded(QWidget* root);

} // namespace crux::ui
