#include "ui/dialogs/sample_dialog.h"

#include "core/spec/sample_presets.h"
#include "core/text/prompts.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_form.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

#include <utility>

namespace crux::ui {

namespace {

constexpr int kLookDelayMs = 250;

QString presetTitle(const std::string& name) {
    if (name == "paper")
        return SampleDialog::tr("Paper");
    if (name == "authors")
        return SampleDialog::tr("Authors' code");
    if (name == "small CPU")
        return SampleDialog::tr("Small CPU");
    return name == "demo" ? SampleDialog::tr("Demo") : QString::fromStdString(name);
}

} // namespace

SampleDialog::SampleDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Sample answers"), tr("Start sampling"), parent)
    , m_session(session) {
    m_form = new SpecForm("sample", this);
    buildWhat();
    buildPrompt();
    buildSampler();
    addHeading(tr("Checks"));
    m_checks = new CheckList(this);
    m_checks->setMinimumHeight(4 * metrics::kRow); // the lines come once they are counted
    addWide(m_checks);
    body()->addStretch(1);
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kLookDelayMs);
    connectAll();
    fillFromFacts();
    look();
    resize(640, sizeHint().height());
}

void SampleDialog::buildWhat() {
    m_preset = new QComboBox(this);
    addField(tr("Preset"), m_preset);
    m_model = new ModelChoice(ModelChoice::Offer::Models, tr("Model"), this);
    m_adapter = new ModelChoice(ModelChoice::Offer::Adapters, tr("Adapter"), this);
    addField(QString(), m_form->makeDifferences(this));
    addField(tr("Model"), m_model);
    addField(tr("Adapter"), m_adapter);

    addHeading(tr("Questions"));
    m_dataset = new QComboBox(this);
    addField(tr("Dataset"), m_dataset);
    m_filter = new QLineEdit(this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all questions, or those with a trajectory such as "
                                    "verdict=wrong"));
    addField(tr("Filter"), m_filter);
    QSpinBox* n =
        m_form->add("n", wholeField(1, 4096, this), tr("answers"), tr("Answers to each question"));
    QSpinBox* limit = m_form->add("limit", wholeField(0, 1'000'000, this), tr("first questions"),
                                  tr("Only the first so many questions"));
    limit->setSpecialValueText(tr("all"));
    QSpinBox* seed = m_form->add("seed", wholeField(0, 1'000'000'000, this), tr("seed"),
                                 tr("Seed of all random draws"));
    addField(
        tr("Answers"),
        fieldRow({{QString(), n}, {tr("to each of the first"), limit}, {tr("seed"), seed}}, this));
}

void SampleDialog::buildPrompt() {
    addHeading(tr("Prompt"));
    QComboBox* shape =
        m_form->add("template", choiceField({{tr("the dataset's own"), QString()}}, this),
                    tr("template"), tr("Text around the question"));
    for (const text::PromptTemplate& one : text::promptTemplates())
        shape->addItem(QString::fromStdString(one.name), QString::fromStdString(one.name));
    QComboBox* bos =
        m_form->add("bos",
                    choiceField({{tr("as the tokenizer says"), QStringLiteral("auto")},
                                 {tr("left out"), QStringLiteral("none")}},
                                this),
                    tr("BOS"), tr("Whether the prompt begins with the tokenizer's BOS token"));
    addField(tr("Template"), fieldRow({{QString(), shape}, {tr("BOS"), bos}}, this));
    QSpinBox* shots = m_form->add("shots", wholeField(-1, 64, this), tr("examples"),
                                  tr("Worked examples before the question"));
    shots->setSpecialValueText(tr("paper"));
    QComboBox* from = m_form->add("shots_from",
                                  choiceField({{tr("Crux's own"), QStringLiteral("builtin")},
                                               {tr("the train split"), QStringLiteral("train")},
                                               {tr("a file…"), QStringLiteral("file")}},
                                              this),
                                  tr("examples from"), tr("Where the worked examples come from"));
    from->setMaximumWidth(160);
    QComboBox* end = m_form->add(
        "prompt_end",
        choiceField({{tr("auto"), QStringLiteral("auto")},
                     {tr("taken off"), QStringLiteral("strip")},
                     {tr("kept"), QStringLiteral("keep")}},
                    this),
        tr("blank at the end"),
        tr("White space at the prompt's end; auto takes it off where there are examples"));
    addField(
        tr("Examples"),
        fieldRow({{QString(), shots}, {tr("from"), from}, {tr("blank at the end"), end}}, this));
}

