#include "ui/dialogs/spec_fields.h"

#include "ui/dialogs/form_dialog.h"
#include "ui/dialogs/param_field.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

struct FieldWords {
    Q_DECLARE_TR_FUNCTIONS(FieldWords)
};

constexpr int kNumberWidth = 80;
const QString kParting = QStringLiteral(" | "); ///< between the texts of a list

Json textAs(const QString& text, ParamType type) {
    switch (type) {
    case ParamType::Integer:
        return text.trimmed().toLongLong();
    case ParamType::Real:
        return text.trimmed().toDouble();
    case ParamType::Boolean:
        return text == QLatin1String("true");
    case ParamType::TextList: {
        Json list = Json::array();
        for (const QString& part : text.split(kParting, Qt::SkipEmptyParts))
            list.push_back(format::unescaped(part));
        return list;
    }
    case ParamType::Text:
    case ParamType::Choice:
    case ParamType::FilePath:
        break;
    }
    return text.toStdString();
}

QString lineOf(const Json& value) {
    if (value.is_string())
        return QString::fromStdString(value.get<std::string>());
    if (!value.is_array())
        return value.is_null() ? QString() : QString::fromStdString(dumpJson(value));
    QStringList parts;
    for (const Json& part : value)
        if (part.is_string())
            parts << format::escaped(part.get<std::string>());
    return parts.join(kParting);
}

} // namespace

QSpinBox* wholeField(int low, int high, QWidget* parent) {
    auto* box = new QSpinBox(parent);
    box->setRange(low, high);
    box->setFixedWidth(kNumberWidth);
    return box;
}

QDoubleSpinBox* realField(double low, double high, int decimals, double step, QWidget* parent) {
    auto* box = new QDoubleSpinBox(parent);
    box->setDecimals(decimals);
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setFixedWidth(kNumberWidth);
    return box;
}

QComboBox* choiceField(const QList<QPair<QString, QString>>& items, QWidget* parent) {
    auto* box = new QComboBox(parent);
    for (const auto& [text, data] : items)
        box->addItem(text, data);
    return box;
}

QWidget* fieldRow(const QList<QPair<QString, QWidget*>>& parts, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    bool first = true, stretched = false;
    for (const auto& [word, field] : parts) {
        if (!word.isEmpty()) {
            if (!first)
                line->addSpacing(10);
            auto* label = makeLabel(LabelKind::Second, box, word);
            label->setBuddy(field);
            line->addWidget(label);
        }
        const bool stretches = qobject_cast<QLineEdit*>(field) && //
                               field->maximumWidth() == QWIDGETSIZE_MAX;
        line->addWidget(field, stretches ? 1 : 0);
        stretched = stretched || stretches;
        first = false;
    }
    if (!stretched)
        line->addStretch(1);
    return box;
}

Json valueOf(const QWidget* widget, ParamType type) {
    if (const auto* typed = qobject_cast<const ParamField*>(widget))
        return typed->value();
    if (const auto* number = qobject_cast<const QSpinBox*>(widget))
        return number->value();
    if (const auto* real = qobject_cast<const QDoubleSpinBox*>(widget)) {
        const double scale = std::pow(10.0, real->decimals()); // .05, not .05000000000000000277
        return std::round(real->value() * scale) / scale;
    }
    if (const auto* check = qobject_cast<const QCheckBox*>(widget))
        return check->isChecked();
    if (const auto* path = qobject_cast<const PathField*>(widget))
        return path->edit()->text().trimmed().isEmpty() ? std::string()
                                                        : path->path().toStdString();
    if (const auto* box = qobject_cast<const QComboBox*>(widget))
        return textAs(box->currentData().toString(), type);
    const auto* line = qobject_cast<const QLineEdit*>(widget);
    return textAs(line ? line->text() : QString(), type);
}

void setValueOf(QWidget* widget, const Json& value) {
    if (auto* typed = qobject_cast<ParamField*>(widget))
        typed->setValue(value);
    else if (auto* number = qobject_cast<QSpinBox*>(widget); number && value.is_number())
        number->setValue(value.get<int>());
    else if (auto* real = qobject_cast<QDoubleSpinBox*>(widget); real && value.is_number())
        real->setValue(value.get<double>());
    else if (auto* check = qobject_cast<QCheckBox*>(widget); check && value.is_boolean())
        check->setChecked(value.get<bool>());
    else if (auto* path = qobject_cast<PathField*>(widget))
        path->setPath(lineOf(value));
    else if (auto* box = qobject_cast<QComboBox*>(widget))
        box->setCurrentIndex(std::max(0, box->findData(lineOf(value))));
    else if (auto* line = qobject_cast<QLineEdit*>(widget))
        line->setText(lineOf(value));
}

QString shownValue(const QWidget* widget, const Json& value, const QString& none) {
    if (value.is_boolean())
        return value.get<bool>() ? FieldWords::tr("on") : FieldWords::tr("off");
    if (const auto* box = qobject_cast<const QComboBox*>(widget))
        if (const int at = box->findData(lineOf(value)); at >= 0)
            return box->itemText(at).section(QStringLiteral(": "), 0, 0);
    if (const auto* number = qobject_cast<const QAbstractSpinBox*>(widget);
        number && value.is_number() && !number->specialValueText().isEmpty() &&
        value.get<double>() == number->property("minimum").toDouble())
        return number->specialValueText();
    const auto* typed = qobject_cast<const ParamField*>(widget);
    const QString text = typed ? typed->shown(value) : lineOf(value);
    return text.isEmpty() ? (none.isEmpty() ? FieldWords::tr("none") : none) : text;
}

} // namespace crux::ui
