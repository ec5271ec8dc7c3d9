#include "core/text/number.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdlib>

namespace crux::text {

namespace {

using boost::multiprecision::cpp_int;

constexpr std::string_view kMinus = "\xE2\x88\x92"; // U+2212
constexpr std::array<std::string_view, 6> kCurrencies = {"$",
                                                         "\\$",
                                                         "\xE2\x82\xAC",  // euro
                                                         "\xC2\xA3",      // pound
                                                         "\xC2\xA5",      // yen
                                                         "\xE2\x82\xB9"}; // rupee

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isAlnum(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string withoutLeadingZeros(std::string digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? std::string("0") : digits.substr(first);
}

/// Drops trailing decimal zeros, so that 18.00 is 18 with scale 0.
void dropTrailingZeros(ExactNumber& number) {
    while (number.scale > 0 && number.numerator.size() > 1 && number.numerator.back() == '0') {
        number.numerator.pop_back();
        --number.scale;
    }
    if (number.numerator == "0") {
        number.scale = 0;
        number.negative = false;
    }
}

cpp_int powerOfTen(std::int64_t exponent) {
    return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

/// numerator and denominator of |number| as integers; only for numbers of bounded length.
std::pair<cpp_int, cpp_int> asFraction(const ExactNumber& number) {
    cpp_int top(number.numerator);
    cpp_int bottom(number.denominator.empty() ? std::string("1") : number.denominator);
    if (number.scale > 0)
        bottom *= powerOfTen(number.scale);
    if (number.scale < 0)
        top *= powerOfTen(-number.scale);
    return {top, bottom};
}

bool isShort(const ExactNumber& number) {
    return number.numerator.size() <= ExactNumber::kMaxExactDigits &&
           number.denominator.size() <= ExactNumber::kMaxExactDigits &&
           std::abs(number.scale) <= static_cast<std::int64_t>(ExactNumber::kMaxExactDigits);
}

/// Reads digits, thousands' commas and decimals at `at`. Moves `at` behind what was read.
class Reader {
public:
    Reader(std::string_view text, std::size_t at)
        : m_text(text)
        , m_at(at) {}

    std::size_t at() const { return m_at; }
    bool take(std::string_view word) {
        if (!m_text.substr(m_at).starts_with(word))
            return false;
        m_at += word.size();
        return true;
    }
    char peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }
    void skip(std::size_t count) { m_at += count; }

    bool takeMinus() { return take("-") || take(kMinus); }
    bool takeCurrency() {
        return std::any_of(kCurrencies.begin(), kCurrencies.end(),
                           [&](std::string_view sign) { return take(sign); });
    }
    std::string digits() {
        const std::size_t begin = m_at;
        while (isDigit(peek()))
            ++m_at;
        return std::string(m_text.substr(begin, m_at - begin));
    }
    /// "2,125" and LaTeX's "2{,}125" and "2\!,125" are one whole number; "1,2" is not.
    std::string wholeDigits() {
        std::string all = digits();
        while (!all.empty()) {
            const std::size_t before = m_at;
            if (!take("{,}") && !take("\\!,") && !take(","))
                break;
            take("\\!");
            std::string group = digits();
            if (group.size() != 3 || before + 4 > m_text.size()) {
                m_at = before;
                break;
            }
            all += group;
        }
        return all;
    }

private:
    std::string_view m_text;
    std::size_t m_at;
};

/// {digits} or one digit, LaTeX's argument of \frac. Empty when it is anything else.
std::string fracArgument(Reader& reader) {
    if (reader.take("{")) {
        std::string digits = reader.digits();
        return reader.take("}") ? digits : std::string();
    }
    if (!isDigit(reader.peek()))
        return {};
    std::string digit(1, reader.peek());
    reader.skip(1);
    return digit;
}

bool readFrac(Reader& reader, ExactNumber& number) {
    if (!reader.take("\\frac") && !reader.take("\\dfrac") && !reader.take("\\tfrac"))
        return false;
    std::string top = fracArgument(reader);
    std::string bottom = withoutLeadingZeros(fracArgument(reader));
    if (top.empty() || bottom == "0")
        return false;
    number.numerator = withoutLeadingZeros(std::move(top));
    number.denominator = bottom == "1" ? std::string() : std::move(bottom);
    return true;
}

/// "/b" behind a whole number makes a fraction of it.
bool readSlash(Reader& reader, ExactNumber& number) {
    Reader ahead = reader;
    if (!ahead.take("/") || !isDigit(ahead.peek()))
        return false;
    std::string bottom = withoutLeadingZeros(ahead.wholeDigits());
    if (bottom == "0" || (ahead.peek() == '.' && isDigit(ahead.peek(1))))
        return false;
    number.denominator = bottom == "1" ? std::string() : std::move(bottom);
    reader = ahead;
    return true;
}

/// " 1/2" behind "3" makes 3 1/2; so does "3\frac{1}{2}".
void readMixed(Reader& reader, ExactNumber& number) {
    Reader ahead = reader;
    ExactNumber part;
    if (!readFrac(ahead, part)) {
        ahead = reader;
        if (!ahead.take(" ") || !isDigit(ahead.peek()))
            return;
        part.numerator = withoutLeadingZeros(ahead.digits());
        if (!readSlash(ahead, part))
            return;
    }
    if (part.denominator.empty() || !isShort(part) || !isShort(number))
        return;
    const cpp_int top =
        cpp_int(number.numerator) * cpp_int(part.denominator) + cpp_int(part.numerator);
    number.numerator = top.str();
    number.denominator = part.denominator;
    reader = ahead;
}

void readExponent(Reader& reader, ExactNumber& number) {
    if (reader.peek() != 'e' && reader.peek() != 'E')
        return;
    Reader ahead = reader;
    ahead.skip(1);
    const bool negative = ahead.take("-");
    if (!negative)
        ahead.take("+");
    const std::string digits = ahead.digits();
    if (digits.empty() || digits.size() > 3 || isAlnum(ahead.peek()))
        return;
    const std::int64_t exponent = std::atoi(digits.c_str());
    number.scale += negative ? exponent : -exponent;
    if (number.scale < 0) {
        if (number.numerator != "0")
            number.numerator.append(static_cast<std::size_t>(-number.scale), '0');
        number.scale = 0;
    }
    reader = ahead;
}

/// Digits with decimals, an exponent, a slash or a mixed part.
bool readPlain(Reader& reader, ExactNumber& number) {
    std::string digits = reader.wholeDigits();
    const bool isWhole = !(reader.peek() == '.' && isDigit(reader.peek(1)));
    if (!isWhole) {
        reader.skip(1);
        const std::string decimals = reader.digits();
        number.scale = static_cast<std::int64_t>(decimals.size());
        digits += decimals;
    }
    if (digits.empty())
        return false;
    number.numerator = withoutLeadingZeros(std::move(digits));
    if (isWhole && !readSlash(reader, number))
        readMixed(reader, number);
    if (number.denominator.empty())
        readExponent(reader, number);
    return true;
}

} // namespace

std::string ExactNumber::canonical() const {
    std::string text = numerator;
    if (scale > 0) {
        const auto places = static_cast<std::size_t>(scale);
        if (text.size() <= places)
            text.insert(0, places + 1 - text.size(), '0');
        text.insert(text.size() - places, 1, '.');
    }
    if (!denominator.empty())
        text.append("/").append(denominator);
    return negative ? std::string("-").append(text) : text;
}

bool ExactNumber::equals(const ExactNumber& other) const {
    if (canonical() == other.canonical())
        return true;
    if (negative != other.negative || !isShort(*this) || !isShort(other))
        return false;
    const auto [top, bottom] = asFraction(*this);
    const auto [otherTop, otherBottom] = asFraction(other);
    return top * otherBottom == otherTop * bottom;
}

ExactNumber ExactNumber::hundredth() const {
    ExactNumber number = *this;
    number.scale += 2;
    dropTrailingZeros(number);
    return number;
}

double ExactNumber::toDouble() const {
    const double top = std::strtod(
        (std::string(numerator).append("e").append(std::to_string(-scale))).c_str(), nullptr);
    const double bottom = denominator.empty() ? 1.0 : std::strtod(denominator.c_str(), nullptr);
    return (negative ? -top : top) / bottom;
}

std::optional<NumberMatch> numberAt(std::string_view text, std::size_t at) {
    Reader reader(text, at);
    NumberMatch match;
    match.begin = at;
    // A minus behind a digit, a letter or a bracket subtracts; it is not a sign.
    const bool mayBeSigned =
        at == 0 || !(isAlnum(text[at - 1]) || text[at - 1] == ')' || text[at - 1] == '}');
    const bool currencyFirst = reader.takeCurrency();
    if (mayBeSigned || currencyFirst)
        match.value.negative = reader.takeMinus();
    if (!match.value.negative && mayBeSigned && !currencyFirst)
        reader.take("+");
    if (!currencyFirst)
        reader.takeCurrency();
    if (!readFrac(reader, match.value) && !readPlain(reader, match.value))
        return std::nullopt;
    dropTrailingZeros(match.value);
    Reader ahead = reader;
    ahead.take(" ");
    if (ahead.take("\\%") || ahead.take("%")) {
        match.percent = true;
        reader = ahead;
    }
    match.end = reader.at();
    return match;
}

namespace {

/// Calls `visit` for each number within [begin,end) until it returns false.
template <typename Visit>
void scanNumbers(std::string_view text, std::size_t begin, std::size_t end, Visit&& visit) {
    const std::string_view part = text.substr(0, std::min(end, text.size()));
    for (std::size_t at = begin; at < part.size();) {
        const std::optional<NumberMatch> match = numberAt(part, at);
        if (!match) {
            ++at;
            continue;
        }
        if (!visit(*match))
            return;
        at = match->end;
    }
}

} // namespace

std::optional<NumberMatch> firstNumber(std::string_view text, std::size_t begin, std::size_t end) {
    std::optional<NumberMatch> found;
    scanNumbers(text, begin, end, [&](const NumberMatch& match) {
        found = match;
        return false;
    });
    return found;
}

std::optional<NumberMatch> lastNumber(std::string_view text, std::size_t begin, std::size_t end) {
    std::optional<NumberMatch> found;
    scanNumbers(text, begin, end, [&](const NumberMatch& match) {
        found = match;
        return true;
    });
    return found;
}

std::optional<NumberMatch> wholeNumber(std::string_view text) {
    const std::string_view core = trimmed(text);
    auto match = core.empty() ? std::nullopt : numberAt(core, 0);
    if (!match)
        return std::nullopt;
    std::string_view rest = core.substr(match->end);
    if (rest == "." || rest == "$")
        rest = {};
    return rest.empty() ? match : std::nullopt;
}

} // namespace crux::text