void SampleDialog::buildSampler() {
    addHeading(tr("Sampler"));
    QDoubleSpinBox* temperature = m_form->add("temperature", realField(0, 100, 2, 0.05, this),
                                              tr("temperature"), tr("0 is greedy"));
    QDoubleSpinBox* topP =
        m_form->add("top_p", realField(0.01, 1, 2, 0.05, this), tr("top-p"), tr("1 is off"));
    QSpinBox* topK = m_form->add("top_k", wholeField(0, 1'000'000, this), tr("top-k"),
                                 tr("Only so many most likely tokens"));
    topK->setSpecialValueText(tr("off"));
    addField(tr("Temperature"),
             fieldRow({{QString(), temperature}, {tr("top-p"), topP}, {tr("top-k"), topK}}, this));
    QSpinBox* longest = m_form->add("max_new_tokens", wholeField(1, 1 << 20, this),
                                    tr("longest answer"), tr("Tokens"));
    QSpinBox* batch =
        m_form->add("batch", wholeField(1, 4096, this), tr("batch"),
                    tr("Answers drawn at once; changes no result. Fewer are tried when "
                       "memory runs out"));
    QComboBox* profile =
        m_form->add("profile",
                    choiceField({{QStringLiteral("crux"), QStringLiteral("crux")},
                                 {tr("authors"), QStringLiteral("authors")},
                                 {QStringLiteral("minerva"), QStringLiteral("minerva")}},
                                this),
                    tr("grader"), tr("Rules that judge the answers"));
    addField(
        tr("Longest answer"),
        fieldRow({{QString(), longest}, {tr("at once"), batch}, {tr("grader"), profile}}, this));
    QLineEdit* stop =
        m_form->add("stop", new QLineEdit(this), tr("stop texts"),
                    tr("Texts that end an answer, a bar between two; \\n is a line end"),
                    tr("the template's own"));
    stop->setFont(fonts::fixed());
    QCheckBox* noStop = m_form->add("no_stop", new QCheckBox(tr("none"), this), tr("no stop text"),
                                    tr("Answers end at EOS or at their length"));
    addField(tr("Stop texts"), fieldRow({{QString(), stop}, {QString(), noStop}}, this));
    QCheckBox* select = m_form->add(
        "select",
        new QCheckBox(tr("Choose positive, negative and preference data at the end"), this),
        tr("choosing data"), tr("By the frequency of the answers, as the paper does"));
    addField(QString(), select);
}

void SampleDialog::connectAll() {
    connect(m_form, &SpecForm::edited, this, [this] {
        m_touched = true;
        check();
    });
    auto* from = m_form->field<QComboBox>("shots_from");
    connect(from, &QComboBox::activated, this, &SampleDialog::chooseExampleFile);
    connect(m_preset, &QComboBox::activated, this, [this] {
        m_touched = true;
        m_form->show(presetNow());
        check();
    });
    connect(m_model, &ModelChoice::changed, this, [this] {
        m_adapter->setFacts(m_session.facts(), m_model->model());
        presetsAgain();
    });
    connect(m_adapter, &ModelChoice::changed, this, &SampleDialog::check);
    connect(m_form->field<QSpinBox>("limit"), &QSpinBox::valueChanged, this,
            [this] { m_timer->start(); });
    connect(m_dataset, &QComboBox::activated, this, [this] {
        presetsAgain();
        m_timer->start();
    });
    connect(m_filter, &QLineEdit::textEdited, this, [this] { m_timer->start(); });
    connect(m_timer, &QTimer::timeout, this, &SampleDialog::look);
    connect(&m_session, &Session::factsChanged, this, &SampleDialog::fillFromFacts);
}

void SampleDialog::setValue(const char* key, const Json& value) {
    m_form->setValue(key, value);
}

void SampleDialog::chooseExampleFile() {
    auto* from = m_form->field<QComboBox>("shots_from");
    if (from->currentData().toString() != QLatin1String("file"))
        return;
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Worked examples"), documentsFolder(),
                                     tr("JSON Lines (*.jsonl *.json);;All files (*)"));
    if (file.isEmpty()) {
        from->setCurrentIndex(0);
        return;
    }
    from->insertItem(from->count() - 1, QFileInfo(file).fileName(), file);
    from->setCurrentIndex(from->count() - 2);
}

// --- presets

