// Fields of a launch sheet and the values of a job's spec that they stand for.
#pragma once

#include "core/base/json.h"

#include <QString>

class QWidget;

namespace crux::ui {

/// Spin boxes give numbers, a combo its data, a check box true or false, a line a list of texts
/// parted by " | " with \n for a line end.
Json valueOf(const QWidget* field);
void setValueOf(QWidget* field, const Json& value);
/// The value in words, for lists of differences and tool tips.
QString shownValue(const Json& value);

} // namespace crux::ui
