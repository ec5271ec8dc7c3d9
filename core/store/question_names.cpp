#include "core/store/question_names.h"

#include "core/base/hash.h"
#include "core/store/sql.h"

namespace crux::store {

std::string textQuestionId(const std::string& text) {
    return "text:" + hashText(text);
}

bool isNamedByText(const QuestionRecord& question) {
    // The usual id costs no hash.
    return question.externalId.rfind("text:", 0) == 0 &&
           question.externalId == textQuestionId(question.text);
}

Result<std::int64_t> questionNumber(const Project& project, const QuestionRecord& question) {
    return guarded(project, [&]() -> Result<std::int64_t> {
        Query query(project, "SELECT count(*) FROM question WHERE dataset_id = ? AND id <= ?");
        query.bindAll(question.datasetId.value, question.id.value).step();
        return query.integer(0);
    });
}

} // namespace crux::store
