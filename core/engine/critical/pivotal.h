// Pivotal token search of Phi-4 (arXiv 2412.08905, section 4.3): tokens that change the chance of
// ending right by at least a gap, up or down, found by subdividing the trajectory where its
// surprise is halved. Only true pivots are found; opposite moves inside one segment cancel.
#pragma once

#include "core/engine/critical/detector.h"

namespace crux::critical {

struct PivotalOptions {
    int n = 64;
    double gap = 0.2;
    double minimum = 0.2, maximum = 0.8; ///< chance of the bare prompt: others are not searched
    /// False: n rollouts of every position; the subdivision, and so the verdict, stays the same.
    bool economical = true;
};

class PivotalDetector : public Detector {
public:
    /// `logp`: log-probability of every token of the trajectory under the model, by absolute
    /// position. NaN counts as no surprise.
    PivotalDetector(const PivotalOptions& options, std::vector<float> logp);
    std::vector<Want> wants(const Outcomes& outcomes) const override;
    Decision decide(const Outcomes& outcomes) const override;

    /// Last token of the left half of tokens low+1 .. high: where the sum of -log p comes nearest
    /// to half of the segment's; both halves keep at least one token.
    int split(int low, int high) const;

private:
    struct Search;
    void subdivide(Search& search, int low, int high) const;
    Search search(const Outcomes& outcomes) const;

    PivotalOptions m_options;
    std::vector<double> m_surprise; ///< sum of -log p of ids[0..i]
};

} // namespace crux::critical
