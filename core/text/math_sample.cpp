#include "core/text/math_sample.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace crux::text {

namespace {

using Value = std::optional<Sampled>;

constexpr long double kEpsilon = std::numeric_limits<long double>::epsilon();
constexpr long double kPi = std::numbers::pi_v<long double>;
constexpr int kPoints = 12;
constexpr int kPointsNeeded = 4;

bool isFinite(const Complex& z) {
    return std::isfinite(z.real()) && std::isfinite(z.imag());
}

/// A number in [0,1) that depends on the name, the point and a salt only.
long double unitNumber(const std::string& name, int index, std::uint64_t salt) {
    std::uint64_t hash =
        0x9E3779B97F4A7C15ULL + salt + static_cast<std::uint64_t>(index) * 0xD1B54A32D192ED03ULL;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash ^= hash >> 31;
    hash *= 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 27;
    hash *= 0x94D049BB133111EBULL;
    hash ^= hash >> 31;
    return static_cast<long double>(hash >> 11) * 0x1p-53L;
}

Complex pointOf(const std::string& name, SampleDomain domain, int index) {
    const long double first = unitNumber(name, index, 1);
    const long double second = unitNumber(name, index, 2);
    const long double size = 0.6L + first;
    switch (domain) {
    case SampleDomain::NearPositive:
        return std::polar(size, 0.5L * (second - 0.5L));
    case SampleDomain::Anywhere:
        return std::polar(size, 2 * kPi * second);
    case SampleDomain::Real:
        return {(second < 0.5L ? -3 : 3) * size, 0};
    case SampleDomain::Whole:
        break;
    }
    return {2 + std::floor(first * 12), 0};
}

/// A real value that rounding may have moved off a whole number, set back on it.
long double settled(const Sampled& x) {
    const long double near = std::round(x.value.real());
    return std::abs(x.value.real() - near) <= 1024 * x.error ? near : x.value.real();
}

class Sampler {
public:
    Sampler(const MathTree& tree, int sign, SampleDomain domain, int index, MathWork& work)
        : m_tree(tree)
        , m_sign(sign)
        , m_domain(domain)
        , m_index(index)
        , m_work(work) {}

    Value value(int id);

private:
    Value child(int id, int index) { return value(m_tree.child(id, index)); }
    Value made(Complex value, long double error) const;
    Value fold(int id);
    Value power(const Sampled& base, const Sampled& exponent);
    Value constant(int id);
    Value function(int id);
    Value ofOne(MathFunction function, const Sampled& x);
    Value ofTwo(MathFunction function, const Sampled& x, const Sampled& y);
    Value root(const Sampled& x, const Sampled& degree);
    Value factorial(const Sampled& x);
    Value extreme(MathFunction function, int id);

