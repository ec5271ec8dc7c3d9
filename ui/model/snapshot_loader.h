// From stored rows to what the heat map draws: readable token texts, steps, candidates, forks.
// Pure functions over values; run on the reader thread.
#pragma once

#include "ui/model/trajectory_snapshot.h"

#include <string_view>

namespace crux::ui {

/// Bytes as readable text: valid UTF-8 stays, every other byte stands as "<0xE2>". `partial` is set
/// when a byte was replaced.
QString readableBytes(std::string_view bytes, bool* partial = nullptr);

/// Cells of a trajectory. Without ids (not tokenised yet) words of the text stand in, with id -1.
std::vector<TokenCell> tokenCells(const store::TrajectoryRecord& record,
                                  const store::VocabularyRecord* vocabulary);

/// Step ranges, [0] = prompt; sets TokenCell::step. Lines of the response, or its sentences when it
/// has only one line.
std::vector<StepRange> splitSteps(std::vector<TokenCell>& tokens, int promptTokens);

/// UX.md 3.2: of a wrong trajectory the lowest response s_t and all below `threshold`; else none.
std::vector<std::int32_t> candidatePositions(const TrajectorySnapshot& snapshot, double threshold);

/// Where the cursor starts: first candidate (lowest score), else the first response token.
int firstPosition(const TrajectorySnapshot& snapshot);

/// Leading tokens that two trajectories share: by id, or by text where there are no ids.
int sharedPrefix(const TrajectorySnapshot& a, const TrajectorySnapshot& b);

/// Position counted from 1 in the response; 0 and below lie in the prompt.
inline int responsePosition(const store::TrajectoryRecord& record, int position) {
    return position - record.promptTokens + 1;
}

/// Forks and forced positions of this path among the tree's branches.
void fillForks(TrajectorySnapshot& snapshot);

} // namespace crux::ui
