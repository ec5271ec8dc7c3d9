#include "core/engine/next_token_rows.h"

#include "core/engine/row_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace crux::engine {

namespace {

/// A softmax over one row; NaN everywhere when the row is empty.
class Distribution {
public:
    explicit Distribution(std::vector<float> logits)
        : m_logits(std::move(logits)) {
        if (m_logits.empty())
            return;
        const auto size = static_cast<std::int64_t>(m_logits.size());
        const float largest = rowKernels().maximum(m_logits.data(), size);
        m_logSum =
            largest + std::log(rowKernels().sumExp(m_logits.data(), size, largest, 1, nullptr));
    }
    float p(std::int32_t id) const {
        if (m_logits.empty())
            return std::numeric_limits<float>::quiet_NaN();
        return static_cast<float>(std::exp(m_logits[static_cast<std::size_t>(id)] - m_logSum));
    }

private:
    std::vector<float> m_logits;
    double m_logSum = 0;
};

std::vector<float> contrast(const NextTokenLogits& logits, double beta) {
    std::vector<float> row(logits.negative.empty() ? 0 : logits.positive.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = static_cast<float>((1 + beta) * logits.positive[i] - beta * logits.negative[i]);
    return row;
}

} // namespace

std::vector<NextTokenRow> nextTokenRows(const NextTokenLogits& logits, double beta, int k,
                                        std::span<const std::int32_t> include) {
    const std::vector<float>& key = logits.policy.empty() ? logits.positive : logits.policy;
    const Distribution policy(logits.policy), positive(logits.positive), negative(logits.negative);
    const Distribution score(contrast(logits, beta));
    const auto before = [&key](std::int32_t a, std::int32_t b) {
        const float left = key[static_cast<std::size_t>(a)],
                    right = key[static_cast<std::size_t>(b)];
        return left != right ? left > right : a < b;
    };
    std::vector<std::int32_t> order(key.size());
    std::iota(order.begin(), order.end(), 0);
    const auto kept = static_cast<std::ptrdiff_t>(
        std::min<std::size_t>(order.size(), static_cast<std::size_t>(std::max(0, k))));
    std::partial_sort(order.begin(), order.begin() + kept, order.end(), before);
    std::vector<NextTokenRow> rows;
    const auto add = [&](std::int32_t id, std::int32_t rank) {
        rows.push_back({id, policy.p(id), positive.p(id), negative.p(id), score.p(id), rank});
    };
    for (std::ptrdiff_t i = 0; i < kept; ++i)
        add(order[static_cast<std::size_t>(i)], static_cast<std::int32_t>(i) + 1);
    for (const std::int32_t id : include) {
        const bool there = std::any_of(rows.begin(), rows.end(),
                                       [id](const NextTokenRow& row) { return row.id == id; });
        if (!there)
            add(id, 1 + static_cast<std::int32_t>(
                            std::count_if(order.begin(), order.end(),
                                          [&](std::int32_t other) { return before(other, id); })));
    }
    return rows;
}

} // namespace crux::engine
