// The right answers of a question, where it has several.
#pragma once

#include "core/store/records.h"

#include <string>
#include <string_view>
#include <vector>

namespace crux::store {

/// All of them, none when the question has no gold answer.
std::vector<std::string> goldAnswers(const QuestionRecord& question);
/// The same from a question's columns.
std::vector<std::string> goldAnswers(const std::string& gold, const Json& meta);
/// For files: the one gold answer as a text, several as a list.
Json goldJson(const std::vector<std::string>& golds);
/// For tables and reports: "12 | 0.5".
std::string goldLine(const std::vector<std::string>& golds, std::string_view between = " | ");

/// Empty and repeated ones are left out; more than one are kept in the question's meta, so that a
/// program that knows of one alone still reads the first.
void setGoldAnswers(QuestionRecord& question, const std::vector<std::string>& golds);

} // namespace crux::store
