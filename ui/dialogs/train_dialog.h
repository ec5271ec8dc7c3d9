// Launch sheet of a training run (UX.md 3.6): method, preset, base, data, weights; every parameter;
// what is trained on, tokenised; an estimate from a few steps of the worker. Jobs that must come
// before it (data, positive and negative SFT, scores) are queued with it.
#pragma once

#include "core/spec/pipeline.h"
#include "ui/dialogs/form_dialog.h"
#include "ui/dialogs/model_choice.h"
#include "ui/dialogs/param_field.h"
#include "ui/model/selection_preview.h"

#include <map>

class QComboBox;
class QScrollArea;
class QTimer;

namespace crux::ui {

class CheckList;
class SpecForm;
struct CheckLine;
class TrainingDataPane;

/// Accepting queues a `train` job, or a pipeline that ends in one. Owner: its opener. GUI thread;
/// data are read and steps are run by the worker.
class TrainDialog : public FormDialog {
    Q_OBJECT
public:
    explicit TrainDialog(Session& session, QWidget* parent = nullptr);
    ~TrainDialog() override;

    /// Parameters of the run itself, without the jobs before it.
    Json spec() const;
    /// What is queued and what `crux-cli train --spec` takes: a spec, or {"pipeline": [..]}.
    Json job() const;
    QString commandLine() const;

    void chooseMethod(const QString& method);
    void choosePreset(const QString& preset);
    /// Data are chosen by the paper's rules from what matches this filter, before the run.
    void chooseFrom(const QString& filter);
    void chooseFile(const QString& file);
    /// Goes on from an adapter of the project.
    void chooseStart(AdapterId adapter);
    /// Fills the sheet as a job was launched.
    void setSpec(const Json& spec);
    /// Sets the field of a parameter, as a user would.
    void setValue(const std::string& key, const Json& value);
    void computeScoresFirst();
    /// Shows the parameters of the run, or of an SFT run before it: "run", "positive", "negative".
    void showStep(const std::string& step);
    /// "rank 16 → 8", of the step whose parameters are shown; empty: as the preset says.
    QStringList differences() const;
    void resetParam(const std::string& key);

    CheckList& checks() { return *m_checks; }
    TrainingDataPane& pane() { return *m_pane; }
    QString estimateText() const { return m_estimate; }
    bool measuring() const { return m_probe != 0; }
    /// Nothing is being read, counted or measured, nor about to be.
    bool isReady() const;
    void measure(); ///< runs a few steps in the worker; again while it does: stops

public Q_SLOTS:
    void accept() override;

Q_SIGNALS:
    void queued(crux::JobId job); ///< the run's own job

protected:
    void showEvent(QShowEvent* event) override;

private:
    /// Where the rows come from.
    enum class Data { Set, Rules, File };

    // train_dialog_fields.cpp
    void buildHead();
    void buildColumns();
    void buildWhat(QVBoxLayout* column);
    void buildParams();
    ParamField* addParam(const ParamDef& def, QWidget* row, bool alone);
    void buildRight(QVBoxLayout* column);
    QComboBox* combo(const QString& name);
    void fillFromFacts();
    void fillMethods();
    void fillPresets();
    void fillData();
    void fillScores();
    void showFields();

    // train_dialog.cpp
    std::string method() const;
    std::string methodOf(const std::string& step) const;
    bool usesDemo() const;
    Json presetValues(const std::string& step) const;
    void applyPreset();
    void keepStep();
    Json stepSpec(const std::string& step) const;
    Data dataSource() const;
    bool computesScores() const;
    bool trainsSide(const QComboBox* side) const;
    TrainingPlan plan() const;
    QString runName() const;
    QString takenText(const Json& spec, const char* key) const;
    void changed();

    // train_dialog_checks.cpp
    void look();
    void lookAtRules();
    void takePreview(const Result<Json>& reply);
    void takeProbe(const Result<Json>& reply);
    void stopProbe();
    QString problemWords(const Json& problem) const;
    std::vector<CheckLine> dataLines() const;
    std::vector<CheckLine> runLines() const;
    QString firstFault() const;
    QString reasonNow() const;
    void check();

    Session& m_session;
    QPointer<Session> m_alive; ///< a window that closes takes its session first
    QComboBox *m_method, *m_preset, *m_data, *m_scores, *m_positive, *m_negative, *m_step;
    QLineEdit *m_name, *m_filter;
    PathField* m_file;
    ModelChoice *m_model, *m_start;
    QLabel* m_differences;
    TrainingDataPane* m_pane;
    CheckList* m_checks;
    QPushButton *m_offer, *m_measure;
    QTimer *m_lookTimer, *m_measureTimer;
    std::vector<std::pair<QWidget*, std::vector<ParamField*>>> m_rows;
    std::vector<std::pair<std::vector<QWidget*>, std::vector<ParamField*>>> m_groups;
    SpecForm* m_form; ///< all parameters of one run

    std::map<std::string, Json> m_kept; ///< values of the steps that are not shown
    std::string m_shown = "run";        ///< "run" | "positive" | "negative"
    Json m_preview;                     ///< null: not read yet
    std::optional<SelectionPreview> m_selection;
    QString m_lookFault, m_estimate, m_estimateFault;
    int m_generation = 0, m_probing = 0;
    qint64 m_lookRequest = 0, m_probe = 0;
    bool m_filling = false;
};

} // namespace crux::ui
