// Answer extraction and verdict, with a reason for each. Rules: REFERENCE.md E.1.
#pragma once

#include "core/base/result.h"
#include "core/spec/verdict.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

enum class GradeTask { Gsm8k, Math };
enum class GradeProfile { Crux, Authors, Minerva };

struct Grade {
    Verdict verdict = Verdict::NoAnswer;
    std::string extracted;   ///< normalised answer, empty when none was found
    int extractedBegin = -1; ///< byte range in the response, -1 when none
    int extractedEnd = -1;
    std::string reason; ///< stable code, see gradeReasons()
    /// Reason "ambiguous": begin and end of every place where the answer may stand, in order.
    std::vector<std::int32_t> spans;
};

/// Every code that a verdict can carry (`published` and `partial` are an import's), with the
/// verdict it comes with and what it means, one short English sentence.
struct ReasonMeaning {
    std::string_view code, verdict, meaning;
};
const std::vector<ReasonMeaning>& gradeReasons();

/// Names as on the command line: "gsm8k", "math"; "crux", "authors", "minerva".
Result<GradeTask> gradeTaskFromName(std::string_view name);
Result<GradeProfile> gradeProfileFromName(std::string_view name);

/// Never fails: what cannot be read is NoAnswer with a reason. Thread-safe; linear time but for
/// math's comparison, whose work is bounded. The range is one of the response as given.
Grade grade(GradeTask task, GradeProfile profile, std::string_view response, std::string_view gold);
/// The grade by the first gold answer that makes the response right; else by the first one.
Grade gradeAny(GradeTask task, GradeProfile profile, std::string_view response,
               std::span<const std::string> golds);

/// The task of a data set: MATH where its prompt template or kind says so, else GSM8K.
GradeTask gradeTaskFor(std::string_view promptTemplate, std::string_view kind);
/// The grade of an answer that was pointed out in a response: no looking for it. Profile "crux".
Grade gradeAnswer(GradeTask task, const std::string& answer, std::span<const std::string> golds);

/// Gold answer of a GSM8K row: the text after "####" (or after "A: " in the model solutions' file).
std::string gsm8kGold(std::string_view answerField);

} // namespace crux::text
