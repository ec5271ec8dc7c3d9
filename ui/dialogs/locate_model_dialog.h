// "Locate…": finds a moved model or adapter folder again, by its hash.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/model/session.h"

namespace crux::ui {

class CheckList;

/// Owner: its opener. GUI thread; hashing runs elsewhere. A folder of another hash is taken only
/// after a second, explicit press, and is then registered with its own hash.
class LocateModelDialog : public FormDialog {
    Q_OBJECT
public:
    LocateModelDialog(Session& session, const store::ModelRecord& model, QWidget* parent = nullptr);
    LocateModelDialog(Session& session, const store::AdapterRecord& adapter,
                      QWidget* parent = nullptr);
    void setFolder(const QString& folder);

Q_SIGNALS:
    void looked(); ///< the folder was compared

public Q_SLOTS:
    void accept() override;

private:
    LocateModelDialog(Session& session, const QString& name, const QString& path,
                      const QString& hash, QWidget* parent);
    void look();
    void show();

    Session& m_session;
    store::ModelRecord m_model;
    store::AdapterRecord m_adapter;
    bool m_isAdapter = false;
    QString m_hash;
    PathField* m_folder;
    CheckList* m_checks;
    std::string m_foundHash;
    QString m_fault;
    bool m_looking = false;
    int m_generation = 0;
};

} // namespace crux::ui
