// Intervals and tests for shares of k in n: Wilson to show, Clopper-Pearson to claim, and the tails
// that the search methods need. Torch-free, so that the window draws what the jobs decided by.
#pragma once

#include <span>
#include <vector>

namespace crux {

/// An interval of a share; [0,1] where nothing was sampled.
struct Interval {
    double low = 0, high = 1;
};

/// Wilson's score interval (Wilson 1927): near its nominal coverage on average, for display.
Interval wilson(int right, int total, double confidence = 0.95);
/// Clopper and Pearson's exact interval (1934), by quantiles of the beta distribution: covers at
/// least as often as it says, for claims.
Interval clopperPearson(int right, int total, double confidence = 0.95);
/// The fewest draws, none of them right, whose Clopper-Pearson interval ends below `share` (in
/// (0,1]): fewer cannot confirm that the chance is below it. 72 for 5 %.
int fewestToConfirm(double share, double confidence = 0.95);

/// Regularised incomplete beta function I_x(a,b) for a, b > 0, by its continued fraction; absolute
/// error about 1e-14.
double incompleteBeta(double a, double b, double x);
/// The x with I_x(a,b) = p.
double betaQuantile(double p, double a, double b);

/// P(Z > z) of a standard normal.
double normalUpperTail(double z);
/// The z with P(Z <= z) = p, for 0 < p < 1.
double normalQuantile(double p);

/// Holm's step-down adjustment (Holm 1979) of p-values, in their order: at most alpha of them means
/// that any wrong rejection among all has probability alpha.
std::vector<double> holmAdjusted(std::span<const double> pValues);

} // namespace crux
