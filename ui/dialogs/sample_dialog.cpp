#include "ui/dialogs/sample_dialog.h"

#include "core/spec/sample_presets.h"
#include "core/text/prompts.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_fields.h"
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
constexpr int kNumberWidth = 72;

QString presetTitle(const std::string& name) {
    if (name == "paper")
        return SampleDialog::tr("Paper");
    if (name == "authors")
        return SampleDialog::tr("Authors' code");
    if (name == "small CPU")
        return SampleDialog::tr("Small CPU");
    return name == "demo" ? SampleDialog::tr("Demo") : QString::fromStdString(name);
}

QSpinBox* spin(int low, int high, QWidget* parent) {
    auto* box = new QSpinBox(parent);
    box->setRange(low, high);
    box->setFixedWidth(kNumberWidth);
    return box;
}

QDoubleSpinBox* realSpin(double low, double high, QWidget* parent) {
    auto* box = new QDoubleSpinBox(parent);
    box->setRange(low, high);
    box->setDecimals(2);
    box->setSingleStep(0.05);
    box->setFixedWidth(kNumberWidth);
    return box;
}

QComboBox* combo(const QList<QPair<QString, QString>>& items, QWidget* parent) {
    auto* box = new QComboBox(parent);
    for (const auto& [text, data] : items)
        box->addItem(text, data);
    return box;
}

} // namespace

