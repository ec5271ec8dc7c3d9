#include "core/spec/pass_at_k.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace crux {

namespace {

/// Sums over the trajectories of one question.
struct QuestionSums {
    double trajectories = 0;
    std::vector<double> pass; ///< one a k
};

std::vector<QuestionSums> sumsByQuestion(std::span<const SampleCount> counts,
                                         const std::vector<int>& ks) {
    std::map<std::int64_t, QuestionSums> byQuestion;
    for (const SampleCount& count : counts) {
        QuestionSums& sums = byQuestion[count.question];
        sums.pass.resize(ks.size());
        sums.trajectories += 1;
        for (std::size_t i = 0; i < ks.size(); ++i)
            sums.pass[i] += *passAtK(count.right, count.total, ks[i]);
    }
    std::vector<QuestionSums> all;
    for (auto& [question, sums] : byQuestion)
        all.push_back(std::move(sums));
    return all;
}

} // namespace

double quantileOf(std::span<const double> sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::optional<double> passAtK(int right, int total, int k) {
    if (k < 1 || k > total || right < 0 || right > total)
        return std::nullopt;
    if (total - right < k)
        return 1.0;
    if (right == 0)
        return 0.0;
    double logNone = 0; // log of C(n-c,k) / C(n,k) = prod_{i=n-c+1..n} (1 - k/i)
    for (int i = total - right + 1; i <= total; ++i)
        logNone += std::log1p(-static_cast<double>(k) / i);
    return -std::expm1(logNone);
}

std::vector<PassAtK> passAtKCurve(std::span<const SampleCount> counts,
                                  const BootstrapOptions& options) {
    if (counts.empty())
        return {};
    const int most =
        std::min_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
            return a.total < b.total;
        })->total;
    std::vector<int> ks;
    for (int k = 1; k <= most; ++k)
        if (options.ks.empty() ||
            std::find(options.ks.begin(), options.ks.end(), k) != options.ks.end())
            ks.push_back(k);
    const std::vector<QuestionSums> questions = sumsByQuestion(counts, ks);
    std::vector<PassAtK> curve;
    for (std::size_t i = 0; i < ks.size(); ++i) {
        double sum = 0;
        for (const QuestionSums& question : questions)
            sum += question.pass[i];
        curve.push_back({ks[i], sum / static_cast<double>(counts.size()), 0, 0});
    }
    const RandomStream random("pass_at_k/bootstrap", options.seed);
    std::vector<std::vector<double>> means(curve.size());
    std::vector<double> sums(curve.size());
    for (int replicate = 0; replicate < options.replicates; ++replicate) {
        std::fill(sums.begin(), sums.end(), 0.0);
        double trajectories = 0;
        for (std::size_t i = 0; i < questions.size(); ++i) {
            const double u = random.uniform(static_cast<std::uint64_t>(replicate),
                                            static_cast<std::uint32_t>(i));
            const auto drawn = static_cast<std::size_t>(u * static_cast<double>(questions.size()));
            trajectories += questions[drawn].trajectories;
            for (std::size_t k = 0; k < sums.size(); ++k)
                sums[k] += questions[drawn].pass[k];
        }
        for (std::size_t k = 0; k < sums.size(); ++k)
            means[k].push_back(sums[k] / trajectories);
    }
    const double tail = (1 - options.confidence) / 2;
    for (std::size_t k = 0; k < curve.size(); ++k) {
        std::sort(means[k].begin(), means[k].end());
        curve[k].low = means[k].empty() ? curve[k].mean : quantileOf(means[k], tail);
        curve[k].high = means[k].empty() ? curve[k].mean : quantileOf(means[k], 1 - tail);
    }
    return curve;
}

} // namespace crux
