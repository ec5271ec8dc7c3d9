// Another theme for the length of a block: pictures for paper are drawn in light colours whatever
// the window wears.
#pragma once

#include "ui/widgets/theme.h"

namespace crux::ui {

/// Theme::current() is `name` until the end of the block; nothing is told, so nothing on the screen
/// may be painted meanwhile. GUI thread.
class ThemeScope {
public:
    explicit ThemeScope(ThemeName name);
    ~ThemeScope();
    ThemeScope(const ThemeScope&) = delete;
    ThemeScope& operator=(const ThemeScope&) = delete;

private:
    ThemeName m_before;
};

} // namespace crux::ui
