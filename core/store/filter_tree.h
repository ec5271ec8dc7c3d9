// The parsed form of a filter expression. Internal to the room.
#pragma once

#include "core/base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace crux::store {

enum class FilterField {
    Verdict,
    MinS,
    Candidates,
    Tokens,
    Branches,
    Dataset,
    Question,
    Text,
    Answer,
    Reason,
    Gold,
    Model,
    SampledBy,
    Source,
    Label,
    Note,
    Marked,
    Sample,
    Id,
    Samples,
    Pass,
    Slip,
    Rollouts,
    Searched,
    Critical,
    // One group each: terms joined by "and" speak of the same token.
    CandToken,
    CandPosition,
    CandRelative,
    CandStep,
    CandScore,
    CandHit,
    CritToken,
    CritPosition,
    CritRelative,
    CritStep,
    CritScore,
    CritHit,
    CritConfirmed,
    CritMethod,
    CritBefore,
    CritAt,
    CritWith,
    CritWithout,
    AnyText ///< AnyText: a bare word
};

inline bool isCandidateField(FilterField field) {
    return field >= FilterField::CandToken && field <= FilterField::CandHit;
}
inline bool isCriticalField(FilterField field) {
    return field >= FilterField::CritToken && field <= FilterField::CritWithout;
}

enum class FilterOp { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Contains };

/// Numbers only; Contains holds for none. NaN is equal to nothing.
inline bool compareNumbers(double value, FilterOp op, double with) {
    switch (op) {
    case FilterOp::Equal:
        return value == with;
    case FilterOp::NotEqual:
        return value != with;
    case FilterOp::Less:
        return value < with;
    case FilterOp::LessEqual:
        return value <= with;
    case FilterOp::Greater:
        return value > with;
    case FilterOp::GreaterEqual:
        return value >= with;
    case FilterOp::Contains:
        break;
    }
    return false;
}

/// What a field compares with.
enum class FilterValueKind { Number, Text, Verdict, Source, YesNo, TextOrYesNo };

struct FilterFieldFacts {
    std::string_view name;
    FilterField field;
    FilterValueKind kind;
    std::string_view doc;
};
/// All fields a user may name; aliases follow their field.
const std::vector<FilterFieldFacts>& filterFieldFacts();

/// One comparison. `number` holds numbers, verdicts, sources and yes (1) / no (0).
struct FilterComparison {
    FilterField field = FilterField::AnyText;
    FilterOp op = FilterOp::Contains;
    std::string fieldName, opText, text; ///< as written
    bool isNumber = false;
    double number = 0;
};

/// A node: one comparison, or and / or / not over children.
struct FilterNode {
    enum class Kind { Compare, And, Or, Not } kind = Kind::Compare;
    FilterComparison comparison;
    std::vector<FilterNode> children;
};

/// An empty expression gives an And without children (everything). At most kMaxFilterDepth
/// brackets.
inline constexpr int kMaxFilterDepth = 50;
Result<FilterNode> parseFilterTree(std::string_view expression);
/// The same over the fields of another table.
Result<FilterNode> parseFilterTree(std::string_view expression,
                                   const std::vector<FilterFieldFacts>& fields);

} // namespace crux::store
