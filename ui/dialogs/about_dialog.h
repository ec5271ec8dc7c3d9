// About Crux: version, licence, what it is built from, memory in use.
#pragma once

#include "ui/dialogs/form_dialog.h"

namespace crux::ui {

class AboutDialog : public FormDialog {
    Q_OBJECT
public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

} // namespace crux::ui
