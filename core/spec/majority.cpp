#include "core/spec/majority.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux {

namespace {

/// Binomials up to 256 choose 128 fit a long double with room to spare.
using Number = long double;

std::vector<Number> binomials(int n) {
    std::vector<Number> row{1};
    for (int k = 1; k <= n; ++k)
        row.push_back(row.back() * static_cast<Number>(n - k + 1) / static_cast<Number>(k));
    return row;
}

/// Number of ways to choose samples of the answers seen so far, by how many they are and by how
/// many of those answers reach exactly the leader's number.
class Ways {
public:
    Ways(int samples, int ties)
        : m_ties(ties + 1)
        , m_ways(static_cast<std::size_t>(samples + 1) * static_cast<std::size_t>(m_ties)) {
        at(0, 0) = 1;
    }
    Number& at(int samples, int ties) {
        return m_ways[static_cast<std::size_t>(samples) * static_cast<std::size_t>(m_ties) +
                      static_cast<std::size_t>(ties)];
    }
    int ties() const { return m_ties; }
    int samples() const { return static_cast<int>(m_ways.size()) / m_ties - 1; }

    /// Adds an answer of which at most `most` samples are taken; taking `tie` of them is a tie.
    void add(int count, int most, int tie) {
        const std::vector<Number> choose = binomials(count);
        Ways sum(samples(), m_ties - 1);
        sum.at(0, 0) = 0;
        for (int s = 0; s <= samples(); ++s)
            for (int t = 0; t < m_ties; ++t) {
                if (at(s, t) == 0)
                    continue;
                for (int m = 0; m <= std::min({count, most, samples() - s}); ++m)
                    if (const int with = t + (m == tie ? 1 : 0); with < m_ties)
                        sum.at(s + m, with) += at(s, t) * choose[static_cast<std::size_t>(m)];
            }
        m_ways.swap(sum.m_ways);
    }

private:
    int m_ties;
    std::vector<Number> m_ways;
};

/// Adds the subsets in which this answer leads with exactly `votes` samples.
void addLeads(std::span<const VotedAnswer> answers, std::size_t leader, int votes, int silent,
              int total, std::vector<Number>& won) {
    const int rest = total - votes;
    Ways ways(rest, std::min(static_cast<int>(answers.size()) - 1, rest / votes));
    for (std::size_t i = 0; i < answers.size(); ++i)
        if (i != leader)
            ways.add(answers[i].count, votes, votes);
    ways.add(silent, rest, -1);
    const Number own = binomials(answers[leader].count)[static_cast<std::size_t>(votes)];
    for (int s = 0; s <= rest; ++s)
        for (int t = 0; t < ways.ties(); ++t)
            won[static_cast<std::size_t>(votes + s - 1)] +=
                own * ways.at(s, t) / static_cast<Number>(1 + t);
}

} // namespace

double majorityOfAll(std::span<const VotedAnswer> answers) {
    int most = 0, leaders = 0, rightLeaders = 0;
    for (const VotedAnswer& answer : answers)
        most = std::max(most, answer.count);
    for (const VotedAnswer& answer : answers)
        if (answer.count == most && most > 0) {
            ++leaders;
            rightLeaders += answer.right ? 1 : 0;
        }
    return leaders == 0 ? 0 : static_cast<double>(rightLeaders) / leaders;
}

std::vector<double> majorityAtK(std::span<const VotedAnswer> answers, int silent) {
    int total = silent;
    for (const VotedAnswer& answer : answers)
        total += answer.count;
    std::vector<double> values(static_cast<std::size_t>(total),
                               std::numeric_limits<double>::quiet_NaN());
    if (total == 0)
        return values;
    if (total > 1 && total <= kMostSubsetSamples) {
        std::vector<Number> won(values.size());
        for (std::size_t leader = 0; leader < answers.size(); ++leader)
            if (answers[leader].right)
                for (int votes = 1; votes <= answers[leader].count; ++votes)
                    addLeads(answers, leader, votes, silent, total, won);
        const std::vector<Number> all = binomials(total);
        for (std::size_t k = 1; k <= values.size(); ++k)
            values[k - 1] = static_cast<double>(won[k - 1] / all[k]);
    }
    values.back() = majorityOfAll(answers); // without rounding
    return values;
}

} // namespace crux
