#include "core/store/row_filter.h"

#include "core/store/filter_tree.h"

#include <algorithm>

namespace crux::store {

namespace {

using Values = std::function<RowValue(std::size_t)>;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool holds(std::string_view text, std::string_view part) {
    return part.empty() ||
           std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool compares(const FilterComparison& c, const std::vector<RowField>& fields, const Values& value) {
    if (c.fieldName.empty()) { // a bare word
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (fields[i].kind == RowField::Kind::Text)
                if (const RowValue held = value(i); std::holds_alternative<std::string>(held) &&
                                                    holds(std::get<std::string>(held), c.text))
                    return true;
        return false;
    }
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&](const RowField& field) { return field.name == c.fieldName; });
    const RowValue held = value(static_cast<std::size_t>(at - fields.begin()));
    if (const auto* number = std::get_if<double>(&held))
        return c.isNumber && compareNumbers(*number, c.op, c.number);
    const std::string& text = std::get<std::string>(held);
    if (c.op == FilterOp::Contains)
        return holds(text, c.text);
    return (text == c.text) == (c.op == FilterOp::Equal);
}

bool fits(const FilterNode& node, const std::vector<RowField>& fields, const Values& value) {
    const auto child = [&](const FilterNode& one) { return fits(one, fields, value); };
    switch (node.kind) {
    case FilterNode::Kind::Compare:
        return compares(node.comparison, fields, value);
    case FilterNode::Kind::Not:
        return !child(node.children.front());
    case FilterNode::Kind::And:
        return std::all_of(node.children.begin(), node.children.end(), child);
    case FilterNode::Kind::Or:
        return std::any_of(node.children.begin(), node.children.end(), child);
    }
    return true;
}

FilterValueKind kindOf(RowField::Kind kind) {
    return kind == RowField::Kind::Number ? FilterValueKind::Number
           : kind == RowField::Kind::Text ? FilterValueKind::Text
                                          : FilterValueKind::YesNo;
}

} // namespace

Result<RowFilter> RowFilter::make(std::string_view expression,
                                  const std::vector<RowField>& fields) {
    RowFilter filter;
    filter.m_fields = fields;
    std::vector<FilterFieldFacts> facts; // views into m_fields, for the parse only
    for (const RowField& field : filter.m_fields)
        facts.push_back({field.name, FilterField::AnyText, kindOf(field.kind), field.doc});
    CRUX_TRY(tree, parseFilterTree(expression, facts));
    if (tree.kind != FilterNode::Kind::And || !tree.children.empty())
        filter.m_tree = std::make_shared<const FilterNode>(std::move(tree));
    return filter;
}

bool RowFilter::matches(const Values& value) const {
    return !m_tree || fits(*m_tree, m_fields, value);
}

} // namespace crux::store
