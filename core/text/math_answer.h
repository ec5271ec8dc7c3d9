// An answer as written, read: tidied text, words, choice letter, unit, expression.
#pragma once

#include "core/text/math_lexer.h"
#include "core/text/math_tree.h"

#include <string>
#include <string_view>

namespace crux::text {

/// The answer without what never matters: $, \left, spacing commands, \displaystyle, a final full
/// stop, Markdown's stars; \dfrac and \tfrac become \frac. Single blanks stay. Linear time, any
/// length.
std::string tidyMath(std::string_view answer);
/// The tidied text without blanks (but between digits), text commands and outer braces: equal keys
/// are the same writing.
std::string mathKey(std::string_view tidied);
/// Letters and digits in lower case without articles at the start: equal for the same words.
std::string wordsKey(std::string_view tidied);

/// 'A'..'J' when the text is nothing but the letter of a choice: "C", "(C)", "\text{(C)}"; 0 else.
char choiceLetter(std::string_view tidied);
/// The same for a text that begins with a choice: "(C) 5", "C. none", "option C".
char leadingChoice(std::string_view tidied);

struct MathAnswer {
    enum class Form {
        Expression, ///< `root`
        Words,      ///< text beyond a unit
        Unreadable, ///< neither
    };
    Form form = Form::Unreadable;
    int root = -1;
    std::string unit;  ///< the unit's one form ("inch", "mile hour"); empty: none, or not known
    int bareRoot = -1;    ///< "5 m/s" without its one-letter units; -1: there are none
    std::string bareUnit; ///< the unit that bareRoot is without
};

/// Reads a tidied answer into `tree`. Units, words that only introduce ("approximately", "Area =")
/// and currency signs are taken off.
MathAnswer readMathAnswer(std::string_view tidied, MathTree& tree, const LexRules& rules,
                          MathWork& work);

/// True for a text like "1,234", which may be one number or two.
bool hasThousandsComma(std::string_view text);

} // namespace crux::text
