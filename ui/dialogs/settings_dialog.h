// Settings of the program: theme, palette, size, language, keys. Changes act at once where nothing
// else is said beside them.
#pragma once

#include "ui/dialogs/form_dialog.h"

class QComboBox;
class QKeySequenceEdit;
class QTableView;

namespace crux::ui {

class ActionRegistry;
class KeyTable;
class Session;

/// Keys of QSettings this dialog writes; main and MainWindow read them at start.
namespace settings {
inline constexpr const char* kTheme = "appearance/theme";              ///< light | dark | system
inline constexpr const char* kWindowScale = "appearance/window_scale"; ///< 1 = text of 9 pt
inline constexpr const char* kLanguage = "appearance/language"; ///< "" = the system's, else a code
/// Applies the theme to the running program.
void applyAppearance();
/// Text, rows, marks and targets grow together: the factor is Qt's own, which it reads only once.
/// Call before QApplication is made; a QT_SCALE_FACTOR of the user's stays.
void applyWindowScale();
} // namespace settings

/// Owner: its opener. GUI thread.
class SettingsDialog : public FormDialog {
    Q_OBJECT
public:
    SettingsDialog(Session& session, ActionRegistry& actions, QWidget* parent = nullptr);

    /// Chooses this action in the table of keys, ready to type new ones.
    void showKeysOf(const QString& actionId);
    QKeySequenceEdit* keyField() const { return m_edit; }

private:
    void buildAppearance();
    void buildKeys(ActionRegistry& actions);
    void keyChosen();
    void keyEdited();

    Session& m_session;
    QComboBox* m_theme;
    QComboBox* m_palette;
    QComboBox* m_size;
    QComboBox* m_language;
    QComboBox* m_close;
    QLineEdit* m_find;
    QTableView* m_table;
    KeyTable* m_keys;
    QKeySequenceEdit* m_edit;
    QLabel* m_conflict;
};

} // namespace crux::ui
