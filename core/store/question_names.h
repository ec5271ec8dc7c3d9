// Names of questions whose file gave them none: the project keys them by their text, people read
// their number in the data set.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"
#include "core/store/records.h"

#include <string>

namespace crux::store {

/// The external id of a question without one: an import that runs again finds it by its text.
std::string textQuestionId(const std::string& text);
/// Whether the question has such an id, which says nothing to a reader.
bool isNamedByText(const QuestionRecord& question);
/// Its place among its data set's questions as they were imported, from 1.
Result<std::int64_t> questionNumber(const Project& project, const QuestionRecord& question);

} // namespace crux::store
