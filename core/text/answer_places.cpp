#include "core/text/answer_places.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <array>

namespace crux::text {

namespace {

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The word that ends at `end`, in lower case.
std::string precedingWord(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && isLetter(text[begin - 1]))
        --begin;
    return lowerAscii(std::string(text.substr(begin, end - begin)));
}

template <typename Known> bool hasWord(std::string_view text, const Known& known) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (isLetter(text[i]) && (i + 1 == text.size() || !isLetter(text[i + 1])) &&
            known(precedingWord(text, i + 1)))
            return true;
    return false;
}

} // namespace

std::optional<Grade> ambiguousGrade(std::vector<AnswerPlace> places) {
    const auto isRight = [](const AnswerPlace& place) { return place.right; };
    if (std::all_of(places.begin(), places.end(), isRight) ||
        std::none_of(places.begin(), places.end(), isRight))
        return std::nullopt;
    std::sort(places.begin(), places.end(), [](const AnswerPlace& a, const AnswerPlace& b) {
        return a.range.begin < b.range.begin;
    });
    Grade grade;
    grade.reason = "ambiguous";
    grade.extractedBegin = static_cast<int>(places.back().range.begin);
    grade.extractedEnd = static_cast<int>(places.back().range.end);
    std::vector<std::string> texts;
    for (const AnswerPlace& place : places) {
        grade.spans.push_back(static_cast<std::int32_t>(place.range.begin));
        grade.spans.push_back(static_cast<std::int32_t>(place.range.end));
        if (std::find(texts.begin(), texts.end(), place.text) == texts.end())
            texts.push_back(place.text);
    }
    for (const std::string& text : texts)
        grade.extracted += cat(grade.extracted.empty() ? "" : " | ", text);
    return grade;
}

bool takesBack(std::string_view between) {
    constexpr std::array<std::string_view, 12> kWords = {
        "wait",  "wrong",   "incorrect", "mistake", "correction", "actually",
        "sorry", "recheck", "redo",      "instead", "corrected",  "oops"};
    return hasWord(between, [&](const std::string& word) {
        return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
    });
}

std::size_t clauseStart(std::string_view text, std::size_t at) {
    for (std::size_t i = std::min(at, text.size()); i > 0; --i) {
        if (text[i - 1] == '\n')
            return i;
        const bool mark = std::string_view(".!?;:,").find(text[i - 1]) != std::string_view::npos;
        if (mark && i < text.size() && (text[i] == ' ' || text[i] == '\n'))
            return i;
    }
    return 0;
}

bool hasWords(std::string_view between) {
    return std::any_of(between.begin(), between.end(), isLetter);
}

bool isOr(std::string_view between) {
    constexpr std::size_t kLongest = 24;
    return between.size() <= kLongest && between.find_first_of("\n.;=") == std::string_view::npos &&
           hasWord(between, [](const std::string& word) { return word == "or"; });
}

} // namespace crux::text
