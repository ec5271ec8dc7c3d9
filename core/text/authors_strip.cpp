#include "core/text/authors_strip.h"

#include "core/base/text_util.h"
#include "core/text/authors_number.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <vector>

namespace crux::text {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
/// Python's \w.
bool isWord(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(from, at)) != std::string::npos;
         at = found + from.size())
        out.append(text, at, found - at).append(to);
    text = out.append(text, at);
}

/// "\text{..}" at the end goes, from the first \text on; unless nothing would be left.
void dropFinalText(std::string& text) {
    constexpr std::string_view kText = "\\text{";
    std::string left = text;
    const std::size_t begin = text.find(kText);
    if (begin != kNone && text.ends_with('}') && text.size() > begin + kText.size())
        left.erase(begin);
    left = std::string(trimmed(left));
    if (!left.empty())
        text = left;
}

/// \mbox{..} up to the next closing brace goes.
void dropBoxes(std::string& text) {
    constexpr std::string_view kBox = "\\mbox{";
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(kBox, at)) != std::string::npos;) {
        const std::size_t end = text.find('}', found);
        if (end == std::string::npos)
            break;
        out.append(text, at, found - at);
        at = end + 1;
    }
    text = out.append(text, at);
}

/// "18.00" and "18.0x" lose the zeros and the point; "18.005" does not.
void dropZeroDecimals(std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        if (text[at] == '.' && !out.empty() && isDigit(out.back())) {
            end = at + 1;
            while (end < text.size() && text[end] == '0')
                ++end;
        }
        const bool drops = end > at + 1 && (end == text.size() || !isDigit(text[end]));
        if (!drops) {
            out += text[at++];
            continue;
        }
        // The match takes the sign behind the zeros with it, so that "1.0.0" keeps its second part.
        if (end < text.size())
            out += text[end++];
        at = end;
    }
    text = out;
}

/// "x=5" loses what stands before "=" when that has at most two characters.
void dropShortLeft(std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || text.find('=', equals + 1) != std::string::npos)
        return;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < equals; ++at)
        characters += (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 ? 1 : 0;
    if (characters <= 2)
        text.erase(0, equals + 1);
}

/// \sqrt12x becomes \sqrt{12x}.
void braceRoots(std::string& text) {
    constexpr std::string_view kRoot = "\\sqrt";
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + kRoot.size();
        const bool isRoot = text.compare(at, kRoot.size(), kRoot) == 0;
        while (isRoot && end < text.size() && isWord(text[end]))
            ++end;
        if (!isRoot || end == at + kRoot.size()) {
            out += text[at++];
            continue;
        }
        out.append(kRoot)
            .append("{")
            .append(text, at + kRoot.size(), end - at - kRoot.size())
            .append("}");
        at = end;
    }
    text = out;
}

/// \frac12 becomes \frac{1}{2}; a lone \frac with less than two characters stops it all.
void braceFractions(std::string& text) {
    constexpr std::string_view kFrac = "\\frac";
    const auto characterAt = [&](std::size_t at) {
        return at < text.size() ? std::min(utf8Length(text[at]), text.size() - at) : 0;
    };
    std::string out;
    std::size_t at = 0;
    for (std::size_t found; (found = text.find(kFrac, at)) != std::string::npos;) {
        const std::size_t begin = found + kFrac.size();
        out.append(text, at, begin - at);
        at = begin;
        if (begin < text.size() && text[begin] == '{')
            continue;
        const std::size_t next = std::min(text.find(kFrac, begin), text.size());
        const std::size_t first = characterAt(begin);
        const std::size_t second = characterAt(begin + first);
        if (first == 0 || second == 0 || begin + first + second > next)
            return;
        out.append("{").append(text, begin, first).append("}");
        const std::string_view bottom = std::string_view(text).substr(begin + first, second);
        at = begin + first + second;
        if (bottom == "{")
            out.append(bottom);
        else
            out.append("{").append(bottom).append("}");
    }
    text = out.append(text, at);
}

/// Python's str(int(text)) == text for decimal digits.
bool isCanonicalInteger(std::string_view text) {
    if (text.starts_with('-'))
        return text.size() > 1 && text[1] != '0' && isCanonicalInteger(text.substr(1));
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit) &&
           (text.size() == 1 || text[0] != '0');
}

/// "1/2" becomes \frac{1}{2} when both are whole numbers or roots.
void fractionOfSlash(std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos)
        return;
    const std::string top = text.substr(0, slash);
    const std::string bottom = text.substr(slash + 1);
    for (const std::string& part : {top, bottom})
        if (part.find("sqrt") == std::string::npos && !isCanonicalInteger(part))
            return;
    text = "\\frac{" + top + "}{" + bottom + "}";
}

} // namespace

