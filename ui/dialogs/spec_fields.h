// Fields of launch sheets: making them, and the values of a job's spec that they stand for.
#pragma once

#include "core/base/json.h"
#include "core/spec/params.h"

#include <QList>
#include <QPair>
#include <QString>

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;
class QWidget;

namespace crux::ui {

/// Number fields of one width. GUI thread.
QSpinBox* wholeField(int low, int high, QWidget* parent);
QDoubleSpinBox* realField(double low, double high, int decimals, double step, QWidget* parent);
/// Items as (words, value of the parameter).
QComboBox* choiceField(const QList<QPair<QString, QString>>& items, QWidget* parent);
/// Small fields beside each other, each with its word ("": none) before it; what has no fixed width
/// takes the rest.
QWidget* fieldRow(const QList<QPair<QString, QWidget*>>& parts, QWidget* parent);

/// A ParamField gives its value; spin boxes give numbers, a check box true or false, a PathField
/// its path; a combo's data and the text of a line are read as `type`: a list of texts is parted by
/// " | ", with \n for a line end.
Json valueOf(const QWidget* field, ParamType type);
void setValueOf(QWidget* field, const Json& value);
/// The value in the field's own words (an item's up to its colon, "off" for a special 0), for
/// lists of differences and tool tips; `none` where a text or list is empty.
QString shownValue(const QWidget* field, const Json& value, const QString& none);

} // namespace crux::ui
