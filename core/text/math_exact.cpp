#include "core/text/math_exact.h"

#include <algorithm>
#include <cmath>

namespace crux::text {

namespace {

using Value = std::optional<Rational>;

std::size_t bitsOf(const Integer& value) {
    return value == 0 ? 1 : msb(value < 0 ? Integer(-value) : value) + 1;
}
std::size_t bitsOf(const Rational& value) {
    return std::max(bitsOf(Integer(numerator(value))), bitsOf(Integer(denominator(value))));
}

bool isWhole(const Rational& value) {
    return denominator(value) == 1;
}

/// The value as a small whole number.
std::optional<int> smallWhole(const Rational& value, int limit) {
    if (!isWhole(value) || abs(numerator(value)) > limit)
        return std::nullopt;
    return static_cast<int>(numerator(value));
}

/// r with r^degree = value, when there is a whole one.
std::optional<Integer> wholeRoot(const Integer& value, int degree) {
    if (value < 0)
        return std::nullopt;
    Integer root;
    if (degree == 2) {
        root = sqrt(value);
    } else {
        if (bitsOf(value) > 62)
            return std::nullopt;
        const auto guess =
            std::pow(static_cast<long double>(value), 1.0L / static_cast<long double>(degree));
        root = Integer(static_cast<long long>(std::llround(guess)));
        if (bitsOf(root) * static_cast<std::size_t>(degree) > 128)
            return std::nullopt;
    }
    if (pow(root, static_cast<unsigned>(degree)) != value)
        return std::nullopt;
    return root;
}

class Evaluator {
public:
    Evaluator(const MathTree& tree, int sign, MathWork& work)
        : m_tree(tree)
        , m_sign(sign)
        , m_work(work) {}

    Value value(int id);

private:
    Value child(int id, int index) { return value(m_tree.child(id, index)); }
    Value bounded(Rational result);
    Value fold(int id);
    Value quotient(int id);
    Value power(const Rational& base, const Rational& exponent);
    Value factorial(const Rational& of);
    Value binomial(const Rational& n, const Rational& k);
    Value root(const Rational& of, const Rational& degree);
    Value floored(const Rational& of, bool up);
    Value function(int id);
    Value folded(MathFunction function, int id);

