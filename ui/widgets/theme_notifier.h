// Tells own-painted widgets and icon caches that applyTheme() changed the colours.
#pragma once

#include <QObject>

namespace crux::ui {

/// The one signal of the look. Owner: itself (static). Thread: GUI.
class ThemeNotifier : public QObject {
    Q_OBJECT
public:
    static ThemeNotifier& instance();

Q_SIGNALS:
    void themeChanged();

private:
    ThemeNotifier() = default;
};

} // namespace crux::ui
