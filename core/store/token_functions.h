// SQL functions over token arrays: what the store derives from them when rows are written, and what
// a migration derives for rows of an older schema. Internal to the room.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace crux::store {

/// crux_step_firsts(prompt, response, offsets, prompt_tokens): int32 blob, see core/spec/steps.h.
/// crux_lowest_positions(s, prompt_tokens): int32 blob of the positions of score_summary.lowest.
/// crux_pick(values, positions): the int32 values at those positions.
/// crux_float_at(blob, index): NULL outside the blob and for NaN.
/// crux_among(ids, id): whether the int64 blob, ascending, holds the id.
void registerTokenFunctions(SQLite::Database& database);

} // namespace crux::store
