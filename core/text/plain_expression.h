// Expressions in Python's syntax, as sympy's parse_expr reads them.
#pragma once

#include "core/text/math_tree.h"

#include <optional>
#include <string_view>

namespace crux::text {

/// Numbers, names, + - * / ** (and ^, which is exclusive or), brackets, calls of known functions,
/// "!" behind a value. Nothing for anything else: a product without a sign, LaTeX, tuples.
std::optional<int> readPlainExpression(std::string_view text, MathTree& tree, MathWork& work);

} // namespace crux::text
