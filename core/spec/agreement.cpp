#include "core/spec/agreement.h"

#include "core/spec/intervals.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace crux {

namespace {

/// Ranks from 1, those of equal values averaged.
std::vector<double> averageRanks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && values[order[end]] == values[order[begin]])
            ++end;
        const double rank = static_cast<double>(begin + end + 1) / 2;
        for (; begin < end; ++begin)
            ranks[order[begin]] = rank;
    }
    return ranks;
}

/// How many of `some` have one of `others` at most `window` away; both ascending.
int countNear(std::span<const std::int32_t> some, std::span<const std::int32_t> others,
              std::int32_t window) {
    int near = 0;
    for (const std::int32_t position : some) {
        const auto at = std::lower_bound(others.begin(), others.end(), position - window);
        near += at != others.end() && *at <= position + window ? 1 : 0;
    }
    return near;
}

std::optional<float> scoreAt(const AgreementInput& input, std::int32_t position) {
    const auto at = static_cast<std::size_t>(position);
    if (position < input.promptTokens || at >= input.s.size() || std::isnan(input.s[at]))
        return {};
    return input.s[at];
}

std::optional<double> rankOf(const AgreementInput& input, std::int32_t position) {
    const auto own = scoreAt(input, position);
    if (!own)
        return {};
    int below = 0, equal = 0;
    for (auto i = static_cast<std::size_t>(std::max(input.promptTokens, 0)); i < input.s.size();
         ++i) {
        below += input.s[i] < *own ? 1 : 0;
        equal += input.s[i] == *own ? 1 : 0;
    }
    return below + (equal + 1) / 2.0;
}

void addCorrelations(const AgreementInput& input, TrajectoryAgreement& result) {
    std::vector<double> s, shares, sOfDrops, drops;
    for (std::size_t i = 0; i < input.shares.size(); ++i) {
        const auto& share = input.shares[i];
        const auto score = scoreAt(input, share.position);
        if (!score)
            continue;
        s.push_back(static_cast<double>(*score));
        shares.push_back(share.share);
        if (i == 0 || input.shares[i - 1].position + 1 != share.position)
            continue;
        sOfDrops.push_back(static_cast<double>(*score));
        drops.push_back(input.shares[i - 1].share - share.share);
    }
    result.shares = static_cast<int>(s.size());
    result.drops = static_cast<int>(drops.size());
    result.rhoShare = spearman(s, shares);
    result.rhoDrop = spearman(sOfDrops, drops);
}

MeanOf meanOf(const std::vector<double>& values) {
    MeanOf mean;
    mean.count = static_cast<std::int64_t>(values.size());
    if (values.empty())
        return mean;
    const auto n = static_cast<double>(values.size());
    mean.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values)
        squares += (value - mean.mean) * (value - mean.mean);
    const double half =
        values.size() > 1 ? normalQuantile(0.975) * std::sqrt(squares / (n - 1) / n) : 0;
    mean.low = std::max(-1.0, mean.mean - half);
    mean.high = std::min(1.0, mean.mean + half);
    return mean;
}

} // namespace

std::optional<double> spearman(std::span<const double> x, std::span<const double> y) {
    if (x.size() != y.size() || x.size() < 3)
        return {};
    const std::vector<double> a = averageRanks(x), b = averageRanks(y);
    const double middle = static_cast<double>(x.size() + 1) / 2;
    double products = 0, squaresA = 0, squaresB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        products += (a[i] - middle) * (b[i] - middle);
        squaresA += (a[i] - middle) * (a[i] - middle);
        squaresB += (b[i] - middle) * (b[i] - middle);
    }
    if (squaresA == 0 || squaresB == 0)
        return {};
    return products / std::sqrt(squaresA * squaresB);
}

TrajectoryAgreement agreementOf(const AgreementInput& input, int window) {
    TrajectoryAgreement result;
    for (auto i = static_cast<std::size_t>(std::max(input.promptTokens, 0)); i < input.s.size();
         ++i)
        result.scored += std::isnan(input.s[i]) ? 0 : 1;
    result.candidates = static_cast<int>(input.candidates.size());
    result.critical = static_cast<int>(input.critical.size());
    result.candidatesHit = countNear(input.candidates, input.critical, 0);
    result.candidatesNear = countNear(input.candidates, input.critical, window);
    result.criticalHit = countNear(input.critical, input.candidates, 0);
    result.criticalNear = countNear(input.critical, input.candidates, window);
    if (!input.critical.empty())
        result.rank = rankOf(input, input.critical.front());
    addCorrelations(input, result);
    return result;
}

void AgreementSum::add(const TrajectoryAgreement& one) {
    const auto count = [](CountOf& into, int k, int n) {
        into.k += k;
        into.n += n;
    };
    ++m_counts.trajectories;
    m_counts.withCritical += one.critical > 0 ? 1 : 0;
    count(m_counts.precision, one.candidatesHit, one.candidates);
    count(m_counts.precisionNear, one.candidatesNear, one.candidates);
    count(m_counts.recall, one.criticalHit, one.critical);
    count(m_counts.recallNear, one.criticalNear, one.critical);
    if (one.rank) {
        count(m_counts.first, *one.rank <= 1 ? 1 : 0, 1);
        count(m_counts.top5, *one.rank <= 5 ? 1 : 0, 1);
        count(m_counts.top10, *one.rank <= 10 ? 1 : 0, 1);
        m_ranks.push_back(*one.rank);
    }
    if (one.rhoShare)
        m_rhoShare.push_back(*one.rhoShare);
    if (one.rhoDrop)
        m_rhoDrop.push_back(*one.rhoDrop);
}

AgreementTotals AgreementSum::totals() const {
    AgreementTotals totals = m_counts;
    totals.rhoShare = meanOf(m_rhoShare);
    totals.rhoDrop = meanOf(m_rhoDrop);
    if (m_ranks.empty())
        return totals;
    std::vector<double> ranks = m_ranks;
    std::sort(ranks.begin(), ranks.end());
    const std::size_t half = ranks.size() / 2;
    totals.medianRank = ranks.size() % 2 == 1 ? ranks[half] : (ranks[half - 1] + ranks[half]) / 2;
    double reciprocals = 0;
    for (const double rank : ranks)
        reciprocals += 1 / rank;
    totals.meanReciprocalRank = reciprocals / static_cast<double>(ranks.size());
    return totals;
}

} // namespace crux
