// The paper's critical token (arXiv 2411.19943; REFERENCE.md 0.1): the first position whose n
// rollouts all end wrong while every later position stays below 5 %.
#pragma once

#include "core/engine/critical/detector.h"

namespace crux::critical {

/// Paper: no such position, no critical token. Authors: their script's scan, which then falls back
/// on the last candidate that a later position had reset.
enum class CriticalRule { Paper, Authors };

struct CriticalOptions {
    int n = 64;
    double lowShare = 0.05; ///< later positions stay below it
    CriticalRule rule = CriticalRule::Paper;
    /// Scan backwards in blocks and stop at the last position that is not low; exact, because the
    /// verdict rests on the positions after it alone. False: n rollouts of every position.
    bool economical = true;
};

class CriticalDetector : public Detector {
public:
    explicit CriticalDetector(const CriticalOptions& options);
    std::vector<Want> wants(const Outcomes& outcomes) const override;
    Decision decide(const Outcomes& outcomes) const override;

private:
    int lastHigh(const Outcomes& outcomes) const;

    CriticalOptions m_options;
    int m_tolerance;
};

/// The first position after `lastHigh` all of whose n rollouts ended wrong; -1: none.
int firstZeroAfter(const Outcomes& outcomes, int lastHigh, int n);

} // namespace crux::critical
