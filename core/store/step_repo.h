// What training steps were made of: the rows of each, and of some rows the values of every token.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/store/project.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crux::store {

/// Where a row of a run's data comes from.
struct RunRowSource {
    TrajectoryId chosen, rejected; ///< none for rows of a file
    std::int64_t line = 0;         ///< 1-based, of a file
    bool operator==(const RunRowSource&) const = default;
};

/// What a run trains on.
struct RunData {
    std::string name, kind;                 ///< of the set or file; sft_pos | .. | file
    std::string scoreSet;                   ///< whose s_t weigh the tokens, or empty
    std::string tokenizerHash;              ///< of the ids in KeptRow
    bool pairs = false;                     ///< else completions alone
    std::int64_t given = 0, evaluation = 0; ///< rows before any was dropped; held out
    std::vector<std::int64_t> weightCounts; ///< histogram of token weights over [0, 1]; or none
    std::vector<RunRowSource> sources;      ///< one a training row
};

/// One row of a step, without its tokens.
struct StepRow {
    std::int64_t row = 0; ///< of the run's data, 0-based
    double loss = 0;      ///< of this row alone
    double rewardChosen = 0, rewardRejected = 0;
    double weight = 1; ///< mean weight of the rejected tokens (of the completion's where no pair)
    std::int32_t chosenTokens = 0, rejectedTokens = 0; ///< of the completions
    bool kept = false; ///< its token values are stored (filled when read)
};

/// One completion with its prompt. `weights` and the rest have an entry a completion token.
struct KeptTokens {
    std::vector<std::int32_t> ids; ///< prompt and completion; empty: there is none
    std::vector<float> weights;    ///< w_t; 1 where the row has none
    std::vector<float> logp;       ///< log pi(y_t) before the step, nats
    std::vector<float> reference;  ///< log ref(y_t); NaN where the loss has none
    std::vector<float> slope;      ///< d (the row's loss) / d log pi(y_t)
};
struct KeptRow {
    std::int64_t row = 0;
    std::int32_t promptTokens = 0;
    KeptTokens chosen, rejected;
};

/// Something worth a flag on a run's curves.
struct RunFlag {
    std::int64_t step = 0;
    std::string kind;  ///< nan | loss_spike | margin_collapse | grad_norm | accuracy_constant
    std::string level; ///< warning | error
    std::string message;
    std::int64_t timeMs = 0;
};

/// What a table of runs says of one.
struct RunSummary {
    std::int64_t lastStep = -1;
    std::map<std::string, double> last; ///< latest value of every metric; NaN: it was no number
    double bestEvaluation = 0;          ///< lowest eval_loss
    std::int64_t bestStep = -1;         ///< its step, -1: not evaluated
    std::string data;                   ///< name of what it trains on
    AdapterId adapter;                  ///< made by it, none yet
    std::int64_t adapterStep = -1;      ///< the step it is of
    std::int64_t flags = 0;
};
Result<RunSummary> runSummary(const Project&, JobId);

/// The run and step that made an adapter.
struct AdapterOrigin {
    AdapterId adapter;
    JobId job;
    std::int64_t step = 0;
};
Result<std::vector<AdapterOrigin>> adapterOrigins(const Project&);

Status saveRunData(const Project&, JobId, const RunData&); ///< replaces
/// None: the run has not begun, or is of an older program.
Result<std::optional<RunData>> runData(const Project&, JobId);

/// addMetrics() of values that were measured before they are written (run_repo.cpp).
Status addMetricsAt(const Project&, JobId, std::int64_t step, std::int64_t timeMs,
                    const std::vector<std::pair<std::string, double>>& values);

/// Rows of one step in one transaction; what the step had is replaced.
Status addStepRows(const Project&, JobId, std::int64_t step, const std::vector<StepRow>& rows,
                   const std::vector<KeptRow>& kept);
Result<std::vector<StepRow>> stepRows(const Project&, JobId, std::int64_t step);
Result<std::optional<KeptRow>> keptRow(const Project&, JobId, std::int64_t step, std::int64_t row);
/// The step nearest to `step` whose token values are stored, the earlier of two; -1: none.
Result<std::int64_t> nearestKeptStep(const Project&, JobId, std::int64_t step);
/// The nearest step with rows, likewise.
Result<std::int64_t> nearestStep(const Project&, JobId, std::int64_t step);

/// Flags of a run, by step: its events that name one ({"step": N} in their detail).
Result<std::vector<RunFlag>> runFlags(const Project&, JobId);

} // namespace crux::store
