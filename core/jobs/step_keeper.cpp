#include "core/jobs/step_keeper.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace crux::jobs {

namespace {

using engine::train::RowReport;
using engine::train::TrainExample;
using engine::train::TrainSequence;

constexpr std::size_t kBins = 20;
constexpr std::int64_t kBytesAToken = 20; ///< an id and four values

/// How many tokens weigh how much, over [0, 1]; empty where no row has weights.
std::vector<std::int64_t> weightCounts(const TrainData& data, bool pairs) {
    std::vector<std::int64_t> counts(kBins);
    bool any = false;
    for (const TrainExample& row : data.rows)
        for (const float weight : (pairs ? row.rejected : row.chosen).weights) {
            any = true;
            const double at = std::clamp(static_cast<double>(weight), 0.0, 1.0);
            ++counts[std::min(kBins - 1, static_cast<std::size_t>(at * kBins))];
        }
    return any ? counts : std::vector<std::int64_t>();
}

double meanWeight(const TrainSequence& sequence) {
    if (sequence.weights.empty())
        return 1;
    const double total =
        std::accumulate(sequence.weights.begin(), sequence.weights.end(), 0.0,
                        [](double sum, float weight) { return sum + static_cast<double>(weight); });
    return total / static_cast<double>(sequence.weights.size());
}

/// Without a number counts as worst: that is the row to look at.
double badness(const RowReport& row) {
    return std::isnan(row.loss) ? std::numeric_limits<double>::infinity() : row.loss;
}

store::KeptTokens keptTokens(const TrainSequence& sequence,
                             const engine::train::TokenReport& report) {
    if (report.logp.empty())
        return {};
    return {sequence.ids, sequence.weights, report.logp, report.reference, report.slope};
}

} // namespace

StepKeeper::StepKeeper(const TrainData& data, std::string tokenizerHash, bool pairs,
                       std::int64_t evaluationRows, std::int64_t tokenRows, std::int64_t totalSteps)
    : m_data(data)
    , m_tokenRows(static_cast<std::size_t>(std::max<std::int64_t>(tokenRows, 0))) {
    m_runData.name = data.name;
    m_runData.kind = data.kind;
    m_runData.scoreSet = data.scoreSet;
    m_runData.tokenizerHash = std::move(tokenizerHash);
    m_runData.pairs = pairs;
    m_runData.given = data.given;
    m_runData.evaluation = evaluationRows;
    m_runData.weightCounts = weightCounts(data, pairs);
    m_runData.sources.assign(data.sources.begin(),
                             data.sources.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                        data.sources.size(), data.rows.size())));
    std::int64_t tokens = 0;
    for (const TrainExample& row : data.rows)
        tokens += static_cast<std::int64_t>(row.chosen.ids.size() + row.rejected.ids.size());
    const double row = static_cast<double>(kBytesAToken) * static_cast<double>(tokens) /
                       static_cast<double>(std::max<std::size_t>(data.rows.size(), 1));
    const double all = row * static_cast<double>(m_tokenRows) *
                       static_cast<double>(std::max<std::int64_t>(totalSteps, 1));
    m_stride = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::ceil(all / static_cast<double>(kTokenBytes))));
}

store::KeptRow StepKeeper::keptRow(const RowReport& row) const {
    const TrainExample& example = m_data.rows[static_cast<std::size_t>(row.example)];
    store::KeptRow kept;
    kept.row = row.example;
    kept.promptTokens = example.chosen.promptTokens;
    kept.chosen = keptTokens(example.chosen, row.chosen);
    kept.rejected = keptTokens(example.rejected, row.rejected);
    return kept;
}

void StepKeeper::take(const engine::train::StepReport& report, bool alert) {
    Pending made;
    // A step that failed changed nothing and is counted as not done.
    made.step = report.finite ? report.step : report.step + 1;
    std::vector<const RowReport*> worst;
    for (const RowReport& row : report.rows) {
        const TrainExample& example = m_data.rows[static_cast<std::size_t>(row.example)];
        store::StepRow one;
        one.row = row.example;
        one.loss = row.loss;
        one.rewardChosen = row.rewardChosen;
        one.rewardRejected = row.rewardRejected;
        one.weight = meanWeight(m_runData.pairs ? example.rejected : example.chosen);
        one.chosenTokens = static_cast<std::int32_t>(example.chosen.completionTokens());
        one.rejectedTokens =
            m_runData.pairs ? static_cast<std::int32_t>(example.rejected.completionTokens()) : 0;
        made.rows.push_back(one);
        worst.push_back(&row);
    }
    const bool special = m_tokenRows > 0 && alert && m_alerts < kAlertSteps;
    m_alerts += special ? 1 : 0;
    const std::size_t keep = special ? kAlertRows : made.step % m_stride == 0 ? m_tokenRows : 0;
    std::stable_sort(worst.begin(), worst.end(), [](const RowReport* a, const RowReport* b) {
        return badness(*a) > badness(*b);
    });
    std::vector<std::int64_t> taken; // a row may come twice in a step
    for (const RowReport* row : worst) {
        if (made.kept.size() >= keep)
            break;
        if (std::find(taken.begin(), taken.end(), row->example) != taken.end())
            continue;
        taken.push_back(row->example);
        made.kept.push_back(keptRow(*row));
    }
    m_pending.push_back(std::move(made));
}

Status StepKeeper::write(const store::Project& project, JobId job) const {
    for (const Pending& step : m_pending)
        CRUX_TRY_VOID(store::addStepRows(project, job, step.step, step.rows, step.kept));
    return {};
}

} // namespace crux::jobs
