// GSM8K as others grade it: the authors' script (bug-compatible) and lm-eval's filters.
#include "core/base/text_util.h"
#include "core/text/grade_rules.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace crux::text {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// A text without some signs, and where each byte that is left came from.
struct Stripped {
    std::string text;
    std::vector<std::size_t> origin;
};

Stripped withoutSigns(std::string_view text, std::size_t base) {
    Stripped out;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        if (rest[0] == '$' || rest[0] == ',') {
            ++at;
        } else if (rest.starts_with("\xE2\x82\xAC")) { // euro
            at += 3;
        } else if (rest.starts_with("\xC2\xA3")) { // pound
            at += 2;
        } else {
            out.text.push_back(text[at]);
            out.origin.push_back(base + at);
            ++at;
        }
    }
    return out;
}

/// Python's re.findall(r"-?\d*\.?\d+"): the first or the last match. Linear.
bool findAuthorsNumber(std::string_view text, bool first, TextRange& found) {
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        if (text[end] == '-')
            ++end;
        const std::size_t whole = end;
        while (end < text.size() && isDigit(text[end]))
            ++end;
        const bool point = end + 1 < text.size() && text[end] == '.' && isDigit(text[end + 1]);
        if (point)
            for (++end; end < text.size() && isDigit(text[end]);)
                ++end;
        if (end == whole) {
            ++at;
            continue;
        }
        found = {at, end};
        any = true;
        if (first)
            return true;
        at = end;
    }
    return any;
}

/// Python's float() after the authors' clean-up; false when it would raise.
bool pythonFloat(std::string text, double& value) {
    std::erase(text, ',');
    std::erase(text, '%');
    const std::string core(trimmed(text));
    if (core.empty() || core.find_first_of("xXpP(") != std::string::npos)
        return false; // strtod reads hexadecimal and nan(..); float() does not
    char* end = nullptr;
    value = std::strtod(core.c_str(), &end);
    return *end == '\0';
}

/// math_equal of the authors' grader for a number: relative 1e-4, and the gold may be a percentage.
const char* authorsEqual(const std::string& given, const std::string& gold) {
    if (given == gold)
        return "exact";
    double a = 0;
    double b = 0;
    if (!pythonFloat(given, a) || !pythonFloat(gold, b))
        return nullptr;
    const auto isClose = [](double x, double y) {
        return std::abs(x - y) <= 1e-4 * std::max(std::abs(x), std::abs(y));
    };
    if (isClose(b, a))
        return "numeric";
    return isClose(b / 100, a) || isClose(b * 100, a) ? "percent" : nullptr;
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
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
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
    const Stripped stripped = withoutSigns(text, base);
    TextRange range;
    if (!findAuthorsNumber(stripped.text, marked, range))
        return noAnswer();
    std::string given = stripped.text.substr(range.begin, range.end - range.begin);
    const char* reason = authorsEqual(given, gsm8kGold(gold));
    return madeGrade(reason ? Verdict::Right : Verdict::Wrong, reason ? reason : "different",
                     std::move(given), stripped.origin[range.begin],
                     stripped.origin[range.end - 1] + 1);
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
