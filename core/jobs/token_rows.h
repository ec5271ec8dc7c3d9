// Token ids of a stored trajectory: made where there are none, checked where there are.
#pragma once

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/store/records.h"
#include "core/text/token_row.h"

#include <string>
#include <vector>

namespace crux::jobs {

using text::alignRow;
using text::bytesOf;
using text::tokenizeInContext;
using text::unknownTokens;
using text::tokenizeRow;
using text::TokenRow;

/// Tokens of a stored row for one model; `fresh` when they are not those that are stored.
struct ReadyTokens {
    TokenRow row;
    bool fresh = false;
};

/// Stored ids where the model's tokenizer made them, else the text tokenised or the ids laid over
/// it. `tokenizer` may be null (a folder without one): then only stored ids serve. The Error says
/// in one sentence why the row cannot be used: other tokenizer, ids that do not spell the text or
/// lie outside the vocabulary, no token, longer than the context.
Result<ReadyTokens> readyTokens(const store::TrajectoryRecord& row, const store::ModelRecord& model,
                                const engine::ModelInfo& info, const text::Tokenizer* tokenizer,
                                bool retokenize);

} // namespace crux::jobs
