// Esc takes a tool tip away and does nothing else (UX.md 3.13); Qt on Linux leaves it standing.
#pragma once

#include <QObject>

namespace crux::ui {

/// Installed once on the application. Owner: MainWindow. GUI thread.
class TipDismisser : public QObject {
public:
    explicit TipDismisser(QObject* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace crux::ui
