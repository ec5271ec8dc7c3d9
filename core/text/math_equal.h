// Whether two mathematical answers are the same.
#pragma once

#include "core/text/math_sample.h"
#include "core/text/math_tree.h"

#include <vector>

namespace crux::text {

/// How two expressions of one tree compare. What is called the same (as users of Math-Verify expect
/// it; "a b" are bare lists):
/// - numbers: exact when both are rational; else equal at sampled points (math_sample.h)
/// - 50% is 50 and 0.5; 90^\circ is 90; 1.5 \times 10^3 is 1500
/// - x = 5, f(x) = 5, 10/2 = 5 are 5; two equations when they differ by a factor
/// - a +- b is the set of both; a bare list is a set, or a tuple in its order; {5} is 5
/// - a tuple is a column vector; with three or more entries the brackets do not matter, with two
///   they do, since (a,b), [a,b) and [a,b] are intervals
/// - intervals, unions, inequalities in one variable and x \in S are compared as sets
/// - a number in another base equals only the same digits in that base, or without a base written
class MathComparer {
public:
    MathComparer(MathTree& tree, MathWork& work)
        : m_tree(tree)
        , m_work(work) {}

    bool equal(int a, int b) { return equal(SignedNode{a, 0}, SignedNode{b, 0}, 0); }
    /// Values alone, without any of the leniencies above.
    bool equalScalars(SignedNode a, SignedNode b);

    bool usedSampling() const { return m_sampled; } ///< of an equal() that was true
    bool usedPercent() const { return m_percent; }
    /// Some comparison could not be decided: undefined, too large, or the work was spent.
    bool isUndecided() const { return m_undecided; }

private:
    static constexpr int kMaxDepth = 24;

    bool equal(SignedNode a, SignedNode b, int depth);
    bool equalRelations(SignedNode a, SignedNode b, int depth);
    bool equalEquations(SignedNode a, SignedNode b, int depth);
    bool equalInequalities(SignedNode a, SignedNode b, int depth);
    bool equalChain(int chain, SignedNode other, int depth);
    bool equalValues(SignedNode a, SignedNode b);
    bool equalBases(int a, int b);
    bool equalInOrder(SignedNode a, SignedNode b, int depth);
    bool equalVectors(SignedNode a, SignedNode b, int depth);
    bool equalCollections(SignedNode a, SignedNode b, int depth);
    void collectElements(SignedNode node, std::vector<SignedNode>& elements);
    bool isNameLike(int id);
    bool isSet(int id) const;
    bool isList(int id) const;
    bool hasPlusMinus(int id);
    int difference(int id);

    MathTree& m_tree;
    MathWork& m_work;
    bool m_sampled = false;
    bool m_percent = false;
    bool m_undecided = false;
};

} // namespace crux::text
