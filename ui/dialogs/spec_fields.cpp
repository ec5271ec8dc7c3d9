#include "ui/dialogs/spec_fields.h"

#include "ui/widgets/format.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QSpinBox>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {
struct FieldWords {
    Q_DECLARE_TR_FUNCTIONS(FieldWords)
};
} // namespace

Json valueOf(const QWidget* widget) {
    if (const auto* number = qobject_cast<const QSpinBox*>(widget))
        return number->value();
    if (const auto* real = qobject_cast<const QDoubleSpinBox*>(widget))
        return std::round(real->value() * 10000) / 10000;
    if (const auto* box = qobject_cast<const QComboBox*>(widget))
        return box->currentData().toString().toStdString();
    if (const auto* check = qobject_cast<const QCheckBox*>(widget))
        return check->isChecked();
    Json list = Json::array(); // texts between bars
    if (const auto* line = qobject_cast<const QLineEdit*>(widget))
        for (const QString& part : line->text().split(QStringLiteral(" | "), Qt::SkipEmptyParts))
            list.push_back(format::unescaped(part));
    return list;
}

void setValueOf(QWidget* widget, const Json& value) {
    if (auto* number = qobject_cast<QSpinBox*>(widget))
        number->setValue(value.get<int>());
    else if (auto* real = qobject_cast<QDoubleSpinBox*>(widget))
        real->setValue(value.get<double>());
    else if (auto* box = qobject_cast<QComboBox*>(widget))
        box->setCurrentIndex(
            std::max(0, box->findData(QString::fromStdString(value.get<std::string>()))));
    else if (auto* check = qobject_cast<QCheckBox*>(widget))
        check->setChecked(value.get<bool>());
    else if (auto* line = qobject_cast<QLineEdit*>(widget)) {
        QStringList parts;
        for (const Json& part : value)
            parts << format::escaped(part.get<std::string>());
        line->setText(parts.join(QStringLiteral(" | ")));
    }
}

QString shownValue(const Json& value) {
    if (value.is_boolean())
        return value.get<bool>() ? FieldWords::tr("on") : FieldWords::tr("off");
    if (value.is_array()) {
        QStringList parts;
        for (const Json& part : value)
            parts << format::escaped(part.get<std::string>());
        return parts.isEmpty() ? FieldWords::tr("the template's own")
                               : parts.join(QStringLiteral(" | "));
    }
    if (value.is_string())
        return value.get_ref<const std::string&>().empty()
                   ? FieldWords::tr("the dataset's own")
                   : QString::fromStdString(value.get<std::string>());
    return QString::fromStdString(dumpJson(value));
}

} // namespace crux::ui
