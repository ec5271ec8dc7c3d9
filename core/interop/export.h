// Exporters: rows of the project -> files of others. Torch-free.
#pragma once

#include "core/base/cancel.h"
#include "core/base/files.h"
#include "core/store/project.h"

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace crux::interop {

struct ExportOptions {
    std::string kind = "jsonl"; ///< see exportKinds()
    std::string where;          ///< filter expression (store/filter.h), empty = all
    ScoreSetId scoreSet;        ///< for scores and per-token s; none = without
    std::string pairSet;        ///< chosen training data, by name or id; empty = the newest
    bool perToken = true;       ///< jsonl: ids, offsets and s of every token
    /// Filled with one sentence for each reason why something was left out; may be null.
    std::vector<std::string>* notes = nullptr;
    bool withBranches = true; ///< jsonl, labels: also the branches of the chosen trajectories
    std::string method;       ///< corpus, agreement: of searches; empty: all, or "critical"
    int window = 2;           ///< agreement: tokens that count as near
    std::vector<JobId> runs;  ///< metrics: training runs; empty: all
    /// lm-eval, comparison-*: by id or name, of comparisons the baseline first; empty: all.
    std::vector<std::string> evaluations;
    bool common = false, anyDecoding = false; ///< see store::ComparisonOptions
};

using ExportProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Writes to a stream (the command line's stdout). Returns the rows written.
Result<std::int64_t> runExport(const store::Project& project, const ExportOptions& options,
                               std::ostream& out, const CancelToken& cancel,
                               const ExportProgress& progress = {});

/// Writes aside and renames: the target is old or whole.
Result<std::int64_t> exportToFile(const store::Project& project, const ExportOptions& options,
                                  const Path& target, const CancelToken& cancel,
                                  const ExportProgress& progress = {});

/// Name and one sentence of every kind, for `--kind help`.
const std::vector<std::pair<std::string, std::string>>& exportKinds();

} // namespace crux::interop
