#include "ui/widgets/theme_notifier.h"

namespace crux::ui {

ThemeNotifier& ThemeNotifier::instance() {
    static ThemeNotifier notifier;
    return notifier;
}

} // namespace crux::ui
