// TRL's JSON Lines as training rows: {"prompt", "chosen", "rejected"} or {"prompt", "completion"},
// with Crux's extra columns *_token_ids and *_weights; an implicit prompt is what chosen and
// rejected have in common.
#pragma once

#include "core/jobs/train_rows.h"

namespace crux::jobs {

/// Every line gives a row or is dropped with a reason; a line that cannot be read refuses the file,
/// naming the line.
Status readTrainFile(const Path& file, const RowMaker& maker, std::int64_t limit, TrainData& data);

} // namespace crux::jobs
