// pass@k: the chance that at least one of k samples is right, estimated without bias from n samples
// with c right ones (Chen et al. 2021, arXiv 2107.03374), and its mean over trajectories with a
// bootstrap band over questions. Torch-free.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace crux {

/// 1 - C(n-c,k) / C(n,k), summed in log space; none for k < 1 or k > n.
std::optional<double> passAtK(int right, int total, int k);

/// Samples of one trajectory; trajectories of one question are drawn together by the bootstrap.
struct SampleCount {
    std::int64_t question = 0;
    int right = 0, total = 0;
};

/// Mean pass@k over trajectories with the ends of its band.
struct PassAtK {
    int k = 0;
    double mean = 0, low = 0, high = 0;
};

struct BootstrapOptions {
    int replicates = 2000;
    double confidence = 0.95;
    std::uint64_t seed = 0; ///< the same seed gives the same band
    std::vector<int> ks{};  ///< only these k; empty: all
};

/// Quantile of ascending values by linear interpolation between order statistics, as everywhere in
/// Crux. `sorted` is not empty.
double quantileOf(std::span<const double> sorted, double share);

/// k = 1 .. the smallest total among the counts: every value is a mean over the same trajectories.
/// Of options.ks those within.
/// Bands are percentiles over resampled questions; random numbers are keyed by (seed, replicate).
/// Empty without counts.
std::vector<PassAtK> passAtKCurve(std::span<const SampleCount> counts,
                                  const BootstrapOptions& options = {});

} // namespace crux
