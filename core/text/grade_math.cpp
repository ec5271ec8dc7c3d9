// MATH, basic form: the final answer as normalised text or exact number.
#include "core/base/text_util.h"
#include "core/text/grade_rules.h"
#include "core/text/number.h"

#include <array>
#include <optional>

namespace crux::text {

namespace {

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(from, at)) != std::string::npos;
         at = found + from.size())
        out.append(text, at, found - at).append(to);
    text = out.append(text, at);
}

/// Range [begin,end) without blanks and without $ signs around it.
TextRange tightened(std::string_view text, TextRange range) {
    const auto isEdge = [](char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '$';
    };
    while (range.begin < range.end && isEdge(text[range.begin]))
        ++range.begin;
    while (range.end > range.begin && (isEdge(text[range.end - 1]) || text[range.end - 1] == '.'))
        --range.end;
    return range;
}

/// "Final Answer: The final answer is $X$. I hope it is correct." and "the answer is X".
std::optional<TextRange> announcedAnswer(std::string_view text) {
    for (const std::string_view marker : {"final answer is", "he answer is", "nswer:"}) {
        const std::size_t at = text.rfind(marker);
        if (at == std::string_view::npos)
            continue;
        std::size_t begin = at + marker.size();
        begin = std::min(text.find_first_not_of(" :\n", begin), text.size());
        std::size_t end = std::min(text.find('\n', begin), text.size());
        if (begin < text.size() && text[begin] == '$') {
            const std::size_t close = text.find('$', begin + 1);
            if (close != std::string_view::npos)
                end = std::min(end, close);
        }
        end = std::min(end, text.find("I hope it is correct", begin));
        const TextRange range = tightened(text, {begin, end});
        if (range.begin < range.end)
            return range;
    }
    return std::nullopt;
}

std::optional<TextRange> findAnswer(std::string_view text) {
    TextRange boxed;
    if (findLastBoxed(text, boxed))
        return tightened(text, boxed);
    if (auto range = announcedAnswer(text))
        return range;
    if (const auto number = lastNumber(text, 0, text.size()))
        return TextRange{number->begin, number->end};
    return std::nullopt;
}

/// \text{..}, \mathrm{..} and the like lose their wrapping; what they hold stays.
void unwrap(std::string& text, std::string_view command) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(command, at)) != std::string::npos;) {
        const std::size_t begin = found + command.size();
        const std::size_t end = text.find('}', begin);
        if (end == std::string::npos)
            break;
        out.append(text, at, found - at).append(text, begin, end - begin);
        at = end + 1;
    }
    text = out.append(text, at);
}

/// Written forms that mean the same made one; after Hendrycks' and Minerva's lists.
std::string normalised(std::string_view answer) {
    std::string text(trimmed(answer));
    for (const std::string_view gone : {"\\left", "\\right", "\\!", "\\,", "\\;", "\\ ", "\\$", "$",
                                        "^{\\circ}", "^\\circ", "\\displaystyle", "\\%", "%"})
        replaceAll(text, gone, "");
    replaceAll(text, "\\dfrac", "\\frac");
    replaceAll(text, "\\tfrac", "\\frac");
    replaceAll(text, "\xE2\x88\x92", "-"); // U+2212
    for (const std::string_view wrap :
         {"\\text{", "\\mathrm{", "\\textbf{", "\\mathbf{", "\\mbox{"})
        unwrap(text, wrap);
    const std::size_t equals = text.rfind('=');
    if (equals != std::string::npos && equals <= 3) // "x = 5"
        text.erase(0, equals + 1);
    std::erase(text, ' ');
    std::erase(text, '\n');
    while (text.ends_with('.'))
        text.pop_back();
    return text;
}

} // namespace

Grade gradeMathBasic(std::string_view response, std::string_view gold) {
    const std::string_view text = beforeNextQuestion(response);
    const std::optional<TextRange> found = findAnswer(text);
    if (!found || found->begin >= found->end) {
        Grade none;
        none.reason = "no_answer";
        return none;
    }
    TextRange goldBox;
    if (findLastBoxed(gold, goldBox)) // a MATH solution: the answer is its last box
        gold = gold.substr(goldBox.begin, goldBox.end - goldBox.begin);
    const std::string given = normalised(text.substr(found->begin, found->end - found->begin));
    const std::string wanted = normalised(gold);
    const auto made = [&](Verdict verdict, const char* reason) {
        return madeGrade(verdict, reason, given, found->begin, found->end);
    };
    if (given == wanted)
        return made(Verdict::Right, "exact");
    const auto givenNumber = wholeNumber(given);
    const auto wantedNumber = wholeNumber(wanted);
    if (givenNumber && wantedNumber)
        return givenNumber->value.equals(wantedNumber->value) ? made(Verdict::Right, "numeric")
                                                              : made(Verdict::Wrong, "different");
    return made(Verdict::Wrong, givenNumber || wantedNumber ? "different" : "different_text");
}

} // namespace crux::text
