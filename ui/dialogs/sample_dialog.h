// Launch sheet of a sample job (UX.md 3.6): preset, model, questions, prompt, sampler; live checks,
// an estimate, and the differences from the preset.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/dialogs/model_choice.h"

#include <functional>

class QCheckBox;
class QComboBox;
class QTimer;

namespace crux::ui {

class CheckList;

/// What the checks know of the questions chosen, read on another thread.
struct SampleFacts {
    std::int64_t questions = -1; ///< -1: not counted yet
    std::string firstQuestion;
    double meanTokens = 0; ///< of responses of the dataset, 0 unknown
    QString fault;         ///< of the filter
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
    CheckList& checks() { return *m_checks; }

public Q_SLOTS:
    void accept() override;

private:
    /// A field that stands for one parameter of the spec.
    struct Row {
        const char* key = nullptr;
        QWidget* widget = nullptr;
        QString name; ///< in the list of differences
        QString doc;  ///< tool tip, before the preset's value
    };
    void buildWhat();
    void buildPrompt();
    void buildSampler();
    void connectAll();
    template <typename Widget>
    Widget* row(const char* key, Widget* widget, const QString& name, const QString& doc);
    QWidget* together(const QList<QPair<QString, QWidget*>>& parts);
    const Row* find(const char* key) const;
    Json value(const char* key) const;
    void chooseExampleFile();

    void fillFromFacts();
    void presetsAgain();
    void applyPreset(const Json& preset);
    Json presetNow() const;
    const store::DatasetRecord* dataset() const;
    bool isMath() const;
    std::string modelName() const;
    Path tokenizerFolder() const;
    std::int32_t contextLength() const;
    std::string templateName() const;

    void look();
    void countPrompt();
    void check();
    void checkReason();
    void markChanged();
    QString estimate() const;
    QString promptLine(bool& tooLong) const;

    Session& m_session;
    QComboBox* m_preset;
    ModelChoice* m_model;
    ModelChoice* m_adapter;
    QComboBox* m_dataset;
    QLineEdit* m_filter;
    QLabel* m_differences;
    CheckList* m_checks;
    QTimer* m_timer;
    std::vector<Row> m_rows;
    Json m_base = Json::object(); ///< the preset's values
    SampleFacts m_facts;
    int m_promptTokens = -1; ///< of the first question; -1 unknown
    int m_lookGeneration = 0, m_promptGeneration = 0;
    QString m_promptKey; ///< what m_promptTokens was counted for
    bool m_setting = false;
};

} // namespace crux::ui
