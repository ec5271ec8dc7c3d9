#include "core/text/math_extract.h"

#include "core/base/text_util.h"
#include "core/text/answer_places.h"
#include "core/text/number.h"

#include <algorithm>
#include <array>
#include <vector>

namespace crux::text {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view cut(std::string_view text, TextRange range) {
    return text.substr(range.begin, range.end - range.begin);
}

TextRange withoutBlanks(std::string_view text, TextRange range) {
    while (range.begin < range.end && isBlank(text[range.begin]))
        ++range.begin;
    while (range.end > range.begin && isBlank(text[range.end - 1]))
        --range.end;
    return range;
}

struct Box {
    std::size_t begin = 0; ///< of the command
    std::size_t end = 0;   ///< behind it
    TextRange content;
};

/// The box whose command starts at `at`; what is not closed goes to the end of its line or formula.
Box boxAt(std::string_view text, std::size_t at, std::size_t commandLength) {
    Box box;
    box.begin = at;
    at += commandLength;
    while (at < text.size() && text[at] == ' ')
        ++at;
    if (at >= text.size() || text[at] != '{') { // \boxed 5
        const std::size_t end = std::min(text.find_first_of(" $\n", at), text.size());
        box.content = {at, end};
        box.end = end;
        return box;
    }
    int depth = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i; // an escaped brace is no brace
            continue;
        }
        depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
        if (depth == 0) {
            box.content = {at + 1, i};
            box.end = i + 1;
            return box;
        }
    }
    box.end = std::min(text.find_first_of("$\n", at), text.size());
    box.content = {at + 1, box.end};
    return box;
}

/// The last box that starts before `limit`.
std::optional<Box> lastBoxBefore(std::string_view text, std::size_t limit) {
    if (limit == 0)
        return std::nullopt;
    std::size_t best = kNone;
    std::size_t length = 0;
    for (const std::string_view name : {"\\boxed", "\\fbox"}) {
        const std::size_t found = text.rfind(name, limit - 1);
        if (found != kNone && (best == kNone || found > best)) {
            best = found;
            length = name.size();
        }
    }
    if (best == kNone)
        return std::nullopt;
    return boxAt(text, best, length);
}

/// True for what may stand between two boxes of one answer: "$ and $", ", ", "\text{ or }", "x =".
bool isConnector(std::string_view between) {
    constexpr std::size_t kLongest = 40;
    if (between.size() > kLongest)
        return false;
    std::string word;
    for (std::size_t i = 0; i <= between.size(); ++i) {
        const char c = i < between.size() ? between[i] : ' ';
        if (isLetter(c)) {
            word += c;
            continue;
        }
        const bool known = word.size() <= 1 || word == "and" || word == "or" || word == "text" ||
                           word == "quad" || word == "qquad" || word == "textbf";
        if (!known || (!isBlank(c) && std::string_view("$,;={}\\&()").find(c) == kNone))
            return false;
        word.clear();
    }
    return true;
}

/// The last box and those that belong to it.
FoundAnswer joinedBoxes(std::string_view text, const Box& last) {
    constexpr int kMost = 32;
    std::vector<Box> boxes{last};
    while (boxes.size() < kMost) {
        const auto before = lastBoxBefore(text, boxes.back().begin);
        if (!before || before->end > boxes.back().begin ||
            !isConnector(text.substr(before->end, boxes.back().begin - before->end)))
            break;
        boxes.push_back(*before);
    }
    FoundAnswer answer;
    answer.box = boxes.back().begin;
    if (boxes.size() == 1) {
        answer.range = withoutBlanks(text, last.content);
        answer.text = std::string(cut(text, answer.range));
        return answer;
    }
    bool guess = true;
    for (std::size_t i = 1; i < boxes.size(); ++i)
        guess = guess && isOr(text.substr(boxes[i].end, boxes[i - 1].begin - boxes[i].end));
    for (auto box = boxes.rbegin(); guess && box != boxes.rend(); ++box)
        answer.alternatives.push_back(withoutBlanks(text, box->content));
    for (auto box = boxes.rbegin(); box != boxes.rend(); ++box)
        answer.text.append(answer.text.empty() ? "" : ", ").append(cut(text, box->content));
    answer.range = {boxes.back().begin, last.end};
    return answer;
}

/// Behind the last words that announce an answer, or npos.
std::size_t behindAnnouncement(std::string_view lower) {
    std::size_t best = kNone;
    for (const std::string_view marker :
         {"answer is", "answer:", "answer =", "answers are", "answer are", "answer**:"})
        if (const std::size_t at = lower.rfind(marker);
            at != kNone && (best == kNone || at + marker.size() > best))
            best = at + marker.size();
    return best;
}

/// The range of the first formula at `at` ($..$, $$..$$, \(..\), \[..\]) with its delimiters; empty
/// when there is none.
TextRange formulaAt(std::string_view text, std::size_t at) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kDelimiters = {
        {{"$$", "$$"}, {"$", "$"}, {"\\(", "\\)"}, {"\\[", "\\]"}}};
    for (const auto& [open, close] : kDelimiters) {
        if (!text.substr(at).starts_with(open))
            continue;
        const std::size_t end = text.find(close, at + open.size());
        if (end != kNone)
            return {at, end + close.size()};
    }
    return {at, at};
}

/// Several formulas joined by connectors: "$3$ and $5$".
TextRange joinedFormulas(std::string_view text, std::size_t at) {
    TextRange range = formulaAt(text, at);
    for (TextRange next = range; next.end > next.begin;) {
        range.end = next.end;
        std::size_t begin = next.end;
        while (begin < text.size() && begin < next.end + 12 && text[begin] != '$' &&
               text[begin] != '\\' && text[begin] != '\n')
            ++begin;
        if (begin >= text.size() || !isConnector(text.substr(next.end, begin - next.end)))
            break;
        next = formulaAt(text, begin);
    }
    return range;
}

