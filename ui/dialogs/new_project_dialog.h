// Asks for the folder and the name of a new project.
#pragma once

#include "ui/dialogs/form_dialog.h"

namespace crux::ui {

/// The caller creates the project from projectFile(). GUI thread.
class NewProjectDialog : public FormDialog {
    Q_OBJECT
public:
    explicit NewProjectDialog(QWidget* parent = nullptr);
    void setFolder(const QString& folder);
    void setName(const QString& name);
    QString projectFile() const; ///< FOLDER/NAME.crux

private:
    void check();

    QLineEdit* m_name;
    PathField* m_folder;
    QLabel* m_file;
};

} // namespace crux::ui
