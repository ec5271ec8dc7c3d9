// Cliff tokens (arXiv 2606.25524): tokens after which the share of right rollouts drops by more
// than d0, tested by a one-sided two-proportion z-test of n rollouts before and after.
#pragma once

#include "core/engine/critical/detector.h"

#include <string_view>

namespace crux::critical {

struct CliffOptions {
    int n = 64;
    double drop = 0.1; ///< d0
    double z = 1.645;  ///< one-sided 5 %
};

/// Standard error of the difference of two shares of n, unpooled.
double cliffStandardError(int rightBefore, int rightAt, int n);
/// p_before - p_at > d0 + z * SE.
bool isCliff(int rightBefore, int rightAt, const CliffOptions& options);

/// Every position is looked at, so an economical search differs by its exact reuse alone. A finding
/// carries z = (drop - d0) / SE, its p-value, and the p-value after Holm over all positions.
class CliffDetector : public Detector {
public:
    explicit CliffDetector(const CliffOptions& options)
        : m_options(options) {}
    std::vector<Want> wants(const Outcomes& outcomes) const override;
    Decision decide(const Outcomes& outcomes) const override;

private:
    CliffOptions m_options;
};

/// The taxonomy's words: deterministic (the model's first choice, nearly certain), uncertain (first
/// choice, not certain), sampled_off (not the first choice); a token off a nearly certain one is
/// sampled_off_certain, which the source counts but does not name. `rank` counts from 1, ties share
/// the lower; `entropy` in nats over the 20 most likely tokens.
std::string_view cliffClass(int rank, double entropy);
/// H_b(.99): the entropy of a choice of .99 against .01, in nats.
inline constexpr double kCertainEntropy = 0.05600153;
/// Entropy of the most likely tokens alone, not renormalised: the source's lower bound.
double partialEntropy(const float* logp, int count);

} // namespace crux::critical
