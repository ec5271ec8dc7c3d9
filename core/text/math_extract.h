// Where the answer stands in a response to a MATH problem, for the profile "crux".
#pragma once

#include "core/text/grade_rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

struct FoundAnswer {
    TextRange range;        ///< in the response
    std::string text;       ///< of several boxes: their contents joined by commas
    bool announced = false; ///< behind "the answer is": may be a whole clause
    /// Begin of its first box with the command; npos: in no box.
    std::size_t box = std::string_view::npos;
    /// "5 or 7", each on its own: a set of answers, or a guess with a second guess.
    std::vector<TextRange> alternatives;
};

/// In this order: what the last "answer is", "answer:", "answers are" announces, unless a box comes
/// later or nothing but words follow; the last \boxed{} or \fbox{}, together with those just before
/// it that only "," or "and" part from it; the last formula in $ with a number in it or the last
/// number, whichever ends later. Linear time.
std::optional<FoundAnswer> findMathAnswer(std::string_view response);

/// What else may be meant beside the found answer: boxes before it that nothing takes back; the
/// formulas or numbers of its clause where nothing marks the answer.
std::vector<FoundAnswer> otherMathAnswers(std::string_view response, const FoundAnswer& found);

/// The formula or number in a clause of words: the last in $, else the last number.
std::optional<FoundAnswer> formulaInside(std::string_view response, TextRange range);

/// The content of the last box of a MATH solution; the whole text when there is none.
std::string_view mathGold(std::string_view answerField);

} // namespace crux::text
