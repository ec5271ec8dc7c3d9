// Everything the heat map, ribbon, inspector and overview draw of one trajectory: an immutable
// value, made by the loader thread, shared by the views.
#pragma once

#include "core/store/records.h"
#include "ui/model/rollout_facts.h"

#include <QString>

#include <memory>
#include <vector>

namespace crux::ui {

/// One token as drawn. Bytes that are no text stand as "<0xE2>".
struct TokenCell {
    std::int32_t id = 0;
    QString text;              ///< readable text of this token; line ends kept as '\n'
    bool special = false;      ///< drawn in a dotted box
    bool partialBytes = false; ///< part of a character: `text` is its byte form
    std::int32_t byteBegin = 0, byteEnd = 0; ///< in prompt + response
    std::int32_t step = 0;                   ///< 0 = prompt, 1.. = steps of the response
};

/// A step: a line of the response (or a sentence where a response has one line).
struct StepRange {
    std::int32_t first = 0, last = 0; ///< token indices, inclusive
};

/// Why stored tokens are to be read with care (UX.md 3.12); such a trajectory still shows.
enum class TokenFault {
    None,
    NoTexts,        ///< its ids are of a tokenizer that the project has no pieces of
    OtherTokenizer, ///< no model of the project has the tokenizer its ids are of
    NotSpelled,     ///< the ids do not spell its text
    OtherScores     ///< the stored scores are of other tokens, and not shown
};

struct TrajectorySnapshot {
    store::TrajectoryRecord record;
    store::QuestionRecord question;
    std::int64_t questionNumber = 0; ///< in its dataset, from 1, where it has no id of its own
    QString datasetName;
    std::vector<TokenCell> tokens;
    std::vector<StepRange> steps;   ///< steps[0] is the prompt
    store::ScoreSetRecord scoreSet; ///< id none: not scored
    store::ScoreRecord scores;      ///< vectors empty: not scored
    store::AlternativesRecord alternatives;
    std::vector<std::pair<store::LayerRecord, std::vector<float>>> layers;
    RolloutFactsPtr rollouts; ///< nullptr: not loaded (a branch that is being written)
    double threshold = 0;     ///< candidate rule: below it, or the lowest of a wrong trajectory
    TokenFault fault = TokenFault::None;
    std::vector<std::int32_t> candidates; ///< positions, ascending; empty for right trajectories
    std::vector<store::LabelRecord> labels;
    std::vector<store::NoteRecord> notes;
    std::vector<store::MarkRecord> marks;
    std::vector<store::BranchRecord> branches; ///< of the whole tree
    std::vector<std::pair<std::int32_t, int>>
        forks;                      ///< position -> live branches leaving this path there
    std::int32_t forkPosition = -1; ///< where this path left its parent (branches only)
    std::vector<std::int32_t> forcedPositions;
    /// Token ranges of the extracted answer; several where the extraction is ambiguous.
    std::vector<StepRange> answers;
};
using SnapshotPtr = std::shared_ptr<const TrajectorySnapshot>;

} // namespace crux::ui
