// "Copy provenance": what made a trajectory and its scores, as one JSON text (UX.md 3.15). Read
// from the records of what was run, never from current settings.
#pragma once

#include "ui/model/trajectory_snapshot.h"

#include <QString>

namespace crux::ui {

struct ProjectFacts;

/// Ids with parent ids, hashes of weights, adapters and tokenizer, sampling, seed, dtype, device
/// and program version; of a branch also where it left its parent and what was forced.
QString provenanceText(const TrajectorySnapshot& snapshot, const ProjectFacts& facts,
                       const QString& projectFile);
/// Of one row of the Data perspective; empty where it is not there.
QString provenanceText(const ProjectFacts& facts, ScoreSetId id);
QString provenanceText(const ProjectFacts& facts, ModelId id);
QString provenanceText(const ProjectFacts& facts, AdapterId id);

} // namespace crux::ui
