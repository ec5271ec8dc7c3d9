// Shares of right rollouts at chosen positions, for the curve over a trajectory: alone it looks for
// no token; around another method it adds its positions to what that method asks for.
#pragma once

#include "core/engine/critical/detector.h"

namespace crux::critical {

struct CurveOptions {
    int n = 64;
    /// Response positions (0 = the first response token, -1 = the bare prompt); empty: `points` of
    /// them.
    std::vector<int> positions;
    int points = 0; ///< evenly spaced from the bare prompt to the last position; 0: every position
};

class CurveDetector : public Detector {
public:
    /// `inner` decides; without one nothing is found and the decision says so.
    explicit CurveDetector(CurveOptions options, std::unique_ptr<Detector> inner = nullptr);
    std::vector<Want> wants(const Outcomes& outcomes) const override;
    Decision decide(const Outcomes& outcomes) const override;

private:
    std::vector<int> positionsIn(const Outcomes& outcomes) const;

    CurveOptions m_options;
    std::unique_ptr<Detector> m_inner;
};

} // namespace crux::critical
