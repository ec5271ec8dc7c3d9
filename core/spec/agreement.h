// How well low contrastive scores find the tokens that rollouts (or planted slips) call critical:
// precision and recall of candidates, rank of the critical token by s_t, Spearman's rank
// correlation of s_t with the share of right rollouts and with its drops. Torch-free.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace crux {

/// One trajectory; positions are absolute token indices.
struct AgreementInput {
    struct Share {
        std::int32_t position = 0;
        double share = 0; ///< of right rollouts from the prefix that ends with this token
    };
    std::span<const float> s; ///< one a token, NaN = no score
    std::int32_t promptTokens = 0;
    std::span<const std::int32_t> candidates, critical; ///< ascending
    std::span<const Share> shares;                      ///< ascending
};

/// "near" counts partners at most `window` tokens away, "hit" at the same position.
struct TrajectoryAgreement {
    int scored = 0; ///< response tokens with a score: what a rank is out of
    int candidates = 0, critical = 0;
    int candidatesHit = 0, candidatesNear = 0; ///< candidates with a critical partner
    int criticalHit = 0, criticalNear = 0;     ///< critical tokens with a candidate as partner
    std::optional<double> rank;     ///< of the first critical token, 1 = lowest s_t; ties averaged
    std::optional<double> rhoShare; ///< Spearman of s_t(t) and share(t)
    std::optional<double> rhoDrop;  ///< Spearman of s_t(t) and share(t-1) - share(t)
    int shares = 0, drops = 0;      ///< pairs behind the two
};
TrajectoryAgreement agreementOf(const AgreementInput& input, int window);

/// Spearman's rho with averaged ranks of ties (Pearson's r of the ranks); none below three pairs or
/// where one side is constant. Both sides are of one length and hold no NaN.
std::optional<double> spearman(std::span<const double> x, std::span<const double> y);

/// k of n.
struct CountOf {
    std::int64_t k = 0, n = 0;
    std::optional<double> share() const {
        return n > 0 ? std::optional(static_cast<double>(k) / static_cast<double>(n))
                     : std::nullopt;
    }
};

/// A mean over trajectories with its normal 95 % interval; count 0: nothing to say.
struct MeanOf {
    std::int64_t count = 0;
    double mean = 0, low = 0, high = 0;
};

struct AgreementTotals {
    std::int64_t trajectories = 0, withCritical = 0;
    CountOf precision, precisionNear; ///< over all candidates
    CountOf recall, recallNear;       ///< over all critical tokens
    CountOf first, top5, top10;       ///< critical tokens ranked first, <= 5, <= 10
    std::optional<double> medianRank, meanReciprocalRank;
    MeanOf rhoShare, rhoDrop;
};

/// Adds trajectories up; holds one number a ranked or correlated trajectory.
class AgreementSum {
public:
    void add(const TrajectoryAgreement& one);
    AgreementTotals totals() const;

private:
    AgreementTotals m_counts;
    std::vector<double> m_ranks, m_rhoShare, m_rhoDrop;
};

} // namespace crux
