#include "core/text/math_vectors.h"

#include <algorithm>

namespace crux::text {

namespace {

bool sameShape(const MathTree& tree, int a, int b) {
    const MathNode& left = tree.node(a);
    const MathNode& right = tree.node(b);
    return left.kind == right.kind && left.count == right.count && left.detail == right.detail;
}

/// A vector of the same form with other entries.
int withEntries(MathTree& tree, int form, const std::vector<int>& entries) {
    const MathNode node = tree.node(form);
    if (node.kind == MathKind::Group)
        return tree.group(node.open, node.close, entries);
    return tree.add(MathKind::Matrix, entries, node.detail);
}

std::vector<int> entriesOf(const MathTree& tree, int id) {
    const auto children = tree.children(id);
    return {children.begin(), children.end()};
}

/// Applies `change` to every entry of a vector.
template <typename Change> int mapped(MathTree& tree, int id, Change&& change) {
    std::vector<int> entries = entriesOf(tree, id);
    for (int& entry : entries) {
        if (tree.isTooLarge())
            break;
        entry = change(entry);
    }
    return withEntries(tree, id, entries);
}

} // namespace

bool isVector(const MathTree& tree, int id) {
    const MathNode& node = tree.node(id);
    return node.kind == MathKind::Matrix || (node.kind == MathKind::Group && node.open != '{');
}

int makeSum(MathTree& tree, const std::vector<int>& terms) {
    if (terms.size() == 1)
        return terms.front();
    const bool areVectors = std::all_of(terms.begin(), terms.end(), [&](int term) {
        return isVector(tree, term) && sameShape(tree, terms.front(), term);
    });
    if (!areVectors)
        return tree.add(MathKind::Sum, terms);
    std::vector<int> entries;
    for (int i = 0; i < tree.node(terms.front()).count; ++i) {
        std::vector<int> column;
        for (const int term : terms)
            column.push_back(tree.child(term, i));
        if (tree.isTooLarge())
            break;
        entries.push_back(makeSum(tree, column));
    }
    return withEntries(tree, terms.front(), entries);
}

int makeProduct(MathTree& tree, const std::vector<int>& factors) {
    if (factors.size() == 1)
        return factors.front();
    const auto vector = std::find_if(factors.begin(), factors.end(),
                                     [&](int factor) { return isVector(tree, factor); });
    const auto vectors = std::count_if(factors.begin(), factors.end(),
                                       [&](int factor) { return isVector(tree, factor); });
    if (vectors != 1)
        return tree.add(MathKind::Product, factors);
    std::vector<int> scalars;
    for (const int factor : factors)
        if (factor != *vector)
            scalars.push_back(factor);
    const int scalar = makeProduct(tree, scalars);
    return mapped(tree, *vector, [&](int entry) {
        return tree.add(MathKind::Product, {scalar, entry});
    });
}

int makeQuotient(MathTree& tree, int top, int bottom) {
    if (!isVector(tree, top))
        return tree.add(MathKind::Quotient, {top, bottom});
    return mapped(tree, top, [&](int entry) {
        return tree.add(MathKind::Quotient, {entry, bottom});
    });
}

int makeNegative(MathTree& tree, int id) {
    if (!isVector(tree, id))
        return tree.add(MathKind::Negative, {id});
    return mapped(tree, id, [&](int entry) { return tree.add(MathKind::Negative, {entry}); });
}

} // namespace crux::text
