// Training data chosen from graded answers by the paper's rules, stored as sets of the project.
#pragma once

#include "core/spec/answer_selection.h"
#include "core/store/project.h"
#include "core/store/records.h"

#include <string>
#include <vector>

namespace crux::jobs {

/// A set that was stored, or why it was not: `pairs` 0 is no set.
struct StoredAnswerSet {
    store::PairSetRecord set;
    std::string sentence; ///< "sft_pos: 87 of 100 questions kept, 13 dropped (no right answer)"
};

/// The rule of a completed spec of kind "select".
SelectionRule selectionRule(const Json& spec);

/// Chooses from the answers, which are sorted by question, and stores up to three sets: "sft_pos",
/// "sft_neg" and "preference". `facts` go into each set's rule (where the answers come from).
Result<std::vector<StoredAnswerSet>>
storeAnswerSets(const store::Project& project, const std::vector<store::AnswerRecord>& answers,
                const SelectionRule& rule, const std::string& name, const Json& facts);

} // namespace crux::jobs
