// Bisection for the last position that is not low, as OmegaPRM does for steps (arXiv 2406.06592).
// It takes the chance of ending right to fall and never recover, which is not true of every
// trajectory; so the later positions are then verified, or the verdict says what it assumed.
#pragma once

#include "core/engine/critical/detector.h"

namespace crux::critical {

struct BisectOptions {
    int n = 64;
    double lowShare = 0.05;
    /// Look at every later position too: then the verdict is that of the paper's rule. False: only
    /// forward to the first position without a success; the decision is marked assumedMonotone.
    bool verify = true;
};

class BisectDetector : public Detector {
public:
    explicit BisectDetector(const BisectOptions& options);
    std::vector<Want> wants(const Outcomes& outcomes) const override;
    Decision decide(const Outcomes& outcomes) const override;

private:
    struct State {
        std::vector<int> counts; ///< asked for, by position - first
        int lastHigh = 0;
        int found = -1;
        bool open = true; ///< outcomes are missing
    };
    State search(const Outcomes& outcomes) const;
    bool bisect(const Outcomes& outcomes, State& state) const;
    bool verifyLater(const Outcomes& outcomes, State& state) const;

    BisectOptions m_options;
    int m_tolerance;
};

} // namespace crux::critical
