#include "core/text/math_equal.h"

#include "core/text/math_exact.h"
#include "core/text/real_set.h"

#include <algorithm>

namespace crux::text {

namespace {

MathRelation relationKind(const MathTree& tree, int id) {
    return static_cast<MathRelation>(tree.node(id).detail);
}

bool isChain(const MathTree& tree, int id) {
    return tree.kind(id) == MathKind::List &&
           tree.node(id).detail == static_cast<int>(MathJoin::Chain);
}

/// Kinds that are only ever compared as sets of reals.
bool isRealSetForm(const MathTree& tree, int id) {
    switch (tree.kind(id)) {
    case MathKind::Union:
    case MathKind::Intersection:
    case MathKind::Difference:
        return true;
    case MathKind::Relation:
        return relationKind(tree, id) != MathRelation::Equal &&
               relationKind(tree, id) != MathRelation::About;
    case MathKind::List: {
        const auto children = tree.children(id);
        return std::any_of(children.begin(), children.end(), [&](int child) {
            return tree.kind(child) == MathKind::Relation && isRealSetForm(tree, child);
        });
    }
    default:
        return tree.isConstant(id, MathConstant::EmptySet) ||
               tree.isConstant(id, MathConstant::Reals);
    }
}

} // namespace

bool MathComparer::isSet(int id) const {
    return m_tree.kind(id) == MathKind::Group && m_tree.node(id).open == '{';
}

bool MathComparer::isList(int id) const {
    return m_tree.kind(id) == MathKind::List && !isChain(m_tree, id);
}

bool MathComparer::hasPlusMinus(int id) {
    if (!m_work.spend(1))
        return false;
    if (m_tree.kind(id) == MathKind::PlusMinus)
        return true;
    const auto children = m_tree.children(id);
    return std::any_of(children.begin(), children.end(),
                       [&](int child) { return hasPlusMinus(child); });
}

/// What may stand left of "=" without being part of the answer: x, f(x), f^{-1}(x), (x,y), AB.
bool MathComparer::isNameLike(int id) {
    const MathNode& node = m_tree.node(id);
    switch (node.kind) {
    case MathKind::Variable:
        return true;
    case MathKind::Product:
        return !isClosed(m_tree, m_tree.child(id, 0), m_work) && isNameLike(m_tree.child(id, 0));
    case MathKind::Power:
        return m_tree.kind(m_tree.child(id, 0)) == MathKind::Variable &&
               m_tree.kind(m_tree.child(id, 1)) == MathKind::Negative;
    case MathKind::Function:
        return node.detail == static_cast<int>(MathFunction::Conjugate) ||
               isClosed(m_tree, id, m_work);
    case MathKind::Group: {
        const auto children = m_tree.children(id);
        return std::all_of(children.begin(), children.end(),
                           [&](int child) { return m_tree.kind(child) == MathKind::Variable; });
    }
    default:
        return isClosed(m_tree, id, m_work) && node.kind != MathKind::Relation &&
               node.kind != MathKind::List;
    }
}

bool MathComparer::equalBases(int a, int b) {
    if (m_tree.kind(a) != MathKind::BaseNumber)
        std::swap(a, b);
    if (m_tree.kind(b) == MathKind::BaseNumber)
        return m_tree.name(a) == m_tree.name(b) && m_tree.node(a).detail == m_tree.node(b).detail;
    return m_tree.kind(b) == MathKind::Number && denominator(m_tree.value(b)) == 1 &&
           numerator(m_tree.value(b)).str() == m_tree.name(a);
}

bool MathComparer::equalScalars(SignedNode a, SignedNode b) {
    const auto left = exactValue(m_tree, a.id, a.sign, m_work);
    const auto right = exactValue(m_tree, b.id, b.sign, m_work);
    if (left && right)
        return *left == *right;
    const bool mayBeRounded = left.has_value() != right.has_value();
    const SampleVerdict verdict =
        sampledEqual(m_tree, a, b, mayBeRounded, sampleDomain(m_tree, a.id, b.id, m_work), m_work);
    m_undecided = m_undecided || verdict == SampleVerdict::Undecided;
    m_sampled = m_sampled || verdict == SampleVerdict::Equal;
    return verdict == SampleVerdict::Equal;
}

/// Scalars, with percent and degree signs on the outside read both ways.
bool MathComparer::equalValues(SignedNode a, SignedNode b) {
    const auto peeled = [&](SignedNode node) {
        while (m_tree.kind(node.id) == MathKind::Degrees)
            node.id = m_tree.child(node.id, 0);
        return node;
    };
    a = peeled(a);
    b = peeled(b);
    if (m_tree.kind(a.id) == MathKind::BaseNumber || m_tree.kind(b.id) == MathKind::BaseNumber)
        return equalBases(a.id, b.id);
    const bool leftPercent = m_tree.kind(a.id) == MathKind::Percent;
    const bool rightPercent = m_tree.kind(b.id) == MathKind::Percent;
    if (leftPercent == rightPercent)
        return equalScalars(a, b);
    const SignedNode inner = leftPercent ? SignedNode{m_tree.child(a.id, 0), a.sign}
                                         : SignedNode{m_tree.child(b.id, 0), b.sign};
    if (!equalScalars(a, b) && !equalScalars(inner, leftPercent ? b : a))
        return false;
    m_percent = true;
    return true;
}

/// left - right of an equation.
int MathComparer::difference(int id) {
    const int left = m_tree.child(id, 0);
    const int right = m_tree.child(id, 1);
    return m_tree.add(MathKind::Sum, {left, m_tree.add(MathKind::Negative, {right})});
}

bool MathComparer::equalEquations(SignedNode a, SignedNode b, int depth) {
    const int leftName = m_tree.child(a.id, 0);
    const int rightName = m_tree.child(b.id, 0);
    if (isNameLike(leftName) && isNameLike(rightName) &&
        equal({leftName, a.sign}, {rightName, b.sign}, depth) &&
        equal({m_tree.child(a.id, 1), a.sign}, {m_tree.child(b.id, 1), b.sign}, depth))
        return true;
    const bool same =
        sampledRatio(m_tree, {difference(a.id), a.sign}, {difference(b.id), b.sign}, m_work)
            .has_value();
    m_sampled = m_sampled || same;
    return same;
}

/// a = b = c against something else: its last member counts; around an "about" sign either side.
bool MathComparer::equalChain(int chain, SignedNode other, int depth) {
    std::vector<int> sides;
    for (const int relation : m_tree.children(chain)) {
        const MathRelation kind = relationKind(m_tree, relation);
        if (kind != MathRelation::Equal && kind != MathRelation::About)
            return false;
        if (kind == MathRelation::About)
            sides.push_back(m_tree.child(relation, 0));
    }
    sides.push_back(m_tree.child(m_tree.children(chain).back(), 1));
    return std::any_of(sides.begin(), sides.end(), [&](int side) {
        return equal({side, 0}, other, depth);
    });
}

/// Two inequalities that realSetOf() could not read: the same when both sides are, or when the
/// differences of their sides are by a factor that keeps or turns the direction as the signs say.
bool MathComparer::equalInequalities(SignedNode a, SignedNode b, int depth) {
    const MathRelation left = relationKind(m_tree, a.id);
    const MathRelation right = relationKind(m_tree, b.id);
    if (left == right &&
        equal({m_tree.child(a.id, 0), a.sign}, {m_tree.child(b.id, 0), b.sign}, depth) &&
        equal({m_tree.child(a.id, 1), a.sign}, {m_tree.child(b.id, 1), b.sign}, depth))
        return true;
    const auto direction = [](MathRelation kind) {
        return kind == MathRelation::Less || kind == MathRelation::LessEqual         ? -1
               : kind == MathRelation::Greater || kind == MathRelation::GreaterEqual ? 1
                                                                                     : 0;
    };
    const auto isStrict = [](MathRelation kind) {
        return kind == MathRelation::Less || kind == MathRelation::Greater;
    };
    if (direction(left) == 0 || direction(right) == 0 || isStrict(left) != isStrict(right))
        return false;
    const auto ratio =
        sampledRatio(m_tree, {difference(a.id), a.sign}, {difference(b.id), b.sign}, m_work);
    const bool same = ratio && std::abs(ratio->imag()) < 1e-9L &&
                      (ratio->real() > 0) == (direction(left) == direction(right));
    m_sampled = m_sampled || same;
    return same;
}

/// At least one of the two is a relation.
bool MathComparer::equalRelations(SignedNode a, SignedNode b, int depth) {
    if (m_tree.kind(a.id) != MathKind::Relation)
        std::swap(a, b);
    const MathRelation kind = relationKind(m_tree, a.id);
    const SignedNode left{m_tree.child(a.id, 0), a.sign};
    const SignedNode right{m_tree.child(a.id, 1), a.sign};
    if (kind == MathRelation::About)
        return equal(left, b, depth) || equal(right, b, depth);
    if (m_tree.kind(b.id) == MathKind::Relation) {
        const MathRelation other = relationKind(m_tree, b.id);
        if (other == MathRelation::About)
            return equalRelations(b, a, depth);
        return kind == MathRelation::Equal && other == MathRelation::Equal
                   ? equalEquations(a, b, depth)
                   : equalInequalities(a, b, depth);
    }
    if (kind == MathRelation::In)
        return equal(right, b, depth);
    if (kind != MathRelation::Equal)
        return false;
    if (m_tree.kind(right.id) == MathKind::Variable && isClosed(m_tree, left.id, m_work))
        return equal(left, b, depth); // 5 = x
    return isNameLike(left.id) && equal(right, b, depth);
}

/// Elements of a list, a set or a plus-minus expression, flat.
void MathComparer::collectElements(SignedNode node, std::vector<SignedNode>& elements) {
    if (!m_work.spend(1))
        return;
    if (isList(node.id) || isSet(node.id)) {
        const auto children = m_tree.children(node.id);
        for (const int child : std::vector<int>(children.begin(), children.end()))
            collectElements({child, node.sign}, elements);
    } else if (node.sign == 0 && hasPlusMinus(node.id)) {
        elements.push_back({node.id, 1});
        elements.push_back({node.id, -1});
    } else {
        elements.push_back(node);
    }
}

/// As sets when one of them is a set, else every element as often in both.
bool MathComparer::equalCollections(SignedNode a, SignedNode b, int depth) {
    std::vector<SignedNode> left;
    std::vector<SignedNode> right;
    collectElements(a, left);
    collectElements(b, right);
    const bool asSets = isSet(a.id) || isSet(b.id);
    if (!asSets && left.size() != right.size())
        return false;
    std::vector<bool> met(right.size(), false);
    for (const SignedNode& element : left) {
        bool found = false;
        for (std::size_t i = 0; i < right.size() && (!found || asSets); ++i)
            if ((asSets || !met[i]) && equal(element, right[i], depth))
                found = met[i] = true;
        if (!found)
            return false;
    }
    return std::all_of(met.begin(), met.end(), [](bool one) { return one; });
}

bool MathComparer::equalInOrder(SignedNode a, SignedNode b, int depth) {
    if (m_tree.node(a.id).count != m_tree.node(b.id).count)
        return false;
    for (int i = 0; i < m_tree.node(a.id).count; ++i)
        if (!equal({m_tree.child(a.id, i), a.sign}, {m_tree.child(b.id, i), b.sign}, depth))
            return false;
    return true;
}

/// Tuples, intervals and matrices among each other.
bool MathComparer::equalVectors(SignedNode a, SignedNode b, int depth) {
    const MathNode left = m_tree.node(a.id);
    const MathNode right = m_tree.node(b.id);
    if (left.kind == MathKind::Group && right.kind == MathKind::Group) {
        const bool isRatio = left.open == ':' || right.open == ':';
        const bool bracketsMatter = left.count == 2 || isRatio;
        const auto plain = [](char c) { return c == '<' ? '(' : c == '>' ? ')' : c; };
        if (bracketsMatter &&
            (plain(left.open) != plain(right.open) || plain(left.close) != plain(right.close)))
            return false;
        return equalInOrder(a, b, depth);
    }
    if (left.kind == MathKind::Matrix && right.kind == MathKind::Matrix)
        return left.detail == right.detail && equalInOrder(a, b, depth);
    if (left.kind != MathKind::Matrix)
        return equalVectors(b, a, depth);
    const int rows = left.count / std::max<int>(left.detail, 1);
    if (rows == 1 || left.detail == 1) // a row or a column is a tuple
        return equalInOrder(a, b, depth);
    if (right.count != rows)
        return false;
    for (int row = 0; row < rows; ++row) { // [[1,2],[3,4]]
        const int other = m_tree.child(b.id, row);
        if (m_tree.kind(other) != MathKind::Group || m_tree.node(other).count != left.detail)
            return false;
        for (int column = 0; column < left.detail; ++column)
            if (!equal({m_tree.child(a.id, row * left.detail + column), a.sign},
                       {m_tree.child(other, column), b.sign}, depth))
                return false;
    }
    return true;
}

bool MathComparer::equal(SignedNode a, SignedNode b, int depth) {
    if (++depth > kMaxDepth || !m_work.spend(1) || m_tree.isTooLarge()) {
        m_undecided = true;
        return false;
    }
    if (isRealSetForm(m_tree, a.id) || isRealSetForm(m_tree, b.id)) {
        const auto left = realSetOf(m_tree, a.id, m_work);
        const auto right = left ? realSetOf(m_tree, b.id, m_work) : std::nullopt;
        if (right)
            return sameRealSet(*left, *right);
    }
    if (isChain(m_tree, a.id) && !isChain(m_tree, b.id))
        return equalChain(a.id, b, depth);
    if (isChain(m_tree, b.id))
        return isChain(m_tree, a.id) ? equalInOrder(a, b, depth) : equalChain(b.id, a, depth);
    const auto isRelation = [&](int id) { return m_tree.kind(id) == MathKind::Relation; };
    if (isRelation(a.id) || isRelation(b.id))
        if (!isList(a.id) && !isList(b.id))
            return equalRelations(a, b, depth);
    const auto isVectorForm = [&](int id) {
        return m_tree.kind(id) == MathKind::Matrix ||
               (m_tree.kind(id) == MathKind::Group && !isSet(id));
    };
    const bool unsignedYet = a.sign == 0 && b.sign == 0;
    const bool expands = unsignedYet && (hasPlusMinus(a.id) || hasPlusMinus(b.id));
    if (!expands && ((isList(a.id) && isVectorForm(b.id)) || (isList(b.id) && isVectorForm(a.id))))
        if (equalInOrder(a, b, depth))
            return true;
    if (expands || isList(a.id) || isList(b.id) || isSet(a.id) || isSet(b.id))
        return equalCollections(a, b, depth);
    if (isVectorForm(a.id) && isVectorForm(b.id))
        return equalVectors(a, b, depth);
    if (isVectorForm(a.id) || isVectorForm(b.id))
        return false;
    return equalValues(a, b);
}

} // namespace crux::text