    const MathTree& m_tree;
    int m_sign;
    SampleDomain m_domain;
    int m_index;
    MathWork& m_work;
    bool m_inAngle = false; // a degree sign counts as one only below sin, cos, ...
};

Value Sampler::made(Complex value, long double error) const {
    if (!isFinite(value))
        return std::nullopt;
    return Sampled{value, error + kEpsilon * std::abs(value)};
}

Value Sampler::fold(int id) {
    const bool isSum = m_tree.kind(id) == MathKind::Sum;
    Value total = Sampled{isSum ? 0.0L : 1.0L, 0};
    for (int i = 0; i < m_tree.node(id).count && total; ++i) {
        const Value next = child(id, i);
        if (!next)
            return std::nullopt;
        total = isSum ? made(total->value + next->value, total->error + next->error)
                      : made(total->value * next->value, std::abs(total->value) * next->error +
                                                             std::abs(next->value) * total->error);
    }
    return total;
}

Value Sampler::power(const Sampled& base, const Sampled& exponent) {
    const long double size = std::abs(base.value);
    const long double whole = std::round(exponent.value.real());
    if (exponent.value == Complex(whole, 0) && std::abs(whole) <= 4096) {
        Complex result = 1;
        Complex square = whole < 0 ? 1.0L / base.value : base.value;
        for (auto left = static_cast<long>(std::abs(whole)); left > 0; left >>= 1) {
            if (left & 1)
                result *= square;
            square *= square;
        }
        return made(result,
                    std::abs(result) * std::abs(whole) * (size > 0 ? base.error / size : 0) +
                        std::abs(result) * std::abs(whole) * kEpsilon);
    }
    if (size == 0)
        return exponent.value.real() > 0 ? made(0, 0) : std::nullopt;
    const Complex logarithm = std::log(base.value);
    const Complex result = std::exp(exponent.value * logarithm);
    const long double relative =
        std::abs(exponent.value) * base.error / size +
        std::abs(logarithm) * (exponent.error + kEpsilon * std::abs(exponent.value));
    return made(result, std::abs(result) * (relative + 4 * kEpsilon));
}

Value Sampler::constant(int id) {
    switch (static_cast<MathConstant>(m_tree.node(id).detail)) {
    case MathConstant::Pi:
        return made(kPi, 0);
    case MathConstant::E:
        return made(std::numbers::e_v<long double>, 0);
    case MathConstant::I:
        return made({0, 1}, 0);
    default:
        return std::nullopt;
    }
}

/// Odd roots of negative numbers are the real ones.
Value Sampler::root(const Sampled& x, const Sampled& degree) {
    const long double n = settled(degree);
    const bool isOddReal = x.value.imag() == 0 && x.value.real() < 0 && degree.value.imag() == 0 &&
                           n == std::round(n) && std::fmod(n, 2.0L) != 0;
    if (degree.value == Complex(0, 0))
        return std::nullopt;
    if (n == 2 && !isOddReal) {
        const Complex result = std::sqrt(x.value);
        const long double size = std::abs(result);
        return made(result,
                    size > 0 ? std::min(x.error / size, std::sqrt(x.error)) : std::sqrt(x.error));
    }
    const Sampled inverse{1.0L / degree.value, kEpsilon};
    Value found = power(isOddReal ? Sampled{-x.value, x.error} : x, inverse);
    if (found && isOddReal)
        found->value = Complex() - found->value;
    return found;
}

Value Sampler::factorial(const Sampled& x) {
    const long double n = settled(x);
    if (x.value.imag() != 0 || n < 0 || n != std::round(n) || n > 1700)
        return std::nullopt;
    const long double result = std::round(std::tgamma(n + 1));
    return made(result, 64 * kEpsilon * result);
}

Value Sampler::ofOne(MathFunction function, const Sampled& x) {
    using F = MathFunction;
    const Complex z = x.value;
    const long double steep = x.error + 4 * kEpsilon * std::abs(z);
    const auto smooth = [&](Complex result, Complex slope) {
        return made(result, std::abs(slope) * steep + 4 * kEpsilon * std::abs(result));
    };
    switch (function) {
    case F::Sin:
        return smooth(std::sin(z), std::cos(z));
    case F::Cos:
        return smooth(std::cos(z), std::sin(z));
    case F::Tan:
        return std::abs(std::cos(z)) <= 64 * steep
                   ? std::nullopt
                   : smooth(std::tan(z), 1.0L / (std::cos(z) * std::cos(z)));
    case F::Cot:
        return std::abs(std::sin(z)) <= 64 * steep
                   ? std::nullopt
                   : smooth(std::cos(z) / std::sin(z), 1.0L / (std::sin(z) * std::sin(z)));
    case F::Sec:
        return std::abs(std::cos(z)) <= 64 * steep
                   ? std::nullopt
                   : smooth(1.0L / std::cos(z), std::sin(z) / (std::cos(z) * std::cos(z)));
    case F::Csc:
        return std::abs(std::sin(z)) <= 64 * steep
                   ? std::nullopt
                   : smooth(1.0L / std::sin(z), std::cos(z) / (std::sin(z) * std::sin(z)));
    case F::Arcsin:
        return smooth(std::asin(z), 1.0L / (std::abs(std::sqrt(1.0L - z * z)) + 1e-6L));
    case F::Arccos:
        return smooth(std::acos(z), 1.0L / (std::abs(std::sqrt(1.0L - z * z)) + 1e-6L));
    case F::Arctan:
        return smooth(std::atan(z), 1.0L / (std::abs(1.0L + z * z) + 1e-6L));
    case F::Arccot:
        return smooth(kPi / 2 - std::atan(z), 1.0L / (std::abs(1.0L + z * z) + 1e-6L));
    case F::Arcsec:
        return z == Complex() ? std::nullopt : smooth(std::acos(1.0L / z), 1.0L / (z * z));
    case F::Arccsc:
        return z == Complex() ? std::nullopt : smooth(std::asin(1.0L / z), 1.0L / (z * z));
    case F::Sinh:
        return smooth(std::sinh(z), std::cosh(z));
    case F::Cosh:
        return smooth(std::cosh(z), std::sinh(z));
    case F::Tanh:
        return smooth(std::tanh(z), 1.0L / (std::cosh(z) * std::cosh(z)));
    case F::Ln:
        return z == Complex() ? std::nullopt : smooth(std::log(z), 1.0L / z);
    case F::Exp:
        return smooth(std::exp(z), std::exp(z));
    case F::Abs:
        return made(std::abs(z), x.error);
    case F::Floor:
        return z.imag() == 0 ? made(std::floor(settled(x)), 0) : std::nullopt;
    case F::Ceil:
        return z.imag() == 0 ? made(std::ceil(settled(x)), 0) : std::nullopt;
    case F::Conjugate:
        return made(std::conj(z), x.error);
    case F::Re:
        return made(z.real(), x.error);
    case F::Im:
        return made(z.imag(), x.error);
    default:
        return std::nullopt;
    }
}

Value Sampler::ofTwo(MathFunction function, const Sampled& x, const Sampled& y) {
    if (function == MathFunction::Root)
        return root(x, y);
    if (function == MathFunction::Log) {
        const Value top = ofOne(MathFunction::Ln, x);
        const Value bottom = ofOne(MathFunction::Ln, y);
        if (!top || !bottom || bottom->value == Complex())
            return std::nullopt;
        const Complex result = top->value / bottom->value;
        return made(result,
                    (top->error + std::abs(result) * bottom->error) / std::abs(bottom->value));
    }
    const long double n = settled(x);
    const long double k = settled(y);
    const bool areWhole =
        x.value.imag() == 0 && y.value.imag() == 0 && n == std::round(n) && k == std::round(k);
    if (function == MathFunction::Binomial && areWhole && n >= 0 && k >= 0 && n <= 1700) {
        if (k > n)
            return made(0, 0);
        const long double result =
            std::round(std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)));
        return made(result, 1e-15L * result);
    }
    const bool isDivisor = function == MathFunction::Gcd || function == MathFunction::Lcm;
    if (!isDivisor || !areWhole || std::abs(n) > 1e15L || std::abs(k) > 1e15L)
        return std::nullopt;
    const Integer a(static_cast<long long>(n));
    const Integer b(static_cast<long long>(k));
    return made(static_cast<long double>(function == MathFunction::Gcd ? Integer(gcd(a, b))
                                                                       : Integer(lcm(a, b))),
                0);
}

