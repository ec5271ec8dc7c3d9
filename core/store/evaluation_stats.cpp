#include "core/store/evaluation_stats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace crux::store {

namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// 1, 2, 4 .. below n, and n.
std::vector<int> stepsTo(int n) {
    std::vector<int> ks;
    for (int k = 1; k < n; k *= 2)
        ks.push_back(k);
    if (n > 0)
        ks.push_back(n);
    return ks;
}

struct Votes {
    std::vector<VotedAnswer> answers;
    int silent = 0;
};

/// A right sample without a number of its own (an import that kept no answer) votes for a right
/// answer of its own kind.
Votes votesOf(const EvaluatedQuestion& row) {
    Votes votes;
    std::map<std::pair<std::int32_t, bool>, std::size_t> places;
    for (std::size_t i = 0; i < row.samples(); ++i) {
        const Verdict verdict = row.verdicts[i];
        if (verdict == Verdict::Ungraded)
            continue;
        const bool right = verdict == Verdict::Right;
        if (verdict == Verdict::NoAnswer || (row.answers[i] < 0 && !right)) {
            ++votes.silent;
            continue;
        }
        const auto [place, fresh] =
            places.try_emplace({row.answers[i], right}, votes.answers.size());
        if (fresh)
            votes.answers.push_back({0, right});
        ++votes.answers[place->second].count;
    }
    return votes;
}

std::vector<MajorityAtK> majorityOf(const std::vector<const EvaluatedQuestion*>& graded,
                                    const std::vector<int>& ks) {
    std::vector<MajorityAtK> curve;
    for (const int k : ks)
        curve.push_back({k, 0});
    for (const EvaluatedQuestion* row : graded) {
        const Votes votes = votesOf(*row);
        const std::vector<double> values = majorityAtK(votes.answers, votes.silent);
        for (MajorityAtK& point : curve)
            point.value +=
                values[static_cast<std::size_t>(point.k - 1)] / static_cast<double>(graded.size());
    }
    std::erase_if(curve, [](const MajorityAtK& point) { return std::isnan(point.value); });
    return curve;
}

} // namespace

EvaluationStats statsOf(std::span<const EvaluatedQuestion> rows, const BootstrapOptions& options) {
    EvaluationStats stats;
    std::vector<const EvaluatedQuestion*> graded;
    std::vector<SampleCount> counts;
    std::int64_t samples = 0, right = 0, total = 0, tokens = 0, noAnswer = 0;
    int fewest = std::numeric_limits<int>::max(), most = 0;
    for (const EvaluatedQuestion& row : rows) {
        samples += static_cast<std::int64_t>(row.samples());
        for (const std::int32_t length : row.tokens)
            tokens += length;
        const int of = row.graded();
        if (of == 0)
            continue;
        graded.push_back(&row);
        counts.push_back({row.questionId.value, row.count(Verdict::Right), of});
        right += counts.back().right;
        noAnswer += row.count(Verdict::NoAnswer);
        total += of;
        fewest = std::min(fewest, of);
        most = std::max(most, of);
    }
    stats.questions = std::ssize(graded);
    stats.meanTokens = // imported answers may have no count
        tokens > 0 ? static_cast<double>(tokens) / static_cast<double>(samples) : kNoNumber;
    stats.accuracy =
        total > 0 ? static_cast<double>(right) / static_cast<double>(total) : kNoNumber;
    stats.noAnswerRate =
        total > 0 ? static_cast<double>(noAnswer) / static_cast<double>(total) : kNoNumber;
    if (graded.empty())
        return stats;
    stats.wilson = most == 1;
    if (stats.wilson) {
        stats.interval =
            wilson(static_cast<int>(right), static_cast<int>(total), options.confidence);
        stats.pass = {{1, stats.accuracy, stats.interval.low, stats.interval.high}};
        stats.majority = {{1, stats.accuracy}};
        return stats;
    }
    BootstrapOptions asked = options;
    asked.ks = stepsTo(fewest);
    stats.pass = passAtKCurve(counts, asked);
    stats.majority = majorityOf(graded, asked.ks);
    stats.interval = {stats.pass.front().low, stats.pass.front().high};
    return stats;
}

double rightShare(const EvaluatedQuestion& row) {
    return row.graded() > 0 ? static_cast<double>(row.count(Verdict::Right)) / row.graded() : 0;
}

bool questionIsRight(const EvaluatedQuestion& row) {
    return majorityOfAll(votesOf(row).answers) == 1;
}

} // namespace crux::store
