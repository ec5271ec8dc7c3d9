// What an evaluation says in numbers: accuracy, pass@k and maj@k, each with how sure it is.
#pragma once

#include "core/spec/intervals.h"
#include "core/spec/majority.h"
#include "core/spec/pass_at_k.h"
#include "core/store/evaluation_repo.h"

namespace crux::store {

struct MajorityAtK {
    int k = 0;
    double value = 0;
};

struct EvaluationStats {
    std::int64_t questions = 0; ///< with a graded sample
    double accuracy = 0;        ///< share of right samples; NaN where nothing was graded
    /// Wilson's where each question has one sample; else by bootstrap over questions, since samples
    /// of one question are no independent draws.
    Interval interval;
    bool wilson = true;
    std::vector<PassAtK> pass;               ///< k = 1, 2, 4 .. and n
    std::vector<MajorityAtK> majority;       ///< likewise
    double noAnswerRate = 0, meanTokens = 0; ///< NaN without samples; without a token
};

/// Questions that cannot be graded or asked take no part.
EvaluationStats statsOf(std::span<const EvaluatedQuestion> rows,
                        const BootstrapOptions& options = {});

/// Share of right samples among the graded ones.
double rightShare(const EvaluatedQuestion& row);
/// The question counts as right: its most frequent answer is right (of one sample: the sample).
/// Equally frequent answers that are not all right are no right answer.
bool questionIsRight(const EvaluatedQuestion& row);

} // namespace crux::store
