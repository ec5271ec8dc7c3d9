// GSM8K by the profile "crux": where the answer is looked for, and exact comparison.
#include "core/base/text_util.h"
#include "core/text/answer_places.h"
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

/// What marks the answer.
enum class Mark { Hash, Words, Box, None };
struct FoundNumber {
    NumberMatch number;
    Mark mark = Mark::None;
    std::size_t markBegin = 0; ///< Box: of its content
};

std::optional<FoundNumber> findAnswer(std::string_view text) {
    if (auto number = behindMarker(text, text, "####", false))
        return FoundNumber{*number, Mark::Hash};
    if (auto number = behindMarker(text, text, "A:", true))
        return FoundNumber{*number, Mark::Words};
    const std::string lower = lowerAscii(std::string(text));
    for (const std::string_view marker : {"answer is", "answer:", "answer ="})
        if (auto number = behindMarker(text, lower, marker, false))
            return FoundNumber{*number, Mark::Words};
    TextRange boxed;
    if (findLastBoxed(text, boxed))
        if (auto number = lastNumber(text, boxed.begin, boxed.end))
            return FoundNumber{*number, Mark::Box, boxed.begin};
    if (auto number = lastNumber(text, 0, text.size()))
        return FoundNumber{*number, Mark::None};
    return std::nullopt;
}

/// "5 or 7": the numbers that go on behind one.
void addAlternatives(std::string_view text, std::vector<NumberMatch>& places) {
    const std::size_t end = std::min(text.find('\n', places.back().end), text.size());
    while (places.size() < kMostPlaces) {
        const auto next = firstNumber(text, places.back().end, end);
        if (!next || !isOr(text.substr(places.back().end, next->begin - places.back().end)))
            return;
        places.push_back(*next);
    }
}

/// Final answers before the found one, until one is taken back.
void addEarlierHashes(std::string_view text, const NumberMatch& found,
                      std::vector<NumberMatch>& places) {
    std::size_t mark = lastPlace(text, "####", found.begin);
    while (mark != std::string_view::npos && mark > 0 && places.size() < kMostPlaces) {
        const std::size_t before = lastPlace(text, "####", mark - 1);
        if (before == std::string_view::npos || takesBack(text.substr(before, mark - before)))
            return;
        if (const auto number = announcedNumber(text, before + 4); number && number->end <= mark)
            places.push_back(*number);
        mark = before;
    }
}

void addEarlierBoxes(std::string_view text, std::size_t begin, std::vector<NumberMatch>& places) {
    TextRange boxed;
    constexpr std::size_t kCommand = 6; // of "\\fbox{", the shorter one
    while (places.size() < kMostPlaces && begin >= kCommand &&
           findLastBoxed(text.substr(0, begin - kCommand), boxed)) {
        if (takesBack(text.substr(boxed.end, begin - boxed.end)))
            return;
        if (const auto number = lastNumber(text, boxed.begin, boxed.end))
            places.push_back(*number);
        begin = boxed.begin;
    }
}

/// Nothing marks the answer: any number of its clause may be it ("18 dollars for 3 shirts"), unless
/// it is computed there ("3 * 6 = 18").
void addOfSentence(std::string_view text, const NumberMatch& found,
                   std::vector<NumberMatch>& places) {
    std::size_t at = clauseStart(text, found.begin);
    if (text.substr(at, found.begin - at).find('=') != std::string_view::npos)
        return;
    std::vector<NumberMatch> before;
    while (before.size() + 1 < kMostPlaces) {
        const auto next = firstNumber(text, at, found.begin);
        if (!next)
            break;
        before.push_back(*next);
        at = next->end;
    }
    if (!before.empty() && hasWords(text.substr(at, found.begin - at)))
        places.insert(places.end(), before.begin(), before.end());
}

/// All numbers that may be meant; the first is the one that findAnswer() takes.
std::vector<NumberMatch> possibleNumbers(std::string_view text, const FoundNumber& found) {
    std::vector<NumberMatch> places{found.number};
    if (found.mark != Mark::None)
        addAlternatives(text, places);
    if (found.mark == Mark::Hash)
        addEarlierHashes(text, found.number, places);
    if (found.mark == Mark::Box)
        addEarlierBoxes(text, found.markBegin, places);
    if (found.mark == Mark::None)
        addOfSentence(text, found.number, places);
    return places;
}

/// The gold answer of a question, read once.
class Gold {
public:
    explicit Gold(std::string_view gold)
        : m_written(gsm8kGold(gold))
        , m_number(wholeNumber(m_written)) {}

    /// Reason and whether it is right.
    std::pair<Verdict, const char*> compare(std::string_view text, const NumberMatch& found) const {
        if (text.substr(found.begin, found.end - found.begin) == m_written)
            return {Verdict::Right, "exact"};
        if (!m_number)
            return {Verdict::Wrong, "gold_not_a_number"};
        if (found.value.equals(m_number->value))
            return {Verdict::Right, "numeric"};
        if (found.percent && !m_number->percent && found.value.hundredth().equals(m_number->value))
            return {Verdict::Right, "percent"};
        return {Verdict::Wrong, "different"};
    }

private:
    std::string m_written;
    std::optional<NumberMatch> m_number;
};

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
    const std::optional<FoundNumber> found = findAnswer(text);
    if (!found) {
        Grade none;
        none.reason = "no_answer";
        return none;
    }
    const Gold wanted(gold);
    const std::vector<NumberMatch> numbers = possibleNumbers(text, *found);
    if (numbers.size() > 1) {
        std::vector<AnswerPlace> places;
        for (const NumberMatch& number : numbers)
            places.push_back({{number.begin, number.end},
                              number.value.canonical(),
                              wanted.compare(text, number).first == Verdict::Right});
        if (auto ambiguous = ambiguousGrade(std::move(places)))
            return *ambiguous;
    }
    const NumberMatch& number = found->number;
    const auto [verdict, reason] = wanted.compare(text, number);
    return madeGrade(verdict, reason, number.value.canonical(), number.begin, number.end);
}

} // namespace crux::text
