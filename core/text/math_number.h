// Number literals of mathematical answers, as exact values: thousands, repeating decimals,
// scientific notation, digits in another base.
#pragma once

#include "core/text/math_tree.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace crux::text {

struct DecimalLiteral {
    Rational value;
    bool isInteger = false; ///< digits alone
    std::size_t end = 0;
};
enum class Thousands {
    None,   ///< digits alone: x^2 100 is no 2100
    Spaces, ///< "1 234", "1\,234", "1{,}234"
    Commas, ///< "1,234" too
};
/// Reads at a digit or ".": thousands as said, "2.5", ".5", "0.1\overline{6}", "1.5e3". False when
/// it is longer than kMaxNumberDigits.
bool readDecimal(std::string_view text, std::size_t at, Thousands thousands, DecimalLiteral& found);

struct BaseDigits {
    std::string digits; ///< upper case, leading zeros dropped
    int base = 0;
    std::size_t end = 0;
};
/// Reads "4343_6", "1011_{2}", "A3_{16}": digits of the base with the base behind. False for
/// anything else, such as a sequence's term a_2.
bool readBaseDigits(std::string_view text, std::size_t at, BaseDigits& found);

} // namespace crux::text
