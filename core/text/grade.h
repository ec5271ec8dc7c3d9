// Answer extraction and verdict, with a reason for each. Rules: REFERENCE.md E.1.
#pragma once

#include "core/base/result.h"
#include "core/spec/verdict.h"

#include <string>
#include <string_view>

namespace crux::text {

enum class GradeTask { Gsm8k, Math };
enum class GradeProfile { Crux, Authors, Minerva };

struct Grade {
    Verdict verdict = Verdict::NoAnswer;
    std::string extracted;   ///< normalised answer, empty when none was found
    int extractedBegin = -1; ///< byte range in the response, -1 when none
    int extractedEnd = -1;
    std::string reason; ///< stable code, see below
};

// Reason codes, stored with verdicts. Right:
//   string          math: the same text once LaTeX that only sets type is taken off
//   text            math: the same words or the same choice
//   exact           gsm8k: written as the gold one; math: equal by exact arithmetic
//   sampled         math: equal at random complex points (expressions with roots, pi, variables)
//   numeric         gsm8k: another way to write the same number (18.0, $18, 36/2);
//                   authors: within 1e-4
//   percent         equal after reading a percent sign (50% = 0.5); authors: a factor of 100
//   strict          minerva, gsm8k: found by lm-eval's strict and flexible filters alike
//   flexible_only   minerva, gsm8k: right by the flexible filter alone (a question of format)
// Wrong:
//   strict_only     minerva, gsm8k: the flexible filter decides, the strict one found it right
//   different       another value
//   different_text  not the same text, and not both numbers
//   undecided       math: too large or too close to tell within the budget of work
//   unparsed        math: not readable as mathematics, and not the same text
//   gold_not_a_number  gsm8k: the gold answer cannot be compared as a number
// Neither:
//   no_answer       nothing to extract (verdict NoAnswer)
//   no_gold         the gold answer is empty (verdict Ungraded)
// Set in the window:
//   user            the verdict itself, by hand
//   user_CODE       the place of the answer, by hand; CODE is one of the above

/// Names as on the command line: "gsm8k", "math"; "crux", "authors", "minerva".
Result<GradeTask> gradeTaskFromName(std::string_view name);
Result<GradeProfile> gradeProfileFromName(std::string_view name);

/// Never fails: what cannot be read is NoAnswer with a reason. Thread-safe; linear time but for
/// math's comparison, whose work is bounded. The range is one of the response as given.
Grade grade(GradeTask task, GradeProfile profile, std::string_view response, std::string_view gold);

/// The task of a data set: MATH where its prompt template or kind says so, else GSM8K.
GradeTask gradeTaskFor(std::string_view promptTemplate, std::string_view kind);
/// The grade of an answer that was pointed out in a response: no looking for it. Profile "crux".
Grade gradeAnswer(GradeTask task, const std::string& answer, std::string_view gold);

/// Gold answer of a GSM8K row: the text after "####" (or after "A: " in the model solutions' file).
std::string gsm8kGold(std::string_view answerField);

} // namespace crux::text
