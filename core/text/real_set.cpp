#include "core/text/real_set.h"

#include "core/text/math_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::text {

namespace {

constexpr long double kInfinity = std::numeric_limits<long double>::infinity();

using Set = std::optional<RealSet>;

bool isSame(long double a, long double b) {
    if (std::isinf(a) || std::isinf(b))
        return a == b;
    return std::abs(a - b) <= 1e-9L * std::max({std::abs(a), std::abs(b), 1e-9L});
}

/// Ascending and merged where parts overlap or touch.
RealSet merged(std::vector<RealInterval> parts) {
    std::sort(parts.begin(), parts.end(), [](const RealInterval& a, const RealInterval& b) {
        return a.low != b.low ? a.low < b.low : a.lowOpen < b.lowOpen;
    });
    RealSet set;
    for (const RealInterval& part : parts) {
        if (!set.parts.empty()) {
            RealInterval& last = set.parts.back();
            const bool joins = part.low < last.high ||
                               (isSame(part.low, last.high) && !(part.lowOpen && last.highOpen));
            if (joins) {
                if (isSame(part.high, last.high))
                    last.highOpen = last.highOpen && part.highOpen;
                else if (part.high > last.high) {
                    last.high = part.high;
                    last.highOpen = part.highOpen;
                }
                continue;
            }
        }
        set.parts.push_back(part);
    }
    return set;
}

RealSet complement(const RealSet& set) {
    RealSet out;
    RealInterval gap{-kInfinity, kInfinity, true, true};
    for (const RealInterval& part : set.parts) {
        gap.high = part.low;
        gap.highOpen = !part.lowOpen;
        const bool isPoint = isSame(gap.low, gap.high) && !gap.lowOpen && !gap.highOpen;
        if (part.low != -kInfinity && (gap.low < gap.high || isPoint))
            out.parts.push_back(gap);
        gap.low = part.high;
        gap.lowOpen = !part.highOpen;
        gap.high = kInfinity;
        gap.highOpen = true;
    }
    if (gap.low < kInfinity)
        out.parts.push_back(gap);
    return out;
}

std::string commonVariable(const RealSet& a, const RealSet& b) {
    return a.variable.empty() ? b.variable : a.variable;
}

RealSet united(const RealSet& a, const RealSet& b) {
    std::vector<RealInterval> parts = a.parts;
    parts.insert(parts.end(), b.parts.begin(), b.parts.end());
    RealSet set = merged(std::move(parts));
    set.variable = commonVariable(a, b);
    return set;
}

RealSet intersected(const RealSet& a, const RealSet& b) {
    RealSet set = complement(united(complement(a), complement(b)));
    set.variable = commonVariable(a, b);
    return set;
}

class Reader {
public:
    Reader(const MathTree& tree, MathWork& work)
        : m_tree(tree)
        , m_work(work) {}

    Set read(int id);

private:
    std::optional<long double> bound(int id);
    Set interval(int id);
    Set points(int id);
    Set relation(int id);
    Set list(int id);