/// min and max of real values.
Value Sampler::extreme(MathFunction function, int id) {
    Value best;
    for (int i = 0; i < m_tree.node(id).count; ++i) {
        const Value next = child(id, i);
        if (!next || next->value.imag() != 0)
            return std::nullopt;
        const bool isBetter =
            !best || (next->value.real() < best->value.real()) == (function == MathFunction::Min);
        best = isBetter ? next : best;
    }
    return best;
}

Value Sampler::function(int id) {
    const auto kind = static_cast<MathFunction>(m_tree.node(id).detail);
    if (kind == MathFunction::Min || kind == MathFunction::Max)
        return extreme(kind, id);
    const bool wasInAngle = m_inAngle;
    m_inAngle = kind <= MathFunction::Csc;
    const Value first = child(id, 0);
    const int count = m_tree.node(id).count;
    const Value second = first && count == 2 ? child(id, 1) : std::nullopt;
    m_inAngle = wasInAngle;
    if (!first || (count == 2 && !second) || count > 2)
        return std::nullopt;
    return count == 1 ? ofOne(kind, *first) : ofTwo(kind, *first, *second);
}

Value Sampler::value(int id) {
    if (!m_work.spend(1))
        return std::nullopt;
    switch (m_tree.kind(id)) {
    case MathKind::Number:
        return made(static_cast<long double>(m_tree.value(id)), 0);
    case MathKind::Constant:
        return constant(id);
    case MathKind::Variable:
        return made(pointOf(m_tree.name(id), m_domain, m_index), 0);
    case MathKind::Sum:
    case MathKind::Product:
        return fold(id);
    case MathKind::Quotient: {
        const Value top = child(id, 0);
        const Value bottom = top ? child(id, 1) : std::nullopt;
        if (!bottom || std::abs(bottom->value) <= 16 * bottom->error)
            return std::nullopt;
        const Complex result = top->value / bottom->value;
        return made(result,
                    (top->error + std::abs(result) * bottom->error) / std::abs(bottom->value));
    }
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
        Value of = child(id, 0);
        const bool isPlus = isBoth && (m_sign > 0) == (m_tree.node(id).detail == 0);
        if (of && !isPlus)
            of->value = Complex() - of->value; // -value is -4 - 0i for 4, whose root is -2i
        return of;
    }
    case MathKind::Factorial: {
        const Value of = child(id, 0);
        return of ? factorial(*of) : std::nullopt;
    }
    case MathKind::Percent:
    case MathKind::Degrees: {
        const Value of = child(id, 0);
        const bool isPercent = m_tree.kind(id) == MathKind::Percent;
        const long double unit = isPercent ? 0.01L : m_inAngle ? kPi / 180 : 1;
        return of ? made(of->value * unit, of->error * unit) : std::nullopt;
    }
    case MathKind::Function:
        return function(id);
    default:
        return std::nullopt;
    }
}

