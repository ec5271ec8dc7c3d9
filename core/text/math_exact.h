// Exact values of closed expressions, where they are rational and of bounded size.
#pragma once

#include "core/text/math_tree.h"

#include <optional>

namespace crux::text {

/// Most bits of a numerator or denominator that exact arithmetic goes to; 1000! has 8530.
inline constexpr std::size_t kMaxExactBits = 1 << 14;

/// The exact value; nothing when it is not rational, has variables, divides by zero, or outgrows
/// kMaxExactBits or the work left. `sign` is what the plus-minus signs of the expression stand for.
std::optional<Rational> exactValue(const MathTree& tree, int id, int sign, MathWork& work);

} // namespace crux::text
