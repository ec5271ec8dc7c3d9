// Launch sheet of a sample job (UX.md 3.6): preset, model, questions, prompt, sampler; live checks,
// an estimate, and the differences from the preset.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/dialogs/model_choice.h"

#include <functional>

class QComboBox;
class QTimer;

namespace crux::ui {

class CheckList;
struct CheckLine;
class SpecForm;

/// What the checks know of the questions chosen, read on another thread.
struct SampleFacts {
    std::int64_t questions = -1; ///< -1: not counted yet
    std::string firstQuestion, longestQuestion;
    bool demo = false;     ///< the demo project, whose answers end with a line end
    double meanTokens = 0; ///< of responses of the dataset, 0 unknown
    QString fault;         ///< of the filter
};

/// Tokens of prompts; -1: not counted.
struct PromptTokens {
    int first = -1;   ///< of the first question
    int longest = -1; ///< of the longest one
};

/// Accepting queues a `sample` job. Owner: its opener. GUI thread.
class SampleDialog : public FormDialog {
    Q_OBJECT
public:
    explicit SampleDialog(Session& session, QWidget* parent = nullptr);

    Json spec() const;
    /// Dataset by name, "" for the first.
    void setDataset(const QString& name);
    /// Only questions with a trajectory that matches.
    void setFilter(const QString& expression);
    void choosePreset(const QString& name);
    /// Sets the field of a parameter, as a user would.
    void setValue(const char* key, const Json& value);
    QString differences() const;
    ModelChoice& model() { return *m_model; }
    ModelChoice& adapter() { return *m_adapter; }
    CheckList& checks() { return *m_checks; }

public Q_SLOTS:
    void accept() override;

private:
    void buildWhat();
    void buildPrompt();
    void buildSampler();
    void connectAll();
    void chooseExampleFile();

    void fillFromFacts();
    void presetsAgain();
    Json presetNow() const;
    const store::DatasetRecord* dataset() const;
    bool isMath() const;
    std::string modelName() const;
    Path tokenizerFolder() const;
    std::string templateName(const std::string& chosen) const;

    void look();
    void countPrompt();
    void fitPreset();
    void takePreset(const QString& name);
    std::string promptFor(const Json& spec, const std::string& question) const;
    void check();
    void checkReason();
    QString estimate() const;
    std::vector<CheckLine> promptLines() const;
    bool promptTooLong() const;

    Session& m_session;
    QComboBox* m_preset;
    ModelChoice* m_model;
    ModelChoice* m_adapter;
    QComboBox* m_dataset;
    QLineEdit* m_filter;
    SpecForm* m_form;
    CheckList* m_checks;
    QTimer* m_timer;
    SampleFacts m_facts;
    PromptTokens m_prompt;
    int m_lookGeneration = 0, m_promptGeneration = 0;
    QString m_promptKey;    ///< what m_prompt was counted for
    QString m_fitKey;       ///< what the default preset was chosen for
    bool m_touched = false; ///< the user chose a preset or changed a field
};

} // namespace crux::ui
