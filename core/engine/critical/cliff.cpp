#include "core/engine/critical/cliff.h"

#include "core/spec/intervals.h"

#include <cmath>

namespace crux::critical {

namespace {

/// The test of one position.
struct Test {
    int position = 0;
    bool cliff = false;
    double z = 0;
};

/// (drop - d0) / SE; infinite where both shares are 0 or 1 and leave no error.
double zOf(int rightBefore, int rightAt, const CliffOptions& options) {
    const double excess = static_cast<double>(rightBefore) / options.n -
                          static_cast<double>(rightAt) / options.n - options.drop;
    const double error = cliffStandardError(rightBefore, rightAt, options.n);
    if (error > 0)
        return excess / error;
    return excess > 0 ? std::numeric_limits<double>::infinity()
                      : -std::numeric_limits<double>::infinity();
}

} // namespace

double cliffStandardError(int rightBefore, int rightAt, int n) {
    const double before = static_cast<double>(rightBefore) / n;
    const double at = static_cast<double>(rightAt) / n;
    return std::sqrt(before * (1 - before) / n + at * (1 - at) / n);
}

bool isCliff(int rightBefore, int rightAt, const CliffOptions& options) {
    const double drop =
        static_cast<double>(rightBefore) / options.n - static_cast<double>(rightAt) / options.n;
    return drop > options.drop &&
           drop > options.drop + options.z * cliffStandardError(rightBefore, rightAt, options.n);
}

std::vector<Want> CliffDetector::wants(const Outcomes& outcomes) const {
    return wantAll(outcomes.first(), outcomes.last(), m_options.n);
}

Decision CliffDetector::decide(const Outcomes& outcomes) const {
    std::vector<Test> tests;
    std::vector<double> pValues;
    for (int position = outcomes.first() + 1; position <= outcomes.last(); ++position) {
        const int before = outcomes.tally(position - 1, m_options.n).right;
        const int at = outcomes.tally(position, m_options.n).right;
        tests.push_back({position, isCliff(before, at, m_options), zOf(before, at, m_options)});
        pValues.push_back(normalUpperTail(tests.back().z));
    }
    const std::vector<double> adjusted = holmAdjusted(pValues);
    Decision decision;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (!tests[i].cliff)
            continue;
        Finding finding;
        finding.position = tests[i].position;
        finding.z = tests[i].z;
        finding.pValue = pValues[i];
        finding.holm = adjusted[i];
        countFinding(outcomes, m_options.n, finding);
        decision.found.push_back(finding);
    }
    return decision;
}

std::string_view cliffClass(int rank, double entropy) {
    const bool certain = entropy <= kCertainEntropy;
    if (rank == 1)
        return certain ? "deterministic" : "uncertain";
    return certain ? "sampled_off_certain" : "sampled_off";
}

double partialEntropy(const float* logp, int count) {
    double sum = 0;
    for (int i = 0; i < count; ++i)
        if (std::isfinite(logp[i]))
            sum -= std::exp(static_cast<double>(logp[i])) * static_cast<double>(logp[i]);
    return sum;
}

} // namespace crux::critical
