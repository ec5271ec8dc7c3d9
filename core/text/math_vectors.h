// Sums and products made so that scalars and signs move into vectors and matrices.
#pragma once

#include "core/text/math_tree.h"

namespace crux::text {

/// A matrix or a tuple: something with scalar entries. An interval is written as a tuple too.
bool isVector(const MathTree& tree, int id);

/// Node of the operation. Vectors of one shape are added entry by entry, scalars multiply and
/// divide entries; what has no such meaning (a product of vectors) becomes a node that has no
/// value.
int makeSum(MathTree& tree, const std::vector<int>& terms);
int makeProduct(MathTree& tree, const std::vector<int>& factors);
int makeQuotient(MathTree& tree, int top, int bottom);
int makeNegative(MathTree& tree, int id);

} // namespace crux::text
