// What a training run stores of its steps for the batch inspector: the rows of each, and of a few
// rows the values of every completion token.
#pragma once

#include "core/engine/train/train.h"
#include "core/jobs/train_data.h"
#include "core/store/step_repo.h"

#include <string>
#include <utility>
#include <vector>

namespace crux::jobs {

/// Bounded: token values of the `tokenRows` rows of the highest loss, at every k-th step, k such
/// that the run keeps at most kTokenBytes of them; steps worth an alert keep all their rows (up to
/// kAlertRows) beside that, at most kAlertSteps times a process. Which steps those are depends on
/// the run alone, so a resumed run keeps the same. Owner: the train job.
class StepKeeper {
public:
    static constexpr std::int64_t kTokenBytes = std::int64_t{64} << 20;
    static constexpr std::size_t kAlertRows = 32;
    static constexpr int kAlertSteps = 50;

    /// `data` is borrowed for the keeper's life; its rows are those trained on.
    StepKeeper(const TrainData& data, std::string tokenizerHash, bool pairs,
               std::int64_t evaluationRows, std::int64_t tokenRows, std::int64_t totalSteps);

    /// Facts of the run, for store::saveRunData().
    const store::RunData& runData() const { return m_runData; }
    std::int64_t stride() const { return m_stride; }

    void take(const engine::train::StepReport& report, bool alert);
    /// Inside the caller's transaction.
    Status write(const store::Project& project, JobId job) const;
    void clear() { m_pending.clear(); }

private:
    struct Pending {
        std::int64_t step = 0;
        std::vector<store::StepRow> rows;
        std::vector<store::KeptRow> kept;
    };
    store::KeptRow keptRow(const engine::train::RowReport& row) const;

    const TrainData& m_data;
    store::RunData m_runData;
    std::size_t m_tokenRows = 0;
    std::int64_t m_stride = 1;
    int m_alerts = 0;
    std::vector<Pending> m_pending;
};

} // namespace crux::jobs