    const MathTree& m_tree;
    MathWork& m_work;
};

std::optional<long double> Reader::bound(int id) {
    const auto value = closedValue(m_tree, {id, 0}, m_work);
    if (!value || std::abs(value->value.imag()) > 16 * value->error + 1e-15L)
        return std::nullopt;
    return value->value.real();
}

Set Reader::interval(int id) {
    const MathNode& node = m_tree.node(id);
    if (node.count != 2 || (node.open != '(' && node.open != '['))
        return std::nullopt;
    const auto low = bound(m_tree.child(id, 0));
    const auto high = low ? bound(m_tree.child(id, 1)) : std::nullopt;
    if (!high || !(*low < *high))
        return std::nullopt;
    // Infinity is never part of the set, whatever bracket stands there.
    return RealSet{{{*low, *high, node.open == '(' || std::isinf(*low),
                     node.close == ')' || std::isinf(*high)}},
                   {}};
}

Set Reader::points(int id) {
    std::vector<RealInterval> parts;
    for (const int child : m_tree.children(id)) {
        const auto value = bound(child);
        if (!value || std::isinf(*value))
            return std::nullopt;
        parts.push_back({*value, *value, false, false});
    }
    return merged(std::move(parts));
}

Set Reader::relation(int id) {
    int left = m_tree.child(id, 0);
    int right = m_tree.child(id, 1);
    auto kind = static_cast<MathRelation>(m_tree.node(id).detail);
    if (kind == MathRelation::About)
        return std::nullopt;
    if (m_tree.kind(left) != MathKind::Variable) { // 5 < x
        std::swap(left, right);
        kind = kind == MathRelation::Less           ? MathRelation::Greater
               : kind == MathRelation::Greater      ? MathRelation::Less
               : kind == MathRelation::LessEqual    ? MathRelation::GreaterEqual
               : kind == MathRelation::GreaterEqual ? MathRelation::LessEqual
                                                    : kind;
        if (kind == MathRelation::In)
            return std::nullopt;
    }
    if (m_tree.kind(left) != MathKind::Variable)
        return std::nullopt;
    Set set;
    if (kind == MathRelation::In) {
        set = read(right);
    } else if (const auto value = bound(right)) {
        const bool isStrict = kind == MathRelation::Less || kind == MathRelation::Greater;
        const RealInterval point{*value, *value, false, false};
        if (kind == MathRelation::Equal)
            set = RealSet{{point}, {}};
        else if (kind == MathRelation::NotEqual)
            set = complement(RealSet{{point}, {}});
        else if (kind == MathRelation::Less || kind == MathRelation::LessEqual)
            set = RealSet{{{-kInfinity, *value, true, isStrict || std::isinf(*value)}}, {}};
        else
            set = RealSet{{{*value, kInfinity, isStrict || std::isinf(*value), true}}, {}};
    }
    if (set)
        set->variable = m_tree.name(left);
    return set;
}

/// Conditions joined by "and", "or", commas or in a chain; intervals joined by commas are united.
Set Reader::list(int id) {
    const auto join = static_cast<MathJoin>(m_tree.node(id).detail);
    Set all;
    Set any;
    bool areConditions = true;
    for (const int child : m_tree.children(id)) {
        areConditions = areConditions && m_tree.kind(child) == MathKind::Relation;
        const Set next = read(child);
        if (!next || (any && !next->variable.empty() && !any->variable.empty() &&
                      next->variable != any->variable))
            return std::nullopt;
        all = all ? intersected(*all, *next) : *next;
        any = any ? united(*any, *next) : *next;
    }
    if (join == MathJoin::Or || !areConditions)
        return any;
    return join == MathJoin::Comma && all->parts.empty() ? any : all;
}

Set Reader::read(int id) {
    if (!m_work.spend(1))
        return std::nullopt;
    switch (m_tree.kind(id)) {
    case MathKind::Group:
        return m_tree.node(id).open == '{' ? points(id) : interval(id);
    case MathKind::Constant:
        if (m_tree.isConstant(id, MathConstant::EmptySet))
            return RealSet();
        if (m_tree.isConstant(id, MathConstant::Reals))
            return complement(RealSet());
        return std::nullopt;
    case MathKind::Union:
    case MathKind::Intersection:
    case MathKind::Difference: {
        const Set left = read(m_tree.child(id, 0));
        const Set right = left ? read(m_tree.child(id, 1)) : std::nullopt;
        if (!right)
            return std::nullopt;
        if (m_tree.kind(id) == MathKind::Union)
            return united(*left, *right);
        return intersected(*left,
                           m_tree.kind(id) == MathKind::Difference ? complement(*right) : *right);
    }
    case MathKind::Relation:
        return relation(id);
    case MathKind::List:
        return list(id);
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<RealSet> realSetOf(const MathTree& tree, int id, MathWork& work) {
    return Reader(tree, work).read(id);
}

bool sameRealSet(const RealSet& a, const RealSet& b) {
    if (!a.variable.empty() && !b.variable.empty() && a.variable != b.variable)
        return false;
    return std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                      [](const RealInterval& x, const RealInterval& y) {
                          return isSame(x.low, y.low) && isSame(x.high, y.high) &&
                                 x.lowOpen == y.lowOpen && x.highOpen == y.highOpen;
                      });
}

} // namespace crux::text