/// Whether two values are the same number as far as they are known.
bool isClose(const Sampled& a, const Sampled& b, bool mayBeRounded) {
    const long double difference = std::abs(a.value - b.value);
    const long double relative = 1e-9L * std::max(std::abs(a.value), std::abs(b.value));
    const long double rounding = a.error + b.error;
    if (mayBeRounded)
        return difference <= relative || difference <= 16 * rounding;
    return difference <= std::max(16 * rounding, std::min(relative, 0x1p20L * rounding));
}

void collect(const MathTree& tree, int id, bool (&seen)[4], MathWork& work) {
    if (!work.spend(1))
        return;
    const MathNode& node = tree.node(id);
    const auto function = static_cast<MathFunction>(node.detail);
    const bool isFunction = node.kind == MathKind::Function;
    using F = MathFunction;
    seen[0] = seen[0] || node.kind == MathKind::Variable;
    seen[1] = seen[1] ||
              (isFunction && (function == F::Conjugate || function == F::Re || function == F::Im));
    seen[2] = seen[2] ||
              (isFunction && (function == F::Abs || function == F::Floor || function == F::Ceil ||
                              function == F::Min || function == F::Max));
    seen[3] = seen[3] || node.kind == MathKind::Factorial ||
              (isFunction && (function == F::Binomial || function == F::Gcd || function == F::Lcm));
    for (const int child : tree.children(id))
        collect(tree, child, seen, work);
}

} // namespace