const store::DatasetRecord* SampleDialog::dataset() const {
    const std::string name = m_dataset->currentData().toString().toStdString();
    for (const store::DatasetRecord& one : m_session.facts().datasets)
        if (std::to_string(one.id.value) == name)
            return &one;
    return nullptr;
}

bool SampleDialog::isMath() const {
    const store::DatasetRecord* const chosen = dataset();
    return chosen && (chosen->promptTemplate.find("math") != std::string::npos ||
                      chosen->kind.find("math") != std::string::npos);
}

std::string SampleDialog::modelName() const {
    std::string name = m_model->value();
    for (const store::ModelRecord& one : m_session.facts().models)
        if (one.id == m_model->model())
            name += " " + one.path;
    return name;
}

void SampleDialog::fillFromFacts() {
    const ProjectFacts& facts = m_session.facts();
    m_model->setFacts(facts);
    m_adapter->setFacts(facts, m_model->model());
    const QString before = m_dataset->currentData().toString();
    m_dataset->clear();
    for (const store::DatasetRecord& one : facts.datasets)
        if (one.questions > 0)
            m_dataset->addItem(
                tr("%1, %2 questions")
                    .arg(QString::fromStdString(one.name), format::integer(one.questions)),
                QString::number(one.id.value));
    m_dataset->setCurrentIndex(std::max(0, m_dataset->findData(before)));
    presetsAgain();
}

/// The presets of this model and dataset; fields that stand as the old preset had them follow.
void SampleDialog::presetsAgain() {
    const QString before = m_preset->currentData().toString();
    const bool fresh = before.isEmpty();
    m_preset->clear();
    for (const SamplePreset& one : samplePresets(modelName(), isMath())) {
        m_preset->addItem(presetTitle(one.name), QString::fromStdString(one.name));
        m_preset->setItemData(m_preset->count() - 1, QString::fromStdString(one.doc),
                              Qt::ToolTipRole);
    }
    if (m_form->lastUsed(m_session).is_object())
        m_preset->addItem(tr("Last used"), QStringLiteral("last"));
    const bool words = dataset() && dataset()->promptTemplate == "wordproblems";
    const QString wanted = !fresh  ? before
                           : words ? QStringLiteral("demo")
                                   : QStringLiteral("paper");
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(wanted)));
    fresh ? m_form->show(presetNow()) : m_form->rebase(presetNow());
    check();
}

/// All fields of the chosen preset; what it leaves open is as `crux-cli spec sample` says.
Json SampleDialog::presetNow() const {
    Json all{
        {"n", 64},       {"limit", 0}, {"seed", 0}, {"template", ""}, {"shots_from", "builtin"},
        {"select", true}};
    const std::string name = m_preset->currentData().toString().toStdString();
    const Json last = name == "last" ? m_form->lastUsed(m_session) : Json();
    const auto preset = samplePreset(name == "last" ? "paper" : name, modelName(), isMath());
    if (preset.ok())
        all.update(preset->spec);
    if (last.is_object())
        all.update(last);
    return all;
}

void SampleDialog::choosePreset(const QString& name) {
    m_touched = true;
    takePreset(name);
}

void SampleDialog::takePreset(const QString& name) {
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(name)));
    m_form->show(presetNow());
    check();
}

void SampleDialog::setDataset(const QString& name) {
    for (const store::DatasetRecord& one : m_session.facts().datasets)
        if (QString::fromStdString(one.name) == name)
            m_dataset->setCurrentIndex(
                std::max(0, m_dataset->findData(QString::number(one.id.value))));
    m_preset->clear(); // another dataset's own preset
    presetsAgain();
    look();
}

void SampleDialog::setFilter(const QString& expression) {
    m_filter->setText(expression);
    look();
}

Json SampleDialog::spec() const {
    Json spec = m_form->spec();
    spec.update({{"model", m_model->value()},
                 {"adapter", m_adapter->value()},
                 {"dataset", m_dataset->currentData().toString().toStdString()},
                 {"where", m_filter->text().trimmed().toStdString()}});
    if (spec["shots_from"] == "file") // asked for and not chosen
        spec["shots_from"] = "builtin";
    return spec;
}

void SampleDialog::accept() {
    m_form->keepAsLastUsed(m_session);
    const store::DatasetRecord* const chosen = dataset();
    m_session.enqueueJob(QStringLiteral("sample"), spec(),
                         tr("sample %1, n = %2")
                             .arg(chosen ? QString::fromStdString(chosen->name) : QString())
                             .arg(m_form->value("n").get<int>()));
    FormDialog::accept();
}

} // namespace crux::ui
