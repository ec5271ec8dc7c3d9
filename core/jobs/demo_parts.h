// Steps that building the demo project and running its main job share.
#pragma once

#include "core/jobs/demo.h"

#include <array>

namespace crux::jobs {

inline constexpr const char* kDemoModelName = "wordproblems";
inline constexpr const char* kWordDataset = "word problems";
inline constexpr const char* kDemoSetting = "demo";
inline constexpr const char* kDemoBranchesSetting = "demo/branches";
inline constexpr const char* kDemoSearchSetting = "demo/search";
inline constexpr const char* kDemoTrainSetting = "demo/train";
/// Adapters made by preference training and its baselines (resources/demo/recipe).
inline constexpr std::array<const char*, 6> kDemoPolicies{"cdpo", "dpo",   "rpo",
                                                          "tdpo", "simpo", "sft"};
/// Parameter of a wrong trajectory: the right solution that agrees with it up to its slip.
inline constexpr const char* kMended = "mended";

struct DemoModels {
    ModelId model;
    AdapterId positive, negative;
};

/// Creates the file, or opens it when it is a demo project.
Result<std::unique_ptr<store::Project>> openDemo(const Path& file);
/// Models, datasets, trajectories, layer; what is there stays.
Result<DemoModels> fillDemo(store::Project& project, const Path& resources, ModelCache& models);
struct DemoJob {
    std::string kind;
    Json spec;
    std::string name;
};
/// What is told of a demo's job: its progress line, and what was being done when it was stopped.
struct DemoWords {
    const char* progress;
    const char* doing;
};
/// Queues a job of the demo and runs it here; its row, or why it did not end well.
Result<store::JobRecord> runDemoJob(store::Project& project, ModelCache& models, const DemoJob& job,
                                    const DemoWords& words, const DemoProgress& progress,
                                    const CancelToken& cancel);
/// Runs the score job over the word problems.
Result<store::JobRecord> scoreDemo(store::Project& project, ModelCache& models,
                                   const DemoProgress& progress, const CancelToken& cancel);
/// The sampled word-problem trajectories (no branches), in row order.
Result<std::vector<TrajectoryId>> demoTrajectories(const store::Project& project);
/// Runs the demo's search jobs; rollouts and verdicts that are there stay as they are.
Status searchDemo(store::Project& project, ModelCache& models, const DemoProgress& progress,
                  const CancelToken& cancel);
/// Chooses preference pairs and runs the demo's short training runs.
Status trainDemo(store::Project& project, ModelCache& models, const DemoProgress& progress,
                 const CancelToken& cancel);
/// Forces the right token at the slips of `count` wrong trajectories of different questions and
/// goes on greedily with the bare model.
Result<std::vector<DemoFork>> forkAtSlips(store::Project& project, ModelCache& models,
                                          const DemoModels& ids, std::size_t count,
                                          const DemoProgress& progress, const CancelToken& cancel);

} // namespace crux::jobs
