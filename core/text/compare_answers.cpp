#include "core/text/compare_answers.h"

#include "core/text/math_answer.h"
#include "core/text/math_equal.h"

#include <algorithm>
#include <array>

namespace crux::text {

namespace {

bool saysNoSolution(std::string_view words) {
    constexpr std::array<std::string_view, 8> kForms = {
        "nosolution", "nosolutions",         "norealsolution", "norealsolutions",
        "emptyset",   "therearenosolutions", "nosuchsolution", "nosuchnumber"};
    return std::find(kForms.begin(), kForms.end(), words) != kForms.end();
}

AnswerVerdict verdictOf(bool equal, const MathComparer& comparer) {
    if (equal)
        return {true, comparer.usedPercent()    ? "percent"
                      : comparer.usedSampling() ? "sampled"
                                                : "exact"};
    return {false, comparer.isUndecided() ? "undecided" : "different"};
}

/// Words against words, or words against an expression.
AnswerVerdict compareWords(std::string_view given, std::string_view gold, const MathTree& tree,
                           const MathAnswer& left, const MathAnswer& right) {
    const std::string words = wordsKey(given);
    const std::string goldWords = wordsKey(gold);
    const auto isEmptySet = [&](const MathAnswer& answer, std::string_view key) {
        return saysNoSolution(key) || (answer.form == MathAnswer::Form::Expression &&
                                       tree.isConstant(answer.root, MathConstant::EmptySet));
    };
    const bool same = (!words.empty() && words == goldWords) ||
                      (isEmptySet(left, words) && isEmptySet(right, goldWords));
    return {same, same ? "text" : "different_text"};
}

AnswerVerdict compareRead(std::string_view given, std::string_view gold, const LexRules& rules,
                          MathWork& work) {
    MathTree tree;
    const MathAnswer left = readMathAnswer(given, tree, rules, work);
    const MathAnswer right = readMathAnswer(gold, tree, rules, work);
    using Form = MathAnswer::Form;
    if (left.form == Form::Words || right.form == Form::Words)
        return compareWords(given, gold, tree, left, right);
    if (left.form == Form::Unreadable || right.form == Form::Unreadable)
        return {false, "unparsed"};
    const auto unitsClash = [](const std::string& a, const std::string& b) {
        return !a.empty() && !b.empty() && a != b;
    };
    if (unitsClash(left.unit, right.unit))
        return {false, "different"};
    MathComparer comparer(tree, work);
    AnswerVerdict verdict = verdictOf(comparer.equal(left.root, right.root), comparer);
    const auto retry = [&](const MathAnswer& bare, const MathAnswer& other) {
        if (verdict.equal || bare.bareRoot < 0 || unitsClash(bare.bareUnit, other.unit) ||
            !isClosed(tree, other.root, work))
            return;
        MathComparer again(tree, work);
        if (again.equal(bare.bareRoot, other.root))
            verdict = verdictOf(true, again);
    };
    retry(left, right);
    retry(right, left);
    return verdict;
}

} // namespace

AnswerVerdict compareAnswers(std::string_view given, std::string_view gold, MathWork& work) {
    const std::string left = tidyMath(given);
    const std::string right = tidyMath(gold);
    const std::string key = mathKey(left);
    if (!key.empty() && key == mathKey(right))
        return {true, "string"};
    if (const char choice = choiceLetter(right)) {
        const char chosen = leadingChoice(left);
        if (chosen != 0)
            return {chosen == choice, chosen == choice ? "text" : "different_text"};
    }
    if (left.size() > kMaxMathBytes || right.size() > kMaxMathBytes)
        return {false, "unparsed"};
    const AnswerVerdict verdict = compareRead(left, right, {}, work);
    if (verdict.equal || (!hasThousandsComma(left) && !hasThousandsComma(right)))
        return verdict;
    LexRules asList;
    asList.thousands = false;
    const AnswerVerdict other = compareRead(left, right, asList, work);
    return other.equal ? other : verdict;
}

AnswerVerdict compareValues(std::string_view given, std::string_view gold, MathWork& work) {
    MathTree tree;
    const MathAnswer left = readMathAnswer(given, tree, {}, work);
    const MathAnswer right = readMathAnswer(gold, tree, {}, work);
    if (left.form != MathAnswer::Form::Expression || right.form != MathAnswer::Form::Expression)
        return {false, "unparsed"};
    MathComparer comparer(tree, work);
    return verdictOf(comparer.equalScalars({left.root, 0}, {right.root, 0}), comparer);
}

bool isAnswerInWords(std::string_view text) {
    const std::string tidied = tidyMath(text);
    if (choiceLetter(tidied))
        return true;
    MathTree tree;
    MathWork work;
    return tidied.size() <= kMaxMathBytes &&
           readMathAnswer(tidied, tree, {}, work).form == MathAnswer::Form::Words;
}

} // namespace crux::text
