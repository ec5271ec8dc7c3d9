// Responses in which several answers stand and none is marked as the one (UX.md 3.12: extraction
// ambiguous). For the profile "crux"; internal to core/text.
#pragma once

#include "core/text/grade_rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

/// Of more places than these only the last are looked at.
inline constexpr std::size_t kMostPlaces = 8;

/// One place where the answer may stand.
struct AnswerPlace {
    TextRange range;  ///< in the response
    std::string text; ///< as it would be extracted
    bool right = false;
};

/// "No answer" with the reason "ambiguous" and all places, in reading order, when the verdict
/// depends on which of them is meant; nothing when all are right or all are wrong.
std::optional<Grade> ambiguousGrade(std::vector<AnswerPlace> places);

/// True when words between two final answers take the first one back: "Wait, that is wrong".
bool takesBack(std::string_view between);

/// Where the clause begins in which byte `at` stands: behind a line end, or a mark before a blank.
std::size_t clauseStart(std::string_view text, std::size_t at);
/// True when words stand between two numbers, not a sign of arithmetic.
bool hasWords(std::string_view between);

/// True when these words part alternatives: "5 or 7", "5 dollars or".
bool isOr(std::string_view between);

} // namespace crux::text
