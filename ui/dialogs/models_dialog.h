// Registers model and adapter folders in the project: browse, look, hash, store.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/model/model_folder.h"
#include "ui/model/session.h"

#include <optional>

class QComboBox;

namespace crux::ui {

class CheckList;

/// Adds one folder at a time and stays open. Owner: its opener. GUI thread; hashing runs elsewhere.
class ModelsDialog : public FormDialog {
    Q_OBJECT
public:
    explicit ModelsDialog(Session& session, QWidget* parent = nullptr);
    void setFolder(const QString& folder);
    bool busy() const { return m_busy; }

Q_SIGNALS:
    void registered(const QString& name);

public Q_SLOTS:
    void accept() override; ///< "Add": registers, then clears the field
    void reject() override;

private:
    void look();
    void show();
    void fillBases();
    void registerModel(const ModelFolder& folder);
    void registerAdapter(const ModelFolder& folder);
    void finished(const Status& status, const QString& name);

    Session& m_session;
    PathField* m_folder;
    QLineEdit* m_name;
    QComboBox* m_base;
    QComboBox* m_role;
    CheckList* m_facts;
    std::optional<ModelFolder> m_found;
    QString m_fault, m_done;
    int m_generation = 0;
    bool m_looking = false, m_busy = false;
};

} // namespace crux::ui
