#include "core/spec/intervals.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace crux {

namespace {

constexpr int kBisections = 200; // until the two ends are neighbours
constexpr int kMostTerms = 10000;
constexpr double kTiny = 1e-300;

/// The monotone rising function's argument where it reaches `value`, between two ends.
template <typename Function>
double bisect(double low, double high, double value, const Function& function) {
    for (int i = 0; i < kBisections; ++i) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        (function(middle) < value ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

/// Lentz's evaluation of the continued fraction of I_x(a,b); converges fast for x < (a+1)/(a+b+2).
double betaFraction(double a, double b, double x) {
    const auto bounded = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
    double c = 1;
    double d = 1 / bounded(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m < kMostTerms; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / bounded(1 + even * d);
        c = bounded(1 + even / c);
        fraction *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / bounded(1 + odd * d);
        c = bounded(1 + odd / c);
        const double step = d * c;
        fraction *= step;
        if (std::fabs(step - 1) < 1e-16)
            break;
    }
    return fraction;
}

} // namespace

double incompleteBeta(double a, double b, double x) {
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    const double logFront =
        std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
    if (x < (a + 1) / (a + b + 2))
        return std::exp(logFront) * betaFraction(a, b, x) / a;
    return 1 - std::exp(logFront) * betaFraction(b, a, 1 - x) / b;
}

double betaQuantile(double p, double a, double b) {
    return bisect(0, 1, p, [&](double x) { return incompleteBeta(a, b, x); });
}

double normalUpperTail(double z) {
    return 0.5 * std::erfc(z / std::sqrt(2.0));
}

double normalQuantile(double p) {
    return bisect(-40, 40, p, [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); });
}

Interval wilson(int right, int total, double confidence) {
    if (total <= 0)
        return {};
    const double z = normalQuantile(0.5 + confidence / 2);
    const double n = total;
    const double share = right / n;
    const double scale = 1 + z * z / n;
    const double centre = (share + z * z / (2 * n)) / scale;
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale;
    // The ends are exactly 0 and 1 there; rounding would leave 1e-18.
    return {right == 0 ? 0 : std::max(0.0, centre - half),
            right == total ? 1 : std::min(1.0, centre + half)};
}

Interval clopperPearson(int right, int total, double confidence) {
    if (total <= 0)
        return {};
    const double tail = (1 - confidence) / 2;
    return {right == 0 ? 0 : betaQuantile(tail, right, total - right + 1),
            right == total ? 1 : betaQuantile(1 - tail, right + 1, total - right)};
}

int fewestToConfirm(double share, double confidence) {
    if (!(share > 0) || share >= 1)
        return 1;
    // 0 of n ends at 1 - tail^(1/n); the neighbours decide where rounding could.
    const double tail = (1 - confidence) / 2;
    int fewest = std::max(1, static_cast<int>(std::log(tail) / std::log1p(-share)));
    while (clopperPearson(0, fewest, confidence).high >= share)
        ++fewest;
    return fewest;
}

std::vector<double> holmAdjusted(std::span<const double> pValues) {
    std::vector<std::size_t> order(pValues.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return pValues[a] < pValues[b]; });
    std::vector<double> adjusted(pValues.size());
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const double scaled = pValues[order[rank]] * static_cast<double>(order.size() - rank);
        largest = std::max(largest, std::min(1.0, scaled));
        adjusted[order[rank]] = largest;
    }
    return adjusted;
}

} // namespace crux