SampleDialog::SampleDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Sample answers"), tr("Start sampling"), parent)
    , m_session(session) {
    buildWhat();
    buildPrompt();
    buildSampler();
    addHeading(tr("Checks"));
    m_checks = new CheckList(this);
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

template <typename Widget>
Widget* SampleDialog::row(const char* key, Widget* widget, const QString& name,
                          const QString& doc) {
    widget->setAccessibleName(name);
    m_rows.push_back({key, widget, name, doc});
    return widget;
}

/// Small fields beside each other, each with its word.
QWidget* SampleDialog::together(const QList<QPair<QString, QWidget*>>& parts) {
    auto* box = new QWidget(this);
    auto* line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    bool first = true;
    for (const auto& [word, widget] : parts) {
        if (!word.isEmpty()) {
            if (!first)
                line->addSpacing(10);
            auto* label = makeLabel(LabelKind::Second, box, word);
            label->setBuddy(widget);
            line->addWidget(label);
        }
        line->addWidget(widget, qobject_cast<QLineEdit*>(widget) ? 1 : 0);
        first = false;
    }
    line->addStretch(0);
    if (!box->findChild<QLineEdit*>())
        line->addStretch(1);
    return box;
}

void SampleDialog::buildWhat() {
    m_preset = new QComboBox(this);
    addField(tr("Preset"), m_preset);
    m_differences = makeLabel(LabelKind::Second, this);
    m_differences->setWordWrap(true);
    m_model = new ModelChoice(ModelChoice::Offer::Models, tr("Model"), this);
    m_adapter = new ModelChoice(ModelChoice::Offer::Adapters, tr("Adapter"), this);
    addField(QString(), m_differences);
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
    QSpinBox* n = row("n", spin(1, 4096, this), tr("answers"), tr("Answers to each question"));
    QSpinBox* limit = row("limit", spin(0, 1'000'000, this), tr("first questions"),
                          tr("Only the first so many questions"));
    limit->setSpecialValueText(tr("all"));
    QSpinBox* seed =
        row("seed", spin(0, 1'000'000'000, this), tr("seed"), tr("Seed of all random draws"));
    addField(tr("Answers"),
             together({{QString(), n}, {tr("to each of the first"), limit}, {tr("seed"), seed}}));
}

void SampleDialog::buildPrompt() {
    addHeading(tr("Prompt"));
    QComboBox* shape = row("template", combo({{tr("the dataset's own"), QString()}}, this),
                           tr("template"), tr("Text around the question"));
    for (const text::PromptTemplate& one : text::promptTemplates())
        shape->addItem(QString::fromStdString(one.name), QString::fromStdString(one.name));
    QComboBox* bos = row("bos",
                         combo({{tr("as the tokenizer says"), QStringLiteral("auto")},
                                {tr("left out"), QStringLiteral("none")}},
                               this),
                         tr("BOS"), tr("Whether the prompt begins with the tokenizer's BOS token"));
    addField(tr("Template"), together({{QString(), shape}, {tr("BOS"), bos}}));
    QSpinBox* shots =
        row("shots", spin(-1, 64, this), tr("examples"), tr("Worked examples before the question"));
    shots->setSpecialValueText(tr("paper"));
    QComboBox* from = row("shots_from",
                          combo({{tr("Crux's own"), QStringLiteral("builtin")},
                                 {tr("the train split"), QStringLiteral("train")},
                                 {tr("a file…"), QStringLiteral("file")}},
                                this),
                          tr("examples from"), tr("Where the worked examples come from"));
    from->setMaximumWidth(160);
    QComboBox* end =
        row("prompt_end",
            combo({{tr("auto"), QStringLiteral("auto")},
                   {tr("taken off"), QStringLiteral("strip")},
                   {tr("kept"), QStringLiteral("keep")}},
                  this),
            tr("blank at the end"),
            tr("White space at the prompt's end; auto takes it off where there are examples"));
    addField(tr("Examples"),
             together({{QString(), shots}, {tr("from"), from}, {tr("blank at the end"), end}}));
}

void SampleDialog::buildSampler() {
    addHeading(tr("Sampler"));
    QDoubleSpinBox* temperature =
        row("temperature", realSpin(0, 100, this), tr("temperature"), tr("0 is greedy"));
    QDoubleSpinBox* topP = row("top_p", realSpin(0.01, 1, this), tr("top-p"), tr("1 is off"));
    QSpinBox* topK =
        row("top_k", spin(0, 1'000'000, this), tr("top-k"), tr("Only so many most likely tokens"));
    topK->setSpecialValueText(tr("off"));
    addField(tr("Temperature"),
             together({{QString(), temperature}, {tr("top-p"), topP}, {tr("top-k"), topK}}));
    QSpinBox* longest =
        row("max_new_tokens", spin(1, 1 << 20, this), tr("longest answer"), tr("Tokens"));
    QSpinBox* batch = row("batch", spin(1, 4096, this), tr("batch"),
                          tr("Answers drawn at once; changes no result. Fewer are tried when "
                             "memory runs out"));
    QComboBox* profile = row("profile",
                             combo({{QStringLiteral("crux"), QStringLiteral("crux")},
                                    {tr("authors"), QStringLiteral("authors")},
                                    {QStringLiteral("minerva"), QStringLiteral("minerva")}},
                                   this),
                             tr("grader"), tr("Rules that judge the answers"));
    addField(tr("Longest answer"),
             together({{QString(), longest}, {tr("at once"), batch}, {tr("grader"), profile}}));
    QLineEdit* stop = row("stop", new QLineEdit(this), tr("stop texts"),
                          tr("Texts that end an answer, a bar between two; \\n is a line end"));
    stop->setFont(fonts::fixed());
    QCheckBox* noStop = row("no_stop", new QCheckBox(tr("none"), this), tr("no stop text"),
                            tr("Answers end at EOS or at their length"));
    addField(tr("Stop texts"), together({{QString(), stop}, {QString(), noStop}}));
    QCheckBox* select =
        row("select",
            new QCheckBox(tr("Choose positive, negative and preference data at the end"), this),
            tr("choosing data"), tr("By the frequency of the answers, as the paper does"));
    addField(QString(), select);
}

void SampleDialog::connectAll() {
    const auto touched = [this] {
        if (!m_setting)
            check();
    };
    for (const Row& one : m_rows) {
        if (auto* number = qobject_cast<QSpinBox*>(one.widget))
            connect(number, &QSpinBox::valueChanged, this, touched);
        else if (auto* real = qobject_cast<QDoubleSpinBox*>(one.widget))
            connect(real, &QDoubleSpinBox::valueChanged, this, touched);
        else if (auto* box = qobject_cast<QComboBox*>(one.widget))
            connect(box, &QComboBox::currentIndexChanged, this, touched);
        else if (auto* check = qobject_cast<QCheckBox*>(one.widget))
            connect(check, &QCheckBox::toggled, this, touched);
        else if (auto* line = qobject_cast<QLineEdit*>(one.widget))
            connect(line, &QLineEdit::textChanged, this, touched);
    }
    auto* from = qobject_cast<QComboBox*>(find("shots_from")->widget);
    connect(from, &QComboBox::activated, this, &SampleDialog::chooseExampleFile);
    connect(m_preset, &QComboBox::activated, this, [this] { applyPreset(presetNow()); });
    connect(m_model, &ModelChoice::changed, this, [this] {
        m_adapter->setFacts(m_session.facts(), m_model->model());
        presetsAgain();
    });
    connect(m_adapter, &ModelChoice::changed, this, &SampleDialog::check);
    connect(m_dataset, &QComboBox::activated, this, [this] {
        presetsAgain();
        m_timer->start();
    });
    connect(m_filter, &QLineEdit::textEdited, this, [this] { m_timer->start(); });
    connect(m_timer, &QTimer::timeout, this, &SampleDialog::look);
    connect(&m_session, &Session::factsChanged, this, &SampleDialog::fillFromFacts);
}

const SampleDialog::Row* SampleDialog::find(const char* key) const {
    for (const Row& one : m_rows)
        if (std::string_view(one.key) == key)
            return &one;
    return nullptr;
}

Json SampleDialog::value(const char* key) const {
    return valueOf(find(key)->widget);
}

void SampleDialog::setValue(const char* key, const Json& value) {
    if (const Row* one = find(key))
        setValueOf(one->widget, value);
}

void SampleDialog::chooseExampleFile() {
    auto* from = qobject_cast<QComboBox*>(find("shots_from")->widget);
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
    if (!m_session.uiState(QStringLiteral("sample.last")).isEmpty())
        m_preset->addItem(tr("Last used"), QStringLiteral("last"));
    const bool words = dataset() && dataset()->promptTemplate == "wordproblems";
    const QString wanted = !fresh  ? before
                           : words ? QStringLiteral("demo")
                                   : QStringLiteral("paper");
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(wanted)));
    const Json preset = presetNow();
    if (fresh)
        return applyPreset(preset);
    const Json old = std::exchange(m_base, preset);
    m_setting = true;
    for (const Row& one : m_rows)
        if (old.contains(one.key) && valueOf(one.widget) == old.at(one.key))
            setValueOf(one.widget, preset.at(one.key));
    m_setting = false;
    check();
}

/// All fields of the chosen preset; what it leaves open is as `crux-cli spec sample` says.
Json SampleDialog::presetNow() const {
    Json all{
        {"n", 64},       {"limit", 0}, {"seed", 0}, {"template", ""}, {"shots_from", "builtin"},
        {"select", true}};
    const std::string name = m_preset->currentData().toString().toStdString();
    if (name == "last") {
        const auto last = parseJson(m_session.uiState(QStringLiteral("sample.last")).toStdString());
        if (last.ok() && last->is_object()) {
            const auto paper = samplePreset("paper", modelName(), isMath());
            all.update(paper->spec);
            for (const Row& one : m_rows)
                if (last->contains(one.key))
                    all[one.key] = last->at(one.key);
            return all;
        }
    }
    const auto preset = samplePreset(name == "last" ? "paper" : name, modelName(), isMath());
    if (preset.ok())
        all.update(preset->spec);
    return all;
}

void SampleDialog::applyPreset(const Json& preset) {
    m_base = preset;
    m_setting = true;
    for (const Row& one : m_rows)
        if (preset.contains(one.key))
            setValueOf(one.widget, preset.at(one.key));
    m_setting = false;
    check();
}

void SampleDialog::choosePreset(const QString& name) {
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(name)));
    applyPreset(presetNow());
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
    Json spec{{"model", m_model->value()},
              {"adapter", m_adapter->value()},
              {"dataset", m_dataset->currentData().toString().toStdString()},
              {"where", m_filter->text().trimmed().toStdString()}};
    for (const Row& one : m_rows)
        spec[one.key] = valueOf(one.widget);
    if (spec["shots_from"] == "file") // asked for and not chosen
        spec["shots_from"] = "builtin";
    return spec;
}

void SampleDialog::accept() {
    Json kept = spec();
    for (const char* key : {"model", "adapter", "dataset", "where"})
        kept.erase(key);
    m_session.setUiState(QStringLiteral("sample.last"), QString::fromStdString(dumpJson(kept)));
    const store::DatasetRecord* const chosen = dataset();
    m_session.enqueueJob(QStringLiteral("sample"), spec(),
                         tr("sample %1, n = %2")
                             .arg(chosen ? QString::fromStdString(chosen->name) : QString())
                             .arg(value("n").get<int>()));
    FormDialog::accept();
}

} // namespace crux::ui
