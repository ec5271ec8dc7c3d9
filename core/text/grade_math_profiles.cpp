// MATH as others grade it: the authors' script (bug-compatible) and Minerva's rules.
#include "core/base/text_util.h"
#include "core/text/authors_number.h"
#include "core/text/authors_strip.h"
#include "core/text/compare_answers.h"
#include "core/text/grade_rules.h"
#include "core/text/math_extract.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crux::text {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

Grade noAnswer() {
    Grade none;
    none.reason = "no_answer";
    return none;
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(from, at)) != std::string::npos;
         at = found + from.size())
        out.append(text, at, found - at).append(to);
    text = out.append(text, at);
}

/// What Minerva's pattern "Final Answer: The final answer is(.*?). I hope it is correct." holds: on
/// one line, without the sign before " I hope". The end mark is put behind the response first, so a
/// cut response can still match.
bool findMinerva(std::string_view text, TextRange& found) {
    constexpr std::string_view kBegin = "Final Answer: The final answer is";
    constexpr std::string_view kEnd = " I hope it is correct";
    for (std::size_t at = 0; (at = text.find(kBegin, at)) != kNone; at += kBegin.size()) {
        const std::size_t begin = at + kBegin.size();
        const std::size_t line = std::min(text.find('\n', begin), text.size());
        // One sign of any kind stands before the mark and one behind it.
        const std::size_t end = text.substr(0, line).find(kEnd, begin + 1);
        if (end == kNone || end + kEnd.size() >= line)
            continue;
        found = {begin, end - 1};
        return true;
    }
    return false;
}

/// The first two dollar signs and what is between them, when there are two.
void keepFirstFormula(std::string& text) {
    const std::size_t open = text.find('$');
    const std::size_t close = open == std::string::npos ? open : text.find('$', open + 1);
    if (close != std::string::npos)
        text = text.substr(open, close + 1 - open);
}

/// \command{x} becomes x, up to the next closing brace or (`toLast`) up to the last.
void unwrap(std::string& text, std::string_view command, bool toLast) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(command, at)) != std::string::npos;) {
        const std::size_t begin = found + command.size();
        const std::size_t end = toLast ? text.rfind('}') : text.find('}', begin);
        if (end == std::string::npos || end < begin)
            break;
        out.append(text, at, found - at).append(text, begin, end - begin);
        at = end + 1;
    }
    text = out.append(text, at);
}

/// Minerva's shorthand for TeX: "fracab" to "frac{a}{b}", "sqrta" to "sqrt{a}", sign by sign.
void braceShorthand(std::string& text, std::string_view name, std::size_t arguments) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(name, at)) != std::string::npos;) {
        const std::size_t begin = found + name.size();
        out.append(text, at, begin - at);
        at = begin;
        if (begin + arguments > text.size() || text[begin] == '{')
            continue;
        for (std::size_t i = 0; i < arguments; ++i)
            out.append("{").append(1, text[at++]).append("}");
    }
    text = out.append(text, at);
}

/// Appendix D of Lewkowycz et al. 2022, as lm-eval has it.
std::string minervaNormal(std::string_view answer) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSubstitutions = {
        {{"an ", ""},
         {"a ", ""},
         {".$", "$"},
         {"\\$", ""},
         {"\\ ", ""},
         {" ", ""},
         {"mbox", "text"},
         {",\\text{and}", ","},
         {"\\text{and}", ","},
         {"\\text{m}", "\\text{}"}}};
    constexpr std::array<std::string_view, 42> kRemoved = {"square",       "ways",
                                                           "integers",     "dollars",
                                                           "mph",          "inches",
                                                           "ft",           "hours",
                                                           "km",           "units",
                                                           "\\ldots",      "sue",
                                                           "points",       "feet",
                                                           "minutes",      "digits",
                                                           "cents",        "degrees",
                                                           "cm",           "gm",
                                                           "pounds",       "meters",
                                                           "meals",        "edges",
                                                           "students",     "childrentickets",
                                                           "multiples",    "\\text{s}",
                                                           "\\text{.}",    "\\text{\ns}",
                                                           "\\text{}^2",   "\\text{}^3",
                                                           "\\text{\n}",   "\\text{}",
                                                           "\\mathrm{th}", "^\\circ",
                                                           "^{\\circ}",    "\\;",
                                                           ",\\!",         "{,}",
                                                           "\"",           "\\dots"};
    const std::size_t equals = answer.rfind('=');
    std::string text(answer.substr(equals == kNone ? 0 : equals + 1));
    for (const auto& [from, to] : kSubstitutions)
        replaceAll(text, from, to);
    for (const std::string_view gone : kRemoved)
        replaceAll(text, gone, "");
    keepFirstFormula(text);
    unwrap(text, "\\text{", false);
    unwrap(text, "\\textbf{", false);
    unwrap(text, "\\overline{", false);
    unwrap(text, "\\boxed{", true);
    braceShorthand(text, "frac", 2);
    braceShorthand(text, "sqrt", 1);
    std::erase(text, '$');
    std::string digits = text;
    std::erase(digits, ',');
    const bool isNumber =
        !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
    return isNumber ? digits : text;
}

} // namespace

Grade gradeMathAuthors(std::string_view response, std::string_view gold) {
    AuthorsAnswer found = authorsExtract(beforeNextQuestion(response));
    if (found.text.empty())
        return noAnswer();
    const char* reason = authorsEqual(found.text, mathGold(gold), "string");
    return madeGrade(reason ? Verdict::Right : Verdict::Wrong, reason ? reason : "different",
                     std::move(found.text), found.range.begin, found.range.end);
}

Grade gradeMathMinerva(std::string_view response, std::string_view gold) {
    const std::string_view text = beforeNextQuestion(response);
    TextRange range;
    if (!findMinerva(cat(text, "I hope it is correct."), range))
        return noAnswer();
    std::string given = minervaNormal(trimmed(text.substr(range.begin, range.end - range.begin)));
    const std::string wanted = minervaNormal(mathGold(gold));
    AnswerVerdict verdict{given == wanted, "string"};
    if (!verdict.equal) {
        MathWork work;
        verdict = compareValues(given, wanted, work);
    }
    while (range.begin < range.end && text[range.begin] == ' ')
        ++range.begin;
    return madeGrade(verdict.equal ? Verdict::Right : Verdict::Wrong, verdict.reason,
                     std::move(given), range.begin, range.end);
}

} // namespace crux::text
