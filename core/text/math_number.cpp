#include "core/text/math_number.h"

#include "core/text/math_lexer.h"

#include <algorithm>
#include <array>

namespace crux::text {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

class Cursor {
public:
    Cursor(std::string_view text, std::size_t at)
        : m_text(text)
        , m_at(at) {}

    std::size_t at() const { return m_at; }
    char peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }
    bool take(std::string_view word) {
        if (!m_text.substr(m_at).starts_with(word))
            return false;
        m_at += word.size();
        return true;
    }
    std::string digits() {
        const std::size_t begin = m_at;
        while (isDigit(peek()))
            ++m_at;
        return std::string(m_text.substr(begin, m_at - begin));
    }
    /// Exactly three digits, not followed by a fourth; else nothing is taken.
    std::string group() {
        if (!isDigit(peek()) || !isDigit(peek(1)) || !isDigit(peek(2)) || isDigit(peek(3)))
            return {};
        m_at += 3;
        return std::string(m_text.substr(m_at - 3, 3));
    }

private:
    std::string_view m_text;
    std::size_t m_at;
};

/// Digits with groups of three behind the first.
std::string wholePart(Cursor& cursor, Thousands thousands) {
    std::string all = cursor.digits();
    if (thousands == Thousands::None || all.empty() || all.size() > 3 || all == "0")
        return all;
    constexpr std::array<std::string_view, 7> kSeparators = {"{,}", "\\!,", ",\\!", "\\,",
                                                             "\\ ", " ",    ","};
    for (;;) {
        Cursor ahead = cursor;
        std::string more;
        for (const std::string_view separator : kSeparators) {
            if (separator == "," && thousands != Thousands::Commas)
                continue;
            ahead = cursor;
            if (!ahead.take(separator))
                continue;
            ahead.take("\\!");
            more = ahead.group();
            // "3 125/1000" is a mixed number.
            if (!more.empty() &&
                !(separator == " " && (ahead.peek() == '/' || ahead.peek() == '.')))
                break;
            more.clear();
        }
        if (more.empty())
            return all;
        all += more;
        cursor = ahead;
    }
}

/// The block that repeats for ever: "\overline{6}", "\bar6".
std::string repeatingPart(Cursor& cursor) {
    Cursor ahead = cursor;
    if (!ahead.take("\\overline") && !ahead.take("\\bar") && !ahead.take("\\dot"))
        return {};
    std::string digits;
    if (ahead.take("{")) {
        digits = ahead.digits();
        if (!ahead.take("}"))
            return {};
    } else if (isDigit(ahead.peek())) {
        digits = std::string(1, ahead.peek());
        ahead.take(digits);
    }
    if (!digits.empty())
        cursor = ahead;
    return digits;
}

/// "e3", "E-3" behind a number; 0 when there is none.
int exponentPart(Cursor& cursor) {
    Cursor ahead = cursor;
    if (!ahead.take("e") && !ahead.take("E"))
        return 0;
    const bool negative = ahead.take("-");
    if (!negative)
        ahead.take("+");
    const std::string digits = ahead.digits();
    const char next = ahead.peek();
    if (digits.empty() || digits.size() > 3 || (next >= 'a' && next <= 'z') ||
        (next >= 'A' && next <= 'Z'))
        return 0;
    cursor = ahead;
    const int exponent = std::stoi(digits);
    return negative ? -exponent : exponent;
}

Integer integerOf(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0'); // a leading zero would mean octal
    return first == std::string_view::npos ? Integer(0)
                                           : Integer(std::string(digits.substr(first)));
}

Integer tenTo(std::size_t exponent) {
    return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

} // namespace

bool readDecimal(std::string_view text, std::size_t at, Thousands thousands,
                 DecimalLiteral& found) {
    Cursor cursor(text, at);
    const std::string whole = wholePart(cursor, thousands);
    std::string decimals;
    std::string repeating;
    found.isInteger = true;
    if (cursor.peek() == '.' && (isDigit(cursor.peek(1)) || cursor.peek(1) == '\\')) {
        Cursor ahead = cursor;
        ahead.take(".");
        decimals = ahead.digits();
        repeating = repeatingPart(ahead);
        if (!decimals.empty() || !repeating.empty()) {
            cursor = ahead;
            found.isInteger = false;
        }
    }
    if (whole.size() + decimals.size() + repeating.size() > kMaxNumberDigits)
        return false;
    found.value = Rational(integerOf(whole + decimals), tenTo(decimals.size()));
    if (!repeating.empty())
        found.value +=
            Rational(integerOf(repeating), (tenTo(repeating.size()) - 1) * tenTo(decimals.size()));
    if (const int exponent = exponentPart(cursor); exponent != 0) {
        const Integer power = tenTo(static_cast<std::size_t>(std::abs(exponent)));
        found.value *= exponent > 0 ? Rational(power) : Rational(Integer(1), power);
        found.isInteger = false;
    }
    found.end = cursor.at();
    return true;
}

bool readBaseDigits(std::string_view text, std::size_t at, BaseDigits& found) {
    const auto valueOf = [](char c) { return isDigit(c) ? c - '0' : c - 'A' + 10; };
    std::size_t end = at;
    int largest = 0;
    while (end < text.size() && (isDigit(text[end]) || (text[end] >= 'A' && text[end] <= 'Z')))
        largest = std::max(largest, valueOf(text[end++]));
    const std::string_view run = text.substr(at, end - at);
    const bool isLetters = std::none_of(run.begin(), run.end(), isDigit);
    if (run.empty() || run.size() > kMaxNumberDigits || (isLetters && run.size() < 2))
        return false;
    Cursor cursor(text, end);
    if (!cursor.take("_") && !cursor.take("\\_"))
        return false;
    const bool braced = cursor.take("{");
    const std::string base = cursor.digits();
    if (base.empty() || base.size() > 2 || (braced && !cursor.take("}")))
        return false;
    found.base = std::stoi(base);
    if (found.base < 2 || found.base > 36 || largest >= found.base)
        return false;
    const std::size_t first = std::min(run.find_first_not_of('0'), run.size() - 1);
    found.digits = std::string(run.substr(first));
    found.end = cursor.at();
    return true;
}

} // namespace crux::text
