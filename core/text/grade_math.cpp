// MATH by the profile "crux": own extraction, own reading of the mathematics, exact or sampled
// comparison.
#include "core/text/compare_answers.h"
#include "core/text/grade_rules.h"
#include "core/text/math_answer.h"
#include "core/text/math_extract.h"

namespace crux::text {

Grade gradeMathCrux(std::string_view response, std::string_view gold) {
    const std::string_view text = beforeNextQuestion(response);
    auto found = findMathAnswer(text);
    if (!found || tidyMath(found->text).empty()) {
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
