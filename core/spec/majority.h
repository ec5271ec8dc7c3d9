// maj@k: the chance that the most frequent answer among k samples is right (self-consistency, Wang
// et al. 2023, arXiv 2203.11171), estimated without bias from n samples. Torch-free.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace crux {

/// One answer to a question and how many of its samples gave it.
struct VotedAnswer {
    int count = 0;
    bool right = false;
};

/// Mean over all k-subsets of the samples, k = 1 .. n (index k - 1), of whether their majority is
/// right; equally frequent answers share the vote. Samples without an answer (`silent`) do not
/// vote; a subset of them alone is wrong. Exact, by counting subsets; for n > kMostSubsetSamples
/// only k = n is counted and the others are NaN.
inline constexpr int kMostSubsetSamples = 256;
std::vector<double> majorityAtK(std::span<const VotedAnswer> answers, int silent);

/// The same of all samples together: 1, 0 or, where answers tie, the share of right ones among
/// them.
double majorityOfAll(std::span<const VotedAnswer> answers);

} // namespace crux
