// Settings of the program: theme, palette, font size, language, keys. Changes act at once.
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
inline constexpr const char* kTheme = "appearance/theme";          ///< light | dark | system
inline constexpr const char* kFontScale = "appearance/font_scale"; ///< 1 = 9 pt
inline constexpr const char* kLanguage = "appearance/language"; ///< "" = the system's, else a code
/// Applies theme and font size to the running program.
void applyAppearance();
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
    QComboBox* m_fontSize;
    QComboBox* m_language;
    QComboBox* m_close;
    QLineEdit* m_find;
    QTableView* m_table;
    KeyTable* m_keys;
    QKeySequenceEdit* m_edit;
    QLabel* m_conflict;
};

} // namespace crux::ui