std::string authorsStrip(std::string_view answer) {
    std::string text(trimmed(answer));
    std::erase(text, '\n');
    while (text.ends_with('.'))
        text.pop_back();
    for (const std::string_view gone : {"\\!", "\\ "})
        replaceAll(text, gone, "");
    replaceAll(text, "\\\\", "\\");
    replaceAll(text, "\\\\", "\\");
    replaceAll(text, "tfrac", "frac");
    replaceAll(text, "dfrac", "frac");
    for (const std::string_view gone : {"\\left", "\\right"})
        replaceAll(text, gone, "");
    dropFinalText(text);
    for (const std::string_view gone :
         {"^{\\circ}", "^\\circ", "\\$", "$", "\\text", "x\\in", "\\%", "%"})
        replaceAll(text, gone, "");
    replaceAll(text, " .", " 0.");
    replaceAll(text, "{.", "{0.");
    replaceAll(text, "\\cdot", "");
    replaceAll(text, "infinity", "\\infty");
    if (text.find("\\infty") == std::string::npos)
        replaceAll(text, "inf", "\\infty");
    replaceAll(text, "+\\inity", "\\infty");
    replaceAll(text, "and", "");
    replaceAll(text, "\\mathbf", "");
    dropBoxes(text);
    if (text.find('j') != std::string::npos && text.find('i') == std::string::npos)
        std::replace(text.begin(), text.end(), 'j', 'i');
    dropZeroDecimals(text);
    if (text.empty())
        return text;
    if (text.front() == '.')
        text.insert(0, 1, '0');
    dropShortLeft(text);
    braceRoots(text);
    std::erase(text, ' ');
    braceFractions(text);
    fractionOfSlash(text);
    return text;
}

namespace {

/// The answer before its clean-up: where it stands, and its text where signs were taken out of it.
struct Raw {
    TextRange range;
    std::string text;
    bool found = false;
};

Raw rawOf(std::string_view response, std::size_t begin, std::size_t end) {
    return {{begin, end}, std::string(response.substr(begin, end - begin)), true};
}

Raw trimmedRawOf(std::string_view response, std::size_t begin, std::size_t end) {
    const std::string_view core = trimmed(response.substr(begin, end - begin));
    const std::size_t at =
        core.empty() ? begin : static_cast<std::size_t>(core.data() - response.data());
    return rawOf(response, at, at + core.size());
}

/// Between the first and the last dollar sign behind the last "Final Answer:".
Raw finalAnswer(std::string_view response) {
    constexpr std::string_view kMarker = "Final Answer:";
    const std::size_t marker = response.rfind(kMarker);
    const std::size_t first = marker == kNone ? kNone : response.find('$', marker);
    const std::size_t last = first == kNone ? kNone : response.rfind('$');
    return first == kNone || last == first ? Raw() : rawOf(response, first + 1, last);
}

Raw lastBoxed(std::string_view response) {
    constexpr std::string_view kMarker = "boxed";
    const std::size_t marker = response.rfind(kMarker);
    if (marker == kNone)
        return {};
    const std::size_t begin = marker + kMarker.size();
    if (begin == response.size() || response[begin] != '{')
        return trimmedRawOf(response, begin, std::min(response.find('$', begin), response.size()));
    int depth = 1;
    std::size_t end = begin + 1;
    for (; end < response.size(); ++end) {
        depth += response[end] == '{' ? 1 : response[end] == '}' ? -1 : 0;
        if (depth == 0)
            break;
    }
    return rawOf(response, begin + 1, end);
}

Raw lastPhrase(std::string_view response) {
    constexpr std::string_view kMarker = "he answer is";
    const std::size_t marker = response.rfind(kMarker);
    return marker == kNone ? Raw()
                           : trimmedRawOf(response, marker + kMarker.size(), response.size());
}

Raw lastNumberOf(std::string_view response) {
    const Stripped stripped = withoutSigns(response, {"$", "\xE2\x82\xAC", ",", "\\"});
    TextRange range;
    if (!findAuthorsNumber(stripped.text, false, range))
        return {};
    return {{stripped.origin[range.begin], stripped.origin[range.end - 1] + 1},
            stripped.text.substr(range.begin, range.end - range.begin),
            true};
}

} // namespace

AuthorsAnswer authorsExtract(std::string_view response) {
    if (response.find("Final Answer:") != kNone)
        response = response.substr(0, response.find("I hope it is correct"));
    Raw raw = finalAnswer(response);
    if (!raw.found)
        raw = lastBoxed(response);
    if (!raw.found)
        raw = lastPhrase(response);
    if (!raw.found)
        raw = lastNumberOf(response);
    if (!raw.found)
        return {};
    std::string_view text = raw.text;
    text = text.substr(0, text.find('\n'));
    if (text.starts_with(':'))
        text.remove_prefix(1);
    if (text.ends_with('.'))
        text.remove_suffix(1);
    if (text.ends_with('/'))
        text.remove_suffix(1);
    AuthorsAnswer answer;
    answer.text = authorsStrip(text);
    answer.range = raw.range;
    if (text.size() < raw.text.size()) { // a part of it: never of a number
        answer.range.begin += static_cast<std::size_t>(text.data() - raw.text.data());
        answer.range.end = answer.range.begin + text.size();
    }
    return answer;
}

} // namespace crux::text
