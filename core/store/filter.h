// The filter language of UX.md 3.9 for trajectories: `verdict=wrong and min_s<0.1 and text~"each"`.
// Parsed here, turned to SQL here; the window uses parseFilter for its live syntax check.
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace crux::store {

struct FilterTerm {
    std::string field, op, value;
};

/// Checks an expression. The Error's `where` is "column N" of the first fault, its message one
/// sentence.
Status parseFilter(std::string_view expression);
/// The terms of a pure conjunction, for chips; empty when the expression is not one.
std::vector<FilterTerm> filterTerms(std::string_view expression);
/// Field names for completion, with a one-line doc each.
std::vector<std::pair<std::string, std::string>> filterFields();

} // namespace crux::store
