// What names mean in answers: functions, LaTeX commands, Unicode signs, units of measurement.
#pragma once

#include "core/text/math_tree.h"

#include <optional>
#include <string>
#include <string_view>

namespace crux::text {

/// Symbols that have no sign of their own in ASCII.
namespace symbol {
inline constexpr char kLessEqual = 'L', kGreaterEqual = 'G', kNotEqual = 'N', kIn = 'I',
                      kAbout = 'A', kPlusMinus = 'P', kMinusPlus = 'M', kUnion = 'U',
                      kIntersection = 'X', kDifference = 'D', kDegree = 'd', kSetOpen = 'S',
                      kSetClose = 'T', kAbsOpen = 'a', kAbsClose = 'b', kRowBreak = 'r',
                      kAngleOpen = 'p', kAngleClose = 'q';
} // namespace symbol

/// sin, log, ..., as written in LaTeX behind the backslash or in ASCII. Not sqrt, frac, binom.
std::optional<MathFunction> mathFunctionFromName(std::string_view name);

/// How the lexer takes a LaTeX command.
struct LatexCommand {
    enum class Role {
        Skip,    ///< spacing, size, \left: no meaning
        Text,    ///< \text{..}: its argument is words
        Roman,   ///< \mathrm{..}, \operatorname{..}: a name or a unit
        Bold,    ///< \mathbf{..}: a letter in it is a variable, never e or i
        Symbol,  ///< `sign`
        Name,    ///< a Greek letter
        Command, ///< `name` is the parser's word for it
        Unknown,
    };
    Role role = Role::Unknown;
    char sign = 0;
    std::string_view name;
};
/// `name` without the backslash.
LatexCommand latexCommand(std::string_view name);

/// The ASCII or LaTeX spelling of a character above ASCII; empty for signs without meaning (quotes,
/// spaces, currency), nothing for characters that mathematics has no use for.
std::optional<std::string_view> asciiOfCharacter(std::int32_t codePoint);

/// The one form of a unit ("inches" and "in" are "inch"); empty for words that are no unit and for
/// words that only count ("units", "apples").
std::string_view unitOf(std::string_view word);
/// True for "square", "per" and the like, which unit phrases may hold.
bool isUnitFiller(std::string_view word);

} // namespace crux::text
