// Launch sheet of a search for critical tokens (UX.md 3.6): method, rollouts, sampling, which
// trajectories; live checks with an estimate from a probe; then the job's progress, until closed.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/model/session.h"

#include "core/spec/sampling.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QSpinBox;
class QTimer;

namespace crux::ui {

class CheckList;
class ModelChoice;
class SearchService;
class SpecForm;

/// Session and SearchService are borrowed and outlive it. GUI thread.
class SearchDialog : public FormDialog {
    Q_OBJECT
public:
    enum class Preset { Paper, AuthorsCode, Quick, Last };

    SearchDialog(Session& session, SearchService& search, QWidget* parent);

    void setFilter(const QString& expression); ///< searches what matches it
    void choosePreset(Preset preset);
    /// The job's parameters as the fields say.
    Json spec() const;
    QString estimateText() const; ///< "" before the probe answered
    /// Why so few fresh rollouts cannot confirm anything; "" where they can, or none are drawn.
    QString confirmText() const;
    JobId job() const { return m_job; }

public Q_SLOTS:
    void accept() override;
    void done(int result) override;

private:
    void buildModels();
    void buildMethod();
    void buildSampling();
    void buildTrajectories();
    void fillFromFacts();
    void showMethodFields();
    void changed();
    void countTrajectories();
    void askEstimate();
    void takeEstimate(const Result<Json>& reply);
    void check();
    void follow(); ///< the job that was started
    Json presetSpec(Preset preset) const;
    QString reasonNow() const;

    Session& m_session;
    SearchService& m_search;
    QButtonGroup* m_presets;
    ModelChoice *m_model, *m_adapter;
    SpecForm* m_form; ///< method, rollouts, sampling
    QComboBox *m_scope, *m_dataset;
    QSpinBox* m_limit;
    QLineEdit* m_filter;
    CheckList* m_checks;
    QWidget* m_progressRow;
    QProgressBar* m_progress;
    QLabel* m_progressText;
    QPushButton* m_stopButton;
    QTimer *m_countTimer, *m_estimateTimer;

    TrajectoryId m_shown; ///< "the shown trajectory"
    QString m_filterFault, m_estimate, m_estimateFault;
    std::int64_t m_count = -1;
    std::int32_t m_longestPrompt = 0; ///< tokens, of the trajectories chosen; 0 unknown
    int m_generation = 0;
    qint64 m_estimateRequest = 0;
    bool m_filling = false;
    JobId m_job;
};

} // namespace crux::ui
