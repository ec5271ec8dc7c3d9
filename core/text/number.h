// Numbers as people and models write them, read and compared exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crux::text {

/// numerator / denominator * 10^-scale, any length. Comparison is exact up to kMaxExactDigits
/// digits and by written form beyond.
struct ExactNumber {
    static constexpr std::size_t kMaxExactDigits = 1000;

    bool negative = false;
    std::string numerator = "0"; ///< decimal digits without leading zeros
    std::int64_t scale = 0;      ///< decimal places; no trailing zeros are kept
    std::string denominator;     ///< empty for 1

    /// "18", "-2.5", "1/2".
    std::string canonical() const;
    bool equals(const ExactNumber& other) const;
    /// The number divided by 100 (what "50%" means).
    ExactNumber hundredth() const;
    double toDouble() const;
};

/// A number found in a text, with its currency sign, percent sign and separators.
struct NumberMatch {
    std::size_t begin = 0;
    std::size_t end = 0;
    ExactNumber value;
    bool percent = false;
};

/// Reads the number that starts exactly at byte `at`: sign (also U+2212), currency ($, \$, EUR,
/// GBP, YEN signs), digits with commas for thousands, decimals, exponents up to 3 digits, a/b,
/// mixed numbers, \frac{a}{b} and its kin, a percent sign. A full stop at the end is not part.
std::optional<NumberMatch> numberAt(std::string_view text, std::size_t at);
/// First and last number that lie within [begin,end). Linear time.
std::optional<NumberMatch> firstNumber(std::string_view text, std::size_t begin, std::size_t end);
std::optional<NumberMatch> lastNumber(std::string_view text, std::size_t begin, std::size_t end);
/// The number that the whole text (blanks aside) is; nothing when there is more than a number.
std::optional<NumberMatch> wholeNumber(std::string_view text);

} // namespace crux::text
