// Launch sheet of a score job (UX.md 3.6): models, contrast, which trajectories; live checks and
// the differences from the paper's values.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/dialogs/model_choice.h"

class QComboBox;
class QTimer;

namespace crux::ui {

class CheckList;
class SpecForm;

/// Accepting queues a `score` job. Owner: its opener. GUI thread; counts and folders are read
/// elsewhere.
class ScoreDialog : public FormDialog {
    Q_OBJECT
public:
    explicit ScoreDialog(Session& session, QWidget* parent = nullptr);

    Json spec() const;
    void setFilter(const QString& expression); ///< the filter of the Trajectories dock
    void setRetokenise(bool on);
    ModelChoice& base() { return *m_base; }
    ModelChoice& positive() { return *m_positive; }
    ModelChoice& negative() { return *m_negative; }
    CheckList& checks() { return *m_checks; }

public Q_SLOTS:
    void accept() override;

private:
    void buildFields();
    void fillFromFacts();
    void check();
    void countTrajectories();
    QString sideFault(const ModelChoice& side) const;
    std::int32_t vocabularyOf(const ModelChoice& side) const;
    QString estimate() const;

    Session& m_session;
    ModelChoice* m_base;
    ModelChoice* m_positive;
    ModelChoice* m_negative;
    SpecForm* m_form;
    QComboBox* m_dataset;
    QLineEdit* m_filter;
    QLineEdit* m_name;
    CheckList* m_checks;
    QTimer* m_timer;
    std::int64_t m_count = -1; ///< trajectories chosen, -1 not counted yet
    QString m_filterFault;
    int m_generation = 0;
};

} // namespace crux::ui
