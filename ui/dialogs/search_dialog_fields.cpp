// The fields of the launch sheet: making them, filling them, reading them.
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/model_choice.h"
#include "ui/dialogs/search_dialog.h"
#include "ui/model/search_service.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include "core/store/repositories.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
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

constexpr int kNumber = 80;
constexpr const char* kParting = " | "; ///< between stop texts in their field

/// "\n" is written as backslash and n.
QString escaped(const std::string& text) {
    QString out = QString::fromStdString(text);
    return out.replace(QLatin1Char('\\'), QStringLiteral("\\\\"))
        .replace(QLatin1Char('\n'), QStringLiteral("\\n"))
        .replace(QLatin1Char('\t'), QStringLiteral("\\t"));
}

std::string unescaped(const QString& text) {
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != QLatin1Char('\\') || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const QChar next = text[++i];
        out += next == QLatin1Char('n')   ? QLatin1Char('\n')
               : next == QLatin1Char('t') ? QLatin1Char('\t')
                                          : next;
    }
    return out.toStdString();
}

/// Small fields with their names, side by side.
QWidget* rowOf(QWidget* parent, const std::vector<std::pair<QString, QWidget*>>& fields) {
    auto* row = new QWidget(parent);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    for (const auto& [name, field] : fields) {
        if (!name.isEmpty()) {
            auto* label = makeLabel(LabelKind::Second, row, name);
            label->setBuddy(field);
            line->addWidget(label);
            field->setAccessibleName(name);
        }
        field->setParent(row);
        line->addWidget(field, field->maximumWidth() == QWIDGETSIZE_MAX ? 1 : 0);
        line->addSpacing(8);
    }
    line->addStretch(1);
    return row;
}

void choose(QComboBox* combo, const Json& spec, const char* key) {
    const auto found = spec.find(key);
    if (found != spec.end() && found->is_string())
        if (const int at = combo->findData(QString::fromStdString(found->get<std::string>()));
            at >= 0)
            combo->setCurrentIndex(at);
}

template <typename Box, typename Value>
void setNumber(Box* box, const Json& spec, const char* key, Value otherwise) {
    const auto found = spec.find(key);
    box->setValue(found != spec.end() && found->is_number() ? found->template get<Value>()
                                                            : otherwise);
}