/// Where the clause at `begin` ends: at its line's end, its full stop, or words that go on about
/// it.
std::size_t clauseEnd(std::string_view text, std::size_t begin) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    bool inFormula = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        inFormula = inFormula != (line[i] == '$');
        const bool stops =
            line[i] == '.' && !inFormula && (i + 1 == line.size() || isBlank(line[i + 1]));
        if (stops) {
            end = begin + i;
            break;
        }
    }
    constexpr std::array<std::string_view, 10> kGoesOn = {
        ", which",     " because ", " since ",  ", not ",  ", so ",
        ", expressed", ", as ",     " (approx", ", where", "I hope it is"};
    const std::string_view clause = text.substr(begin, end - begin);
    for (const std::string_view words : kGoesOn)
        end = std::min(end, clause.find(words) == kNone ? end : begin + clause.find(words));
    return end;
}

/// The parts of "5 or 7" and "$5$ or $7$"; none when there is no "or".
std::vector<TextRange> partsByOr(std::string_view text, TextRange range) {
    constexpr std::string_view kOr = " or ";
    std::vector<TextRange> parts;
    std::size_t begin = range.begin;
    for (std::size_t at = text.find(kOr, begin); at < range.end && parts.size() + 1 < kMostPlaces;
         at = text.find(kOr, begin)) {
        parts.push_back(withoutBlanks(text, {begin, at}));
        begin = at + kOr.size();
    }
    if (!parts.empty())
        parts.push_back(withoutBlanks(text, {begin, range.end}));
    return parts;
}

std::optional<FoundAnswer> announcedAnswer(std::string_view text, std::size_t behind) {
    const std::size_t begin = text.find_first_not_of(" :\t\r\n*", behind);
    if (begin == kNone)
        return std::nullopt;
    FoundAnswer answer;
    answer.announced = true;
    answer.range = joinedFormulas(text, begin);
    if (answer.range.begin == answer.range.end)
        answer.range = withoutBlanks(text, {begin, clauseEnd(text, begin)});
    answer.text = std::string(cut(text, answer.range));
    if (answer.range.begin >= answer.range.end)
        return std::nullopt;
    answer.alternatives = partsByOr(text, answer.range);
    return answer;
}

/// True when there is anything but words: a digit, a formula, a letter alone, brackets.
bool looksLikeMathematics(std::string_view text) {
    return text.size() < 40 || text.find_first_of("0123456789$\\") != kNone;
}

/// The last formula between dollar signs that holds a digit or \pi.
std::optional<TextRange> lastDollarFormula(std::string_view text, TextRange within) {
    std::optional<TextRange> last;
    std::size_t at = text.find('$', within.begin);
    while (at != kNone && at < within.end) {
        if (at > 0 && text[at - 1] == '\\') {
            at = text.find('$', at + 1);
            continue;
        }
        const TextRange formula = formulaAt(text, at);
        if (formula.end <= formula.begin || formula.end > within.end)
            break;
        const std::string_view content = cut(text, formula);
        if (std::any_of(content.begin(), content.end(), isDigit) || content.find("\\pi") != kNone)
            last = formula;
        at = text.find('$', formula.end);
    }
    return last;
}

} // namespace

std::optional<FoundAnswer> formulaInside(std::string_view response, TextRange range) {
    const auto formula = lastDollarFormula(response, range);
    const auto number = lastNumber(response, range.begin, range.end);
    if (!formula && !number)
        return std::nullopt;
    FoundAnswer answer;
    answer.range = formula && (!number || number->end <= formula->end)
                       ? *formula
                       : TextRange{number->begin, number->end};
    answer.text = std::string(cut(response, answer.range));
    return answer;
}

std::optional<FoundAnswer> findMathAnswer(std::string_view response) {
    const std::size_t behind = behindAnnouncement(lowerAscii(std::string(response)));
    const auto box = lastBoxBefore(response, response.size());
    if (behind != kNone && (!box || box->begin < behind))
        if (auto answer = announcedAnswer(response, behind))
            if (!box || looksLikeMathematics(answer->text))
                return answer;
    if (box)
        return joinedBoxes(response, *box);
    return formulaInside(response, {0, response.size()});
}

std::vector<FoundAnswer> otherMathAnswers(std::string_view response, const FoundAnswer& found) {
    std::vector<FoundAnswer> others;
    if (found.announced)
        return others;
    if (found.box != kNone) {
        std::size_t begin = found.box;
        for (auto box = lastBoxBefore(response, begin); box && others.size() + 1 < kMostPlaces;
             box = lastBoxBefore(response, begin)) {
            if (box->end > begin || takesBack(response.substr(box->end, begin - box->end)))
                break;
            others.push_back(joinedBoxes(response, *box));
            begin = others.back().box;
        }
        return others;
    }
    const std::size_t clause = clauseStart(response, found.range.begin);
    if (cut(response, {clause, found.range.end}).find('=') != kNone)
        return others;
    std::size_t end = found.range.begin;
    while (others.size() + 1 < kMostPlaces) {
        auto before = formulaInside(response, {clause, end});
        if (!before || !hasWords(cut(response, {before->range.end, end})))
            break;
        end = before->range.begin;
        others.push_back(std::move(*before));
    }
    return others;
}

std::string_view mathGold(std::string_view answerField) {
    const auto box = lastBoxBefore(answerField, answerField.size());
    return box ? cut(answerField, withoutBlanks(answerField, box->content)) : answerField;
}

} // namespace crux::text
