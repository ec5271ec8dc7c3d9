// A forced continuation: leave a trajectory at a position with other tokens, let the model go on,
// grade what comes and keep it as branches. The worker's `continue` and the demo both call this.
#pragma once

#include "core/jobs/facade.h"

#include <optional>

namespace crux::jobs {

struct ContinuationRequest {
    TrajectoryId trajectory;
    std::int32_t position = 0;            ///< absolute; ids before it are kept
    std::vector<std::int32_t> forceIds;   ///< taken as they are
    std::optional<std::string> forceText; ///< or typed text, tokenised in its context
    bool goOn = true;                     ///< false: only the forced tokens
    SamplingParams sampling;              ///< bannedIds: banned at the first new position
    ModelId model;                        ///< none: the trajectory's, else the score set's base
    AdapterId adapter;
    ScoreSetId scoreSet; ///< none: branches are not scored
};

/// New tokens of one sample since the last call, at most 30 calls a second and sample.
struct ContinuationProgress {
    int sample = 0;
    BranchId branch;
    TrajectoryId trajectory;
    std::vector<std::int32_t> ids;
    std::vector<std::string> pieces;   ///< raw bytes of each id
    std::vector<std::int32_t> offsets; ///< 2 per id, bytes in prompt + response
    bool scored = false;               ///< last call of a sample: its scores are stored
};
using ContinuationSink = std::function<void(const ContinuationProgress&)>;

struct ContinuedBranch {
    BranchId branch;
    TrajectoryId trajectory;
    FinishReason finish = FinishReason::Length;
    Verdict verdict = Verdict::Ungraded;
    std::string extracted;
};

/// Inserts the branches at once (marked running), streams, and finishes each with its text, verdict
/// and scores. Cancel keeps what there is, marked cancelled. When drawing fails, the branches are
/// closed as cancelled and the Error returned.
Result<std::vector<ContinuedBranch>> continueTrajectory(store::Project& project, ModelCache& models,
                                                        const ContinuationRequest& request,
                                                        const ContinuationSink& sink,
                                                        const CancelToken& cancel);

/// Names the random numbers that drew a branch: the same for who draws it again.
std::string branchPath(QuestionId question, TrajectoryId parent, std::int64_t sample);

} // namespace crux::jobs
