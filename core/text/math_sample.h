// Expressions at chosen points, in complex long double with an estimate of the rounding error.
#pragma once

#include "core/text/math_tree.h"

#include <complex>
#include <optional>

namespace crux::text {

using Complex = std::complex<long double>;

struct Sampled {
    Complex value;
    long double error = 0; ///< absolute, an estimate that grows with every step
};

/// Where variables are put. Which domain fits depends on the functions that occur.
enum class SampleDomain {
    NearPositive, ///< complex, near the positive reals, so that roots, logarithms and powers keep
                  ///< their branch
    Anywhere,     ///< all over the complex plane
    Real,         ///< both signs, for |x| and rounding
    Whole,        ///< whole numbers from 2 up, for n! and binomials
};

/// An expression and what its plus-minus signs stand for (+1, -1; 0 when it has none).
struct SignedNode {
    int id = -1;
    int sign = 0;
};

/// The domain that suits both expressions.
SampleDomain sampleDomain(const MathTree& tree, int a, int b, MathWork& work);

/// The value at point `index`; the same name has the same value in every expression. Nothing when
/// it is undefined or infinite there, or the work is spent.
std::optional<Sampled> sampleAt(const MathTree& tree, SignedNode node, SampleDomain domain,
                                int index, MathWork& work);

/// The value of an expression without variables; infinite for \infty alone.
std::optional<Sampled> closedValue(const MathTree& tree, SignedNode node, MathWork& work);

/// True when no variable occurs.
bool isClosed(const MathTree& tree, int id, MathWork& work);

enum class SampleVerdict { Equal, Different, Undecided };
/// Equality at twelve points of the domain: relative 1e-9 where one side is a plain number (which
/// may be rounded), as tight as the rounding error allows otherwise. Undecided when fewer than four
/// points have values.
SampleVerdict sampledEqual(const MathTree& tree, SignedNode a, SignedNode b, bool mayBeRounded,
                           SampleDomain domain, MathWork& work);

/// The constant c with a = c b at every point, when there is one and it is not zero: two equations
/// a = 0 and b = 0 are the same then. Nothing otherwise.
std::optional<Complex> sampledRatio(const MathTree& tree, SignedNode a, SignedNode b,
                                    MathWork& work);

} // namespace crux::text