bool flagOf(const Json& spec, const char* key, bool otherwise) {
    const auto found = spec.find(key);
    return found != spec.end() && found->is_boolean() ? found->get<bool>() : otherwise;
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
    const auto combo = [this](const std::vector<std::pair<QString, const char*>>& items) {
        auto* box = new QComboBox(this);
        for (const auto& [text, key] : items)
            box->addItem(text, QLatin1String(key));
        connect(box, &QComboBox::activated, this, &SearchDialog::changed);
        return box;
    };
    const auto whole = [this](int low, int high) {
        auto* box = new QSpinBox(this);
        box->setRange(low, high);
        box->setFixedWidth(kNumber);
        connect(box, &QSpinBox::valueChanged, this, &SearchDialog::changed);
        return box;
    };
    const auto real = [this](double low, double high, double step) {
        auto* box = new QDoubleSpinBox(this);
        box->setRange(low, high);
        box->setDecimals(3);
        box->setSingleStep(step);
        box->setFixedWidth(kNumber);
        connect(box, &QDoubleSpinBox::valueChanged, this, &SearchDialog::changed);
        return box;
    };
    addHeading(tr("Method"));
    m_method = combo({{tr("critical: the paper's rule"), "critical"},
                      {tr("bisect: critical by halving"), "bisect"},
                      {tr("pivotal: changes of the chance, both ways"), "pivotal"},
                      {tr("cliff: tested drops of the chance"), "cliff"},
                      {tr("curve: shares only, no token"), "curve"}});
    m_rule = combo({{tr("paper: none where a later position recovers"), "paper"},
                    {tr("authors: falls back on a candidate that was reset"), "authors"}});
    m_mode = combo({{tr("economical: exact reuse, early stopping"), "economical"},
                    {tr("exhaustive: every rollout of every position"), "exhaustive"}});
    addField(tr("Method"), m_method);
    addField(tr("Rule"), m_rule);
    addField(tr("Mode"), m_mode, tr("both give the same verdicts"));
    m_n = whole(1, 4096);
    m_points = whole(0, 100'000);
    m_points->setToolTip(tr("Evenly spaced positions that get n rollouts beside what the verdict "
                            "needs, for the curve"));
    m_confirm = whole(0, 4096);
    m_confirm->setToolTip(tr("Fresh rollouts that took no part in the search; 0: none"));
    addField(tr("Rollouts"), rowOf(this, {{QStringLiteral("n"), m_n},
                                          {tr("confirm"), m_confirm},
                                          {tr("curve points"), m_points}}));
    m_low = real(0.001, 1, 0.01);
    m_gap = real(0.001, 1, 0.05);
    m_drop = real(0, 1, 0.05);
    m_verify = new QCheckBox(tr("look at every later position too"), this);
    connect(m_verify, &QCheckBox::toggled, this, &SearchDialog::changed);
    addField(tr("Low share"), m_low);
    addField(tr("Least change"), m_gap);
    addField(tr("Least drop"), m_drop);
    addField(tr("Verify"), m_verify);
    m_without = new QCheckBox(tr("ban the token found, draw n others, compare pass@k"), this);
    connect(m_without, &QCheckBox::toggled, this, &SearchDialog::changed);
    m_replacement = combo({{tr("as rollouts are drawn"), "sampler"},
                           {tr("from the full softmax, as the authors do"), "full_softmax"}});
    addField(tr("Without it"), m_without);
    addField(tr("Replacements"), m_replacement);
}

void SearchDialog::buildSampling() {
    addHeading(tr("Sampling"));
    const auto number = [this](auto* box) {
        box->setFixedWidth(kNumber);
        using Box = std::remove_pointer_t<decltype(box)>;
        connect(box, &Box::valueChanged, this, &SearchDialog::changed);
        return box;
    };
    m_temperature = number(new QDoubleSpinBox(this));
    m_temperature->setRange(0, 100);
    m_temperature->setSingleStep(0.1);
    m_topP = number(new QDoubleSpinBox(this));
    m_topP->setRange(0.01, 1);
    m_topP->setSingleStep(0.05);
    m_topK = number(new QSpinBox(this));
    m_topK->setRange(0, 1'000'000);
    m_topK->setSpecialValueText(tr("off"));
    m_maxTokens = number(new QSpinBox(this));
    m_maxTokens->setRange(1, 1 << 20);
    m_seed = new QLineEdit(this);
    m_seed->setFixedWidth(kNumber);
    m_stop = new QLineEdit(this);
    m_stop->setFont(fonts::fixed());
    m_stop->setToolTip(tr("Texts that end a rollout, parted by “ | ”; \\n is a line end"));
    for (QLineEdit* edit : {m_seed, m_stop})
        connect(edit, &QLineEdit::textEdited, this, &SearchDialog::changed);
    m_samplingRow = rowOf(this, {{tr("temperature"), m_temperature},
                                 {QStringLiteral("top-p"), m_topP},
                                 {QStringLiteral("top-k"), m_topK}});
    m_samplingRow2 = rowOf(this, {{tr("max tokens"), m_maxTokens}, {tr("seed"), m_seed}});
    addField(tr("Rollouts drawn"), m_samplingRow);
    addField(QString(), m_samplingRow2);
    addField(tr("Stop texts"), m_stop);
    m_differences = makeLabel(LabelKind::Second, this);
    m_differences->setWordWrap(true);
    addWide(m_differences);
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
    m_limit = new QSpinBox(this);
    m_limit->setRange(0, 1'000'000);
    m_limit->setSpecialValueText(tr("all"));
    m_limit->setFixedWidth(kNumber);
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
    m_preset = preset;
    m_presetSpec = presetSpec(preset);
    m_presets->button(static_cast<int>(preset))->setChecked(true);
    showSpec(m_presetSpec);
    m_presetSpec = spec(); // as the fields can say it
    changed();
}

void SearchDialog::showSpec(const Json& spec) {
    m_filling = true;
    const std::string model = spec.value("model", std::string());
    for (const store::ModelRecord& record : m_session.facts().models)
        if (std::to_string(record.id.value) == model)
            m_model->setText(QString::fromStdString(record.name));
    for (const auto& [combo, key] :
         {std::pair{m_method, "method"}, std::pair{m_rule, "rule"}, std::pair{m_mode, "mode"},
          std::pair{m_replacement, "replacement"}})
        choose(combo, spec, key);
    setNumber(m_n, spec, "n", 64);
    setNumber(m_points, spec, "points", 0);
    setNumber(m_confirm, spec, "confirm", 256);
    setNumber(m_low, spec, "low_share", 0.05);
    setNumber(m_gap, spec, "gap", 0.2);
    setNumber(m_drop, spec, "drop", 0.1);
    m_verify->setChecked(flagOf(spec, "verify", true));
    m_without->setChecked(flagOf(spec, "without", false));
    const SamplingParams sampling = samplingOfSpec(spec);
    m_temperature->setValue(sampling.temperature);
    m_topP->setValue(sampling.topP);
    m_topK->setValue(sampling.topK);
    m_maxTokens->setValue(sampling.maxNewTokens);
    m_seed->setText(QString::number(sampling.seed));
    QStringList stops;
    for (const std::string& stop : sampling.stop)
        stops << escaped(stop);
    m_stop->setText(stops.join(QLatin1String(kParting)));
    m_filling = false;
}

void SearchDialog::showMethodFields() {
    const QString method = m_method->currentData().toString();
    const auto is = [&](const char* name) { return method == QLatin1String(name); };
    const bool loss = is("critical") || is("bisect");
    setFieldVisible(m_rule, is("critical"));
    setFieldVisible(m_low, loss);
    setFieldVisible(m_gap, is("pivotal"));
    setFieldVisible(m_drop, is("cliff"));
    setFieldVisible(m_verify, is("bisect"));
    setFieldVisible(m_without, !is("curve"));
    setFieldVisible(m_replacement, !is("curve") && m_without->isChecked());
    m_confirm->setEnabled(loss);
    const bool filtered = m_scope->currentData().toString() == QLatin1String("filter");
    setFieldVisible(m_filter, filtered);
    setFieldVisible(m_dataset, filtered);
    setFieldVisible(m_limit, filtered);
}

Json SearchDialog::spec() const {
    const auto chosen = [](const QComboBox* combo) {
        return combo->currentData().toString().toStdString();
    };
    std::vector<std::string> stops;
    for (const QString& part : m_stop->text().split(QLatin1String(kParting), Qt::SkipEmptyParts))
        stops.push_back(unescaped(part));
    const std::string method = chosen(m_method);
    Json spec{{"model", m_model->value()},
              {"method", method},
              {"rule", chosen(m_rule)},
              {"mode", chosen(m_mode)},
              {"n", m_n->value()},
              {"points", m_points->value()},
              {"low_share", m_low->value()},
              {"gap", m_gap->value()},
              {"drop", m_drop->value()},
              {"verify", m_verify->isChecked()},
              {"confirm", m_confirm->value()},
              {"without", m_without->isChecked() && method != "curve"},
              {"replacement", chosen(m_replacement)},
              {"temperature", m_temperature->value()},
              {"top_p", m_topP->value()},
              {"top_k", m_topK->value()},
              {"max_new_tokens", m_maxTokens->value()},
              {"stop", stops},
              {"seed", m_seed->text().toLongLong()}};
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
