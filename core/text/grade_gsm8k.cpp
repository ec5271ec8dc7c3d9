// GSM8K by the profile "crux": where the answer is looked for, and exact comparison.
#include "core/base/text_util.h"
#include "core/text/grade_rules.h"
#include "core/text/number.h"

#include <algorithm>
#include <optional>

namespace crux::text {

namespace {

/// The text with calculator marks <<..>> blanked, byte for byte, so that offsets stay. A mark never
/// spans lines.
std::string withoutCalculator(std::string_view text) {
    std::string out(text);
    std::size_t at = 0;
    while ((at = out.find("<<", at)) != std::string::npos) {
        const std::size_t line = std::min(out.find('\n', at), out.size());
        const std::size_t end = std::string_view(out).substr(0, line).find(">>", at + 2);
        if (end == std::string_view::npos) {
            at = line;
            continue;
        }
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(at),
                  out.begin() + static_cast<std::ptrdiff_t>(end + 2), ' ');
        at = end + 2;
    }
    return out;
}

std::string lowerAscii(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// The number that a marker ending at byte `at` announces: on the first line with anything on it,
/// behind the last "=" of that line when a number follows it, else the line's first.
std::optional<NumberMatch> announcedNumber(std::string_view text, std::size_t at) {
    at = std::min(text.find_first_not_of(" \t\r\n:*", at), text.size());
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t equals = text.substr(at, end - at).rfind('=');
    if (equals != std::string_view::npos)
        if (auto number = firstNumber(text, at + equals + 1, end))
            return number;
    return firstNumber(text, at, end);
}

/// text.rfind(marker, from) by its first character: library searches from the end compare at every
/// byte.
std::size_t lastPlace(std::string_view text, std::string_view marker, std::size_t from) {
    std::size_t at = text.size() < marker.size() ? std::string_view::npos
                                                 : std::min(from, text.size() - marker.size());
    while (at != std::string_view::npos) {
        at = text.rfind(marker.front(), at);
        if (at == std::string_view::npos || text.substr(at, marker.size()) == marker)
            return at;
        at = at == 0 ? std::string_view::npos : at - 1;
    }
    return at;
}

/// The last place of `marker` that announces a number. At most a few are tried, so that a text
/// full of empty markers costs no more than its length.
std::optional<NumberMatch> behindMarker(std::string_view text, std::string_view searched,
                                        std::string_view marker, bool atLineStart) {
    std::size_t from = std::string_view::npos;
    for (int tries = 0; tries < 4;) {
        const std::size_t at = lastPlace(searched, marker, from);
        if (at == std::string_view::npos)
            return std::nullopt;
        if (!atLineStart || at == 0 || searched[at - 1] == '\n') {
            ++tries;
            if (auto number = announcedNumber(text, at + marker.size()))
                return number;
        }
        if (at == 0)
            return std::nullopt;
        from = at - 1;
    }
    return std::nullopt;
}

std::optional<NumberMatch> findAnswer(std::string_view text) {
    if (auto number = behindMarker(text, text, "####", false))
        return number;
    if (auto number = behindMarker(text, text, "A:", true))
        return number;
    const std::string lower = lowerAscii(std::string(text));
    for (const std::string_view marker : {"answer is", "answer:", "answer ="})
        if (auto number = behindMarker(text, lower, marker, false))
            return number;
    TextRange boxed;
    if (findLastBoxed(text, boxed))
        if (auto number = lastNumber(text, boxed.begin, boxed.end))
            return number;
    return lastNumber(text, 0, text.size());
}

/// A model that was not stopped asks itself the next question, on a line of its own: what follows
/// answers that one.
std::string_view beforeQuestionLine(std::string_view text) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        std::string_view line = text.substr(at + 1);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.starts_with("Question:") || line.starts_with("Problem:"))
            return text.substr(0, at);
    }
    return text;
}

} // namespace

Grade gradeGsm8kCrux(std::string_view response, std::string_view gold) {
    const std::string text = withoutCalculator(beforeQuestionLine(beforeNextQuestion(response)));
    const std::optional<NumberMatch> found = findAnswer(text);
    if (!found) {
        Grade none;
        none.reason = "no_answer";
        return none;
    }
    const std::string written = gsm8kGold(gold);
    const std::string given = text.substr(found->begin, found->end - found->begin);
    const std::string canonical = found->value.canonical();
    const auto made = [&](Verdict verdict, const char* reason) {
        return madeGrade(verdict, reason, canonical, found->begin, found->end);
    };
    const std::optional<NumberMatch> wanted = wholeNumber(written);
    if (given == written)
        return made(Verdict::Right, "exact");
    if (!wanted)
        return made(Verdict::Wrong, "gold_not_a_number");
    if (found->value.equals(wanted->value))
        return made(Verdict::Right, "numeric");
    if (found->percent && !wanted->percent && found->value.hundredth().equals(wanted->value))
        return made(Verdict::Right, "percent");
    return made(Verdict::Wrong, "different");
}

} // namespace crux::text