SampleDomain sampleDomain(const MathTree& tree, int a, int b, MathWork& work) {
    bool seen[4] = {};
    collect(tree, a, seen, work);
    collect(tree, b, seen, work);
    if (!seen[0])
        return SampleDomain::NearPositive;
    return seen[3]   ? SampleDomain::Whole
           : seen[1] ? SampleDomain::Anywhere
           : seen[2] ? SampleDomain::Real
                     : SampleDomain::NearPositive;
}

bool isClosed(const MathTree& tree, int id, MathWork& work) {
    bool seen[4] = {};
    collect(tree, id, seen, work);
    return !seen[0];
}

std::optional<Sampled> sampleAt(const MathTree& tree, SignedNode node, SampleDomain domain,
                                int index, MathWork& work) {
    return Sampler(tree, node.sign, domain, index, work).value(node.id);
}

std::optional<Sampled> closedValue(const MathTree& tree, SignedNode node, MathWork& work) {
    constexpr long double kInfinity = std::numeric_limits<long double>::infinity();
    if (tree.isConstant(node.id, MathConstant::Infinity))
        return Sampled{kInfinity, 0};
    if (tree.kind(node.id) == MathKind::Negative &&
        tree.isConstant(tree.child(node.id, 0), MathConstant::Infinity))
        return Sampled{-kInfinity, 0};
    if (!isClosed(tree, node.id, work))
        return std::nullopt;
    return sampleAt(tree, node, SampleDomain::NearPositive, 0, work);
}

SampleVerdict sampledEqual(const MathTree& tree, SignedNode a, SignedNode b, bool mayBeRounded,
                           SampleDomain domain, MathWork& work) {
    if (isClosed(tree, a.id, work) && isClosed(tree, b.id, work)) {
        const auto left = closedValue(tree, a, work);
        const auto right = closedValue(tree, b, work);
        if (!left || !right)
            return SampleVerdict::Undecided;
        if (!isFinite(left->value) || !isFinite(right->value))
            return left->value == right->value ? SampleVerdict::Equal : SampleVerdict::Different;
        return isClose(*left, *right, mayBeRounded) ? SampleVerdict::Equal
                                                    : SampleVerdict::Different;
    }
    int compared = 0;
    for (int i = 0; i < kPoints; ++i) {
        const auto left = sampleAt(tree, a, domain, i, work);
        const auto right = sampleAt(tree, b, domain, i, work);
        if (!left || !right)
            continue;
        if (!isClose(*left, *right, false))
            return SampleVerdict::Different;
        ++compared;
    }
    return compared >= kPointsNeeded && !work.spent() ? SampleVerdict::Equal
                                                      : SampleVerdict::Undecided;
}

std::optional<Complex> sampledRatio(const MathTree& tree, SignedNode a, SignedNode b,
                                    MathWork& work) {
    const SampleDomain domain = sampleDomain(tree, a.id, b.id, work);
    std::optional<Sampled> ratio;
    int compared = 0;
    for (int i = 0; i < kPoints; ++i) {
        const auto left = sampleAt(tree, a, domain, i, work);
        const auto right = sampleAt(tree, b, domain, i, work);
        if (!left || !right || std::abs(right->value) <= 0x1p20L * right->error)
            continue;
        const Complex quotient = left->value / right->value;
        const Sampled here{quotient, (left->error + std::abs(quotient) * right->error) /
                                         std::abs(right->value)};
        if (std::abs(quotient) <= 0x1p10L * here.error || (ratio && !isClose(*ratio, here, false)))
            return std::nullopt;
        ratio = here;
        ++compared;
    }
    return ratio && compared >= kPointsNeeded && !work.spent() ? std::optional(ratio->value)
                                                               : std::nullopt;
}

} // namespace crux::text
