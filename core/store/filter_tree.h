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
    Gold,
    Model,
    Source,
    Label,
    Note,
    Marked,
    Sample,
    Id,
    AnyText ///< AnyText: a bare word
};

enum class FilterOp { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Contains };

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

} // namespace crux::store
