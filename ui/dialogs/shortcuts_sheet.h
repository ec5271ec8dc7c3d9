// All keys on one sheet (F1): searchable, grouped as the menus are.
#pragma once

#include "ui/dialogs/form_dialog.h"

namespace crux::ui {

class ActionRegistry;

/// Owner: its opener. GUI thread. Shows what the actions say now.
class ShortcutsSheet : public FormDialog {
    Q_OBJECT
public:
    explicit ShortcutsSheet(ActionRegistry& actions, QWidget* parent = nullptr);
};

} // namespace crux::ui
