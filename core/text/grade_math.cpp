// MATH by the profile "crux": own extraction, own reading of the mathematics, exact or sampled
// comparison.
#include "core/text/answer_places.h"
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

AnswerPlace placeOf(const FoundAnswer& answer, bool right) {
    return {answer.range, tidyMath(answer.text), right};
}

/// Where the verdict depends on which of several answers is meant.
std::optional<Grade> ambiguous(std::string_view text, const FoundAnswer& found, bool right,
                               std::string_view gold) {
    std::vector<AnswerPlace> places;
    const auto add = [&](const FoundAnswer& answer) {
        MathWork work;
        places.push_back(placeOf(answer, compareAnswers(answer.text, gold, work).equal));
    };
    if (!right && !found.alternatives.empty()) { // as one set of answers they are not right
        for (const TextRange& part : found.alternatives) {
            FoundAnswer one;
            one.range = part;
            one.text = std::string(text.substr(part.begin, part.end - part.begin));
            add(one);
        }
        return ambiguousGrade(std::move(places));
    }
    for (const FoundAnswer& other : otherMathAnswers(text, found))
        add(other);
    if (places.empty())
        return std::nullopt;
    places.push_back(placeOf(found, right));
    return ambiguousGrade(std::move(places));
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
    if (auto several = ambiguous(text, *found, verdict.equal, gold))
        return *several;
    return madeGrade(verdict.equal ? Verdict::Right : Verdict::Wrong, verdict.reason,
                     tidyMath(found->text), found->range.begin, found->range.end);
}

} // namespace crux::text
