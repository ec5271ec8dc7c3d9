// Why a verdict is as it is, in the window's words.
#pragma once

#include <QString>

#include <string>

namespace crux::ui {

/// Of a reason code (core/text gradeReasons()); unknown ones as they are, "" for none.
QString verdictReasonWords(const std::string& code);

} // namespace crux::ui
