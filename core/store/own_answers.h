// Whose answers a selection takes: the paper trains on the model's own samples, and a project also
// holds those of other models and imported texts.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

namespace crux::store {

struct OwnAnswers {
    std::string filter;   ///< what to select by
    std::string model;    ///< whose answers, and those of unknown writers, `filter` takes; empty: all
    std::string fallback; ///< the model that wrote none of them, so that all are taken
};

/// `where` narrowed to what no other model wrote than that of this name, id or folder (empty: the
/// project's only one). It stays as it is where it says itself who wrote (sampled_by, model, source), where no
/// model is known, and where the model wrote none. A filter that cannot be read is an Error.
Result<OwnAnswers> ownAnswers(const Project& project, const std::string& where,
                              const std::string& model, ScoreSetId scoreSet);

/// Whether all of these answers are to questions that are kept for tests.
Result<bool> onlyTestQuestions(const Project& project, const std::vector<AnswerRecord>& answers);

} // namespace crux::store
