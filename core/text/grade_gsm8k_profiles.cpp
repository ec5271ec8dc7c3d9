// GSM8K as others grade it: the authors' script (bug-compatible) and lm-eval's filters.
#include "core/text/authors_number.h"
#include "core/text/grade_rules.h"

#include <algorithm>

namespace crux::text {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// lm-eval's flexible filter: the last match of (-?[$0-9.,]{2,})|(-?[0-9]+).
bool findFlexible(std::string_view text, TextRange& found) {
    const auto inClass = [](char c) { return isDigit(c) || c == '$' || c == '.' || c == ','; };
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t first = at + (text[at] == '-' ? 1 : 0);
        std::size_t end = first;
        while (end < text.size() && inClass(text[end]))
            ++end;
        const bool single = end == first + 1 && isDigit(text[first]);
        if (end < first + 2 && !single) {
            ++at;
            continue;
        }
        found = {at, end};
        any = true;
        at = end;
    }
    return any;
}

/// lm-eval's strict filter: the first match of #### (\-?[0-9\.\,]+).
bool findStrict(std::string_view text, TextRange& found) {
    for (std::size_t at = 0; (at = text.find("#### ", at)) != std::string_view::npos; at += 5) {
        const std::size_t begin = at + 5;
        std::size_t end = begin;
        if (end < text.size() && text[end] == '-')
            ++end;
        const std::size_t digits = end;
        while (end < text.size() && (isDigit(text[end]) || text[end] == '.' || text[end] == ','))
            ++end;
        if (end > digits) {
            found = {begin, end};
            return true;
        }
    }
    return false;
}

/// exact_match with lm-eval's ignored patterns: ",", "$", everything up to "#### ", a last ".".
std::string lmEvalNormal(std::string_view text) {
    if (const std::size_t mark = text.rfind("#### "); mark != std::string_view::npos)
        text = text.substr(mark + 5);
    std::string out(text);
    std::erase(out, ',');
    std::erase(out, '$');
    if (out.ends_with('.'))
        out.pop_back();
    return lowerAscii(std::move(out));
}

Grade noAnswer() {
    Grade none;
    none.reason = "no_answer";
    return none;
}

} // namespace

Grade gradeGsm8kAuthors(std::string_view response, std::string_view gold) {
    constexpr std::string_view kMarker = "he answer is ";
    std::string_view text = beforeNextQuestion(response);
    const std::size_t marker = text.find(kMarker);
    const bool marked = marker != std::string_view::npos;
    std::size_t base = 0;
    if (marked) {
        base = marker + kMarker.size();
        text = text.substr(base);
        text = text.substr(0, text.find(kMarker));
    }
    const Stripped stripped = withoutSigns(text, {"$", "\xE2\x82\xAC", ",", "\xC2\xA3"});
    TextRange range;
    if (!findAuthorsNumber(stripped.text, marked, range))
        return noAnswer();
    std::string given = stripped.text.substr(range.begin, range.end - range.begin);
    const char* reason = authorsEqual(given, lowerAscii(gsm8kGold(gold)), "exact");
    return madeGrade(reason ? Verdict::Right : Verdict::Wrong, reason ? reason : "different",
                     std::move(given), base + stripped.origin[range.begin],
                     base + stripped.origin[range.end - 1] + 1);
}

Grade gradeGsm8kMinerva(std::string_view response, std::string_view gold) {
    const std::string_view text = beforeNextQuestion(response);
    const std::string wanted = lmEvalNormal(gsm8kGold(gold));
    TextRange range;
    if (!findFlexible(text, range))
        return noAnswer();
    const auto cut = [&](TextRange part) { return text.substr(part.begin, part.end - part.begin); };
    std::string given = lmEvalNormal(cut(range));
    TextRange strict;
    const bool strictRight = findStrict(text, strict) && lmEvalNormal(cut(strict)) == wanted;
    const bool right = given == wanted;
    const char* reason = right && strictRight ? "strict"
                         : right              ? "flexible_only"
                         : strictRight        ? "strict_only"
                                              : "different";
    return madeGrade(right ? Verdict::Right : Verdict::Wrong, reason, std::move(given), range.begin,
                     range.end);
}

} // namespace crux::text
