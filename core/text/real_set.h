// Sets of real numbers as answers name them: intervals, points, inequalities in one variable.
#pragma once

#include "core/text/math_tree.h"

#include <optional>
#include <string>
#include <vector>

namespace crux::text {

struct RealInterval {
    long double low = 0, high = 0; ///< may be infinite
    bool lowOpen = true, highOpen = true;
};

/// A union of intervals and points in ascending order, none touching the next.
struct RealSet {
    std::vector<RealInterval> parts;
    std::string variable; ///< of the inequality it was read from; empty for plain sets
};

/// The set that the node names: (a,b), [a,b), {a,b}, unions, intersections, differences, the reals,
/// the empty set, x > a, a < x <= b, x in S, "x < a or x > b". Nothing when bounds are not real
/// numbers or the node is no set.
std::optional<RealSet> realSetOf(const MathTree& tree, int id, MathWork& work);

/// Equal sets, bounds within 1e-9; two different variables make different sets.
bool sameRealSet(const RealSet& a, const RealSet& b);

} // namespace crux::text
