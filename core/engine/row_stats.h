// What is kept of one row of logits while the vocabulary passes by in pieces: running log-sum-exp,
// entropy, rank and the best K. A few numbers a row, so that no row of logits is ever kept whole.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace crux::engine {

/// Running softmax statistics of one distribution over one row.
/// p(i) = exp(x[i] - shift) / sum; entropy = log sum - weighted / sum.
struct RunningSoftmax {
    float shift = -std::numeric_limits<float>::infinity(); ///< largest logit so far
    double sum = 0;                                        ///< sum exp(x - shift)
    double weighted = 0;                                   ///< sum exp(x - shift) (x - shift)
    float target = 0;                                      ///< the target's logit
    std::int32_t above = 0;                                ///< logits above it so far

    /// Takes `size` more logits in.
    void add(const float* logits, std::int64_t size, bool entropy);
    double logSumExp() const { return static_cast<double>(shift) + std::log(sum); }
    double entropy() const { return std::log(sum) - weighted / sum; }
};

/// Distributions a row may have: up to three models, and the contrast of the first two.
inline constexpr std::size_t kMostRoles = 3;

/// One of the best tokens of a row, with its logits under every role.
struct TopEntry {
    float key = 0;
    std::int32_t id = -1;
    std::array<float, kMostRoles> logits{};
};

/// The best K of a row by a key; of equals the lower id.
class TopList {
public:
    explicit TopList(int k = 0)
        : m_k(static_cast<std::size_t>(k)) {}
    bool wants(float key) const { return m_k > 0 && (m_entries.size() < m_k || key > m_worst); }
    void add(const TopEntry& entry);
    /// Best first.
    std::vector<TopEntry> sorted() const;

private:
    std::size_t m_k;
    float m_worst = 0;
    std::vector<TopEntry> m_entries; ///< a heap, worst on top
};

} // namespace crux::engine
