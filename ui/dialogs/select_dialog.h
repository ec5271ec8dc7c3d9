// Launch sheet of a select job: which trajectories, and the paper's rules of answer frequency.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/model/selection_preview.h"
#include "ui/model/session.h"

#include <optional>

class QComboBox;
class QTimer;

namespace crux::ui {

class CheckList;
class SpecForm;

/// Accepting queues a `select` job. Owner: its opener. GUI thread; what the rules would keep is
/// counted on the reader's thread.
class SelectDialog : public FormDialog {
    Q_OBJECT
public:
    explicit SelectDialog(Session& session, QWidget* parent = nullptr);

    Json spec() const;
    void setFilter(const QString& expression);
    CheckList& checks() { return *m_checks; }

public Q_SLOTS:
    void accept() override;

private:
    void buildFields();
    void fillDatasets();
    void look();
    void check();

    Session& m_session;
    QComboBox* m_dataset;
    QLineEdit* m_filter;
    QLineEdit* m_name;
    SpecForm* m_form; ///< the rules
    CheckList* m_checks;
    QTimer* m_timer;
    QString m_fault;
    std::optional<SelectionPreview> m_preview; ///< none: not counted yet
    int m_generation = 0;
};

} // namespace crux::ui
