// The demo's searches: critical tokens of one wrong trajectory a question, confirmed, with and
// without them; and for a few trajectories the share of right rollouts at every position.
#include "core/base/text_util.h"
#include "core/jobs/demo_parts.h"
#include "core/spec/sampling.h"
#include "core/store/repositories.h"

#include <set>

namespace crux::jobs {

namespace {

constexpr std::size_t kQuestions = 12, kCharts = 4;

/// The first wrong trajectory of each question, as a list of ids.
Result<std::vector<std::string>> oneOfEachQuestion(const store::Project& project) {
    CRUX_TRY(all, demoTrajectories(project));
    std::set<std::int64_t> questions;
    std::vector<std::string> ids;
    for (const TrajectoryId id : all) {
        if (ids.size() == kQuestions)
            break;
        CRUX_TRY(row, store::trajectory(project, id));
        if (row.verdict == Verdict::Wrong && questions.insert(row.questionId.value).second)
            ids.push_back(cat(id.value));
    }
    return ids;
}

std::string joined(const std::vector<std::string>& ids, std::size_t most) {
    std::string list;
    for (std::size_t i = 0; i < std::min(most, ids.size()); ++i)
        list += (i == 0 ? "" : ",") + ids[i];
    return list;
}

Json specFor(const std::string& method, const std::string& ids) {
    Json spec{{"model", kDemoModelName}, {"method", method}, {"trajectories", ids}};
    for (const SamplingPreset& preset : samplingPresets())
        if (preset.name == "demo")
            spec.update({{"temperature", preset.params.temperature},
                         {"top_p", preset.params.topP},
                         {"top_k", preset.params.topK},
                         {"max_new_tokens", preset.params.maxNewTokens},
                         {"stop", preset.params.stop}});
    return spec;
}

Status runSearch(store::Project& project, ModelCache& models, const Json& spec,
                 const std::string& name, const DemoProgress& progress, const CancelToken& cancel) {
    CRUX_TRY_VOID(runDemoJob(project, models, {"search", spec, name},
                             {"searching critical tokens", "searching"}, progress, cancel));
    return {};
}

} // namespace

Status searchDemo(store::Project& project, ModelCache& models, const DemoProgress& progress,
                  const CancelToken& cancel) {
    CRUX_TRY(ids, oneOfEachQuestion(project));
    Json critical = specFor("critical", joined(ids, kQuestions));
    critical["without"] = true;
    CRUX_TRY_VOID(runSearch(project, models, critical, "Search critical tokens", progress, cancel));
    return runSearch(project, models, specFor("cliff", joined(ids, kCharts)), "Search cliff tokens",
                     progress, cancel);
}

} // namespace crux::jobs