    const MathTree& m_tree;
    int m_sign;
    MathWork& m_work;
};

/// Multiplying and reducing cost about the square of the length in words.
Value Evaluator::bounded(Rational result) {
    const std::size_t bits = bitsOf(result);
    const auto words = static_cast<std::int64_t>(bits / 64 + 1);
    if (bits > kMaxExactBits || !m_work.spend(words * words))
        return std::nullopt;
    return result;
}

Value Evaluator::fold(int id) {
    const bool isSum = m_tree.kind(id) == MathKind::Sum;
    Value total = Rational(isSum ? 0 : 1);
    for (int i = 0; i < m_tree.node(id).count && total; ++i) {
        const Value next = child(id, i);
        if (!next)
            return std::nullopt;
        total = bounded(isSum ? Rational(*total + *next) : Rational(*total * *next));
    }
    return total;
}

Value Evaluator::quotient(int id) {
    const Value top = child(id, 0);
    const Value bottom = top ? child(id, 1) : std::nullopt;
    if (!bottom || *bottom == 0)
        return std::nullopt;
    return bounded(*top / *bottom);
}

Value Evaluator::power(const Rational& base, const Rational& exponent) {
    if (!isWhole(exponent)) { // 8^{2/3}: through a whole root of a positive base
        const auto degree = smallWhole(Rational(denominator(exponent)), 64);
        const Value under = degree && base > 0 ? root(base, Rational(*degree)) : std::nullopt;
        return under ? power(*under, Rational(numerator(exponent))) : std::nullopt;
    }
    if (base == 0)
        return exponent > 0 ? Value(Rational(0)) : std::nullopt;
    if (base == 1)
        return base;
    if (base == -1)
        return Rational(numerator(exponent) % 2 == 0 ? 1 : -1);
    const auto count = smallWhole(exponent, static_cast<int>(kMaxExactBits));
    if (!count || bitsOf(base) * static_cast<std::size_t>(std::abs(*count)) > kMaxExactBits + 64)
        return std::nullopt;
    const auto times = static_cast<unsigned>(std::abs(*count));
    const Integer top = pow(Integer(numerator(base)), times);
    const Integer bottom = pow(Integer(denominator(base)), times);
    return bounded(*count >= 0 ? Rational(top, bottom) : Rational(bottom, top));
}

Value Evaluator::factorial(const Rational& of) {
    const auto n = smallWhole(of, 1000);
    if (!n || *n < 0)
        return std::nullopt;
    Integer product = 1;
    for (int i = 2; i <= *n; ++i)
        product *= i;
    m_work.spend(*n);
    return bounded(Rational(product));
}

Value Evaluator::binomial(const Rational& n, const Rational& k) {
    const auto top = smallWhole(n, 2000);
    const auto bottom = smallWhole(k, 2000);
    if (!top || !bottom || *top < 0 || *bottom < 0)
        return std::nullopt;
    if (*bottom > *top)
        return Rational(0);
    const int count = std::min(*bottom, *top - *bottom);
    Integer product = 1;
    for (int i = 1; i <= count; ++i)
        product = product * (*top - count + i) / i;
    m_work.spend(count);
    return bounded(Rational(product));
}

Value Evaluator::root(const Rational& of, const Rational& degree) {
    const auto n = smallWhole(degree, 64);
    if (!n || *n < 1 || (of < 0 && *n % 2 == 0))
        return std::nullopt;
    const auto top = wholeRoot(Integer(abs(numerator(of))), *n);
    const auto bottom = top ? wholeRoot(Integer(denominator(of)), *n) : std::nullopt;
    if (!bottom)
        return std::nullopt;
    const Rational found(*top, *bottom);
    return bounded(of < 0 ? Rational(-found) : found);
}

Value Evaluator::floored(const Rational& of, bool up) {
    const Integer top = numerator(of);
    const Integer bottom = denominator(of);
    Integer whole = top / bottom; // towards zero
    const bool isExact = whole * bottom == top;
    if (!isExact && up && top > 0)
        ++whole;
    if (!isExact && !up && top < 0)
        --whole;
    return Rational(whole);
}

/// gcd, lcm, min and max of all children.
Value Evaluator::folded(MathFunction function, int id) {
    Value total;
    for (int i = 0; i < m_tree.node(id).count; ++i) {
        const Value next = child(id, i);
        const bool needsWhole = function == MathFunction::Gcd || function == MathFunction::Lcm;
        if (!next || (needsWhole && !isWhole(*next)))
            return std::nullopt;
        if (!total)
            total = next;
        else if (function == MathFunction::Min || function == MathFunction::Max)
            total = (*next < *total) == (function == MathFunction::Min) ? next : total;
        else if (function == MathFunction::Gcd)
            total = bounded(Rational(gcd(Integer(numerator(*total)), Integer(numerator(*next)))));
        else
            total = bounded(Rational(lcm(Integer(numerator(*total)), Integer(numerator(*next)))));
        if (!total)
            return std::nullopt;
    }
    return total;
}

Value Evaluator::function(int id) {
    const auto kind = static_cast<MathFunction>(m_tree.node(id).detail);
    if (kind == MathFunction::Gcd || kind == MathFunction::Lcm || kind == MathFunction::Min ||
        kind == MathFunction::Max)
        return folded(kind, id);
    const int count = m_tree.node(id).count;
    if (kind == MathFunction::Root || kind == MathFunction::Binomial) {
        const Value first = count == 2 ? child(id, 0) : std::nullopt;
        const Value second = first ? child(id, 1) : std::nullopt;
        if (!second)
            return std::nullopt;
        return kind == MathFunction::Root ? root(*first, *second) : binomial(*first, *second);
    }
    if (count != 1 || (kind != MathFunction::Abs && kind != MathFunction::Floor &&
                       kind != MathFunction::Ceil && kind != MathFunction::Re))
        return std::nullopt;
    const Value of = child(id, 0);
    if (!of || kind == MathFunction::Re)
        return of;
    if (kind == MathFunction::Abs)
        return Rational(abs(*of));
    return floored(*of, kind == MathFunction::Ceil);
}

Value Evaluator::value(int id) {
    if (!m_work.spend(1))
        return std::nullopt;
    switch (m_tree.kind(id)) {
    case MathKind::Number:
        return m_tree.value(id);
    case MathKind::Sum:
    case MathKind::Product:
        return fold(id);
    case MathKind::Quotient:
        return quotient(id);
    case MathKind::Power: {
        const Value exponent = child(id, 1);
        const Value base = exponent ? child(id, 0) : std::nullopt;
        return base ? power(*base, *exponent) : std::nullopt;
    }
    case MathKind::Negative:
    case MathKind::PlusMinus: {
        const bool isBoth = m_tree.kind(id) == MathKind::PlusMinus;
        if (isBoth && m_sign == 0)
            return std::nullopt;
        const Value of = child(id, 0);
        const bool isPlus = isBoth && (m_sign > 0) == (m_tree.node(id).detail == 0);
        return !of || isPlus ? of : Value(Rational(-*of));
    }
    case MathKind::Factorial: {
        const Value of = child(id, 0);
        return of ? factorial(*of) : std::nullopt;
    }
    case MathKind::Percent: {
        const Value of = child(id, 0);
        return of ? bounded(*of / 100) : std::nullopt;
    }
    case MathKind::Degrees:
        return child(id, 0);
    case MathKind::Function:
        return function(id);
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<Rational> exactValue(const MathTree& tree, int id, int sign, MathWork& work) {
    return Evaluator(tree, sign, work).value(id);
}

} // namespace crux::text
