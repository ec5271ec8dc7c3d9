// Two answers as texts compared by the rules of the profile "crux", with the reason.
#pragma once

#include "core/text/math_tree.h"

#include <string_view>

namespace crux::text {

/// `reason` is a code of grade.h: string, text, exact, sampled, percent; different, different_text,
/// undecided, unparsed.
struct AnswerVerdict {
    bool equal = false;
    const char* reason = "";
};

/// Compares an answer with the gold one. Beyond what MathComparer (math_equal.h) calls the same:
/// - words are compared without case, punctuation, LaTeX and articles; a choice by its letter
/// - units and currency signs are dropped when only one side has them or one is not known; two
///   known different units (5 cm, 5 m) are different answers
/// - "1,234" is one number unless only the reading as two makes the sides equal
/// Never fails; costs at most MathWork::kLimit beyond a pass over the texts.
AnswerVerdict compareAnswers(std::string_view given, std::string_view gold, MathWork& work);

/// The same for two expressions, by value alone: no words, units, sets or percent leniency.
AnswerVerdict compareValues(std::string_view given, std::string_view gold, MathWork& work);

/// True when the text is an answer in words, one that no number can be equal to.
bool isAnswerInWords(std::string_view text);

} // namespace crux::text
