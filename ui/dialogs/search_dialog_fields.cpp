// The fields of the launch sheet: making them, filling them, reading them.
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/model_choice.h"
#include "ui/dialogs/search_dialog.h"
#include "ui/dialogs/spec_form.h"
#include "ui/model/search_service.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include "core/store/repositories.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

/// Defaults of the job for what a preset leaves open.
Json completed(const Json& preset) {
    Json all = Json::object();
    if (const auto table = paramTable("search"); table.ok())
        for (const ParamDef& one : *table)
            all[one.name] = one.defaultValue;
    all.update(preset);
    return all;
}

} // namespace

void SearchDialog::buildModels() {
    m_presets = new QButtonGroup(this);
    auto* segments = new QWidget(this);
    auto* row = new QHBoxLayout(segments);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    const std::pair<QString, QString> names[] = {
        {tr("Paper"), tr("The paper's rule, 64 rollouts, confirmed by 256 fresh ones")},
        {tr("Authors' code"),
         tr("Their scan with its fall-back, replacements from the full softmax")},
        {tr("Quick"), tr("By halving, 24 rollouts: for a first look")},
        {tr("Last"), tr("As the last search was started")}};
    for (int i = 0; i < 4; ++i) {
        auto* button = new QToolButton(segments);
        button->setText(names[i].first);
        button->setToolTip(names[i].second);
        button->setCheckable(true);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFixedHeight(metrics::kSmallToolButton);
        button->setProperty("segment", QLatin1String(i == 0   ? "first"
                                                     : i == 3 ? "last"
                                                              : "middle"));
        m_presets->addButton(button, i);
        row->addWidget(button);
    }
    row->addStretch(1);
    addField(tr("Preset"), segments);
    connect(m_presets, &QButtonGroup::idClicked, this,
            [this](int id) { choosePreset(static_cast<Preset>(id)); });
    addHeading(tr("Model"));
    m_model = new ModelChoice(ModelChoice::Offer::Models, tr("Model"), this);
    m_adapter = new ModelChoice(ModelChoice::Offer::Adapters, tr("Adapter"), this);
    addField(tr("Draws rollouts"), m_model);
    addField(tr("Adapter"), m_adapter, tr("empty: the bare model"));
    connect(m_model, &ModelChoice::changed, this, [this] {
        m_adapter->setFacts(m_session.facts(), m_model->model());
        changed();
    });
    connect(m_adapter, &ModelChoice::changed, this, &SearchDialog::changed);
}

void SearchDialog::buildMethod() {
    addHeading(tr("Method"));
    m_form = new SpecForm("search", this);
    connect(m_form, &SpecForm::edited, this, &SearchDialog::changed);
    const auto combo = [this](const char* key, const QString& name,
                              const QList<QPair<QString, QString>>& items) {
        return m_form->add(key, choiceField(items, this), name);
    };
    const auto flag = [this](const char* key, const QString& name, const QString& text) {
        return m_form->add(key, new QCheckBox(text, this), name);
    };
    addField(tr("Method"),
             combo("method", tr("method"),
                   {{tr("critical: the paper's rule"), QStringLiteral("critical")},
                    {tr("bisect: critical by halving"), QStringLiteral("bisect")},
                    {tr("pivotal: changes of the chance, both ways"), QStringLiteral("pivotal")},
                    {tr("cliff: tested drops of the chance"), QStringLiteral("cliff")},
                    {tr("curve: shares only, no token"), QStringLiteral("curve")}}));
    addField(tr("Rule"),
             combo("rule", tr("rule"),
                   {{tr("paper: none where a later position recovers"), QStringLiteral("paper")},
                    {tr("authors: falls back on a candidate that was reset"),
                     QStringLiteral("authors")}}));
    addField(
        tr("Mode"),
        combo("mode", tr("mode"),
              {{tr("economical: exact reuse, early stopping"), QStringLiteral("economical")},
               {tr("exhaustive: every rollout of every position"), QStringLiteral("exhaustive")}}),
        tr("both give the same verdicts"));
    const auto whole = [this](const char* key, int low, int high, const QString& name,
                              const QString& doc = {}) {
        return QPair<QString, QWidget*>(name,
                                        m_form->add(key, wholeField(low, high, this), name, doc));
    };
    addField(tr("Rollouts"),
             fieldRow({whole("n", 1, 4096, QStringLiteral("n")),
                       whole("confirm", 0, 4096, tr("confirm"),
                             tr("Fresh rollouts that took no part in the search; 0: none")),
                       whole("points", 0, 100'000, tr("curve points"),
                             tr("Evenly spaced positions that get n rollouts beside what the "
                                "verdict needs, for the curve"))},
                      this));
    const auto share = [this](const char* key, double low, double step, const QString& name) {
        return m_form->add(key, realField(low, 1, 3, step, this), name);
    };
    addField(tr("Low share"), share("low_share", 0.001, 0.01, tr("low share")));
    addField(tr("Least change"), share("gap", 0.001, 0.05, tr("least change")));
    addField(tr("Least drop"), share("drop", 0, 0.05, tr("least drop")));
    addField(tr("Verify"), flag("verify", tr("verify"), tr("look at every later position too")));
    addField(tr("Without it"), flag("without", tr("without"),
                                    tr("ban the token found, draw n others, compare pass@k")));
    addField(tr("Replacements"), combo("replacement", tr("replacement"),
                                       {{tr("as rollouts are drawn"), QStringLiteral("sampler")},
                                        {tr("from the full softmax, as the authors do"),
                                         QStringLiteral("full_softmax")}}));
}

