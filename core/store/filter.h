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
    bool operator==(const FilterTerm&) const = default;
};

/// Checks an expression. The Error's `where` is "column N" of the first fault, its message one
/// sentence.
Status parseFilter(std::string_view expression);
/// The terms of a pure conjunction, for chips; empty when the expression is not one.
std::vector<FilterTerm> filterTerms(std::string_view expression);
/// A term as text, its value quoted where it must be.
std::string filterTermText(const FilterTerm& term);
/// Both: `expression` and `term` (which may be a conjunction itself); a term that is there already
/// is not added again.
std::string filterAnd(const std::string& expression, const std::string& term);
/// Whether a conjunction holds all of `term`'s terms; and the conjunction without them.
bool filterHas(const std::string& expression, const std::string& term);
std::string filterWithout(const std::string& expression, const std::string& term);
/// A text as a value of the language: quoted, with its quotes, line ends and tabs escaped.
std::string quotedForFilter(std::string_view text);
/// Field names for completion, with a one-line doc each.
std::vector<std::pair<std::string, std::string>> filterFields();

} // namespace crux::store
