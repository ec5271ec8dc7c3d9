// LaTeX, ASCII and Unicode mathematics cut into one kind of token.
#pragma once

#include "core/text/math_tree.h"
#include "core/text/math_words.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

struct MathToken {
    enum class Kind : unsigned char {
        Number,     ///< `value`; `isInteger` when written with digits alone
        BaseNumber, ///< digits in `text`, base in `base`
        Name,       ///< a variable, constant letter or Greek letter in `text`
        Command,    ///< "frac", "sin", "pi", "begin" (text: the environment) ...
        Word,       ///< text in lower case: "inches per second"
        Symbol,     ///< an operator, bracket or separator in `sign`
    };
    Kind kind = Kind::Symbol;
    char sign = 0;
    bool isInteger = false;
    bool spaceBefore = false;
    bool isText = false; ///< Word: from \text{..} and its kin
    int base = 0;        ///< BaseNumber
    std::string text;
    std::string environment; ///< Command begin and end
    Rational value;

    bool is(char wanted) const { return kind == Kind::Symbol && sign == wanted; }
    bool isCommand(std::string_view wanted) const {
        return kind == Kind::Command && text == wanted;
    }
};

struct LexRules {
    bool thousands = true; ///< "1,234" outside brackets is one number
};

/// Longest answer that is read as mathematics, and longest number in it.
inline constexpr std::size_t kMaxMathBytes = 4096;
inline constexpr std::size_t kMaxNumberDigits = 1000;

/// Nothing when the text is too long, ill-formed (unbalanced \text{, invalid UTF-8, NUL) or uses a
/// command that is not mathematics of this grader. Linear time.
std::optional<std::vector<MathToken>> lexMath(std::string_view text, const LexRules& rules = {});

} // namespace crux::text
