// A trajectory as a trainer wants it: the prompt in its plain training form, whatever examples it
// was drawn with, and the response without the beginning of its stop text. Shared by the exporters
// of training data and by the training job.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/store/project.h"
#include "core/store/records.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace crux::interop {

/// One trajectory as a trainer wants it.
struct TrainingText {
    std::string questionId, question, prompt, response;
    std::vector<std::string> golds;
    std::vector<std::int32_t> ids; ///< of the response; empty where prompt or text is not as drawn
    Json row = Json::object();     ///< what both forms say of it
};

/// Reads trajectories with their questions. The project must outlive it.
class TrainingTexts {
public:
    static Result<TrainingTexts> open(const store::Project& project);
    Result<TrainingText> text(TrajectoryId id) const;
    /// The same of a trajectory that was read already.
    Result<TrainingText> text(const store::TrajectoryRecord& t) const;

private:
    explicit TrainingTexts(const store::Project& project)
        : m_project(&project) {}

    const store::Project* m_project;
    std::map<std::int64_t, std::string> m_templates; ///< by data set
};

} // namespace crux::interop
