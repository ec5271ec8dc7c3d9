#include "ui/dialogs/spec_form.h"

#include "ui/dialogs/form_dialog.h"
#include "ui/dialogs/param_field.h"
#include "ui/model/session.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <cmath>
#include <utility>

namespace crux::ui {

namespace {

/// A preset's 0.95 may have been a float; fields have a few decimals.
bool alike(const Json& a, const Json& b) {
    if (a.is_number() && b.is_number()) {
        const double x = a.get<double>(), y = b.get<double>();
        return std::abs(x - y) <= 1e-6 * std::max(std::abs(x), std::abs(y));
    }
    return a == b;
}

QString lastUsedKey(const std::string& kind, const QString& variant) {
    const QString key = QString::fromStdString(kind) + QStringLiteral(".last");
    return variant.isEmpty() ? key : key + QLatin1Char('.') + variant;
}

} // namespace

SpecForm::SpecForm(std::string_view kind, QObject* parent)
    : QObject(parent)
    , m_kind(kind)
    , m_words{tr("As in the preset."), tr("Differences from the preset: %1"), tr("Preset: %1")} {
    if (auto table = paramTable(kind); table.ok())
        m_table = std::move(*table);
}

void SpecForm::addRow(const char* key, QWidget* widget, const QString& name, const QString& doc,
                      const QString& none) {
    widget->setAccessibleName(name);
    widget->setToolTip(doc);
    ParamType type = ParamType::Text;
    for (const ParamDef& one : m_table)
        if (one.name == key)
            type = one.type;
    m_rows.push_back({key, widget, name, doc, none, type});
    follow(widget);
}

void SpecForm::follow(QWidget* widget) {
    if (auto* typed = qobject_cast<ParamField*>(widget))
        connect(typed, &ParamField::changed, this, &SpecForm::touched);
    else if (auto* number = qobject_cast<QSpinBox*>(widget))
        connect(number, &QSpinBox::valueChanged, this, &SpecForm::touched);
    else if (auto* real = qobject_cast<QDoubleSpinBox*>(widget))
        connect(real, &QDoubleSpinBox::valueChanged, this, &SpecForm::touched);
    else if (auto* box = qobject_cast<QComboBox*>(widget))
        connect(box, &QComboBox::currentIndexChanged, this, &SpecForm::touched);
    else if (auto* check = qobject_cast<QCheckBox*>(widget))
        connect(check, &QCheckBox::toggled, this, &SpecForm::touched);
    else if (auto* path = qobject_cast<PathField*>(widget))
        connect(path, &PathField::changed, this, &SpecForm::touched);
    else if (auto* line = qobject_cast<QLineEdit*>(widget))
        connect(line, &QLineEdit::textChanged, this, &SpecForm::touched);
}

void SpecForm::touched() {
    if (m_filling)
        return;
    mark();
    Q_EMIT edited();
}

const SpecForm::Row* SpecForm::find(std::string_view key) const {
    for (const Row& row : m_rows)
        if (row.key == key)
            return &row;
    return nullptr;
}

QWidget* SpecForm::widget(std::string_view key) const {
    const Row* const row = find(key);
    return row ? row->widget : nullptr;
}

Json SpecForm::value(std::string_view key) const {
    const Row* const row = find(key);
    return row ? valueOf(row->widget, row->type) : Json();
}

void SpecForm::setValue(std::string_view key, const Json& value) {
    const Row* const row = find(key);
    if (!row)
        return;
    setValueOf(row->widget, value);
    if (qobject_cast<ParamField*>(row->widget)) // which tells of what the user types alone
        touched();
}

Json SpecForm::spec() const {
    Json all = Json::object();
    for (const Row& row : m_rows)
        all[row.key] = valueOf(row.widget, row.type);
    return all;
}

void SpecForm::show(const Json& preset) {
    m_preset = preset;
    m_filling = true;
    for (const Row& row : m_rows)
        if (preset.contains(row.key))
            setValueOf(row.widget, preset.at(row.key));
    m_filling = false;
    mark();
}

void SpecForm::fill(const Json& values) {
    m_filling = true;
    for (const Row& row : m_rows)
        if (values.contains(row.key))
            setValueOf(row.widget, values.at(row.key));
    m_filling = false;
    mark();
}

void SpecForm::reset(std::string_view key) {
    m_filling = true;
    for (const Row& row : m_rows)
        if ((row.key == key || key == "all") && m_preset.contains(row.key))
            setValueOf(row.widget, m_preset.at(row.key));
    m_filling = false;
    touched();
}

void SpecForm::rebase(const Json& preset) {
    const Json old = std::exchange(m_preset, preset);
    m_filling = true;
    for (const Row& row : m_rows)
        if (old.contains(row.key) && preset.contains(row.key) &&
            alike(valueOf(row.widget, row.type), old.at(row.key)))
            setValueOf(row.widget, preset.at(row.key));
    m_filling = false;
    mark();
}

bool SpecForm::isChanged(const Row& row) const {
    return m_preset.contains(row.key) &&
           !alike(valueOf(row.widget, row.type), m_preset.at(row.key));
}

bool SpecForm::isChanged(std::string_view key) const {
    const Row* const row = find(key);
    return row && isChanged(*row);
}

std::vector<SpecForm::Change> SpecForm::changes() const {
    std::vector<Change> list;
    for (const Row& row : m_rows)
        if (isChanged(row))
            list.push_back(
                {row.key,
                 tr("%1 %2 → %3")
                     .arg(row.name, shownValue(row.widget, m_preset.at(row.key), row.none),
                          shownValue(row.widget, valueOf(row.widget, row.type), row.none))});
    return list;
}

QString SpecForm::differences() const {
    QStringList changed;
    for (const Change& change : changes())
        changed << change.text;
    return changed.isEmpty() ? m_words.same
                             : m_words.differ.arg(changed.join(QStringLiteral(", ")));
}

QLabel* SpecForm::makeDifferences(QWidget* parent) {
    m_differences = makeLabel(LabelKind::Second, parent, differences());
    m_differences->setWordWrap(true);
    return m_differences;
}

/// Changed fields are bold; the tool tip says what the preset has.
void SpecForm::mark() {
    for (const Row& row : m_rows) {
        if (!m_preset.contains(row.key))
            continue;
        const bool listed = row.type == ParamType::TextList && qobject_cast<QLineEdit*>(row.widget);
        QFont font = listed ? fonts::fixed() : fonts::ui();
        font.setWeight(isChanged(row) ? QFont::DemiBold : QFont::Normal);
        row.widget->setFont(font);
        const QString preset =
            m_words.tip.arg(shownValue(row.widget, m_preset.at(row.key), row.none));
        const bool sentence = row.doc.endsWith(QLatin1Char('.'));
        row.widget->setToolTip(row.doc.isEmpty() ? preset
                               : sentence        ? row.doc + QLatin1Char(' ') + preset
                                                 : tr("%1. %2").arg(row.doc, preset));
    }
    if (m_differences)
        m_differences->setText(differences());
}

Json SpecForm::lastUsed(const Session& session, const QString& variant) const {
    const auto last = parseJson(session.uiState(lastUsedKey(m_kind, variant)).toStdString());
    if (!last.ok() || !last->is_object())
        return {};
    Json kept = Json::object();
    for (const Row& row : m_rows)
        if (last->contains(row.key))
            kept[row.key] = last->at(row.key);
    return kept;
}

void SpecForm::keepAsLastUsed(Session& session) const {
    keepAsLastUsed(session, {}, spec());
}

void SpecForm::keepAsLastUsed(Session& session, const QString& variant, const Json& values) const {
    session.setUiState(lastUsedKey(m_kind, variant), QString::fromStdString(dumpJson(values)));
}

} // namespace crux::ui
