// Numbers as the authors' Python script finds, reads and compares them.
#pragma once

#include "core/text/grade_rules.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

/// A text without some signs, and where each byte that is left came from.
struct Stripped {
    std::string text;
    std::vector<std::size_t> origin;
};
Stripped withoutSigns(std::string_view text, std::initializer_list<std::string_view> signs);

/// Python's re.findall(r"-?\d*\.?\d+"): the first or the last match. Linear.
bool findAuthorsNumber(std::string_view text, bool first, TextRange& found);

/// Python's float(): blanks around, "_" between digits, inf and nan; false when it would raise.
bool pythonFloat(std::string_view text, double& value);

/// Python's math.isclose().
bool isCloseAsPython(double a, double b, double relative);

/// The script's math_equal(): a reason code of grade.h when the two are equal, else nullptr.
/// `written` is the code for equal texts (exact for GSM8K, string for MATH). Expressions go through
/// our own reader of Python expressions in place of sympy's; LaTeX is none, as in the script's
/// pinned environment (REFERENCE.md A.5-9).
const char* authorsEqual(std::string_view given, std::string_view gold, const char* written);

} // namespace crux::text
