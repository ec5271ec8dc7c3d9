#include "ui/dialogs/param_field.h"

#include "ui/widgets/format.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>

#include <cmath>

namespace crux::ui {

namespace {

constexpr int kNumberWidth = 72;

bool isNumber(const ParamDef& def) {
    return def.type == ParamType::Integer || def.type == ParamType::Real;
}

/// "0.1", "4e-5": short, and read back as it is.
QString numberText(double value) {
    QString text = QString::number(value, 'g', 8);
    return text.replace(QStringLiteral("e-0"), QStringLiteral("e-"));
}

/// A true minus and thin blanks are read as well as plain ones.
QString plainNumber(QString text) {
    text.replace(format::kMinus, QLatin1Char('-'));
    text.remove(format::kThin);
    return text.trimmed();
}

} // namespace

ParamField::ParamField(ParamDef def, ParamWords words, QWidget* parent)
    : QWidget(parent)
    , m_def(std::move(def))
    , m_words(std::move(words)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    if (m_def.type == ParamType::Choice) {
        auto* box = new QComboBox(this);
        for (const std::string& choice : m_def.choices) {
            QString word = QString::fromStdString(choice);
            for (const auto& [value, shown] : m_words.choices)
                if (value == choice)
                    word = shown;
            box->addItem(word, QString::fromStdString(choice));
        }
        connect(box, &QComboBox::activated, this, &ParamField::changed);
        m_editor = box;
    } else if (m_def.type == ParamType::Boolean) {
        auto* check = new QCheckBox(m_words.label, this);
        connect(check, &QCheckBox::clicked, this, &ParamField::changed);
        m_editor = check;
    } else {
        auto* line = new QLineEdit(this);
        if (isNumber(m_def))
            line->setFixedWidth(kNumberWidth);
        connect(line, &QLineEdit::textEdited, this, &ParamField::changed);
        m_editor = line;
    }
    m_editor->setObjectName(QString::fromStdString(m_def.name));
    m_editor->setAccessibleName(m_words.label);
    setFocusProxy(m_editor);
    row->addWidget(m_editor);
    setValue(m_def.defaultValue);
}

Json ParamField::value() const {
    if (const auto* box = qobject_cast<const QComboBox*>(m_editor))
        return box->currentData().toString().toStdString();
    if (const auto* check = qobject_cast<const QCheckBox*>(m_editor))
        return check->isChecked();
    const QString text = static_cast<const QLineEdit*>(m_editor)->text();
    if (isNumber(m_def)) {
        bool read = false;
        const double number = plainNumber(text).toDouble(&read);
        if (!read || !std::isfinite(number))
            return nullptr;
        if (m_def.type == ParamType::Integer && std::floor(number) == number &&
            std::abs(number) < 9e15)
            return static_cast<std::int64_t>(number);
        return number;
    }
    if (m_def.type != ParamType::TextList)
        return format::unescaped(text);
    Json list = Json::array();
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts))
        list.push_back(part.trimmed().toStdString());
    return list;
}

void ParamField::setValue(const Json& value) {
    if (auto* box = qobject_cast<QComboBox*>(m_editor)) {
        if (value.is_string())
            box->setCurrentIndex(
                std::max(0, box->findData(QString::fromStdString(value.get<std::string>()))));
    } else if (auto* check = qobject_cast<QCheckBox*>(m_editor)) {
        check->setChecked(value.is_boolean() && value.get<bool>());
    } else {
        static_cast<QLineEdit*>(m_editor)->setText(shown(value));
    }
}

QString ParamField::shown(const Json& value) const {
    if (value.is_null())
        return {};
    if (value.is_boolean())
        return value.get<bool>() ? tr("on") : tr("off");
    if (value.is_number_integer())
        return QString::number(value.get<std::int64_t>());
    if (value.is_number())
        return numberText(value.get<double>());
    if (value.is_array()) {
        QStringList parts;
        for (const Json& part : value)
            parts << QString::fromStdString(part.get<std::string>());
        return parts.join(QStringLiteral(", "));
    }
    if (m_def.type == ParamType::Choice) {
        for (const auto& [choice, word] : m_words.choices)
            if (value == choice)
                return word;
        return QString::fromStdString(value.get<std::string>());
    }
    return format::escaped(value.get<std::string>());
}

QString ParamField::fault() const {
    if (m_def.type == ParamType::TextList && value().empty())
        return tr("“%1” must name at least one.").arg(m_words.label);
    if (!isNumber(m_def))
        return {};
    const Json now = value();
    if (now.is_null())
        return tr("“%1” must be a number.").arg(m_words.label);
    const double number = now.get<double>();
    if (m_def.type == ParamType::Integer && !now.is_number_integer())
        return tr("“%1” must be a whole number.").arg(m_words.label);
    const double low = m_def.minimum.value_or(number), high = m_def.maximum.value_or(number);
    if (number >= low && number <= high)
        return {};
    return tr("“%1” must be from %2 to %3.")
        .arg(m_words.label, QString::number(low, 'g', 6), QString::number(high, 'g', 6));
}

} // namespace crux::ui
