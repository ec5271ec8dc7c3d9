// Rows to train on from a set of the project: tokens as sampled, prompts in the
// plain training form, cDPO's weights from a score set (REFERENCE.md A.4).
#pragma once

#include "core/jobs/train_rows.h"

namespace crux::jobs {

/// The set that a completed spec of kind "train" names, or the newest of the kind the method needs.
Result<store::PairSetRecord> trainSetOf(const store::Project& project, const Json& spec);
/// The score set whose s_t weigh the tokens of a cDPO run: of this name or id, else the newest.
Result<store::ScoreSetRecord> trainScores(const store::Project& project, const std::string& wanted);

/// The set that a completed spec of kind "train" names, or the newest of the
/// kind the method needs. NotFound: none; InvalidArgument: cDPO, and
/// trajectories without scores.
Status readTrainSet(const store::Project& project, const Json& spec, const RowMaker& maker,
                    TrainData& data);

} // namespace crux::jobs
