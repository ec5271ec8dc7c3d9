// The paper's selection of training data by answer frequency (REFERENCE.md 0.2): positive data =
// the most frequent right answer, negative data = the most frequent wrong answers up to half of
// the wrong mass, preference data = a pair of both.
#pragma once

#include "core/spec/verdict.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace crux {

struct SelectionRule {
    int positiveTopK = 1;      ///< sft_pos top-k; 0: none
    double negativeTopP = 0.5; ///< sft_neg top-p; 0: none
    int negativeRepeats = 2;   ///< a wrong answer after the first occurs so often or more
    int preferenceTopK = 1;    ///< dpo top-k; 0: none
    int perAnswer = 1;         ///< responses of a chosen answer, in the order given; 0: all
};

/// One answer to the question, in the order drawn.
struct GradedAnswer {
    std::string answer; ///< normalised; equal texts are one answer
    Verdict verdict = Verdict::Ungraded;
};

/// Chosen answers of one question, as indices into those given.
struct QuestionSelection {
    std::vector<std::size_t> positive, negative;
    struct Pair {
        std::size_t chosen = 0, rejected = 0;
    };
    std::vector<Pair> pairs;
    /// Why the question gives none: "", "no_samples", "ungraded", "no_right", "no_wrong",
    /// "no_answer_only" (no sample has an answer) or "off" (the rule asks for none).
    std::string noPositive, noNegative, noPair;
};

/// An answer and how often it was given.
struct AnswerCount {
    std::string answer;
    Verdict verdict = Verdict::Ungraded;
    std::vector<std::size_t> members; ///< indices, in order
};

/// Most frequent first; of equally frequent ones that drawn first. Samples without an answer are
/// left out: there is nothing to agree on.
std::vector<AnswerCount> countAnswers(std::span<const GradedAnswer> answers);

/// Applies the rule to the answers of one question.
QuestionSelection selectAnswers(std::span<const GradedAnswer> answers, const SelectionRule& rule);

} // namespace crux
