// MATH by the profile "crux": own extraction, own reading of the mathematics, exact or sampled
// comparison.
#include "core/text/compare_answers.h"
#include "core/text/grade_rules.h"
#include "core/text/math_answer.h"
#include "core/text/math_extract.h"

#include <algorithm>
#include <optional>

namespace crux::text {

namespace {

/// The answer before the next question; behind a response that begins by repeating its question,
/// the answer before the question after that.
std::optional<FoundAnswer> findAnswer(std::string_view response, std::string_view& text) {
    std::size_t end = 0;
    for (int repeats = 0; repeats < 2; ++repeats) {
        end = std::min({response.find("\n\nQuestion:", end), response.find("\n\nProblem:", end),
                        response.size()});
        text = response.substr(0, end);
        auto found = findMathAnswer(text);
        if (found && !tidyMath(found->text).empty())
            return found;
        if (end == response.size())
            return std::nullopt;
        ++end;
    }
    return std::nullopt;
}

} // namespace

Grade gradeMathCrux(std::string_view response, std::string_view gold) {
    std::string_view text;
    auto found = findAnswer(response, text);
    if (!found) {
        Grade none;
        none.reason = "no_answer";
        return none;
    }
    gold = mathGold(gold);
    MathWork work;
    AnswerVerdict verdict = compareAnswers(found->text, gold, work);
    // "The answer is that there are 5": a clause of words where a value is asked for.
    if (!verdict.equal && found->announced && isAnswerInWords(found->text) &&
        !isAnswerInWords(gold)) {
        if (auto formula = formulaInside(text, found->range)) {
            found = std::move(formula);
            verdict = compareAnswers(found->text, gold, work);
        }
    }
    return madeGrade(verdict.equal ? Verdict::Right : Verdict::Wrong, verdict.reason,
                     tidyMath(found->text), found->range.begin, found->range.end);
}

} // namespace crux::text
