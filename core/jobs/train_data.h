// Rows to train on as token ids: from a set of the project, or from a TRL JSON Lines file; with
// what was dropped and why.
#pragma once

#include "core/engine/train/train.h"
#include "core/jobs/facade.h"
#include "core/store/step_repo.h"

#include <map>
#include <string>
#include <vector>

namespace crux::jobs {

using TrainRowSource = store::RunRowSource; ///< as the project keeps it

struct TrainData {
    std::vector<engine::train::TrainExample> rows;
    std::vector<TrainRowSource> sources;         ///< one a row
    std::int64_t given = 0;                      ///< rows before any was dropped
    std::map<std::string, std::int64_t> dropped; ///< reason -> rows
    std::string name;                            ///< of the set or file
    std::string kind;                            ///< sft_pos | sft_neg | preference | file
    std::string scoreSet;                        ///< whose s_t weigh the tokens, or empty
    /// "1,200 of 1,250 rows kept; dropped: 40 prompt too long, 10 equal answers"
    std::string sentence() const;
};

/// As trainData, but what is left may be nothing: for looking at data before it is trained on.
Result<TrainData> readTrainRows(const store::Project& project, const Json& spec,
                                const engine::ModelInfo& base, const text::Tokenizer* tokenizer);

/// The rows a completed spec of kind "train" asks for. `base` gives vocabulary and context.
/// NotFound: no such set or file; InvalidArgument: nothing left, one-sided data, cDPO without
/// scores.
Result<TrainData> trainData(const store::Project& project, const Json& spec,
                            const engine::ModelInfo& base, const text::Tokenizer* tokenizer);

} // namespace crux::jobs
