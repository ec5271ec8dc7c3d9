// Pipelines: several jobs queued at once, where one takes what another makes. Inside a pipeline's
// spec a parameter says "@ID", the other step; in a job's row it says "job:N".
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crux {

/// What a job makes that another can take.
enum class Output {
    Adapter,
    Model,
    ScoreSet,
    PositiveData, ///< sets to train on, by kind
    NegativeData,
    Pairs
};
/// "adapter", "model", "score_set", "sft_pos", "sft_neg", "preference": the key in a job's outputs.
std::string_view outputName(Output output);

/// One job of a pipeline.
struct PipelineStep {
    std::string id;         ///< what other steps call it
    std::string kind, name; ///< of the job
    Json spec;              ///< complete but for "@id" where it takes what another step makes
    std::vector<std::size_t> after; ///< steps it waits for, by index, ascending
};

/// {"pipeline": [{"id", "kind", "name", "spec", "after": [ids]}, ..]}
bool isPipeline(const Json& spec);
/// The steps of such an object, each after those it needs. InvalidArgument names the step: a spec
/// that is not one of its kind, an unknown id, a parameter that takes nothing from a job, a step
/// that makes something else than is wanted, steps that wait for each other.
Result<std::vector<PipelineStep>> parsePipeline(const Json& spec);

/// What the parameter `key` of a job of this kind can take from another job; the first that is
/// there is taken. Empty: nothing.
std::vector<Output> takenBy(std::string_view kind, const Json& spec, std::string_view key);
/// "job:12" -> 12; none for every other text.
std::optional<JobId> referencedJob(const Json& value);
/// "job:12"
std::string jobReference(JobId id);
/// Jobs that a job's spec takes something from, ascending.
std::vector<JobId> referencedJobs(std::string_view kind, const Json& spec);

/// One training run with the jobs before it, as in the paper's way to cDPO (REFERENCE.md 0.2). What
/// is left out is there already.
struct TrainingPlan {
    Json train;               ///< spec of the run; its data and score_set are filled where made
    std::optional<Json> data; ///< spec of the select job that chooses the data
    bool score = false; ///< compute the scores that weigh its tokens (cDPO), with the models below
    /// Specs of the SFT runs that make the positive and negative model, which take preset, base,
    /// end, seed and limits from the run where they say nothing; else their names.
    std::optional<Json> positive, negative;
    std::string positiveModel, negativeModel; ///< adapters or models to score with
};
/// As an object for parsePipeline(). Steps: data, positive, negative, scores, run.
Json trainingPipeline(const TrainingPlan& plan);

} // namespace crux
