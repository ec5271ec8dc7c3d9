// The demo's training runs: preference pairs chosen from the sampled answers, and a short cDPO and
// a short DPO run on them, so that the Train perspective opens with curves to look at.
#include "core/jobs/demo_parts.h"
#include "core/store/repositories.h"

namespace crux::jobs {

namespace {

constexpr int kSteps = 24;

Status runJob(store::Project& project, ModelCache& models, const std::string& kind,
              const Json& spec, const std::string& name, const DemoProgress& progress,
              const CancelToken& cancel) {
    CRUX_TRY_VOID(runDemoJob(project, models, {kind, spec, name},
                             {"training on the word problems", "training"}, progress, cancel));
    return {};
}

Json runSpec(const char* method, const char* name) {
    return {{"model", kDemoModelName},
            {"method", method},
            {"preset", "small_cpu"},
            {"end", "\n"},
            {"name", name},
            {"data", "demo pairs"},
            {"batch", 4},
            {"accumulation", 1},
            {"max_steps", kSteps},
            {"warmup_steps", 4},
            {"save_steps", 8},
            {"eval_rows", 8},
            {"eval_steps", 6}};
}

} // namespace

Status trainDemo(store::Project& project, ModelCache& models, const DemoProgress& progress,
                 const CancelToken& cancel) {
    CRUX_TRY_VOID(runJob(project, models, "select",
                         {{"dataset", kWordDataset},
                          {"name", "demo pairs"},
                          {"per_answer", 1},
                          {"preference_top_k", 3}},
                         "Choose training data", progress, cancel));
    CRUX_TRY_VOID(
        runJob(project, models, "train", runSpec("dpo", "demo DPO"), "demo DPO", progress, cancel));
    return runJob(project, models, "train", runSpec("cdpo", "demo cDPO"), "demo cDPO", progress,
                  cancel);
}

} // namespace crux::jobs
