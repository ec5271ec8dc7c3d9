// Evaluations side by side: which may be compared and why others may not, what changed question by
// question, and how sure the difference is. Needs no model.
#pragma once

#include "core/spec/paired.h"
#include "core/store/evaluation_stats.h"

namespace crux::store {

struct ComparisonOptions {
    std::vector<std::string>
        evaluations;          ///< ids or names, the baseline first; empty: see compare()
    bool common = false;      ///< shared questions of different sets, and cut off evaluations
    bool anyDecoding = false; ///< different prompts or decodings
    BootstrapOptions bootstrap;
};

/// One side by side column.
struct ComparedColumn {
    EvaluationRecord evaluation;
    /// In the order of Comparison::questions; none where the evaluation has no such question.
    std::vector<std::optional<EvaluatedQuestion>> rows;
    EvaluationStats stats; ///< of all its own rows
};

/// A candidate held against the baseline.
struct PairedResult {
    std::size_t column = 0;
    /// Indices into Comparison::questions. Both sides have graded samples in the first four.
    std::vector<std::size_t> bothRight, fixed, broken, bothWrong;
    std::vector<std::size_t> onlyBaseline, onlyCandidate; ///< the other has no sample
    std::vector<std::size_t> ungraded; ///< both answered and one cannot be graded (no gold answer)
    PairedCounts counts;
    double baselineAccuracy = 0, candidateAccuracy = 0; ///< over the compared questions; or NaN
    double difference = 0;                              ///< candidate - baseline
    Interval interval;    ///< Newcombe's for one sample a question, else by bootstrap
    bool newcombe = true; ///< which of the two
    Interval bootstrap;   ///< over questions
    double mcnemarExact = 1, mcnemarMidP = 1; ///< of fixed against broken
};

struct RefusedEvaluation {
    EvaluationRecord evaluation;
    std::string reason; ///< one sentence
};

struct Comparison {
    std::vector<QuestionRecord> questions; ///< of the baseline, then those only others have
    std::vector<ComparedColumn> columns;   ///< the baseline first
    std::vector<PairedResult> pairs;       ///< one a candidate
    std::vector<RefusedEvaluation> refused;
    std::vector<std::string> cautions; ///< few questions, different decodings ..
};

/// Why the two may not be compared, one sentence; empty when they may.
Result<std::string> whyNotComparable(const Project&, const EvaluationRecord& baseline,
                                     const EvaluationRecord& other, const ComparisonOptions&);

/// Named evaluations that are not comparable end the comparison (Mismatch, with the reason) when no
/// candidate is left; else they are listed as refused. Without names: the oldest complete
/// evaluation that has a comparable one is the baseline. NotFound: fewer than two evaluations.
Result<Comparison> compareEvaluations(const Project&, const ComparisonOptions&);

/// Accuracy of each column on a part of the questions.
struct ComparedSlice {
    std::string by, value; ///< "level" "3"; "answer length" "12 - 40 tokens"; "slice" NAME
    std::vector<std::size_t> questions;
    std::vector<EvaluationStats> stats; ///< one a column
};
/// By what the question set says of its questions (subject, level, type ..), by the baseline's
/// answer length in thirds, and by the project's slices. Parts of all or no questions are left out.
Result<std::vector<ComparedSlice>> slicesOf(const Project&, const Comparison&);

/// Where the first samples of two columns first differ.
struct Divergence {
    std::int32_t position = -1; ///< absolute index of the token; -1: they are the same
    std::int32_t responseToken = -1;
    std::size_t byte = 0;            ///< in the responses, which agree before it
    std::string baseline, candidate; ///< the token there (without ids: the rest's first 20 bytes);
                                     ///< empty: the response ends
};
Result<Divergence> firstDivergence(const Project&, TrajectoryId baseline, TrajectoryId candidate);

} // namespace crux::store
