// A mathematical answer as a tree, and the counted effort that reading and comparing may cost.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace crux::text {

/// Exact numbers of the grader. Their size is bounded by ExactMath, not by the type.
using Rational = boost::multiprecision::cpp_rational;
using Integer = boost::multiprecision::cpp_int;

/// What one comparison has done so far. One unit is about one node visited or one machine word of
/// an exact number touched; when the limit is reached everything that asks stops with "no answer".
class MathWork {
public:
    static constexpr std::int64_t kLimit = 2'000'000;

    /// False when the limit is reached, from then on always.
    bool spend(std::int64_t units) {
        m_used += units;
        return m_used <= kLimit;
    }
    bool spent() const { return m_used > kLimit; }
    std::int64_t used() const { return m_used; }

private:
    std::int64_t m_used = 0;
};

enum class MathKind : std::uint8_t {
    Number,     ///< an exact rational
    Constant,   ///< MathConstant in `detail`
    Variable,   ///< a name
    Sum,        ///< of its children
    Product,    ///< of its children
    Quotient,   ///< child 0 over child 1
    Power,      ///< child 0 to the child 1
    Negative,   ///< of child 0
    PlusMinus,  ///< +child 0 or -child 0; detail 1: the lower sign first
    Function,   ///< MathFunction in `detail`, of its children
    Factorial,  ///< of child 0
    Percent,    ///< child 0 over 100
    Degrees,    ///< child 0 with a degree sign
    BaseNumber, ///< a name (digits) in base `detail`
    Group,      ///< bracketed elements; `open` and `close` say how
    List,       ///< bare elements, separated by commas; detail: MathJoin
    Matrix,     ///< children row by row; detail: columns
    Union,
    Intersection,
    Difference,
    Relation, ///< child 0 `detail` child 1; chains are a List of relations joined by Chain
    Words,    ///< a name: text in lower case
};

enum class MathConstant : std::uint8_t { Pi, E, I, Infinity, EmptySet, Reals };
enum class MathJoin : std::uint8_t { Comma, And, Or, Chain };
enum class MathRelation : std::uint8_t {
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    NotEqual,
    In,
    About
};

enum class MathFunction : std::uint8_t {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Arccot,
    Arcsec,
    Arccsc,
    Sinh,
    Cosh,
    Tanh,
    Ln,  ///< natural
    Log, ///< child 0 to the base child 1
    Exp,
    Root, ///< the child 1-th root of child 0
    Abs,
    Floor,
    Ceil,
    Conjugate,
    Re,
    Im,
    Binomial,
    Gcd,
    Lcm,
    Min,
    Max,
};

struct MathNode {
    MathKind kind = MathKind::Number;
    std::uint8_t detail = 0;
    char open = 0, close = 0; ///< Group: ( [ { <
    int payload = -1;         ///< index of the number or name
    int first = 0, count = 0; ///< children
    int depth = 1;            ///< of the subtree, so that walks over it may recurse
};

/// Owns nodes, numbers and names. Nodes refer to children made before them, so a tree has no
/// cycles; a child may have several parents. Not thread-safe.
class MathTree {
public:
    static constexpr std::size_t kMaxNodes = 8192;
    static constexpr int kMaxDepth = 200;

    int add(MathKind kind, std::span<const int> children, int detail = 0);
    int add(MathKind kind, std::initializer_list<int> children, int detail = 0) {
        return add(kind, std::span<const int>(children.begin(), children.size()), detail);
    }
    int number(Rational value);
    int constant(MathConstant constant);
    /// Variable, BaseNumber or Words.
    int named(MathKind kind, std::string name, int detail = 0);
    int group(char open, char close, std::span<const int> children);
    int function(MathFunction function, std::initializer_list<int> arguments) {
        return add(MathKind::Function, arguments, static_cast<int>(function));
    }

    const MathNode& node(int id) const { return m_nodes[static_cast<std::size_t>(id)]; }
    MathKind kind(int id) const { return node(id).kind; }
    std::span<const int> children(int id) const {
        return {m_children.data() + node(id).first, static_cast<std::size_t>(node(id).count)};
    }
    int child(int id, int index) const { return children(id)[static_cast<std::size_t>(index)]; }
    const Rational& value(int id) const {
        return m_numbers[static_cast<std::size_t>(node(id).payload)];
    }
    const std::string& name(int id) const {
        return m_names[static_cast<std::size_t>(node(id).payload)];
    }
    bool isConstant(int id, MathConstant constant) const {
        return kind(id) == MathKind::Constant && node(id).detail == static_cast<int>(constant);
    }
    /// True when the tree has outgrown its limits and must not be walked.
    bool isTooLarge() const { return m_nodes.size() > kMaxNodes || m_depth > kMaxDepth; }
    std::size_t size() const { return m_nodes.size(); }

private:
    int m_depth = 0;
    std::vector<MathNode> m_nodes;
    std::vector<int> m_children;
    std::vector<Rational> m_numbers;
    std::vector<std::string> m_names;
};

} // namespace crux::text
