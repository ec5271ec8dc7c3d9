// "Reproduce" of an evaluation: every stored answer is drawn and graded once more from its record -
// prompt ids, sampler, seed, model, grader - and held against what is stored. Nothing is stored.
#pragma once

#include "core/jobs/facade.h"
#include "core/store/evaluation_repo.h"

#include <vector>

namespace crux::jobs {

struct ReproducedAnswer {
    QuestionId question;
    TrajectoryId trajectory;
    int sample = 0;
    std::int32_t differsAt = -1; ///< absolute position of the first other token; -1: none
    Verdict stored = Verdict::Ungraded, now = Verdict::Ungraded;
};

struct ReproducedEvaluation {
    store::EvaluationRecord record;
    std::int64_t samples = 0, equal = 0;       ///< drawn again; with the same tokens
    std::int64_t right = 0, recordedRight = 0; ///< verdicts of those samples
    std::int64_t graded = 0;
    std::vector<ReproducedAnswer> different; ///< other tokens or another verdict
    std::string dtype, device;               ///< of now
    bool otherWeights = false; ///< model or adapter folder hold others than those recorded
    bool same() const { return different.empty(); }
};

/// `limit`: only the first so many questions; 0: all. Refused: imported evaluations (nothing says
/// how to draw them) and those whose model is gone. On a CPU at one thread count the same comes.
Result<ReproducedEvaluation> reproduceEvaluation(const store::Project& project, ModelCache& models,
                                                 EvaluationId id, std::int64_t limit,
                                                 const CancelToken& cancel);
Json toJson(const store::Project& project, const ReproducedEvaluation& result);

} // namespace crux::jobs
