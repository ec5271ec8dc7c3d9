// The right answers of a question, where it has several.
#pragma once

#include "core/store/records.h"

#include <string>
#include <vector>

namespace crux::store {

/// All of them, none when the question has no gold answer. The first is the one that is shown.
std::vector<std::string> goldAnswers(const QuestionRecord& question);

/// Empty and repeated ones are left out; more than one are kept in the question's meta, so that a
/// program that knows of one alone still reads the first.
void setGoldAnswers(QuestionRecord& question, const std::vector<std::string>& golds);

} // namespace crux::store
