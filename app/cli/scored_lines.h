// The loop of logprobs and contrast: lines in, batches to the engine, answers out in input order.
#pragma once

#include "app/cli/json_lines.h"
#include "app/cli/model_input.h"

#include <functional>
#include <string>

namespace crux::cli {

/// Scores a batch: one output object a sequence, in order, or one Error for the whole batch.
using BatchScorer =
    std::function<Result<std::vector<Json>>(std::span<const engine::Ids> sequences)>;

/// Reads all lines of `file`, scores them in batches of about 8,192 tokens, or sooner when the
/// writer of the input waits for answers. When a batch fails its lines are tried one by one, so
/// that the error stands at the line it belongs to. Cancel and lost output end the loop.
Status scoreLines(const std::string& file, const LoadedModel& model, const BatchScorer& scorer);

} // namespace crux::cli