void SearchDialog::buildSampling() {
    addHeading(tr("Sampling"));
    const auto part = [this](const char* key, QWidget* field, const QString& name) {
        return QPair<QString, QWidget*>(name, m_form->add(key, field, name));
    };
    QSpinBox* topK = wholeField(0, 1'000'000, this);
    topK->setSpecialValueText(tr("off"));
    addField(tr("Rollouts drawn"),
             fieldRow({part("temperature", realField(0, 100, 2, 0.1, this), tr("temperature")),
                       part("top_p", realField(0.01, 1, 2, 0.05, this), QStringLiteral("top-p")),
                       part("top_k", topK, QStringLiteral("top-k"))},
                      this));
    auto* seed = new QLineEdit(this); // seeds go beyond what a spin box holds
    seed->setFixedWidth(topK->maximumWidth());
    addField(QString(),
             fieldRow({part("max_new_tokens", wholeField(1, 1 << 20, this), tr("max tokens")),
                       part("seed", seed, tr("seed"))},
                      this));
    auto* stop = m_form->add("stop", new QLineEdit(this), tr("stop texts"),
                             tr("Texts that end a rollout, parted by “ | ”; \\n is a line end"));
    stop->setFont(fonts::fixed());
    addField(tr("Stop texts"), stop);
    addWide(m_form->makeDifferences(this));
}

void SearchDialog::buildTrajectories() {
    addHeading(tr("Trajectories"));
    m_scope = new QComboBox(this);
    if (m_shown)
        m_scope->addItem(tr("the shown one, trajectory %1").arg(m_shown.value),
                         QStringLiteral("shown"));
    m_scope->addItem(tr("all that match a filter"), QStringLiteral("filter"));
    connect(m_scope, &QComboBox::activated, this, &SearchDialog::changed);
    addField(tr("Search"), m_scope);
    m_filter = new QLineEdit(QStringLiteral("verdict=wrong"), this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all, or for example verdict=wrong"));
    connect(m_filter, &QLineEdit::textEdited, this, &SearchDialog::changed);
    addField(tr("Filter"), m_filter);
    m_dataset = new QComboBox(this);
    connect(m_dataset, &QComboBox::activated, this, &SearchDialog::changed);
    addField(tr("Dataset"), m_dataset);
    m_limit = wholeField(0, 1'000'000, this);
    m_limit->setSpecialValueText(tr("all"));
    connect(m_limit, &QSpinBox::valueChanged, this, &SearchDialog::changed);
    addField(tr("At most"), m_limit);
    addHeading(tr("Checks"));
    m_checks = new CheckList(this);
    addWide(m_checks);
    m_progressRow = new QWidget(this);
    m_progress = new QProgressBar(m_progressRow);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(8);
    m_progress->setAccessibleName(tr("Progress of the search"));
    m_progressText = makeLabel(LabelKind::Plain, m_progressRow);
    m_progressText->setWordWrap(true);
    m_stopButton = new QPushButton(tr("Stop"), m_progressRow);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(4);
    texts->addWidget(m_progress);
    texts->addWidget(m_progressText);
    auto* row = new QHBoxLayout(m_progressRow);
    row->setContentsMargins(0, 8, 0, 0);
    row->addLayout(texts, 1);
    row->addWidget(m_stopButton);
    addWide(m_progressRow);
    m_progressRow->hide();
    body()->addStretch(1);
    connect(m_stopButton, &QPushButton::clicked, this, [this] {
        m_session.write(this, [id = m_job](const store::Project& project) {
            return store::requestCancel(project, id);
        });
    });
}

void SearchDialog::choosePreset(Preset preset) {
    m_presets->button(static_cast<int>(preset))->setChecked(true);
    const Json spec = completed(presetSpec(preset));
    const std::string model = spec.value("model", std::string());
    for (const store::ModelRecord& record : m_session.facts().models)
        if (std::to_string(record.id.value) == model)
            m_model->setText(QString::fromStdString(record.name));
    m_form->show(spec);
    changed();
}

void SearchDialog::showMethodFields() {
    const auto method = m_form->value("method").get<std::string>();
    const bool loss = method == "critical" || method == "bisect";
    const auto show = [this](const char* key, bool visible) {
        setFieldVisible(m_form->field(key), visible);
    };
    show("rule", method == "critical");
    show("low_share", loss);
    show("gap", method == "pivotal");
    show("drop", method == "cliff");
    show("verify", method == "bisect");
    show("without", method != "curve");
    show("replacement", method != "curve" && m_form->value("without").get<bool>());
    m_form->field("confirm")->setEnabled(loss);
    const bool filtered = m_scope->currentData().toString() == QLatin1String("filter");
    setFieldVisible(m_filter, filtered);
    setFieldVisible(m_dataset, filtered);
    setFieldVisible(m_limit, filtered);
}

Json SearchDialog::spec() const {
    Json spec = m_form->spec();
    spec["model"] = m_model->value();
    if (spec["method"] == "curve")
        spec["without"] = false;
    if (!m_adapter->value().empty())
        spec["adapter"] = m_adapter->value();
    if (m_scope->currentData().toString() == QLatin1String("shown")) {
        spec["trajectories"] = std::to_string(m_shown.value);
    } else {
        spec["where"] = m_filter->text().trimmed().toStdString();
        spec["dataset"] = m_dataset->currentData().toString().toStdString();
        spec["limit"] = m_limit->value();
    }
    return spec;
}

} // namespace crux::ui
