// Asked when the window closes while its worker runs a job: keep running, stop and save, or cancel.
// The answer is remembered until the settings forget it.
#pragma once

#include "ui/dialogs/form_dialog.h"

class QCheckBox;
class QButtonGroup;

namespace crux::ui {

/// What becomes of the running jobs; Ask: the user decides each time.
enum class CloseChoice { Ask, Keep, Stop, Cancel };

/// Kept in QSettings; Ask when nothing is kept.
CloseChoice rememberedCloseChoice();
void rememberCloseChoice(CloseChoice choice); ///< Ask forgets
/// "keep running" ...: for the dialog and the settings.
QString closeChoiceText(CloseChoice choice);

/// Owner: MainWindow. GUI thread. Accepted: choice() holds, and is remembered if asked to.
class CloseDialog : public FormDialog {
    Q_OBJECT
public:
    /// `job`: name of the running job; `queued`: how many wait behind it.
    CloseDialog(const QString& job, int queued, QWidget* parent = nullptr);
    CloseChoice choice() const;
    void setChoice(CloseChoice choice);
    QCheckBox* remember() const { return m_remember; }

public Q_SLOTS:
    void accept() override;

private:
    QButtonGroup* m_choices;
    QCheckBox* m_remember;
};

} // namespace crux::ui
