#include "core/spec/paired.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace crux {

namespace {

/// P(X <= k) for X ~ binomial(n, 1/2).
double coinTail(int k, int n) {
    return k >= n ? 1 : incompleteBeta(n - k, k + 1, 0.5);
}

double coinPoint(int k, int n) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) -
                    n * std::log(2.0));
}

/// Newcombe's phi: correlation of the two verdicts, with a continuity correction where positive.
double correlation(const PairedCounts& c) {
    const double a = c.bothRight, b = c.broken, d = c.fixed, e = c.bothWrong;
    const double margins = (a + b) * (d + e) * (a + d) * (b + e);
    if (margins <= 0)
        return 0;
    double numerator = a * e - b * d;
    if (numerator > 0)
        numerator = std::max(numerator - c.total() / 2.0, 0.0);
    return numerator / std::sqrt(margins);
}

} // namespace

double mcnemarExact(int fixed, int broken) {
    return std::min(1.0, 2 * coinTail(std::min(fixed, broken), fixed + broken));
}

double mcnemarMidP(int fixed, int broken) {
    const int n = fixed + broken, fewer = std::min(fixed, broken);
    if (fixed == broken) // the tails share their last term
        return 1;
    return 2 * coinTail(fewer, n) - coinPoint(fewer, n);
}

Interval pairedInterval(const PairedCounts& counts, double confidence) {
    const int n = counts.total();
    if (n <= 0)
        return {-1, 1};
    const int candidate = counts.bothRight + counts.fixed;
    const int baseline = counts.bothRight + counts.broken;
    const double p1 = static_cast<double>(candidate) / n, p2 = static_cast<double>(baseline) / n;
    const Interval one = wilson(candidate, n, confidence), two = wilson(baseline, n, confidence);
    const double phi = correlation(counts);
    const auto reach = [phi](double first, double second) {
        return std::sqrt(std::max(0.0, first * first - 2 * phi * first * second + second * second));
    };
    const double difference = p1 - p2;
    return {std::max(-1.0, difference - reach(p1 - one.low, two.high - p2)),
            std::min(1.0, difference + reach(one.high - p1, p2 - two.low))};
}

Interval pairedBootstrap(std::span<const double> differences, const BootstrapOptions& options) {
    if (differences.empty())
        return {-1, 1};
    const RandomStream random("paired/bootstrap", options.seed);
    const auto n = static_cast<double>(differences.size());
    std::vector<double> means;
    for (int replicate = 0; replicate < options.replicates; ++replicate) {
        double sum = 0;
        for (std::size_t i = 0; i < differences.size(); ++i) {
            const double u = random.uniform(static_cast<std::uint64_t>(replicate),
                                            static_cast<std::uint32_t>(i));
            sum += differences[static_cast<std::size_t>(u * n)];
        }
        means.push_back(sum / n);
    }
    std::sort(means.begin(), means.end());
    const double tail = (1 - options.confidence) / 2;
    return {quantileOf(means, tail), quantileOf(means, 1 - tail)};
}

} // namespace crux
